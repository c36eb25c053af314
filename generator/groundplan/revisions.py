"""The revisions that a context has, read from their files without running them."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import ProjectError

_NUMBERED = re.compile(r"(\d{4})_")
_CREATED = re.compile(r"\bop\.create_table\(\s*[\"'](\w+)[\"']")


@dataclass(frozen=True)
class Revision:
    """One file of `versions/`."""

    id: str
    parents: tuple[str, ...]
    path: Path


@dataclass(frozen=True)
class History:
    """All revisions of a context."""

    name: str
    revisions: tuple[Revision, ...]

    @property
    def next_number(self) -> int:
        """What the name of the next file begins with."""
        found = (_NUMBERED.match(revision.path.name) for revision in self.revisions)
        return max((int(match[1]) for match in found if match), default=0) + 1

    def has(self, revision: str) -> bool:
        return any(item.id == revision for item in self.revisions)

    def head(self) -> str:
        """The newest revision. Raises ProjectError where there is not exactly one."""
        parents = {parent for item in self.revisions for parent in item.parents}
        heads = [item for item in self.revisions if item.id not in parents]
        if len(heads) == 1:
            return heads[0].id
        listed = ", ".join(f"{item.id} ({item.path.name})" for item in heads)
        raise ProjectError(
            f"migrations/{self.name}/versions: "
            + (
                f"several newest revisions: {listed}" if heads else "no newest revision"
            ),
            "Set `down_revision` of one to the other, so that they follow each other.",
        )


def created_tables(versions: Path) -> set[str]:
    """The tables that some revision of a folder creates, also those that went since."""
    return {
        name
        for path in versions.glob("*.py")
        for name in _CREATED.findall(path.read_text("utf-8", "replace"))
    }


def history(project: Path, name: str) -> History:
    """The revisions in `migrations/<name>/versions`.

    Raises ProjectError for a file that is no revision, naming its line.
    """
    folder = project / "migrations" / name / "versions"
    found: dict[str, Revision] = {}
    for path in sorted(folder.glob("*.py")):
        revision = _read(path, path.relative_to(project).as_posix())
        if revision.id in found:
            other = found[revision.id].path.name
            raise ProjectError(
                f"{path.relative_to(project).as_posix()}: is revision {revision.id}, "
                f"as {other} is",
                "Give one of them another id.",
            )
        found[revision.id] = revision
    return History(name, tuple(found.values()))


def _read(path: Path, name: str) -> Revision:
    hint = "Mend the file: it sets `revision` and `down_revision` to texts."
    try:
        tree = ast.parse(path.read_text("utf-8"))
    except SyntaxError as error:
        raise ProjectError(f"{name}:{error.lineno}: {error.msg}", hint) from error
    except ValueError as error:
        raise ProjectError(f"{name}: is no Python: {error}", hint) from error
    constants = dict(filter(None, map(_constant, tree.body)))
    revision, parents = constants.get("revision"), constants.get("down_revision")
    if not isinstance(revision, str) or "down_revision" not in constants:
        raise ProjectError(f"{name}: is no revision", hint)
    several = parents if isinstance(parents, tuple | list) else (parents,)
    return Revision(revision, tuple(str(p) for p in several if p is not None), path)


def _constant(node: ast.stmt) -> tuple[str, object] | None:
    """`name = literal` at the top of a module."""
    target: ast.expr
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return None
    if not isinstance(target, ast.Name) or node.value is None:
        return None
    try:
        return target.id, ast.literal_eval(node.value)
    except ValueError:
        return None
