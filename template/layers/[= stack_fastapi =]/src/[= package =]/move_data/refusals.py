"""Why nothing is moved: one reason, or the rows that cannot be."""

from dataclasses import dataclass, field
from typing import Final

LISTED: Final = 50


class Refused(Exception):
    """Nothing was moved; the text says why and what to do next."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row by its key, and the column at fault; never the value in it."""

    table: str
    key: str
    column: str | None
    reason: str

    def __str__(self) -> str:
        place = f"{self.table} [{self.key}]"
        return (
            f"{place}.{self.column}: {self.reason}"
            if self.column
            else (f"{place}: {self.reason}")
        )


@dataclass(slots=True)
class RefusedRows:
    """All of them are counted, the first are kept."""

    count: int = 0
    rows: list[RefusedRow] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        """Whether further ones are only counted."""
        return len(self.rows) >= LISTED

    def add(self, table: str, key: str, column: str | None, reason: str) -> None:
        """Count a row, and keep it while there are few."""
        self.count += 1
        if not self.is_full:
            self.rows.append(RefusedRow(table, key, column, reason))

    def raise_any(self) -> None:
        """Raise Refused with the list of rows, if there are any."""
        if not self.count:
            return
        lines = [f"  {row}" for row in self.rows]
        if self.count > len(self.rows):
            lines.append(f"  and {self.count - len(self.rows)} more")
        raise Refused(
            f"Rows that cannot be moved: {self.count}. Mend them in the source.\n"
            + "\n".join(lines)
        )
