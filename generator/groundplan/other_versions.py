"""What an operation may do with the table of an entity that another version has."""

from .api_versions import version_of
from .columns import as_key
from .domain import Entity, Model, Operation, Scalar, Storage, Stub

# Reasons that have nothing to do with the fields of an entity.
_ANY_VERSION = frozenset({"action", "media-type"})
_OF_BODY = frozenset({"unknown-fields", "computed-fields", "secret"})


def as_version(
    operation: Operation,
    entity: Entity,
    within: tuple[tuple[str, int], ...],
    answer: Storage | Stub,
    body: Model | None,
    context: str,
) -> Storage | Stub:
    """The answer of an operation, with what its version makes of it.

    `within` pairs columns with the positions of the path parameters that narrow them,
    and `body` is what the operation takes. Where a version does not fit the fields of
    the newest, it is for people to translate: the reason says what differs, and
    `context` is where the entity is, if that is another one.
    """
    mine, newest = version_of(operation.path), version_of(entity.collection_path)
    if mine == newest or (isinstance(answer, Stub) and answer.code in _ANY_VERSION):
        return answer
    reason = answer.reason if isinstance(answer, Stub) else ""
    if not reason:
        reason = _other_parameter(operation, entity, within)
    elif isinstance(answer, Stub) and answer.code in _OF_BODY and body:
        reason = f"it takes {body.name}, and {reason}"
    if not reason:
        return answer
    which = "without version" if mine is None else f"of version {mine}"
    return Stub(
        "version",
        f"it is {which}, and {entity.name} has the fields of version {newest}: "
        f"{reason}; override {operation.name} in service.py",
        elsewhere=context,
    )


def _other_parameter(
    operation: Operation, entity: Entity, within: tuple[tuple[str, int], ...]
) -> str:
    """Why a parameter of the path names no row of the entity; empty where all do."""
    path = [p for p in operation.parameters if p.place == "path"]
    for name, position in within:
        column = entity.column(name)
        wanted = as_key(path[position].type) or Scalar("string")
        if column is not None and column.type != wanted:
            return f"its {path[position].wire} is of another type"
    return ""
