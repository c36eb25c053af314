"""Projects whose contract changes, and what `generate` writes about their tables."""

import json
from pathlib import Path

from groundplan import generate
from groundplan.decisions import Decisions, Question, UndecidedError
from groundplan.infer import infer
from groundplan.table_diff import TableChange, diff
from groundplan.tables import StoredTable, tables_of
from groundplan.workspace import Project

from .. import contract_steps as c
from .projects import generated, loaded

MEMBER: c.Data = {"nick": c.short(50), "points": c.INTEGER, "note": c.TEXT}


def members(fields: c.Data, *optional: str, name: str = "members") -> c.Data:
    """A contract with one entity."""
    return c.contract(c.entity(name, fields, optional))


class Changing:
    """A project without the parts that Copier renders."""

    def __init__(self, folder: Path, contract: c.Data) -> None:
        self.at(generated(folder, contract))

    def at(self, project: Project) -> None:
        """Look at a project."""
        self.project = project
        people = project.folder / "migrations" / "people"
        self.versions = people / "versions"
        self.snapshot = people / "tables.yaml"

    def change(self, contract: c.Data) -> None:
        """Another contract; its overlay is made anew."""
        self.project.contract.write_text(json.dumps(contract), "utf-8")
        self.project.overlay.unlink(missing_ok=True)

    def generate(self, contract: c.Data, **options: list[str]) -> str:
        """The text of the revision that the contract brings, or nothing."""
        self.change(contract)
        decisions = Decisions.parse(**options)
        written = generate.generate(self.project, decisions=decisions).written
        revisions = [path for path in written if "/versions/" in path]
        if not revisions:
            return ""
        (path,) = revisions
        return (self.project.folder / path).read_text("utf-8")


def tables(folder: Path, contract: c.Data) -> dict[str, StoredTable]:
    """The tables of the context `people`."""
    contexts = infer(loaded(folder, contract)).contexts
    return tables_of(next(one for one in contexts if one.name == "people"))


def changes(
    folder: Path, old: c.Data, new: c.Data, **options: list[str]
) -> list[TableChange]:
    """What happened between two contracts. Raises UndecidedError."""
    questions: list[Question] = []
    before, after = tables(folder / "old", old), tables(folder / "new", new)
    decisions = Decisions.parse(**options)
    found = diff(before, after, decisions, questions)
    if questions:
        raise UndecidedError(questions)
    decisions.refuse_unused()
    return found
