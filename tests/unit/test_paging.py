"""Lists that are asked for in other ways than by pages from 1."""

from pathlib import Path

import pytest

from .projects import Data, generated, library


def listing(
    folder: Path,
    parameters: list[Data],
    reply: Data,
    required: list[str] | None = None,
) -> str:
    """The method that answers a list of books with these parameters and reply."""
    contract = library()
    operation = contract["paths"]["/books"]["get"]
    operation["parameters"] = parameters
    schema = {"type": "object", "required": [*reply], "properties": reply}
    if required is not None:
        schema["required"] = required
    operation["responses"]["200"]["content"]["application/json"]["schema"] = schema
    made = generated(folder, contract)
    code = (made.folder / "src/shop/books/generated/operations.py").read_text("utf-8")
    method = code.partition("async def list_books")[2].partition("async def")[0]
    return " ".join(method.split())


def query(name: str, **schema: object) -> Data:
    return {"name": name, "in": "query", "schema": schema}


ITEMS: Data = {"type": "array", "items": {"$ref": "#/components/schemas/Book"}}


def test_pages_that_are_counted_from_zero(tmp_path: Path) -> None:
    page = query("page", type="integer", minimum=0, default=0)
    reply = {"items": ITEMS, "page": {"type": "integer"}}
    method = listing(tmp_path, [page], reply)
    assert "self.books.list(page=page + 1)" in method
    assert "(items=found.items, page=found.page - 1)" in method


def test_pages_that_are_counted_from_one(tmp_path: Path) -> None:
    page = query("page", type="integer", minimum=1, default=1)
    reply = {"items": ITEMS, "page": {"type": "integer"}}
    method = listing(tmp_path, [page], reply)
    assert "self.books.list(page=page)" in method
    assert "(items=found.items, page=found.page)" in method


def test_lists_that_go_on_at_a_cursor(tmp_path: Path) -> None:
    parameters = [query("cursor", type="string"), query("limit", type="integer")]
    reply = {"items": ITEMS, "next_cursor": {"type": ["string", "null"]}}
    method = listing(tmp_path, parameters, reply)
    assert "self.books.list_after(cursor, limit=limit or 10)" in method
    assert "(items=found.items, next_cursor=found.next)" in method


@pytest.mark.parametrize(
    ("required", "filled"),
    [(False, "found.next or MISSING"), (True, "found.next_or_empty")],
)
def test_the_last_page_of_a_cursor_that_may_not_be_null(
    tmp_path: Path, required: bool, filled: str
) -> None:
    cursor = {"next_cursor": {"type": "string"}}
    reply = {"items": ITEMS, "total": {"type": "integer"}} | cursor
    wanted = ["items", "next_cursor"] if required else ["items"]
    method = listing(tmp_path, [query("cursor", type="string")], reply, wanted)
    assert "self.books.list_after(cursor, counted=True)" in method
    assert f"next_cursor={filled}" in method


def test_slices_have_numbers_as_pages_have(tmp_path: Path) -> None:
    reply = {"items": ITEMS, "page": {"type": "integer"}}
    method = listing(tmp_path, [query("cursor", type="string")], reply)
    assert "(items=found.items, page=found.page)" in method
