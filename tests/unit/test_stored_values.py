"""Values for rows that have none: checked, and written as literals."""

import ast

import pytest

from groundplan.domain import Column, Scalar
from groundplan.errors import AnswerError
from groundplan.stored_values import Value, empty, given
from groundplan.tables import StoredColumn, StoredType

LIMITS = (("minimum", 1), ("exclusiveMaximum", 10))


def column(kind: str, *size: int, values: tuple[str, ...] = ()) -> StoredColumn:
    return StoredColumn("it", StoredType(kind, size), values=values)


def bounded() -> StoredColumn:
    source = Column("it", Scalar("integer", LIMITS), nullable=False)
    return StoredColumn("it", StoredType("integer"), source=source)


@pytest.mark.parametrize(
    ("kind", "text", "source"),
    [
        ("text", 'it\'s "so"', "'it\\'s \"so\"'"),
        ("text", "", "''"),
        ("integer", "-3", "-3"),
        ("number", "3", "3.0"),
        ("decimal", "1.50", "Decimal('1.50')"),
        ("boolean", "false", "False"),
        ("uuid", "0B0E8F328B7E4D529F0A6F1F4A3C2D10", None),
        ("date", "2024-02-29", "dt.date(2024, 2, 29)"),
        (
            "date-time",
            "2024-02-29T01:00:00+02:00",
            "dt.datetime.fromisoformat('2024-02-28T23:00:00+00:00')",
        ),
        ("list", '[1, "a", null, true]', "[1, 'a', None, True]"),
        ("object", '{"a": {"b": 1.5}}', "{'a': {'b': 1.5}}"),
        ("json", '"a"', "'a'"),
    ],
)
def test_a_value_becomes_a_literal(kind: str, text: str, source: str | None) -> None:
    value = given(column(kind), "--fill", text)
    assert source is None or value.source == source
    ast.parse(value.source, mode="eval")


def test_sqlite_keeps_decimals_as_units() -> None:
    assert given(column("decimal", 18, 4), "--fill", "-1.5").sqlite == "-15000"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "1.5"),
        ("integer", ""),
        ("integer", str(2**63)),
        ("integer", "9" * 5000),
        ("number", "inf"),
        ("number", "nan"),
        ("decimal", "1.23456"),
        ("decimal", "1e14"),
        ("decimal", "NaN"),
        ("decimal", "x"),
        ("boolean", "yes"),
        ("uuid", "0b0e8f32"),
        ("date", "2024-02-30"),
        ("date-time", "2024-02-29T01:00:00"),
        ("date-time", "0001-01-01T00:00:00+14:00"),
        ("list", '{"a": 1}'),
        ("list", "[NaN]"),
        ("list", "[" * 100_000),
        ("object", "[]"),
        ("json", "null"),
        ("json", "{"),
        ("text", "\udcff"),
    ],
)
def test_what_a_column_does_not_take_is_refused(kind: str, text: str) -> None:
    with pytest.raises(AnswerError) as caught:
        given(column(kind), "--fill it", text)
    assert caught.value.message.startswith("--fill it: ")
    assert "it takes " in str(caught.value.hint)


def test_the_contract_bounds_a_value() -> None:
    assert given(bounded(), "--fill", "9") == Value("9")
    for text in ("0", "10"):
        with pytest.raises(AnswerError, match="imum is"):
            given(bounded(), "--fill", text)
    with pytest.raises(AnswerError, match="longer than 3"):
        given(column("string", 3), "--fill", "abcd")
    with pytest.raises(AnswerError, match="none of the values") as caught:
        given(column("string", 16, values=("a", "b")), "--fill", "c")
    assert caught.value.hint == "it takes a, b."


def test_every_kind_has_an_empty_value() -> None:
    kinds = {"string": (9,), "decimal": (18, 4)}
    for kind in ("text", "integer", "number", "boolean", "uuid", "date", "date-time"):
        ast.parse(empty(column(kind)).source, mode="eval")
    for kind, size in kinds.items():
        ast.parse(empty(column(kind, *size)).source, mode="eval")
    assert empty(column("string", 9, values=("a", "b"))) == Value("'a'")
    assert empty(column("list")) == Value("[]")
