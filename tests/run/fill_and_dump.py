"""Runs in a generated project, with its Python: fills its tables, or tells their rows.

`fill COUNT` writes so many rows into every table of the contexts; `dump` prints what
all tables hold, a line a table: name, number of rows and a hash of them in any order.
"""

import hashlib
import sys
from datetime import UTC, datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

sys.path.insert(0, "tests")
moved_rows = import_module("moved_rows")
PACKAGE = sys.argv[1]
migrate = import_module(f"{PACKAGE}.migrate")
settings = import_module(f"{PACKAGE}.settings").load_settings()

DOCUMENTS: list[Any] = [
    None,
    17,
    -0.5,
    "text",
    True,
    [],
    {"ü": [1, 2.5, None, {"deep": "\u2028"}], "b": {}, "a": "\\u0041"},
    2**53 + 1,
]
TEXTS = ["", "Ünïcödé 🙂", "line\nline\ttab", "'quoted' \"twice\" \\", " spaces "]


def main() -> None:
    match sys.argv[2]:
        case "fill":
            contexts = import_module(f"{PACKAGE}.contexts").CONTEXTS
            fill(tables(contexts), int(sys.argv[3]))
        case "dump":
            for table in tables(migrate.histories()):
                print(table.name, *told(table))


def tables(names: list[str]) -> list[Any]:
    return [
        table for name in names for table in migrate.metadata_of(name).sorted_tables
    ]


def fill(found: list[Any], count: int) -> None:
    """Write so many rows into each table."""
    for table in found:
        moved_rows.fill(settings.database_url, table, rows(table, count))


def rows(table: Any, count: int) -> list[dict[str, object]]:
    """Every type with values that are hard to keep, and rows with little in them."""
    made: list[dict[str, object]] = moved_rows.rows_for(table, count)
    unique = {
        column.name
        for constraint in table.constraints | table.indexes
        if getattr(constraint, "unique", True)
        for column in getattr(constraint, "columns", ())
    }
    for number, row in enumerate(made):
        for column in table.columns:
            if column.foreign_keys:
                # the last of all is its own; the others lead to one that comes later
                row[column.name] = min(number + 2, count)
            elif column.name in unique or column.primary_key:
                continue
            elif column.nullable and number % 3 == 0:
                row[column.name] = None
            else:
                row[column.name] = hard(column, number, row[column.name])
    return made


def hard(column: Any, number: int, simple: object) -> object:
    name = type(column.type).__name__
    length = getattr(column.type, "length", None)
    match simple:
        case dict():
            found = DOCUMENTS[number % len(DOCUMENTS)]
            return found if found is not None or column.nullable else simple
        case str():
            return TEXTS[number % len(TEXTS)][:length]
        case bool():
            return simple
        case int():
            return (-1) ** number * (2**63 - 1 - number)
        case float():
            return (0.1 + number) * 10.0 ** (number % 600 - 300)
        case Decimal():
            return Decimal(number).scaleb(-column.type.scale) * (-1) ** number
        case datetime():
            return datetime(1 + number % 9998, 2, 28, 23, 59, 59, 999999 - number, UTC)
    assert name in ("Uuid", "Date", "LargeBinary"), name
    return simple


def told(table: Any) -> tuple[int, str]:
    found = moved_rows.rows_in(settings.database_url, [table])[table.name]
    lines = sorted(repr([plain(value) for value in row]) for row in found)
    return len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def plain(value: object) -> object:
    """What drivers give differently."""
    match value:
        case Decimal():
            return str(value.normalize())
        case datetime():
            return value.isoformat()
        case dict():
            return sorted((key, plain(item)) for key, item in value.items())
        case list():
            return [plain(item) for item in value]
    return str(value) if type(value).__name__ == "UUID" else value


if __name__ == "__main__":
    main()
