"""Fields that say who creates an item: what of the caller's account fills them."""

from dataclasses import replace

from .domain import Field, Model, ModelOf, Scalar, Type

CALLER_ID = frozenset({"id", "uuid", "sub", "user_id", "account_id"})
CALLER_NAME = frozenset(
    {"email", "username", "user_name", "login", "name", "display_name", "handle"}
)


def can_be_caller(type_: Type, models: dict[str, Model]) -> bool:
    """Whether the caller's account says enough to fill a type."""
    if isinstance(type_, Scalar):
        return type_.kind in ("string", "uuid", "email") and not type_.constraints
    if not isinstance(type_, ModelOf):
        return False
    model = models[type_.model]
    known = any(f.name in CALLER_ID | CALLER_NAME for f in model.fields)
    return known and all(
        isinstance(f.type, Scalar)
        and f.type.kind in ("string", "uuid", "email", "boolean", "integer")
        and not f.type.constraints
        and (f.type.kind != "uuid" or f.name in CALLER_ID)
        and (f.type.kind != "email" or f.name in CALLER_NAME)
        for f in model.fields
        if f.required and not f.has_default and not f.type.nullable
    )


def owner_field(model: Model, name: str) -> Field:
    """The field of a model that names the owner, or one for the hidden column."""
    hidden = Field(name, name, Scalar("string"), required=True, caller=True)
    found = model.field(name)
    return replace(found, caller=True) if found else hidden
