"""Alternatives of a type, told apart by a tag or by which one alone fits."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from functools import cached_property
from typing import Any, Final, get_args

from pydantic import (
    BaseModel,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, to_json
from pydantic_core import core_schema as core

ANY: Final = "any"
_deciding: ContextVar[bool] = ContextVar("deciding", default=False)


class Discriminated:
    """A union of models whose property `wire` (in Python, `name`) holds a tag."""

    def __init__(self, wire: str, name: str, tags: dict[str, type[BaseModel]]) -> None:
        self.wire = wire
        self.name = name
        self.tags = tags

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        models = {
            tag: _kept(handler.generate_schema(m)) for tag, m in self.tags.items()
        }
        places: list[list[str | int]] = [[self.wire], [self.name]]
        return core.tagged_union_schema(models, places)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        if schema["type"] != "tagged-union":
            return handler(schema)
        told = {str(tag): handler(one) for tag, one in schema["choices"].items()}
        # a model that nothing else refers to is written out in its place
        mapping = {tag: one["$ref"] for tag, one in told.items() if "$ref" in one}
        discriminator = {"propertyName": self.wire, "mapping": mapping}
        return {"oneOf": _distinct(told.values()), "discriminator": discriminator}


def _kept(schema: CoreSchema) -> CoreSchema:
    """A reference that pydantic does not resolve, as it does those used only once.

    It leaves those with metadata: the discriminator of a document needs their names.
    """
    if schema["type"] == "definition-ref":
        metadata = {**schema.get("metadata", {}), "kept": True}
        return core.definition_reference_schema(schema["schema_ref"], metadata=metadata)
    return schema


class OneOf:
    """A union of which exactly one alternative has to fit.

    While it is found out which one that is, the unions further inside take any that
    fits: nested ones would multiply the work otherwise.
    """

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        options = get_args(source)
        schemas = [handler.generate_schema(option) for option in options]
        choices: dict[Any, CoreSchema] = dict(enumerate(schemas))
        return core.tagged_union_schema(
            choices | {ANY: core.union_schema(list(schemas))},
            _Decision(options).made_for,
            custom_error_type="one_of",
            custom_error_message="Input should fit exactly one of the alternatives",
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        if schema["type"] != "tagged-union":
            return handler(schema)
        options = (one for tag, one in schema["choices"].items() if tag != ANY)
        return {"oneOf": [handler(option) for option in options]}


class _Decision:
    """Which of some types a value is of."""

    def __init__(self, options: Sequence[Any]) -> None:
        self.options = options

    @cached_property
    def adapters(self) -> list[TypeAdapter[object]]:
        """Made at the first value: the types may refer to what comes after them."""
        return [TypeAdapter(option) for option in self.options]

    def made_for(self, value: object) -> int | str | None:
        """The number of the only type that fits; None where none or several do."""
        if _deciding.get():
            return ANY
        for number, option in enumerate(self.options):
            if isinstance(value, BaseModel) and type(value) is option:
                return number
        document = to_json(value, by_alias=True)
        token = _deciding.set(True)
        try:
            fitting = [n for n, one in enumerate(self.adapters) if _fits(one, document)]
        finally:
            _deciding.reset(token)
        return fitting[0] if len(fitting) == 1 else None


def _fits(adapter: TypeAdapter[object], document: bytes) -> bool:
    try:
        adapter.validate_json(document, strict=True)
    except ValidationError:
        return False
    return True


def _distinct(schemas: Iterable[JsonSchemaValue]) -> list[JsonSchemaValue]:
    seen: list[JsonSchemaValue] = []
    for schema in schemas:
        if schema not in seen:
            seen.append(schema)
    return seen


ONE_OF: Final = OneOf()
