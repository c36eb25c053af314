"""What is generated is what black writes, however long the names are."""

from pathlib import Path

import black
import pytest
from black.mode import TargetVersion
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan.generate import plan
from groundplan.reader import read
from groundplan.render import _formatted_by_ruff, all_formatted, formatted

from .projects import CONTRACTS, Data, project

MODE = black.Mode(target_versions={TargetVersion.PY311})


FILES = sorted(
    path for path in CONTRACTS.iterdir() if path.suffix in (".yaml", ".json")
)


def assert_black(folder: Path, contract: Data) -> None:
    for file in plan(project(folder, contract)):
        if file.path.suffix == ".py":
            assert black.format_str(file.text, mode=MODE) == file.text, file.path


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_contracts_of_the_tests(tmp_path: Path, path: Path) -> None:
    assert_black(tmp_path, read(path).data)


def contract(widths: list[int]) -> Data:
    """A contract whose names, values and texts are as long as the widths."""
    names = [f"{'long' * 12}"[:width] + f"{n}" for n, width in enumerate(widths)]
    a, b, c, d = names
    values = {"type": "string", "enum": [f"{name} value" for name in names]}
    numbers = {"type": "object", "additionalProperties": {"type": "integer"}}
    item = {
        "type": "object",
        "required": ["id", a],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            a: values,
            b: {"type": "string", "minLength": 1, "pattern": f"^{b}+$"},
            c: {"type": ["integer", "null"], "minimum": 0},
            d: {"type": "string", "default": f"{a} {b} {c}"},
        },
    }
    reference = {"$ref": f"#/components/schemas/{a.title()}"}
    many = {"type": "array", "items": reference}
    query = [
        {"name": name, "in": "query", "schema": schema}
        for name, schema in (
            (a, values),
            (b, {"type": "string"}),
            ("q", values),
            (d, {}),
        )
    ]
    key = {"name": f"{c}Id", "in": "path", "required": True, "schema": {}}

    def operation(number: int, status: str, reply: Data, **more: object) -> Data:
        content = {"application/json": {"schema": reply}}
        responses = {status: {"description": "It.", "content": content}}
        words = {"operationId": f"{names[number]}It", "summary": " ".join(names)}
        return words | {"tags": [b], "responses": responses} | more

    def body(schema: Data, required: bool) -> Data:
        content = {"application/json": {"schema": schema}}
        return {"required": required, "content": content}

    paths = {
        f"/{a}": {
            "get": operation(0, "200", many, parameters=query),
            "post": operation(1, "201", reference, requestBody=body(reference, True)),
        },
        f"/{a}/{{{c}Id}}": {
            "parameters": [key],
            "get": operation(2, "200", reference),
            "put": operation(
                3, "200", values, parameters=query, requestBody=body(numbers, False)
            ),
        },
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Widths", "version": "1"},
        "paths": paths,
        "components": {"schemas": {a.title(): item}},
    }


@given(st.lists(st.integers(1, 45), min_size=4, max_size=4))
@settings(max_examples=15, deadline=None)
def test_names_of_every_length(
    tmp_path_factory: pytest.TempPathFactory, widths: list[int]
) -> None:
    assert_black(tmp_path_factory.mktemp("widths"), contract(widths))


A, B, C = "a" * 40, "b" * 40, "c" * 40
UNION = f"Literal['{A}', '{B}', '{C}'] | None"
DISPUTED = {
    "a long union": f"def f(sort: {UNION} = None): ...",
    "a long annotation": f"{A}{B}: Adapter[{A} | None] = Adapter({A})",
    "a long default": f"class X:\n    x: str = '{A} {B} {C}'",
}


@pytest.mark.parametrize("case", DISPUTED)
def test_black_has_the_last_word(case: str) -> None:
    source = DISPUTED[case]
    assert formatted(source) == black.format_str(source, mode=MODE)
    assert formatted(source) != _formatted_by_ruff([source])[0]


def test_nothing_around_decides(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither settings nor ignored folders where the temporary files are."""
    folder = tmp_path / "build"
    folder.mkdir()
    (folder / "ruff.toml").write_text("line-length = 20\n")
    (folder / ".gitignore").write_text("*\n")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    monkeypatch.chdir(folder)
    assert formatted("print('a',   'rather long line')\n") == (
        'print("a", "rather long line")\n'
    )


def test_imports_are_in_the_order_of_the_linter() -> None:
    source = """from .b import Thing10, Thing2, Newer, NewThing, CONSTANT
from uuid import UUID

__all__ = ["Thing10", "UUID", "Thing2"]
"""
    assert formatted(source) == """from uuid import UUID

from .b import CONSTANT, Newer, NewThing, Thing2, Thing10

__all__ = ["UUID", "Thing2", "Thing10"]
"""


def test_what_is_not_python_is_an_error() -> None:
    with pytest.raises(RuntimeError, match="not Python"):
        all_formatted(["x = 1\n", "x = = 1\n"])
