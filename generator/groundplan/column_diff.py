"""What happened to the columns of a table, and what has to be asked about it."""

from dataclasses import dataclass

from . import stored_values
from .conversions import UNCHANGED, Conversion, conversion
from .decisions import Choice, Decisions, Question
from .errors import AnswerError
from .stored_values import Value
from .tables import StoredColumn, StoredTable


@dataclass(frozen=True)
class ColumnChange:
    """A column that came (`old` is None), went (`new` is None) or changed.

    `fill` is for rows without a value; with `replaces` also for those whose value is
    none of the column's values any more, which otherwise stop the upgrade.
    """

    old: StoredColumn | None
    new: StoredColumn | None
    conversion: Conversion = UNCHANGED
    fill: Value | None = None
    replaces: bool = False

    @property
    def renamed(self) -> bool:
        return bool(self.old and self.new and self.old.name != self.new.name)

    @property
    def narrows(self) -> bool:
        """Whether rows may hold a value that the column does not have any more."""
        if self.old is None or self.new is None or not self.new.values:
            return False
        return not self.old.values or not set(self.old.values) <= set(self.new.values)


def reversed_column(change: ColumnChange) -> tuple[ColumnChange, ...]:
    """What takes a change back; values for which there is no way are gone."""
    old, new = change.new, change.old
    if old is None or new is None:
        return (ColumnChange(old, new, fill=_empty(new)),)
    back = conversion(old, new)
    if back is None:
        return (ColumnChange(old, None), ColumnChange(None, new, fill=_empty(new)))
    return (ColumnChange(old, new, back, fill=_empty(new) if old.nullable else None),)


def _empty(column: StoredColumn | None) -> Value | None:
    if column is None or column.nullable:
        return None
    return stored_values.empty(column)


class Columns:
    """Compares the columns of a table before and after."""

    def __init__(
        self,
        old: StoredTable,
        new: StoredTable,
        decisions: Decisions,
    ) -> None:
        self.old = old
        self.new = new
        self.decisions = decisions
        self.questions: list[Question] = []
        self.restarts = False
        """Whether all rows go, because nothing can identify them any more."""

    def changes(self) -> tuple[ColumnChange, ...]:
        """The changes, in the order of the old columns and then of the new ones."""
        came = {c.name: c for c in self.new.columns if not self.old.column(c.name)}
        renamed: dict[str, StoredColumn] = {}
        for column in self.old.columns:
            names = self._names(column)
            target = self.decisions.rename(*names)
            if target is not None:
                renamed[column.name] = self._renamed(names[0], target, came)
        found: list[ColumnChange] = []
        for column in self.old.columns:
            after = renamed.get(column.name) or self.new.column(column.name)
            if after is not None:
                found += self._pair(column, after)
            elif self._goes(column, came):
                found.append(ColumnChange(column, None))
        if self.new.key.name in came and self.new.column(self.old.key.name):
            self._restart(f"{self.new.name}.{self.new.key.name} is new and the key:")
        for column in came.values():
            found.append(ColumnChange(None, column, fill=self._first_value(column)))
        return tuple(found)

    def _names(self, *columns: StoredColumn) -> list[str]:
        """How options may call a column: by the new names, or by the old ones."""
        tables = dict.fromkeys((self.new.name, self.old.name))
        names = dict.fromkeys(column.name for column in columns)
        return [f"{table}.{name}" for table in tables for name in names]

    def _ask(self, about: str, *choices: Choice) -> None:
        self.questions.append(Question(about, choices))

    def _renamed(
        self, name: str, target: str, came: dict[str, StoredColumn]
    ) -> StoredColumn:
        refused = f"--rename {name}={target}"
        if target not in came:
            raise AnswerError(
                f"{refused}: {target} is no new column of {self.new.name}",
                f"The new columns are: {', '.join(came) or 'none'}.",
            )
        if self.new.column(name.rpartition(".")[2]):
            raise AnswerError(
                f"{refused}: {name} is still in the contract",
                "Rename it in one step, and add the other one in the next.",
            )
        return came.pop(target)

    def _goes(self, column: StoredColumn, came: dict[str, StoredColumn]) -> bool:
        """Whether a column that the contract has no more may go, with its values."""
        name = f"{self.new.name}.{column.name}"
        alike = [
            other
            for other in came.values()
            if other.key == column.key and conversion(column, other) is not None
        ]
        alike.sort(key=lambda other: other.type != column.type)
        choices = [
            Choice(f"--rename {name}={other.name}", f"its values go on as {other.name}")
            for other in alike[:5]
        ]
        if column.key and self.new.key.name in came:
            # without a key for them there is no keeping the rows
            return self._restart(f"{name}, the key, is gone:", *choices)
        if self.decisions.drop(*self._names(column)):
            return True
        choices.append(Choice(f"--drop {name}", "its values are deleted"))
        self._ask(f"{name} is gone from the contract:", *choices)
        return False

    def _restart(self, about: str, *choices: Choice) -> bool:
        table = self.new.name
        if self.decisions.drop(table, self.old.name):
            self.restarts = True
            return True
        drop = Choice(f"--drop {table}", "all rows are deleted: the table starts empty")
        self._ask(about, *choices, drop)
        return False

    def _pair(self, old: StoredColumn, new: StoredColumn) -> list[ColumnChange]:
        """What became of a column that is still there, maybe by another name."""
        if old == new:
            return []
        name, names = f"{self.new.name}.{new.name}", self._names(new, old)
        way = conversion(old, new)
        change = ColumnChange(old, new, way or UNCHANGED)
        about = f"{name} was {old.type} and is {new.type}"
        if way is None:
            return self._start_over(name, names, change, about)
        if way.loss and not self.decisions.convert(*names):
            if not new.key and self.decisions.drop(*names):
                return self._started_over(change)
            choices = [Choice(f"--convert {name}", way.loss)]
            if not new.key:
                choices.append(Choice(f"--drop {name}", "it starts without values"))
            self._ask(f"{about}:", *choices)
            return []
        return self._valued(name, names, change)

    def _valued(
        self, name: str, names: list[str], change: ColumnChange
    ) -> list[ColumnChange]:
        """The change with the value for rows that have none, or none that is valid."""
        old, new = change.old, change.new
        assert old is not None and new is not None
        fill = self._given(new, names)
        required = old.nullable and not new.nullable
        if change.narrows and fill is None and not self.decisions.convert(*names):
            gone = [value for value in old.values if value not in new.values]
            about = f"{name} is one of some values now:"
            if gone:
                about = f"{name} has no {', '.join(map(str, gone))} any more:"
            values = ", ".join(map(str, new.values))
            self._ask(
                about,
                _fill(name, new, f"what rows with another value get: {values}"),
                Choice(f"--convert {name}", "stops the upgrade where a row has one"),
            )
            return []
        value = fill or (stored_values.default(new) if required else None)
        if required and value is None:
            self._ask(
                f"{name} is required now:",
                _fill(name, new, "what rows without a value get"),
            )
            return []
        replaces = change.narrows and fill is not None
        return [ColumnChange(old, new, change.conversion, value, replaces)]

    def _start_over(
        self, name: str, names: list[str], change: ColumnChange, about: str
    ) -> list[ColumnChange]:
        assert change.new is not None
        if change.new.key:
            self._restart(f"{about}, for which there is no conversion:")
        elif self.decisions.drop(*names):
            return self._started_over(change)
        else:
            drop = Choice(f"--drop {name}", "it starts without values")
            self._ask(f"{about}, for which there is no conversion:", drop)
        return []

    def _started_over(self, change: ColumnChange) -> list[ColumnChange]:
        assert change.new is not None
        fill = self._first_value(change.new)
        return [
            ColumnChange(change.old, None),
            ColumnChange(None, change.new, fill=fill),
        ]

    def _first_value(self, new: StoredColumn) -> Value | None:
        """What existing rows get in a column that they did not have."""
        value = self._given(new, self._names(new))
        if value is None and not (new.nullable or new.key):
            value = stored_values.default(new)
            if value is None:
                name = f"{self.new.name}.{new.name}"
                words = "what existing rows get"
                if new.unique:
                    words += "; as it is unique, there may be one row at most"
                self._ask(f"{name} is new and required:", _fill(name, new, words))
        return value

    def _given(self, column: StoredColumn, names: list[str]) -> Value | None:
        text = self.decisions.fill(*names)
        if text is None:
            return None
        return stored_values.given(column, f"--fill {names[0]}={text}", text)


def _fill(name: str, column: StoredColumn, meaning: str) -> Choice:
    return Choice(f"--fill {name}={stored_values.form(column)}", meaning)
