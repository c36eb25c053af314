"""Changes of tables in words: a revision's docstring, and its file's name."""

from collections.abc import Iterator

from .column_diff import ColumnChange
from .names import snake
from .table_diff import TableChange
from .tables import StoredTable

MAX_SLUG = 40


def words(changes: list[TableChange]) -> str:
    """A sentence, or the tables' names and a list of what happens to them."""
    parts = list(_parts(changes))
    if len(parts) == 1:
        return f"{parts[0][:1].upper()}{parts[0][1:]}."
    tables = dict.fromkeys(t.name for c in changes if (t := c.new or c.old))
    title = f"Change {', '.join(tables)}."
    listed = "\n".join(f"- {part}" for part in parts)
    return f"{title if len(title) < 80 else 'Change tables.'}\n\n{listed}\n"


def slug(changes: list[TableChange]) -> str:
    """The same as a part of a file's name, where it is short."""
    parts = list(_parts(changes))
    tables = [(change.new or change.old) for change in changes]
    name = parts[0].partition(" (")[0] if len(parts) == 1 else ""
    if not name:
        name = f"change {tables[0].name}" if len(tables) == 1 and tables[0] else ""
    found = snake(name, "change_tables")
    return found if len(found) <= MAX_SLUG else "change_tables"


def _parts(changes: list[TableChange]) -> Iterator[str]:
    for change in changes:
        old, new = change.old, change.new
        if new is None:
            yield f"drop {old.name if old else ''}"
        elif old is None:
            yield f"create {new.name}"
        else:
            if change.renamed:
                yield f"rename {old.name} to {new.name}"
            for column in change.columns:
                yield from _column(new, column)


def _column(table: StoredTable, change: ColumnChange) -> Iterator[str]:
    old, new = change.old, change.new
    if new is None:
        yield f"drop {old.name if old else ''} from {table.name}"
        return
    name = f"{new.name} of {table.name}"
    if old is None:
        yield f"add {new.name} to {table.name}"
        return
    if change.renamed:
        yield f"rename {old.name} of {table.name} to {new.name}"
    if old.type != new.type:
        yield f"make {name} {new.type}"
    if old.values != new.values:
        yield f"change the values of {name}"
    if old.nullable != new.nullable:
        yield f"{'allow no' if new.nullable else 'require'} {name}"
    if old.unique != new.unique:
        yield f"make {name} {'unique' if new.unique else 'repeatable'}"
    if old.index != new.index and not (old.unique or new.unique):
        yield f"{'index' if new.index else 'do not index'} {name}"
    if old.key != new.key and new.key:
        yield f"make {name} the key"
    if old.counted != new.counted:
        yield f"{'count' if new.counted else 'do not count'} {name}"
