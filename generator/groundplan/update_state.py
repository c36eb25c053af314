"""What an update remembers, so that it can be finished or taken back after any end.

It is beside the index of the checkout. A file that is locked as long as the process
lives says whether an update is running; the state is replaced whole or not at all.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from .errors import ProjectError
from .repository import Repository

_FOLDER = "groundplan-update"
_STATE = "state.json"


class Phase(StrEnum):
    """How far an update is.

    The checkout is as it was until it is LANDING. When it is LANDED all is done, but
    for what is to be cleared away.
    """

    WORKING = "working"
    CONFLICTS = "conflicts"
    LANDING = "landing"
    LANDED = "landed"


@dataclass(frozen=True)
class State:
    """An update on its way.

    `head` is the commit that the branch is at, `start` the project as it is in it;
    `old` and `new` are what the generator made of the project's answers then and makes
    of them now; `result` is the commit that the branch will be at. All are ids.
    `derived` are the files that `generate` has written or removed.
    """

    prefix: str
    side: str
    head: str
    phase: Phase = Phase.WORKING
    start: str = ""
    old: str = ""
    new: str = ""
    result: str = ""
    title: str = ""
    notes: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    derived: tuple[str, ...] = ()
    decisions: Mapping[str, list[str]] = field(default_factory=dict)
    locks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Desk:
    """The folder in which an update keeps what it remembers."""

    folder: Path

    @property
    def index(self) -> Path:
        """The index that the checkout is going to have."""
        return self.folder / "index"

    @property
    def held(self) -> Path:
        """The same file as git's lock on the index, while that is ours."""
        return self.folder / "held"

    def state(self) -> State | None:
        """The update that is on its way, if there is one. Raises ProjectError."""
        path = self.folder / _STATE
        try:
            data = json.loads(path.read_text("utf-8"))
            data |= {"phase": Phase(data["phase"])}
            data |= {key: tuple(data[key]) for key in ("notes", "steps", "derived")}
            return State(**data)
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            raise ProjectError(
                f"{path}: is not what this version of groundplan writes",
                "Finish or abort the update with the version that began it.",
            ) from error

    def save(self, state: State) -> State:
        """Remember a state in place of the one before."""
        text = json.dumps(asdict(state), default=str, indent=1)
        draft = self.folder / f"{_STATE}.new"
        with draft.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / _STATE)
        return state

    def clear(self) -> None:
        """Forget everything; the state goes last."""
        for path in (self.index, self.held):
            path.unlink(missing_ok=True)
        (self.folder / _STATE).unlink(missing_ok=True)


def desk(repository: Repository) -> Desk:
    """Where an update of this checkout keeps its state."""
    return Desk(repository.private / _FOLDER)


@contextlib.contextmanager
def turn(repository: Repository) -> Iterator[tuple[Repository, Desk]]:
    """Hold the one turn that there is; what is left empty is gone afterwards.

    Every git that is started with the repository of the turn holds it too: one that
    outlives this process is waited for.

    Raises ProjectError while another process has it.
    """
    import fcntl  # not there on Windows, where this is refused by the import

    mine = desk(repository)
    mine.folder.mkdir(exist_ok=True)
    with (mine.folder / "turn").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.stat(file.name)  # whoever had it may just have removed it
        except OSError as error:
            raise ProjectError(
                f"{repository.project}: an update is running", "Wait until it is done."
            ) from error
        try:
            yield replace(repository, turn=file.fileno()), mine
        finally:
            if not (mine.folder / _STATE).exists():
                shutil.rmtree(mine.folder, ignore_errors=True)


def refuse_unfinished(state: State | None, repository: Repository) -> None:
    """Raise ProjectError where an update waits for somebody's decision."""
    if state is None or state.phase in (Phase.WORKING, Phase.LANDED):
        return
    where = repository.root / state.prefix
    if state.phase is Phase.CONFLICTS:
        raise ProjectError(
            f"{where}: an update is in progress, with conflicts in {state.side}",
            "Resolve them and run `groundplan update --continue`, or take it back: "
            "`groundplan update --abort`.",
        )
    raise ProjectError(
        f"{where}: an update was interrupted while it changed the checkout",
        "`groundplan update --continue` finishes it, `groundplan update --abort` "
        "takes it back.",
    )
