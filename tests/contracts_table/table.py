"""What became of the contracts: for a terminal, and for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from groundplan.python_types import clean

from .journey import Row

NUMBERS = ("operations", "implemented", "stubs", "findings")


def show(rows: Sequence[Row], console: Console) -> None:
    """The table, and below it why a contract was refused or where it failed."""
    table = Table(box=SIMPLE_HEAD)
    table.add_column("contract", overflow="fold")
    table.add_column("result", no_wrap=True)
    for name in (*NUMBERS, "seconds"):
        table.add_column(name, justify="right")
    for row in rows:
        numbers = [getattr(row, name) for name in NUMBERS]
        table.add_row(
            _text(row.contract),
            row.result,
            *("" if number is None else str(number) for number in numbers),
            f"{total(row):.0f}",
        )
    console.print(table)
    for row in rows:
        if row.reason:
            console.print(_text(f"{row.contract}: {row.result}: {row.reason}"))
        for line in row.last_lines:
            console.print(_text(f"    {line}"))
        if row.log:
            console.print(_text(f"    log: {row.log}"), soft_wrap=True)
    fine = sum(row.is_fine for row in rows)
    console.print(f"\n{fine} of {len(rows)} carried through or refused as they should.")


def as_json(rows: Sequence[Row]) -> str:
    """The same with the seconds of every step."""
    listed = [
        asdict(row)
        | {"seconds": {k: round(v, 2) for k, v in row.seconds.items()}}
        | {"total_seconds": round(total(row), 2)}
        for row in rows
    ]
    return json.dumps({"contracts": listed}, indent=2, ensure_ascii=False) + "\n"


def total(row: Row) -> float:
    """All seconds of a contract; a start has its migration and its boot in it."""
    return sum(v for k, v in row.seconds.items() if k not in ("migrate", "boot"))


def _text(text: str) -> Text:
    """What a contract or a program says: never markup, never control characters."""
    return Text(clean(text)[:500])
