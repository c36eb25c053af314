"""Takes a checkout from one commit to another, and back, whatever stopped it before.

First the files, then the branch, then the index: git's lock on the index is held
throughout, so that no other command of git sees a half.
"""

import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from .errors import ProjectError
from .repository import Changes, Entry, Repository
from .update_state import Desk, Phase, State


def refuse_obstacles(
    repository: Repository, changes: Changes, committed: Collection[str] = ()
) -> None:
    """Raise ProjectError where files that git does not know are in the way.

    Those that are `committed` can be merged, whatever is to be in their place.
    """
    going = {path for path, (_, new) in changes.items() if new is None} | {*committed}
    known = {path for path, (old, _) in changes.items() if old is not None}
    known |= {*committed}
    found = set()
    for path, (old, new) in changes.items():
        if new is None:
            continue
        target = _there(repository, path)
        if old is None and target:
            inside = target.is_dir() and not target.is_symlink()
            rest = _files(target, repository.project) - going if inside else {path}
            found |= rest - going
        for parent in list(Path(path).parents)[:-1]:
            folder = repository.project / parent
            is_file = os.path.lexists(folder) and not folder.is_dir()
            if (is_file or folder.is_symlink()) and parent.as_posix() not in known:
                found.add(parent.as_posix())
    if found:
        raise ProjectError(
            "\n".join(
                f"{path}: is in the way, and not in git" for path in sorted(found)
            ),
            "Nothing was changed. Move it away, or commit it.",
        )


def refuse_edits(repository: Repository, changes: Changes) -> None:
    """Raise ProjectError where a file is not as it was committed."""
    expected = {p: old for p, (old, _) in changes.items() if old is not None}
    wrong = _differing(repository, expected)
    if wrong:
        raise ProjectError(
            "\n".join(f"{path}: has uncommitted changes" for path in wrong),
            "Commit them, or put them aside (`git stash`).",
        )


def land(repository: Repository, desk: Desk, state: State, changes: Changes) -> None:
    """Bring files, branch and index to the result of an update.

    The index is held, and the state is LANDING: whatever stops this, `finish_landing`
    or `take_off` does the rest.
    """
    _write(repository, desk, changes)
    if repository.ask("rev-parse", "HEAD") != state.result:
        reason = f"groundplan update: {state.title}"
        repository.run("update-ref", "-m", reason, "HEAD", state.result, state.head)
    _renew_index(repository, desk, replace(state, phase=Phase.LANDED))


def finish_landing(
    repository: Repository, desk: Desk, state: State, changes: Changes
) -> None:
    """Do the rest of a landing that was stopped. Raises ProjectError."""
    _refuse_moved(repository, state)
    _refuse_foreign(repository, changes)
    hold(repository, desk)
    land(repository, desk, state, changes)


def take_off(
    repository: Repository, desk: Desk, state: State, changes: Changes
) -> None:
    """Put back what a landing that was stopped has done. Raises ProjectError."""
    _refuse_moved(repository, state)
    _refuse_foreign(repository, changes)
    hold(repository, desk)
    desk.save(replace(state, phase=Phase.LANDING))  # it is whole no more, if it was
    back = {path: (new, old) for path, (old, new) in changes.items()}
    _write(repository, desk, back)
    if repository.ask("rev-parse", "HEAD") == state.result:
        reason = "groundplan update: taken back"
        repository.run("update-ref", "-m", reason, "HEAD", state.head, state.result)
    _renew_index(repository, desk, replace(state, phase=Phase.WORKING))


def hold(repository: Repository, desk: Desk) -> None:
    """Take git's lock on the index, or have it still.

    Raises ProjectError while another command of git has it.
    """
    lock = repository.private / "index.lock"
    if _is_ours(lock, desk):
        return
    desk.held.unlink(missing_ok=True)
    desk.held.touch()
    try:
        os.link(desk.held, lock)
    except FileExistsError as error:
        raise ProjectError(
            f"{lock}: another command of git is at work, or was stopped",
            "Wait for it, or remove that file if no git is running; then run this "
            "again.",
        ) from error


def release(repository: Repository, desk: Desk) -> None:
    """Give the lock back, if it is ours."""
    lock = repository.private / "index.lock"
    if _is_ours(lock, desk):
        lock.unlink()


def _is_ours(lock: Path, desk: Desk) -> bool:
    try:
        return os.path.samefile(lock, desk.held)
    except FileNotFoundError:
        return False


def _renew_index(repository: Repository, desk: Desk, state: State) -> None:
    """Put the new index in place, remember that all is done, and give the lock back.

    Whoever has it next may commit: what is done then must not be done again.
    """
    desk.index.replace(repository.private / "index")
    desk.save(state)
    release(repository, desk)


def _write(repository: Repository, desk: Desk, changes: Changes) -> None:
    """Write the files, and the index for them beside the one that is in use."""
    desk.index.with_name("index.lock").unlink(missing_ok=True)  # of one that was killed
    shutil.copyfile(repository.private / "index", desk.index)
    # removed and added again, so that git looks at none of them as it was before
    gone = {path: (entry, None) for path, (entry, _) in changes.items() if entry}
    repository.set_entries(desk.index, gone, repository.prefix)
    repository.set_entries(desk.index, changes, repository.prefix)
    for path, (_, new) in changes.items():
        if new is None and (target := _there(repository, path)):
            _remove(target, repository.project)
    paths = [p for p, (_, new) in changes.items() if new is not None]
    names = b"".join(os.fsencode(repository.prefix + path) + b"\0" for path in paths)
    command = ("checkout-index", "--force", "--index", "-z", "--stdin")
    repository.run(*command, stdin=names, index=desk.index)


def _there(repository: Repository, path: str) -> Path | None:
    """What is at a path of the project, unless a link on the way leads elsewhere."""
    target = repository.project / path
    parents = [repository.project / parent for parent in Path(path).parents]
    if any(parent.is_symlink() for parent in parents[:-1]):
        return None
    return target if os.path.lexists(target) else None


def _remove(target: Path, stop: Path) -> None:
    if target.is_symlink() or target.is_file():
        target.unlink()
    folder = target.parent
    while folder != stop and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _refuse_moved(repository: Repository, state: State) -> None:
    """Raise ProjectError where the branch is at neither end of a landing."""
    now = repository.ask("rev-parse", "HEAD")
    if now not in (state.head, state.result):
        hint = (
            "The update was done: `groundplan update --continue` clears it away."
            if state.phase is Phase.LANDED
            else f"Keep that commit on a branch (`git branch NAME {now[:12]}`), and "
            f"bring this one back: `git update-ref HEAD {state.head[:12]}`."
        )
        raise ProjectError(
            f"the branch has moved to {now[:12]} since the update was stopped", hint
        )


def _refuse_foreign(repository: Repository, changes: Changes) -> None:
    """Raise ProjectError for files that are neither as before nor as after."""
    halves = [{p: pair[side] for p, pair in changes.items()} for side in (0, 1)]
    before, after = (
        _differing(repository, {p: entry for p, entry in half.items() if entry})
        for half in halves
    )
    foreign = []
    for path in changes:
        target = _there(repository, path)
        fits = any(
            half[path] is not None and path not in wrong
            for half, wrong in zip(halves, (before, after), strict=True)
        )
        if target and not fits and not _begun(repository, target, changes[path]):
            foreign.append(path)
    if foreign:
        raise ProjectError(
            "\n".join(
                f"{path}: was changed since the update was stopped" for path in foreign
            ),
            "Move it away, and run this again.",
        )


def _begun(
    repository: Repository, target: Path, pair: tuple[Entry | None, Entry | None]
) -> bool:
    """Whether git was stopped in the middle of writing a file."""
    if target.is_symlink() or not target.is_file():
        return target.is_dir() and not target.is_symlink()
    found = target.read_bytes()
    contents = repository.contents([entry.blob for entry in pair if entry])
    return any(content.startswith(found) for content in contents.values())


def _differing(repository: Repository, expected: Mapping[str, Entry]) -> list[str]:
    """The files that are not what a commit has there, as git would take them in."""
    plain, wrong = [], []
    for path, entry in expected.items():
        target = _there(repository, path)
        if target is None:
            wrong.append(path)
        elif target.is_symlink():
            content = os.fsencode(os.readlink(target))
            if repository.contents([entry.blob])[entry.blob] != content:
                wrong.append(path)
        elif target.is_file() and entry.mode != "120000":
            plain.append(path)
        elif entry.mode != "160000":
            wrong.append(path)
    # Filters make of a file what git would take in; one that was taken in before they
    # were set up is as it was committed without them.
    for options in ((), ("--no-filters",)):
        names = [_quoted(repository.prefix + path) for path in plain]
        command = ("hash-object", *options, "--stdin-paths")
        found = repository.run(*command, stdin=b"\n".join(names)).decode().split()
        pairs = zip(plain, found, strict=True)
        plain = [path for path, blob in pairs if blob != expected[path].blob]
    return sorted([*wrong, *plain])


def _quoted(path: str) -> bytes:
    """A path in a line of its own, as git reads it, whatever is in its name."""
    signs = {"\\": "\\\\", '"': '\\"', "\n": "\\n"}
    return os.fsencode('"' + "".join(signs.get(c, c) for c in path) + '"')


def _files(folder: Path, root: Path) -> set[str]:
    files = (p for p in folder.rglob("*") if p.is_symlink() or not p.is_dir())
    return {path.relative_to(root).as_posix() for path in files}
