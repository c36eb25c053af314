"""The base of every model that crosses the process boundary."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


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
