"""`migrations/<context>/tables.yaml`: the tables as the revisions make them.

It is what the next contract is compared with, and is written together with a revision.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from . import documents
from .errors import ContractError, ProjectError
from .reader import Json, read
from .render import HEADER
from .tables import StoredColumn, StoredTable, StoredType

NAME = "tables.yaml"
_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")
_FLAGS = ("nullable", "key", "counted", "unique", "index")
_INTRODUCTION = f"""\
# {HEADER}
# The tables after the revision that is named here: what the next contract is compared
# with. It changes together with the revisions; keep both, or take both back.
"""


@dataclass(frozen=True)
class Snapshot:
    """The tables of a context after a revision."""

    revision: str
    tables: dict[str, StoredTable]


def dump(snapshot: Snapshot) -> str:
    """The text of a snapshot."""
    tables: dict[str, Json] = {
        name: {column.name: _written(column) for column in table.columns}
        for name, table in snapshot.tables.items()
    }
    body = documents.dump(
        {"revision": snapshot.revision, "tables": tables}, compact=True
    )
    return _INTRODUCTION + body


def _written(column: StoredColumn) -> dict[str, Json]:
    written: dict[str, Json] = {"type": str(column.type)}
    written |= {flag: True for flag in _FLAGS if getattr(column, flag)}
    if column.values:
        written["values"] = list(column.values)
    return written


def load(path: Path, name: str) -> Snapshot | None:
    """The snapshot in a file, or None where there is none.

    Raises ProjectError for a file that `dump` has not written.
    """
    if not path.is_file():
        return None
    try:
        document = read(path, name)
    except ContractError as error:
        raise _refused(error.message) from error
    revision, tables = document.data.get("revision"), document.data.get("tables")
    if not isinstance(revision, str) or not isinstance(tables, dict):
        raise _refused(f"{name}: `revision` or `tables` is missing")
    found = {}
    for table, columns in tables.items():
        try:
            found[table] = _table(table, columns)
        except ValueError as error:
            place = document.place("tables", table)
            raise _refused(f"{place}: {error}") from error
    return Snapshot(revision, found)


def _refused(message: str) -> ProjectError:
    return ProjectError(
        message,
        "The file is derived: restore it from version control, together with the "
        "revisions beside it.",
    )


def _table(name: str, columns: Json) -> StoredTable:
    if not isinstance(columns, dict):
        raise ValueError(f"{name!r} has no columns")
    read_ = tuple(_column(key, node) for key, node in columns.items())
    if not _IDENTIFIER.match(name) or not any(column.key for column in read_):
        raise ValueError(f"{name!r} is no table with a key")
    return StoredTable(name, read_)


def _column(name: str, node: Json) -> StoredColumn:
    if not isinstance(node, dict) or not _IDENTIFIER.match(name):
        raise ValueError(f"{name!r} is no column")
    written, values = node.get("type"), node.get("values", [])
    if not isinstance(written, str) or not isinstance(values, list):
        raise ValueError(f"{name!r} has no type")
    if not all(isinstance(value, str | int) for value in values):
        raise ValueError(f"{name!r} has values that are neither text nor integers")
    return StoredColumn(
        name,
        StoredType.parse(written),
        nullable=node.get("nullable") is True,
        key=node.get("key") is True,
        counted=node.get("counted") is True,
        unique=node.get("unique") is True,
        index=node.get("index") is True,
        values=tuple(value for value in values if isinstance(value, str | int)),
    )
