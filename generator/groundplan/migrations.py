"""The migrations of all contexts, written from the domain.

The first revision of a context creates its tables. From then on `tables.yaml` says
what the revisions make, and a changed contract gets a revision for the difference. What
is in `versions/` is never rewritten.
"""

import ast
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import snapshot
from .alembic_steps import ON_SQLITE, Statements, statements
from .contract import load
from .decisions import Decisions, Question, UndecidedError
from .domain import Domain
from .errors import ProjectError
from .infer import infer
from .python_text import literal
from .render import formatted
from .revisions import History, created_tables, history
from .snapshot import Snapshot
from .summary import slug, words
from .table_diff import TableChange, diff, reverse
from .tables import StoredTable, tables_of

_STANDARD = {
    "dt": "import datetime as dt",
    "Decimal": "from decimal import Decimal",
    "UUID": "from uuid import UUID",
}
_LIBRARIES = {
    "sa": "import sqlalchemy as sa",
    "op": "from alembic import op",
    "CommandError": "from alembic.util import CommandError",
    "postgresql": "from sqlalchemy.dialects import postgresql",
}
_STOP = '''
def stop_where(table: str, misfit: sa.ColumnElement[bool], which: str) -> None:
    """Change nothing while there are rows that do not fit."""
    rows = sa.select(sa.func.count()).select_from(sa.table(table)).where(misfit)
    if count := op.get_bind().scalar(rows):
        raise CommandError(f"{table}: {count} rows {which}. Nothing was changed.")


'''


@dataclass(frozen=True)
class Written:
    """A file of `migrations/`; a revision is never changed again."""

    path: str
    text: str
    is_revision: bool


class Migrations:
    """What the tables of a project need to become those of its contract."""

    def __init__(self, project: Path, domain: Domain, decisions: Decisions) -> None:
        self.project = project
        self.wanted = {c.name: tables_of(c) for c in domain.contexts}
        self.decisions = decisions
        self.questions: list[Question] = []

    def files(self) -> list[Written]:
        """Snapshots, and the revisions that are missing.

        Raises UndecidedError, AnswerError for options that fit nothing, and
        ProjectError for histories that cannot be continued.
        """
        found = [file for name in self.wanted for file in self._context(name)]
        if self.questions:
            raise UndecidedError(self.questions)
        self.decisions.refuse_unused()
        return found

    @cached_property
    def _last(self) -> Mapping[str, Mapping[str, StoredTable]]:
        """The tables by the contract that code was last generated from.

        Projects from before there were snapshots have nothing else that says what their
        revisions make; their own tests hold that these are the same.
        """
        path = self.project / "contracts" / "effective.yaml"
        folders = (self.project / "migrations").glob("*/versions")
        if not path.is_file() or all(_has_snapshot(folder) for folder in folders):
            return {}
        contexts = infer(load(path)).contexts
        return {context.name: tables_of(context) for context in contexts}

    def _context(self, name: str) -> list[Written]:
        wanted = self.wanted.get(name, {})
        past = history(self.project, name)
        folder = f"migrations/{name}"
        if not past.revisions:
            return self._first(name, folder, wanted) if wanted else []
        known = snapshot.load(
            self.project / folder / snapshot.NAME, f"{folder}/{snapshot.NAME}"
        )
        if known is None:
            known = Snapshot(past.head(), dict(self._last.get(name, wanted)))
        elif not past.has(known.revision):
            raise ProjectError(
                f"{folder}/{snapshot.NAME}: is the state after {known.revision}, which "
                "is not in versions/",
                "Restore both from version control; they belong together.",
            )
        changes = diff(known.tables, wanted, self.decisions, self.questions)
        self._refuse_moves(name, changes)
        upgrade = statements(changes)
        if not upgrade.lines:
            return [_snapshot(folder, known.revision, wanted)]
        return self._next(past, folder, changes, upgrade)

    def _first(
        self, name: str, folder: str, tables: Mapping[str, StoredTable]
    ) -> list[Written]:
        changes = [TableChange(None, table) for table in tables.values()]
        self._refuse_moves(name, changes)
        revision, title = f"{name}_0001", name.replace("_", " ")
        text = _revision(
            f"Create the tables of {title}.",
            revision,
            None,
            changes,
            statements(changes),
        )
        return [
            Written(f"{folder}/versions/0001_initial.py", text, True),
            _snapshot(folder, revision, tables),
        ]

    def _next(
        self,
        past: History,
        folder: str,
        changes: list[TableChange],
        upgrade: Statements,
    ) -> list[Written]:
        parent, mark = past.head(), "0" * 12
        text = _revision(words(changes), mark, parent, changes, upgrade)
        # of its content, so that the same change has the same number everywhere
        revision = hashlib.sha256(text.encode()).hexdigest()[:12]
        text = text.replace(f'revision = "{mark}"', f'revision = "{revision}"', 1)
        name = f"{past.next_number:04}_{slug(changes)}.py"
        return [
            Written(f"{folder}/versions/{name}", text, True),
            _snapshot(folder, revision, self.wanted.get(past.name, {})),
        ]

    def _refuse_moves(self, name: str, changes: list[TableChange]) -> None:
        """A table is in one history: others may run before it, and elsewhere."""
        created = {c.new.name for c in changes if c.new and c.old is None}
        others = (self.project / "migrations").glob("*/versions") if created else ()
        for folder in sorted(others):
            other = folder.parent.name
            both = sorted(created & created_tables(folder)) if other != name else ()
            for table in both:
                raise ProjectError(
                    f"migrations/{other}: has made a table {table}, and {name} has one "
                    "in the contract",
                    "A table cannot move between contexts, which may have databases of "
                    f"their own: leave its paths where they were (`x-context: {other}` "
                    "in contracts/overlay.yaml), or give them another name.",
                )


def _has_snapshot(versions: Path) -> bool:
    return (versions.parent / snapshot.NAME).is_file()


def _snapshot(folder: str, revision: str, tables: Mapping[str, StoredTable]) -> Written:
    text = snapshot.dump(Snapshot(revision, dict(tables)))
    return Written(f"{folder}/{snapshot.NAME}", text, False)


def _revision(
    title: str,
    revision: str,
    parent: str | None,
    changes: list[TableChange],
    upgrade: Statements,
) -> str:
    """The text of a revision; it imports what its statements use."""
    back = reverse(changes)
    up, down = _body(upgrade), _body(statements(back))
    if any(map(_comes_back, back)):
        down = f'"""What was dropped comes back empty."""\n{down}'
    used = _names(up) | _names(down)
    stop = _STOP if "stop_where" in used else ""
    used |= _names(stop)
    standard = "\n".join(line for name, line in _STANDARD.items() if name in used)
    libraries = "\n".join(line for name, line in _LIBRARIES.items() if name in used)
    description = f'"""{title}"""'
    return formatted(f"""{description}

{standard}

{libraries}

revision = {literal(revision)}
down_revision = {literal(parent)}
branch_labels = None
depends_on = None

{stop}
def upgrade() -> None:
{_indented(up)}


def downgrade() -> None:
{_indented(down)}
""")


def _comes_back(change: TableChange) -> bool:
    """Whether a change brings back what had rows once."""
    return change.old is None or any(column.old is None for column in change.columns)


def _body(made: Statements) -> str:
    text = "\n".join(made.checks + made.lines) or "pass"
    if ON_SQLITE in text and ON_SQLITE in _names(text):
        text = f'{ON_SQLITE} = op.get_context().dialect.name == "sqlite"\n{text}'
    return text


def _indented(text: str) -> str:
    return re.sub("^", "    ", text, flags=re.MULTILINE)


def _names(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
