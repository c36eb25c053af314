"""Changes of a table as calls of Alembic, which both databases can do.

Every table goes through the same phases, so that no row is without a value where one is
required: indexes and constraints that end, columns that go, come (open to NULL) or
change in place, values, columns that give way to their converted copy, NOT NULL,
constraints and indexes that begin. SQLite changes a table by copying it, which is what
Alembic's batches are for.
"""

import textwrap
from dataclasses import dataclass, field

from .alembic_tables import (
    added_column,
    create_index,
    create_table,
    drop_index,
    drop_table,
    key_name,
    sql_type,
    unique_name,
)
from .column_diff import ColumnChange
from .python_text import literal
from .stored_values import Value
from .table_diff import TableChange
from .tables import StoredColumn, StoredTable

ON_SQLITE = "on_sqlite"


@dataclass
class Statements:
    """What a function of a revision does: first the checks, then the changes."""

    checks: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def statements(changes: list[TableChange]) -> Statements:
    """The statements of all changes."""
    made = Statements()
    for change in changes:
        if change.new is None and change.old is not None:
            made.lines += drop_table(change.old)
        elif change.old is None and change.new is not None:
            made.lines += create_table(change.new)
        elif change.old is not None and change.new is not None:
            _Table(change.old, change.new, change.columns, made).write()
    return made


class _Table:
    """Writes the changes of one table that stays."""

    def __init__(
        self,
        old: StoredTable,
        new: StoredTable,
        changes: tuple[ColumnChange, ...],
        made: Statements,
    ) -> None:
        self.old = old
        self.new = new
        self.changes = changes
        self.made = made
        self.renamed = old.name != new.name
        by_old = {change.old.name: change for change in changes if change.old}
        keys = [by_old.get(c.name) or ColumnChange(c, c) for c in old.keys]
        names = {change.new.name if change.new else None for change in keys}
        copied = any(change.conversion.copied for change in keys)
        self.other_key = copied or names != {column.name for column in new.keys}
        self.new_key = self.renamed or self.other_key
        # columns that did not change still take part where their table has a new name
        every = [by_old.get(c.name) or ColumnChange(c, c) for c in old.columns]
        self.every = every + [change for change in changes if change.old is None]

    def write(self) -> None:
        lines = self.made.lines
        for change in self.changes:
            self._check(change)
            if change.replaces and not self._replaced_later(change):
                lines += self._replace(change, self.old.name, change.old)
        for change in self.every:
            if change.old and change.old.index and not self._goes_on(change, "index"):
                lines.append(drop_index(self.old, change.old))
        if self.renamed:
            old, new = literal(self.old.name), literal(self.new.name)
            lines.append(f"op.rename_table({old}, {new})")
        lines += self._batch(self._ends() + self._alterations())
        lines += self._values()
        finished, begins = self._finished(), self._begins()
        if any(self._temporary(change) for change in self.changes):
            # a batch knows a column that it renames by the old name only
            lines += self._batch(finished) + self._batch(begins)
        else:
            lines += self._batch(finished + begins)
        for change in self.every:
            if change.new and change.new.index and not self._goes_on(change, "index"):
                lines.append(create_index(self.new, change.new))
        lines += self._count()

    def _check(self, change: ColumnChange) -> None:
        """Stop where rows do not fit, before anything is changed."""
        old, new = change.old, change.new
        if old is None or new is None:
            return
        column = f"sa.column({literal(old.name)}, {sql_type(old)})"
        where = f"stop_where({literal(self.old.name)}, "
        if change.conversion.misfit:
            condition = change.conversion.misfit.replace("{c}", column)
            problem = literal(f"whose {old.name} is no {new.type}")
            self.made.checks.append(f"{where}{condition}, {problem})")
        if change.narrows and not change.replaces:
            condition = f"{column}.not_in({_list(new)})"
            problem = literal(f"whose {old.name} is none of the values")
            self.made.checks.append(f"{where}{condition}, {problem})")

    def _goes_on(self, change: ColumnChange, flag: str) -> bool:
        """Whether an index or constraint is the same before and after."""
        old, new = change.old, change.new
        if old is None or new is None or self.renamed or change.renamed:
            return False
        both = bool(getattr(old, flag)) and bool(getattr(new, flag))
        return both and not change.conversion.copied

    def _ends(self) -> list[str]:
        lines = []
        for change in self.every:
            old = change.old
            if old and old.unique and not self._goes_on(change, "unique"):
                name = unique_name(self.old, old)
                lines.append(f'batch.drop_constraint({name}, type_="unique")')
        if self.new_key:
            name = key_name(self.old)
            lines.append(f'batch.drop_constraint({name}, type_="primary")')
        return lines

    def _alterations(self) -> list[str]:
        dropped, altered = [], []
        for change in self.changes:
            old, new = change.old, change.new
            if new is None:
                assert old is not None
                dropped.append(f"batch.drop_column({literal(old.name)})")
            elif old is None:
                open_ = new.nullable or change.fill is not None
                column = added_column(new, new.name, nullable=open_)
                altered.append(f"batch.add_column({column})")
            elif change.conversion.copied:
                name = self._temporary(change) or new.name
                column = added_column(new, name, nullable=True)
                altered.append(f"batch.add_column({column})")
            else:
                altered += self._altered(change, old, new)
        return dropped + altered

    @staticmethod
    def _altered(
        change: ColumnChange, old: StoredColumn, new: StoredColumn
    ) -> list[str]:
        arguments = []
        if change.renamed:
            arguments.append(f"new_column_name={literal(new.name)}")
        arguments.append(f"existing_type={sql_type(old)}")
        if sql_type(old) != sql_type(new):
            arguments.append(f"type_={sql_type(new)}")
        if new.nullable and not old.nullable:
            arguments.append("nullable=True")
        else:
            arguments.append(f"existing_nullable={old.nullable}")
        if change.conversion.postgresql:
            using = change.conversion.postgresql.replace("{c}", _quoted(old))
            arguments.append(f"postgresql_using={_sql(using)}")
        if len(arguments) == 2 and "existing_nullable" in arguments[1]:
            return []
        return [f"batch.alter_column({literal(old.name)}, {', '.join(arguments)})"]

    def _values(self) -> list[str]:
        """What rows get in columns that are new, converted or required from now on."""
        values, columns, later = [], [], []
        for change in self.changes:
            old, new = change.old, change.new
            if new is None:
                continue
            name = self._temporary(change) or new.name
            if old and change.conversion.copied:
                values.append(f"{literal(name)}: {self._converted(change, old)}")
                columns.append((name, new))
            if change.fill is None:
                continue
            if old is None:
                values.append(f"{literal(name)}: {self._source(change.fill)}")
                columns.append((name, new))
            elif old.nullable and not new.nullable:
                condition = f"rows.c[{literal(name)}].is_(None)"
                later.append((condition, name, change.fill))
                columns.append((name, new))
        lines = []
        if columns:
            lines.append(_rows(self.new.name, dict(columns)))
        if values:
            lines.append(f"op.execute(rows.update().values({{{', '.join(values)}}}))")
        lines += [self._update(*update) for update in later]
        for change in self.changes:
            if change.replaces and self._replaced_later(change):
                lines += self._replace(change, self.new.name, change.new)
        return lines

    def _finished(self) -> list[str]:
        lines = []
        for change in self.changes:
            old, new = change.old, change.new
            if new is None:
                continue
            name = self._temporary(change)
            existing = f"existing_type={sql_type(new)}"
            required = "" if new.nullable else ", nullable=False"
            if old and change.conversion.copied:
                lines.append(f"batch.drop_column({literal(old.name)})")
            if name:
                lines.append(
                    f"batch.alter_column({literal(name)}, "
                    f"new_column_name={literal(new.name)}, {existing}{required})"
                )
            elif required and (
                change.conversion.copied
                or (old is None and change.fill is not None)
                or (old is not None and old.nullable)
            ):
                lines.append(
                    f"batch.alter_column({literal(new.name)}, {existing}{required})"
                )
        return lines

    def _begins(self) -> list[str]:
        lines = []
        if self.new_key:
            keys = ", ".join(literal(column.name) for column in self.new.keys)
            lines.append(f"batch.create_primary_key({key_name(self.new)}, [{keys}])")
        for change in self.every:
            new = change.new
            if new and new.unique and not self._goes_on(change, "unique"):
                name = unique_name(self.new, new)
                lines.append(
                    f"batch.create_unique_constraint({name}, [{literal(new.name)}])"
                )
        return lines

    def _count(self) -> list[str]:
        """Let PostgreSQL count a key up from where the rows are; SQLite does."""
        key = next((column for column in self.new.keys if column.counted), None)
        before = any(column.counted for column in self.old.keys)
        if key is None or (before and not self.other_key):
            return []
        table, name = self.new.name, key.name
        sequence = f"{table}_{name}_seq"
        commands = (
            f'CREATE SEQUENCE IF NOT EXISTS "{sequence}" OWNED BY "{table}"."{name}"',
            f'ALTER TABLE "{table}" ALTER COLUMN "{name}" '
            f"SET DEFAULT nextval('{sequence}')",
            f"SELECT setval('{sequence}', coalesce(max(\"{name}\"), 0) + 1, false) "  # noqa: S608 - identifiers, and text of a file
            f'FROM "{table}"',
        )
        lines = [f"    op.execute({literal(command)})" for command in commands]
        return ["\n".join([f"if not {ON_SQLITE}:", *lines])]

    def _temporary(self, change: ColumnChange) -> str | None:
        """The name of a converted copy until the column that it replaces is gone."""
        if not change.conversion.copied or change.new is None or change.renamed:
            return None
        name = f"{change.new.name}_new"
        while self.old.column(name) or self.new.column(name):
            name += "_new"
        return name

    @staticmethod
    def _converted(change: ColumnChange, old: StoredColumn) -> str:
        way = change.conversion
        assert way.postgresql is not None and way.sqlite is not None
        postgresql, sqlite = (
            _sql(text.replace("{c}", _quoted(old)))
            for text in (way.postgresql, way.sqlite)
        )
        if postgresql == sqlite:
            return f"sa.literal_column({sqlite})"
        return f"sa.literal_column({sqlite} if {ON_SQLITE} else {postgresql})"

    @staticmethod
    def _source(value: Value) -> str:
        if value.sqlite is None:
            return value.source
        return f"{value.sqlite} if {ON_SQLITE} else {value.source}"

    def _update(self, condition: str, name: str, value: Value) -> str:
        values = f"{{{literal(name)}: {self._source(value)}}}"
        return f"op.execute(rows.update().where({condition}).values({values}))"

    @staticmethod
    def _replaced_later(change: ColumnChange) -> bool:
        """Whether the value may be too long for the column as it is before."""
        if change.old is None or change.new is None or change.old.type.length is None:
            return False
        return (change.new.type.length or 0) > change.old.type.length

    def _replace(
        self, change: ColumnChange, table: str, column: StoredColumn | None
    ) -> list[str]:
        assert column is not None and change.new is not None and change.fill is not None
        condition = f"rows.c[{literal(column.name)}].not_in({_list(change.new)})"
        update = self._update(condition, column.name, change.fill)
        return [_rows(table, {column.name: column}), update]

    def _batch(self, lines: list[str]) -> list[str]:
        if not lines:
            return []
        head = f"with op.batch_alter_table({literal(self.new.name)}) as batch:"
        return ["\n".join([head, *(f"    {line}" for line in lines)])]


def _rows(table: str, columns: dict[str, StoredColumn]) -> str:
    listed = ", ".join(
        f"sa.column({literal(name)}, {sql_type(column)})"
        for name, column in columns.items()
    )
    return f"rows = sa.table({literal(table)}, {listed})"


def _list(column: StoredColumn) -> str:
    return f"[{', '.join(literal(value) for value in column.values)}]"


def _sql(text: str) -> str:
    """SQL as source: in several literals where it is long."""
    lines = textwrap.wrap(
        text, 60, drop_whitespace=False, break_long_words=False, break_on_hyphens=False
    )
    parts = " ".join(map(literal, lines))
    return f"({parts})" if len(lines) > 1 else parts


def _quoted(column: StoredColumn) -> str:
    return f'"{column.name}"'
