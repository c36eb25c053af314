"""Types, fields and defaults of the domain as Python source."""

from dataclasses import replace
from typing import Any

import pytest

from groundplan.domain import (
    MISSING_DEFAULT,
    AliasOf,
    Enumeration,
    Field,
    ListOf,
    MapOf,
    ModelOf,
    Parameter,
    Scalar,
    TupleOf,
    Type,
    UnionOf,
)
from groundplan.python_fields import argument, default_expression, field_line
from groundplan.python_text import literal
from groundplan.python_types import Annotations

TEXT = Scalar("string")
CAT, DOG = ModelOf("Cat"), ModelOf("Dog")
INT64 = (("minimum", -(2**63)), ("maximum", 2**63 - 1))

# a type; in signatures; in models and bodies; in parameters where that differs
WRITTEN: list[tuple[Type, str, str, str | None]] = [
    (TEXT, "str", "str", None),
    (replace(TEXT, nullable=True), "str | None", "str | None", None),
    (Scalar("any"), "JsonValue", "JsonValue", None),
    (Scalar("null"), "None", "None", None),
    (Scalar("never"), "None", "Nothing", None),
    (Scalar("uuid"), "UUID", "UUID", None),
    (Scalar("date"), "dt.date", "IsoDate", None),
    (Scalar("date-time"), "dt.datetime", "IsoDateTime", None),
    (Scalar("email"), "str", "Email", None),
    (
        Scalar("email", (("maxLength", 9),)),
        "str",
        'Annotated[str, Field(max_length=9), Format("email")]',
        None,
    ),
    (
        Scalar("string", (("pattern", "^a"),), False, "phone"),
        "str",
        'Annotated[str, Field(pattern="^a"), Format("phone")]',
        None,
    ),
    (
        Scalar("integer", (("minimum", 1),)),
        "int",
        "Annotated[int, Field(ge=1)]",
        "Annotated[int, Field(ge=1), AS_JSON]",
    ),
    (Scalar("integer", INT64), "int", "Int64", "Annotated[Int64, AS_JSON]"),
    (
        Scalar("number", (("minimum", 0), ("multipleOf", 0.5)), False, "double"),
        "float",
        'Annotated[float, Field(ge=0), Multiple(0.5), Format("double")]',
        'Annotated[float, Field(ge=0), AS_JSON, Multiple(0.5), Format("double")]',
    ),
    (Scalar("boolean"), "bool", "bool", "Annotated[bool, AS_JSON]"),
    (
        Scalar("decimal", (("pattern", r"^\d+$"),)),
        "Decimal",
        r'Annotated[Decimal, DecimalText(pattern="^\\d+$")]',
        None,
    ),
    (
        Scalar("decimal-number", (("multipleOf", 0.01),)),
        "Decimal",
        'Annotated[Decimal, Field(multiple_of=Decimal("0.01")), DECIMAL_NUMBER]',
        'Annotated[Decimal, Field(multiple_of=Decimal("0.01")), AS_JSON, '
        "DECIMAL_NUMBER]",
    ),
    (Enumeration(("a", "b")), 'Literal["a", "b"]', 'Literal["a", "b"]', None),
    (Enumeration(("a",), "Kind"), "Kind", "Kind", None),
    (
        Enumeration((1, 2)),
        "int",
        "Annotated[int, Choice(1, 2)]",
        "Annotated[int, AS_JSON, Choice(1, 2)]",
    ),
    (
        Enumeration(("a", 1, True)),
        "str | int | bool",
        'Annotated[str | int | bool, Choice("a", 1, True)]',
        "Annotated[Annotated[int, AS_JSON] | Annotated[bool, AS_JSON] | str, "
        'Field(union_mode="left_to_right"), Choice("a", 1, True)]',
    ),
    (
        Scalar("any", (("enum", '[[1], {"a": null}]'),)),
        "JsonValue",
        'Annotated[JsonValue, Choice([1], {"a": None})]',
        None,
    ),
    (
        ListOf(TEXT, 1, 3, True),
        "list[str]",
        "Annotated[list[str], Field(min_length=1, max_length=3), UNIQUE]",
        None,
    ),
    (
        ListOf(ListOf(Scalar("integer", INT64))),
        "list[list[int]]",
        "list[list[Int64]]",
        "list[list[Annotated[Int64, AS_JSON]]]",
    ),
    (
        TupleOf((TEXT, Scalar("date"))),
        "tuple[str, dt.date]",
        "tuple[str, IsoDate]",
        None,
    ),
    (
        MapOf(Scalar("integer"), False, 1, 2),
        "dict[str, int]",
        "Annotated[dict[str, int], Field(min_length=1, max_length=2)]",
        None,
    ),
    (
        MapOf(TEXT, keys=Scalar("string", (("pattern", "^a"),))),
        "dict[str, str]",
        'dict[Annotated[str, Field(pattern="^a")], str]',
        None,
    ),
    (UnionOf((CAT, TEXT), nullable=True), "Cat | str | None", "Cat | str | None", None),
    (
        UnionOf((CAT, DOG), exclusive=True),
        "Cat | Dog",
        "Annotated[Cat | Dog, ONE_OF]",
        None,
    ),
    (
        UnionOf((CAT, DOG), "petKind", tags=(("cat", 0), ("dog", 1))),
        "Cat | Dog",
        'Annotated[Cat | Dog, Discriminated("petKind", "pet_kind", '
        '{"cat": Cat, "dog": Dog})]',
        None,
    ),
    (AliasOf("Pet", True), "Pet | None", "Pet | None", None),
]


@pytest.mark.parametrize("written", WRITTEN)
def test_annotations(written: tuple[Type, str, str, str | None]) -> None:
    type_, plain, constrained, text = written
    annotations = Annotations()
    assert annotations.plain(type_).replace("'", '"') == plain
    assert annotations.constrained(type_).replace("'", '"') == constrained
    if text is not None:
        assert annotations.text(type_).replace("'", '"') == text


def test_a_named_union_is_written_out_for_text() -> None:
    union = UnionOf((TEXT, Scalar("integer")))
    annotations = Annotations({"Key": union})
    assert annotations.text(AliasOf("Key")) == (
        "Annotated[Annotated[int, AS_JSON] | str, " 'Field(union_mode="left_to_right")]'
    )


def field(type_: Type, **said: Any) -> Field:
    return Field(**{"name": "a", "wire": "a", "type": type_, "required": False} | said)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (field(TEXT, required=True), "a: str"),
        (field(TEXT), "a: str | MISSING = MISSING"),
        (field(replace(TEXT, nullable=True)), "a: str | MISSING | None = MISSING"),
        (field(Scalar("null")), "a: MISSING | None = MISSING"),
        (field(TEXT, default="x"), "a: str = 'x'"),
        (field(TEXT, default="x", required=True), "a: str"),
        (field(TEXT, wire="A", required=True), "a: Annotated[str, Field(alias='A')]"),
        (field(ListOf(CAT), required=True), "a: list[Cat]"),
        (field(ListOf(DOG)), "a: 'list[Dog] | MISSING' = MISSING"),
    ],
)
def test_fields(given: Field, line: str) -> None:
    assert field_line(given, Annotations(), frozenset({"Dog"})) == line


DEFAULTS: list[tuple[object, Type, str]] = [
    (None, replace(TEXT, nullable=True), "None"),
    ("x'\"\n", TEXT, literal("x'\"\n")),
    (3, Scalar("number"), "3"),
    (True, Scalar("boolean"), "True"),
    ("2026-01-31", Scalar("date"), "dt.date(2026, 1, 31)"),
    (
        "2026-01-31T12:00:00+01:00",
        Scalar("date-time"),
        "dt.datetime(2026, 1, 31, 11, tzinfo=dt.UTC)",
    ),
    ("0", Scalar("uuid"), "UUID('0')"),
    ("1.50", Scalar("decimal"), 'Decimal("1.50")'),
    (1.5, Scalar("decimal-number"), 'Decimal("1.5")'),
    ("a", Enumeration(("a",)), "'a'"),
    (["2026-01-31"], ListOf(Scalar("date")), "[dt.date(2026, 1, 31)]"),
    ([1, "a"], TupleOf((Scalar("integer"), TEXT)), "(1, 'a',)"),
    ({"a": [1]}, MapOf(Scalar("any")), "{'a': [1]}"),
    ({"lives": 3}, CAT, "Cat.model_validate({'lives': 3})"),
]


@pytest.mark.parametrize(("value", "type_", "source"), DEFAULTS)
def test_defaults(value: object, type_: Type, source: str) -> None:
    assert default_expression(value, type_, Annotations()) == source


@pytest.mark.parametrize(
    ("type_", "default", "required", "source"),
    [
        (TEXT, MISSING_DEFAULT, True, "a: str"),
        (TEXT, MISSING_DEFAULT, False, "a: str | None = None"),
        (TEXT, "x", False, "a: str = 'x'"),
        (TEXT, "x", True, "a: str"),
        (ListOf(TEXT), ["x"], False, "a: list[str]"),
    ],
)
def test_arguments(type_: Type, default: object, required: bool, source: str) -> None:
    parameter = Parameter("a", "a", "query", type_, required, default)
    assert argument(parameter, Annotations()) == source


def test_literals_are_json_only() -> None:
    assert literal({"a": [1, None, True, "x"]}) == "{'a': [1, None, True, 'x']}"
    with pytest.raises(TypeError):
        literal({"a": object()})
