"""The base of every model that crosses the process boundary, and field types."""

from collections.abc import Sequence
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

# https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address
_LABEL: Final = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
_EMAIL: Final = rf"^[a-zA-Z0-9.!#$%&'*+/=?^_`{{|}}~-]+@{_LABEL}(?:\.{_LABEL})*$"

Items = TypeVar("Items", bound=Sequence[object])


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


def _unique(items: Items) -> Items:
    if any(item in items[:index] for index, item in enumerate(items)):
        raise ValueError("no two items may be equal")
    return items


# As `format: email` has it: any domain, not only those that mail can be sent to.
Email = Annotated[
    str, Field(pattern=_EMAIL, max_length=320, json_schema_extra={"format": "email"})
]
UNIQUE: Final = AfterValidator(_unique)
