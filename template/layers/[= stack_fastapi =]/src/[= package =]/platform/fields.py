"""Types of fields, bodies and parameters, as JSON Schema has them.

Pydantic reads more than a schema allows (`"0"` as a date), and tells less of a type in
its own schema than it checks. These take and tell what the contract says. In an
`Annotated`, `Field` comes before them: they refine the type that it has bounded.
"""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final, TypeVar

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, JsonValue
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, to_json
from pydantic_core import core_schema as core

from .formats import CHECKS

Value = TypeVar("Value")


@dataclass(frozen=True)
class Format:
    """A format of strings: checked where `formats` knows it, else only told."""

    name: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        if self.name not in CHECKS:
            return schema
        return core.no_info_after_validator_function(self._checked, schema)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {"format": self.name}

    def _checked(self, value: Value) -> Value:
        if isinstance(value, str) and not CHECKS[self.name](value):
            raise _not_of(self.name)
        return value


@dataclass(frozen=True, eq=False)
class Spelled:
    """A value that JSON has as text: in this one spelling, or as itself in Python."""

    format: str
    matches: Callable[[str], object]
    parse: Callable[[str], object]
    value: CoreSchema
    written: core.SerSchema

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return self.schema_of(core.str_schema(strict=True))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "format": self.format}

    def schema_of(self, text: CoreSchema) -> CoreSchema:
        """What reads the value, given what checks its text."""
        read = core.no_info_after_validator_function(self._read, text)
        either = core.union_schema([self.value, read], mode="left_to_right")
        return core.json_or_python_schema(read, either, serialization=self.written)

    def _read(self, text: str) -> object:
        if self.matches(text):
            try:
                return self.parse(text)
            except ValueError:
                pass
        raise _not_of(self.format)


@dataclass(frozen=True)
class DecimalText:
    """A decimal number that JSON has as text, for its digits' sake."""

    pattern: str | None = None
    min_length: int | None = None
    max_length: int | None = None

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return _DECIMAL.schema_of(
            core.str_schema(
                pattern=self.pattern,
                min_length=self.min_length,
                max_length=self.max_length,
                strict=True,
            )
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        limits = {
            "pattern": self.pattern,
            "minLength": self.min_length,
            "maxLength": self.max_length,
        }
        said = {name: limit for name, limit in limits.items() if limit is not None}
        return {"type": "string", "format": "decimal"} | said


class DecimalNumber:
    """A decimal number that JSON has as a number, exact to 15 digits."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        exact = handler(source)
        number = core.union_schema([core.int_schema(), core.float_schema()])
        read = core.no_info_after_validator_function(_decimal_of, number)
        return core.json_or_python_schema(
            core.chain_schema([read, exact]),
            exact,
            serialization=core.plain_serializer_function_ser_schema(
                float, return_schema=core.float_schema(), when_used="json"
            ),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        if schema["type"] == "json-or-python":
            schema = schema["python_schema"]
        told: JsonSchemaValue = {}
        for one in handler(schema)["anyOf"]:
            if one["type"] == "number":
                told = one
        return told | {"format": "decimal"}


@dataclass(frozen=True)
class Multiple:
    """A number that a step divides; pydantic's own rule lets near misses pass."""

    step: float

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {"multipleOf": self.step}

    def _checked(self, number: Value) -> Value:
        if isinstance(number, float) and _decimal_of(number) % _decimal_of(self.step):
            raise PydanticCustomError(
                "multiple_of",
                "Input should be a multiple of {step}",
                {"step": self.step},
            )
        return number


class Choice:
    """One of some values that `Literal` cannot tell apart: `1`, `true` and `1.5`."""

    def __init__(self, *values: JsonValue) -> None:
        self.values = values
        self._known = {_canonical(value) for value in values}

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"enum": list(self.values)}

    def _checked(self, value: Value) -> Value:
        if _canonical(value) not in self._known:
            expected = ", ".join(map(str, self.values))
            raise PydanticCustomError(
                "enum", "Input should be one of {expected}", {"expected": expected}
            )
        return value


class Unique:
    """No two items of a list are equal."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {"uniqueItems": True}

    def _checked(self, items: list[Value]) -> list[Value]:
        if len(set(map(_canonical, items))) < len(items):
            raise PydanticCustomError("unique", "No two items may be equal")
        return items


class Impossible:
    """No value at all: what a schema `false` allows."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core.no_info_plain_validator_function(self._refused)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"not": {}}

    def _refused(self, value: object) -> None:
        raise PydanticCustomError("impossible", "Nothing is allowed here")


class Omissible:
    """None stands for what was left out: null itself is refused."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        return schema["schema"] if schema["type"] == "nullable" else schema


def _canonical(value: object) -> bytes:
    """A value's JSON, the same for all that JSON Schema calls equal (1 and 1.0)."""
    return to_json(_whole(value))


def _whole(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(value[key]) for key in sorted(value)}
    return value


def _not_of(name: str) -> PydanticCustomError:
    return PydanticCustomError(
        "format", "Input should be text of the format {name}", {"name": name}
    )


def _decimal_of(number: int | float) -> Decimal:
    return Decimal(repr(number))


def _moment_of(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.upper())


def _digits(number: Decimal) -> str:
    return format(number, "f")


_DATE: Final = r"\d{4}-\d\d-\d\d"
_DECIMAL: Final = Spelled(
    "decimal",
    re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII).fullmatch,
    Decimal,
    core.decimal_schema(strict=True),
    core.plain_serializer_function_ser_schema(
        _digits, return_schema=core.str_schema(), when_used="json"
    ),
)
Int32 = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
Int64 = Annotated[int, Field(ge=-(2**63), le=2**63 - 1)]
Email = Annotated[str, Format("email")]
IsoDate = Annotated[
    dt.date,
    Spelled(
        "date",
        re.compile(_DATE, re.ASCII).fullmatch,
        dt.date.fromisoformat,
        core.date_schema(strict=True),
        core.simple_ser_schema("date"),
    ),
]
IsoDateTime = Annotated[
    dt.datetime,
    Spelled(
        "date-time",
        re.compile(
            rf"{_DATE}[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[-+]\d\d:\d\d)", re.ASCII
        ).fullmatch,
        _moment_of,
        core.datetime_schema(strict=True, tz_constraint="aware"),
        core.simple_ser_schema("datetime"),
    ),
]
Nothing = Annotated[None, Impossible()]
DECIMAL_NUMBER: Final = DecimalNumber()
UNIQUE: Final = Unique()
OMISSIBLE: Final = Omissible()
