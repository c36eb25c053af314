"""Parameters in path, query, headers and cookies: text, read as the contract says.

Pydantic reads more than JSON Schema allows: `yes` as a boolean, `1_0` as an integer.
Here text has the one spelling that JSON has.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from types import NoneType
from typing import Annotated, Final, get_args, get_origin

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_NUMBER: Final = re.compile(r"-?\d{1,400}(\.\d+)?([eE][-+]?\d{1,4})?", re.ASCII)
_SPELLINGS: Final[dict[object, tuple[re.Pattern[str], str]]] = {
    int: (re.compile(r"-?\d{1,30}(\.0)?", re.ASCII), "an integer"),
    float: (_NUMBER, "a number"),
    Decimal: (_NUMBER, "a number"),
    bool: (re.compile("true|false"), "one of true and false"),
}
_SEPARATORS: Final = {
    "form": ",",
    "simple": ",",
    "spaceDelimited": " ",
    "pipeDelimited": "|",
}
# Where the document of a parameter says its style, until platform/document.py moves it.
WRITTEN: Final = "x-written"


class AsJson:
    """An integer, a number or a boolean, written in the text as JSON writes it."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        pattern, what = _SPELLINGS[_kind(source)]

        def check(value: object) -> object:
            if isinstance(value, str) and not pattern.fullmatch(value):
                raise PydanticCustomError(
                    "spelling", "Input should be {what}", {"what": what}
                )
            return value

        return core_schema.no_info_before_validator_function(check, handler(source))


def _kind(source: object) -> object:
    """What is left of a type without bounds and null: `int` of `int | None`."""
    if get_origin(source) is Annotated:
        return _kind(get_args(source)[0])
    kinds = [kind for kind in get_args(source) if kind is not NoneType]
    return _kind(kinds[0]) if kinds else source


@dataclass(frozen=True)
class Separated:
    """A list in one text, as `style` writes it without `explode`."""

    style: str = "form"

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(
            self._items, handler(source)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return handler(schema) | {WRITTEN: self.style}

    def _items(self, value: object) -> object:
        if not isinstance(value, list):
            return value
        mark = _SEPARATORS[self.style]
        return [part for text in value if text for part in text.split(mark)]


AS_JSON: Final = AsJson()
