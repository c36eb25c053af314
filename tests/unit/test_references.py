"""`x-reference`: what a body names is asked for before it is stored."""

import re
from pathlib import Path

import pytest

from groundplan.errors import ContractError

from .projects import Data, domain_of, generated, library


def contract(target: str = "/members") -> Data:
    """Books that name the member who gave them, and may name who has them."""
    data = library()
    schemas = data["components"]["schemas"]
    donor = {"type": "string", "format": "uuid"}
    for name in ("NewBook", "Book", "BookChanges"):
        part = schemas[name]["allOf"][-1] if "allOf" in schemas[name] else schemas[name]
        part["properties"]["donorId"] = donor | {"x-reference": target}
        part["properties"]["holderId"] = donor | {"x-reference": target}
    schemas["NewBook"]["required"].append("donorId")
    return data


def test_the_named_items_are_asked_for_by_the_port_of_their_context(
    tmp_path: Path,
) -> None:
    made = generated(tmp_path, contract())
    package = made.folder / "src" / "shop" / "books" / "generated"
    code = (package / "operations.py").read_text("utf-8")
    method = code.partition("async def add_book")[2].partition("async def")[0]
    asked = re.findall(r"check_reference\(\s*(\S+), (\S+), (\S+?)\s*\)", method)
    assert asked == [
        ('"/donorId"', "body.donor_id", "self.parents.members.get_member"),
        ('"/holderId"', "body.holder_id", "self.parents.members.get_member"),
    ]
    assert "def members(self) -> MembersPort" in code


def test_items_of_the_same_context_are_asked_for_by_their_operation(
    tmp_path: Path,
) -> None:
    """It knows whose items a caller may see; storage alone would tell of all."""
    made = generated(tmp_path, contract("/books"))
    package = made.folder / "src" / "shop" / "books" / "generated"
    code = (package / "operations.py").read_text("utf-8")
    method = code.partition("async def add_book")[2].partition("async def")[0]
    assert 'check_reference("/donorId", body.donor_id, self.get_book)' in method


def test_a_conflict_is_declared(tmp_path: Path) -> None:
    made = generated(tmp_path, contract())
    text = (made.folder / "contracts" / "overlay.yaml").read_text("utf-8")
    assert re.search(r"changeBook also answers[^\n]*(\n +[^\n]*)? 409", text)


@pytest.mark.parametrize("target", ["/nowhere", "/books/{bookId}", "members"])
def test_what_is_no_collection_is_refused(tmp_path: Path, target: str) -> None:
    words = "x-reference of donorId: .* is no collection"
    with pytest.raises(ContractError, match=words):
        domain_of(tmp_path, contract(target))
