"""The base of every model that crosses the process boundary."""

from typing import ClassVar, Unpack

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError


class Schema(BaseModel):
    """A model of the contract: read by name or alias, written by alias.

    Unknown properties are dropped, so that a newer peer may add some. A request body
    refuses them: `class NewProduct(Schema, extra="forbid")`.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="ignore",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        allow_inf_nan=False,
    )


class Sized(Schema):
    """A model with a least or greatest number of properties, as its class says.

    `class Changes(Sized, min_properties=1)` wants at least one.
    """

    least_properties: ClassVar[int | None] = None
    most_properties: ClassVar[int | None] = None

    def __init_subclass__(
        cls,
        min_properties: int | None = None,
        max_properties: int | None = None,
        **options: Unpack[ConfigDict],
    ) -> None:
        super().__init_subclass__(**options)
        cls.least_properties = min_properties
        cls.most_properties = max_properties

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        told = handler.resolve_ref_schema(handler(schema))
        limits = {
            "minProperties": cls.least_properties,
            "maxProperties": cls.most_properties,
        }
        told.update({name: n for name, n in limits.items() if n is not None})
        return told

    @model_validator(mode="after")
    def _count(self) -> "Sized":
        given = len(self.model_fields_set)
        least, most = self.least_properties or 0, self.most_properties
        if given < least:
            raise PydanticCustomError(
                "too_few", "At least {least} properties are needed", {"least": least}
            )
        if most is not None and given > most:
            raise PydanticCustomError(
                "too_many", "At most {most} properties are allowed", {"most": most}
            )
        return self
