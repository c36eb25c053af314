"""What the command prints."""

import sys
from collections.abc import Sequence

from .copying import Moved
from .planning import Plan
from .source import shown


def print_plan(plan: Plan) -> None:
    """Say what goes where, and what does not."""
    print(f"from {shown(plan.source)}")
    for part in plan.parts:
        print(f"to   {shown(part.url)}: {', '.join(part.names)}")
    for title, names in (
        ("there already", plan.staying),
        ("not in the source", plan.absent),
        ("left behind, as no model has them", plan.left),
    ):
        if names:
            print(f"{title}: {', '.join(names)}")


def print_counts(plan: Plan) -> None:
    """A line a table that would move."""
    print_table(
        ("table", "rows"), [(name, str(rows)) for name, rows in plan.rows.items()]
    )


def print_moved(moved: Sequence[Moved]) -> None:
    """A line a table that was moved."""
    lines = [(one.table, str(one.rows), one.checksum) for one in moved]
    print_table(("table", "rows", "checksum, the same in both"), lines)
    print("\nThe source is as it was.")


def print_table(head: tuple[str, ...], lines: Sequence[tuple[str, ...]]) -> None:
    """Columns below their heads; the second is of numbers."""
    width = max(len(line[0]) for line in (head, *lines))
    print()
    for name, rows, *rest in (head, *lines):
        print("  ".join((f"{name:{width}}", f"{rows:>10}", *rest)))


def tell(table: str, rows: int) -> None:
    """Show how far it is, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r{table}: {rows}", end="\x1b[K\r", file=sys.stderr, flush=True)
