"""Who may do what, as the overlay says it: owners of items, roles of callers."""

from dataclasses import replace

from .contract import Contract
from .domain import ROLES, Column, Model, Scalar
from .errors import ContractError
from .reader import Json
from .schema_parts import Pointer, Said

HIDDEN = "owner_id"
ID_LENGTH = 36


def with_owner(
    model: Model, columns: list[Column]
) -> tuple[tuple[Column, ...], str | None]:
    """The columns of an entity, and which of them says whose an item is.

    `x-owner: true` on a property names it; on the schema of an item it asks for a
    column of its own, which is not shown.
    """
    named = next((field.name for field in model.fields if field.owner), None)
    if named is None and not model.owned:
        return tuple(columns), None
    if named is None:
        hidden = Column(HIDDEN, Scalar("string"), nullable=False, index=True)
        return (*columns, hidden), HIDDEN
    marked = (
        replace(column, nullable=False, index=True) if column.name == named else column
        for column in columns
    )
    return tuple(marked), named


def roles_of(
    contract: Contract,
    node: dict[str, Json],
    pointer: Pointer,
    *,
    secured: bool,
) -> tuple[str, ...]:
    """The roles of `x-roles`, one of which a caller needs. Raises ContractError."""
    roles = node.get("x-roles")
    if roles is None:
        return ()
    place = contract.place(*pointer, "x-roles")
    known = isinstance(roles, list) and roles and all(r in ROLES for r in roles)
    if not known:
        raise ContractError(
            place,
            f"x-roles is not a list of {', '.join(ROLES)}",
            "Write for example `x-roles: [ADMIN]`.",
        )
    if not secured:
        raise ContractError(
            place,
            "x-roles of an operation that asks nobody who they are",
            "Give the operation `security` as well.",
        )
    assert isinstance(roles, list)
    return tuple(dict.fromkeys(str(role) for role in roles))


def check_owner(contract: Contract, said: Said, pointer: Pointer) -> bool:
    """True for a property that can say whose an item is; raises ContractError else."""
    longest = said.of("maxLength")
    room = longest is None or (isinstance(longest, int) and longest >= ID_LENGTH)
    text = said.of("type") == "string" and said.of("format") in (None, "uuid")
    if not (text and room) or said.of("pattern") is not None:
        raise ContractError(
            contract.place(*pointer),
            "x-owner on a property that cannot hold the id of an account",
            "Make it a string, of format uuid or without one.",
        )
    return True
