"""From which version to which, and what other answers leave to be done by hand."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from . import history
from .errors import ProjectError
from .history import Origin
from .reader import Json
from .rewire import remainders
from .workspace import ANSWERS

_PLACE = re.compile(r"[\w+.-]+://|[\w.-]+@[\w.-]+:|\w{2,}:")


def versions(recorded: Mapping[str, Json], given: str | None) -> tuple[Origin, Origin]:
    """The version that a project was made from, and the one that is running.

    `given` is a source that the user names. The recorded one came with somebody's clone
    and is used only where this command knows it. Raises ProjectError.
    """
    place, commit = recorded.get("_src_path"), recorded.get("_commit")
    if not isinstance(commit, str) or not isinstance(place, str):
        raise ProjectError(
            f"{ANSWERS}: does not say which version the project was made from",
            "It was made from a folder without history. Set `_src_path` to the "
            "generator's repository and `_commit` to the version that it had.",
        )
    if given is not None:
        folder = Path(given).expanduser()
        place = str(folder.resolve()) if folder.is_dir() else given
    then, now = Origin(place, commit, named=given is not None), history.newest()
    if given is None and not history.is_known(then):
        relative = (
            not _PLACE.match(place) and not Path(place).expanduser().is_absolute()
        )
        what = "is relative" if relative else "is not where this command comes from"
        raise ProjectError(
            f"{ANSWERS}: the source {place} {what}, and is not read",
            "Name a repository of the generator that you trust: --source FOLDER; this "
            f"command's own is {now.url}.",
        )
    named = Origin(place, now.commit, named=True)
    if given is not None and not history.is_known(named) and history.holds(named):
        # a command that was installed from it does not know where that was
        now = named
    if history.is_older(now, then):
        raise ProjectError(
            f"the project is at {then.commit}, which is newer than this command's "
            f"{now.commit}",
            "Update with the newer version of the command.",
        )
    return then, now


def title(
    recorded: Mapping[str, Json],
    renewed: Mapping[str, Json],
    then: Origin,
    now: Origin,
) -> str:
    """What an update is, in a line."""
    parts = []
    if then.commit != now.commit:
        parts.append(f"{then.commit} -> {now.commit}")
    parts += [
        f"{key}: {was} -> {now_}" for key, was, now_ in _changed(recorded, renewed)
    ]
    return "; ".join(parts) or f"{then.commit}, from {now.url}"


def _changed(
    recorded: Mapping[str, Json], renewed: Mapping[str, Json]
) -> Iterator[tuple[str, str, str]]:
    keys = [key for key in {**recorded, **renewed} if not key.startswith("_")]
    for key in keys:
        if recorded.get(key) != renewed.get(key):
            yield key, _word(recorded.get(key)), _word(renewed.get(key))


def _word(value: Json) -> str:
    if isinstance(value, list):
        return "+".join(map(str, value)) or "none"
    return "(not asked)" if value is None else str(value) or '""'


def steps(recorded: Mapping[str, Json], renewed: Mapping[str, Json]) -> Iterator[str]:
    """What no file of the project can do for its owner."""
    changed = {key for key, *_ in _changed(recorded, renewed)}
    if "database" in changed:
        yield (
            f"rows stay where they are, in {recorded['database']}: "
            "`make move-data FROM=URL` brings them over"
        )
    if "package" in changed:
        yield (
            f"imports of {recorded['package']} in files of your own, and settings that "
            f"begin with {str(recorded['package']).upper()}_ where it is deployed"
        )


def seeded_again(
    before: Mapping[str, object], written: list[str], package: str, contexts: list[str]
) -> Iterator[str]:
    """First files that the team had removed from contexts that were there before."""
    for path in written:
        folder = path.rpartition("/")[0]
        own = any(folder == f"src/{package}/{context}" for context in contexts)
        if own and path not in before:
            yield (
                f"{path}: you had deleted or renamed it; a first one is there again, "
                "as derived code imports it"
            )


def remaining(
    before: Mapping[str, object], folder: Path, package: str, gone: list[str]
) -> Iterator[str]:
    """What stays of packages of the platform and of contexts that are gone.

    `before` are the project's files as they were, `folder` has them as they will be.
    """
    prefix = f"src/{package}/platform/"
    for path in before:
        name, _, rest = path.removeprefix(prefix).partition("/")
        if path.startswith(prefix) and rest == "model.py":
            versions_ = folder / "migrations" / name / "versions"
            if not (folder / path).is_file() and versions_.is_dir():
                yield (
                    f"migrations/{name} and its tables stay as they are; remove them "
                    "by hand when nobody wants them back"
                )
    left = [
        rest for name in gone for rest in remainders(folder, package, name, (), None)
    ]
    if left:
        folders = ", ".join(folder_ for rest in left for folder_ in rest.folders)
        yield (
            f"{folders}: of contexts that the contract does not have any more; remove "
            "by hand what nothing needs"
        )
