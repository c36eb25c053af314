"""The types that generated models are made of: what they take, give and tell."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import Field, JsonValue, TypeAdapter, ValidationError

from .template_modules import template_module

fields = template_module("platform", "fields")
formats = template_module("platform", "formats")
parameters = template_module("platform", "parameters")
schemas = template_module("platform", "schemas")
unions = template_module("platform", "unions")


def takes(type_: Any, text: str) -> bool:
    """Whether a body of this type may be this JSON."""
    try:
        TypeAdapter(type_).validate_json(text, strict=True)
    except ValidationError:
        return False
    return True


def read(type_: Any, text: str) -> Any:
    return TypeAdapter(type_).validate_json(text, strict=True)


def told(type_: Any) -> Any:
    return TypeAdapter(type_).json_schema()


GOOD = {
    "email": ["a@b", "first.last+tag@sub.example.com"],
    "hostname": ["a", "www.example.com", "xn--bcher-kva.example"],
    "ipv4": ["192.0.2.1", "0.0.0.0"],
    "ipv6": ["::", "2001:db8::1", "::ffff:192.0.2.1"],
    "uri": [
        "https://example.com/a?b=c#d",
        "mailto:a@example.com",
        "urn:isbn:0451450523",
        "http://[2001:db8::1]:80/",
        "a:",
        "http://user@host",
        "file:///etc/x",
    ],
    "uri-reference": ["", "/a", "../a?b", "//host/a", "#x", "a/b:c", "x:y"],
    "time": ["12:00:00Z", "23:59:59.5+01:00"],
    "duration": ["P1D", "PT0S", "P1Y2M3DT4H5M6S", "P3W"],
    "byte": ["", "dGV4dA=="],
    "json-pointer": ["", "/a/~0~1/0"],
}
BAD = {
    "email": ["", "a", "a@", "@b", "a b@c", "a@-b"],
    "hostname": ["", "-a", "a..b", "a" * 64, "a_b"],
    "ipv4": ["", "1.2.3", "256.1.1.1", "01.2.3.4"],
    "ipv6": ["", "1.2.3.4", ":::"],
    "uri": ["", "/a", "//host", "http://a b", "1a:b", "http://[x]", "a:%zz", "a:\n"],
    "uri-reference": ["a b", "%", "\\", "1:b/"],
    "time": ["", "12:00", "24:00:00Z", "12:00:00"],
    "duration": ["", "P", "PT", "1D", "P1H", "P1DT"],
    "byte": ["a", "dGV4dA=", "d_V4"],
    "json-pointer": ["a", "/~", "/~2"],
}


def test_every_format_has_examples() -> None:
    assert GOOD.keys() == BAD.keys() == formats.CHECKS.keys()


@pytest.mark.parametrize("name", GOOD)
def test_formats(name: str) -> None:
    type_ = Annotated[str, Field(max_length=100), fields.Format(name)]
    check = formats.CHECKS[name]
    assert [text for text in GOOD[name] if not check(text)] == []
    assert [text for text in BAD[name] if check(text)] == []
    assert told(type_) == {"type": "string", "format": name, "maxLength": 100}
    assert not takes(type_, '"\\u00e9 \\u00e9"')


def test_a_format_that_is_only_told() -> None:
    type_ = Annotated[int, Field(ge=1), fields.Format("int32")]
    assert told(type_) == {"type": "integer", "format": "int32", "minimum": 1}
    assert takes(Annotated[str, fields.Format("phone")], '"anything"')


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"2026-01-31"', dt.date(2026, 1, 31)),
        ('"0"', None),
        ('"1577836800"', None),
        ('"2026-02-30"', None),
        ('"2026-01-31T00:00:00Z"', None),
        ("0", None),
    ],
)
def test_dates_have_one_spelling(text: str, value: dt.date | None) -> None:
    assert takes(fields.IsoDate, text) == (value is not None)
    assert value is None or read(fields.IsoDate, text) == value


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ('"2026-01-31T12:00:00Z"', True),
        ('"2026-01-31t12:00:00.123456789+01:00"', True),
        ('"2026-01-31T12:00:00"', False),
        ('"2026-01-31 12:00:00Z"', False),
        ('"2026-01-31T12:00Z"', False),
        ('"0"', False),
    ],
)
def test_moments_have_one_spelling(text: str, good: bool) -> None:
    assert takes(fields.IsoDateTime, text) == good


def test_moments_and_dates_may_be_themselves_in_python() -> None:
    now = dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC)
    adapter: TypeAdapter[Any] = TypeAdapter(fields.IsoDateTime)
    assert adapter.validate_python(now) == now
    assert adapter.validate_python("2026-01-31T12:00:00Z") == now
    assert adapter.dump_json(now) == b'"2026-01-31T12:00:00Z"'
    with pytest.raises(ValidationError):
        adapter.validate_python(now.replace(tzinfo=None))


def test_decimals_as_text() -> None:
    type_ = Annotated[Decimal, fields.DecimalText(pattern=r"^\d+\.\d\d$")]
    assert read(type_, '"1.50"') == Decimal("1.50")
    for text in ('"1.5"', "1.50", '"NaN"', '"1e5"'):
        assert not takes(type_, text)
    large = TypeAdapter(Annotated[Decimal, fields.DecimalText()])
    assert large.dump_json(Decimal("1E+5")) == b'"100000"'
    assert told(type_) == {
        "type": "string",
        "format": "decimal",
        "pattern": r"^\d+\.\d\d$",
    }


def test_decimals_as_numbers() -> None:
    step: Any = Decimal("0.01")
    bounds: Any = Field(ge=Decimal("0"), multiple_of=step)
    type_ = Annotated[Decimal, bounds, fields.DECIMAL_NUMBER]
    assert read(type_, "0.07") == Decimal("0.07")
    for text in ('"0.07"', "-1", "0.075", "true"):
        assert not takes(type_, text)
    assert TypeAdapter(type_).dump_json(Decimal("0.07")) == b"0.07"
    assert told(type_) == {
        "type": "number",
        "format": "decimal",
        "minimum": 0.0,
        "multipleOf": 0.01,
    }


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        (Annotated[int, fields.Choice(1, 2)], ["1"], ["true", "3", '"1"']),
        (Annotated[bool, fields.Choice(True)], ["true"], ["1", "false"]),
        (Annotated[float, fields.Choice(0.5, 1)], ["0.5", "1", "1.0"], ["2"]),
        (Annotated[str | int, fields.Choice("a", 1)], ['"a"', "1"], ['"1"', "true"]),
        (
            Annotated[JsonValue, fields.Choice([1], {"a": 1})],
            ["[1]", "[1.0]", '{"a": 1}'],
            ["[true]", "[]", "1"],
        ),
    ],
)
def test_choices(type_: Any, good: list[str], bad: list[str]) -> None:
    assert [text for text in good if not takes(type_, text)] == []
    assert [text for text in bad if takes(type_, text)] == []
    assert "enum" in told(type_)


def test_multiples_let_no_near_miss_pass() -> None:
    type_ = Annotated[float, fields.Multiple(0.1)]
    assert takes(type_, "0.3")
    assert not takes(type_, "0.30000000001")
    assert not takes(Annotated[float, fields.Multiple(0.25)], "5e-324")
    assert told(type_)["multipleOf"] == 0.1


def test_unique_items_as_json_has_them() -> None:
    type_ = Annotated[list[JsonValue], Field(max_length=3), fields.UNIQUE]
    assert takes(type_, "[1, true, 0]")
    for text in ("[1, 1]", "[1, 1.0]", '[{"a": 1, "b": 2}, {"b": 2, "a": 1}]'):
        assert not takes(type_, text)
    assert told(type_)["uniqueItems"] is True
    many = ",".join(str(n) for n in range(200_000))
    assert takes(Annotated[list[int], fields.UNIQUE], f"[{many}]")


def test_what_may_be_left_out_is_not_null() -> None:
    type_ = Annotated[list[int] | None, fields.OMISSIBLE]
    assert takes(type_, "[1]")
    assert not takes(type_, "null")
    assert told(type_) == {"type": "array", "items": {"type": "integer"}}


def test_nothing() -> None:
    assert not takes(fields.Nothing, "null")
    assert not takes(fields.Nothing, "1")
    assert told(fields.Nothing) == {"not": {}}


SIZES: Any = {"min_properties": 1, "max_properties": 2}


class Changes(schemas.Sized, **SIZES):  # type: ignore[misc, name-defined]
    """A model with one or two properties."""

    a: int = 0
    b: int = 0
    c: int = 0


def test_sized_models() -> None:
    assert takes(Changes, '{"a": 1}')
    assert not takes(Changes, "{}")
    assert not takes(Changes, '{"a": 1, "b": 1, "c": 1}')
    found = told(Changes)
    assert (found["minProperties"], found["maxProperties"]) == (1, 2)


class Cat(schemas.Schema):  # type: ignore[misc, name-defined]
    """A variant."""

    pet_type: str
    born: fields.IsoDate  # type: ignore[name-defined]


class Dog(schemas.Schema):  # type: ignore[misc, name-defined]
    """Another."""

    pet_type: str
    lives: int = 1


TAGS = {"cat": Cat, "kitten": Cat, "dog": Dog}
PET = Annotated[Cat | Dog, unions.Discriminated("petType", "pet_type", TAGS)]


def test_tags_tell_models_apart() -> None:
    cat = read(PET, '{"petType": "kitten", "born": "2026-01-31"}')
    assert isinstance(cat, Cat)
    assert isinstance(read(PET, '{"petType": "dog"}'), Dog)
    for text in ('{"petType": "cow"}', '{"lives": 1}', '{"petType": "cat"}', "1"):
        assert not takes(PET, text)
    adapter: TypeAdapter[Any] = TypeAdapter(PET)
    assert adapter.validate_python(cat) is cat
    assert adapter.dump_json(cat) == b'{"petType":"kitten","born":"2026-01-31"}'
    discriminator = told(PET)["discriminator"]
    assert discriminator["propertyName"] == "petType"
    assert discriminator["mapping"].items() >= {
        ("cat", "#/$defs/Cat"),
        ("kitten", "#/$defs/Cat"),
    }


class Leaf(schemas.Schema):  # type: ignore[misc, name-defined]
    """An end of a tree."""

    day: fields.IsoDate  # type: ignore[name-defined]


class Fork(schemas.Schema):  # type: ignore[misc, name-defined]
    """Holds more of its kind."""

    left: "Tree"
    right: "Tree"


Tree = Annotated[Leaf | Fork | list[int], unions.ONE_OF]
Fork.model_rebuild()


def test_only_one_alternative_may_fit() -> None:
    leaf, fork = '{"day": "2026-01-31"}', '{"left": [1], "right": [2]}'
    assert isinstance(read(Tree, leaf), Leaf)
    assert isinstance(read(Tree, fork), Fork)
    assert read(Tree, "[1]") == [1]
    assert not takes(Tree, '{"day": "2026-01-31", "left": [1], "right": [2]}')
    assert not takes(Tree, "{}")
    assert [set(one) for one in told(Tree)["oneOf"]][:2] == [{"$ref"}, {"$ref"}]
    value = read(Tree, fork)
    assert TypeAdapter(Tree).dump_json(value) == b'{"left":[1],"right":[2]}'


def test_deep_alternatives_do_not_multiply_the_work() -> None:
    text = "[1]"
    for _ in range(60):
        text = f'{{"left": {text}, "right": [1]}}'
    assert takes(Tree, text)


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [
        (int, ["1", "-20", "1.0"], ["1_0", "1.5", "", " 1", "\u0661"]),
        (float, ["1", "-1.5", "2e5"], ["inf", "nan", ".5", "1_0"]),
        (bool, ["true", "false"], ["1", "yes", "True", "on"]),
        (Decimal, ["1.50", "-2"], ["NaN", "Infinity", "1_0"]),
    ],
)
def test_parameters_have_the_spelling_of_json(
    type_: Any, good: list[str], bad: list[str]
) -> None:
    alone: Any = Annotated[type_, parameters.AS_JSON]
    optional: Any = Annotated[type_ | None, parameters.AS_JSON]
    for annotated in (alone, optional):
        adapter: TypeAdapter[Any] = TypeAdapter(annotated)
        for text in good:
            adapter.validate_python(text)
        for text in bad:
            with pytest.raises(ValidationError):
                adapter.validate_python(text)


@pytest.mark.parametrize(
    ("style", "text"),
    [("form", "1,2"), ("spaceDelimited", "1 2"), ("pipeDelimited", "1|2")],
)
def test_lists_in_one_text(style: str, text: str) -> None:
    items = list[Annotated[int, parameters.AS_JSON]]
    adapter: TypeAdapter[Any] = TypeAdapter(
        Annotated[items | None, parameters.Separated(style)]
    )
    assert adapter.validate_python([text]) == [1, 2]
    assert adapter.validate_python([""]) == []
    assert adapter.json_schema()[parameters.WRITTEN] == style
