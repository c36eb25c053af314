"""What happened to the tables of a context, and what has to be asked about it."""

from collections.abc import Mapping
from dataclasses import dataclass

from .column_diff import ColumnChange, Columns, reversed_column
from .decisions import Choice, Decisions, Question
from .errors import AnswerError
from .tables import StoredTable


@dataclass(frozen=True)
class TableChange:
    """A table that came (`old` is None), went (`new` is None) or changed."""

    old: StoredTable | None
    new: StoredTable | None
    columns: tuple[ColumnChange, ...] = ()

    @property
    def renamed(self) -> bool:
        return bool(self.old and self.new and self.old.name != self.new.name)


def diff(
    old: Mapping[str, StoredTable],
    new: Mapping[str, StoredTable],
    decisions: Decisions,
    questions: list[Question],
) -> list[TableChange]:
    """The changes between two states, dropped tables first and new ones last.

    What cannot be decided is appended to `questions`, and the changes are then not to
    be used. Raises AnswerError for a decision that does not fit.
    """
    came = {name: table for name, table in new.items() if name not in old}
    pairs: list[tuple[StoredTable, StoredTable]] = []
    dropped: list[StoredTable] = []
    restarted: list[StoredTable] = []
    renamed: dict[str, StoredTable] = {}
    for name in old:
        target = decisions.rename(name)
        if target is not None:
            renamed[name] = _renamed(name, target, came)
    for name, table in old.items():
        if name in renamed:
            pairs.append((table, renamed[name]))
            if name in new:
                came[name] = new[name]
        elif name in new:
            pairs.append((table, new[name]))
        elif decisions.drop(name):
            dropped.append(table)
        else:
            questions.append(_gone(table, came))
    changed = []
    for before, after in pairs:
        columns = Columns(before, after, decisions)
        changes = columns.changes()
        if columns.restarts:
            dropped.append(before)
            restarted.append(after)
            continue
        questions += columns.questions
        if changes or before.name != after.name:
            changed.append(TableChange(before, after, changes))
    created = [*came.values(), *restarted]
    return [
        *(TableChange(table, None) for table in reversed(dropped)),
        *changed,
        *(TableChange(None, table) for table in created),
    ]


def reverse(changes: list[TableChange]) -> list[TableChange]:
    """What takes changes back. Values that are gone come back empty."""
    return [
        TableChange(
            change.new,
            change.old,
            tuple(
                part for column in change.columns for part in reversed_column(column)
            ),
        )
        for change in reversed(changes)
    ]


def _renamed(name: str, target: str, came: dict[str, StoredTable]) -> StoredTable:
    if target not in came:
        listed = ", ".join(came) or "none"
        raise AnswerError(
            f"--rename {name}={target}: {target} is no new table of its context",
            f"The new tables are: {listed}.",
        )
    return came.pop(target)


def _gone(table: StoredTable, came: dict[str, StoredTable]) -> Question:
    known = {(column.name, column.type) for column in table.columns}

    def shared(other: StoredTable) -> int:
        return sum((column.name, column.type) in known for column in other.columns)

    alike = sorted((t for t in came.values() if shared(t)), key=shared, reverse=True)
    choices = [
        Choice(f"--rename {table.name}={other.name}", f"its rows go on in {other.name}")
        for other in alike[:5]
    ]
    choices.append(Choice(f"--drop {table.name}", "its rows are deleted"))
    return Question(
        f"The table {table.name} is gone from the contract:", tuple(choices)
    )
