"""What the generator made of a project's answers then, and what it makes of them now.

Both are the files that are merged: those that follow from the answers, and of those
that are the team's the ones that nobody has edited since they were seeded.
"""

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias, TypeVar

import yaml

from . import history, pins, source
from .answers import FROM_CONTRACT, Answer, collect, presets, questions
from .contract import Contract
from .domain import Domain
from .errors import AnswerError, ContractError, ProjectError
from .fastapi_code import ContextCode
from .following import CONTRACT, OVERLAY, paths, understood_as
from .history import Origin
from .project import answered, given_by, refuse_open_doors, render
from .reader import Json, read
from .render import Templates, all_formatted
from .reoverlay import dropped, reoverlaid
from .sample import sample_overlay, sample_path, sample_sources
from .understanding import understand
from .unsaid import unsaid
from .workspace import ANSWERS, taken, ways_of

EFFECTIVE = "contracts/effective.yaml"
REVISION = re.compile(r"migrations/[^/]+/versions/")
T = TypeVar("T")
_SAMPLE = Path("template") / "samples" / "shop"

Files: TypeAlias = dict[str, tuple[str, bytes]]
"""Files by path: mode as git writes it, and content."""


@dataclass(frozen=True)
class Wish:
    """What an update is asked for, besides the newest version."""

    preset: str | None = None
    answers: Path | None = None
    sets: tuple[str, ...] = ()
    contract: Path | None = None
    source: str | None = None
    decisions: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def answered(self) -> bool:
        """Whether any answer is to be another one."""
        return bool(self.preset or self.answers or self.sets or self.contract)


@dataclass
class Rerendered:
    """Files of the recorded version and answers, and of those to come."""

    recorded: Mapping[str, Json]
    renewed: Mapping[str, Json]
    answers: str
    old: Files
    new: Files
    locks: dict[str, str]
    relock: bool
    steps: list[str]


def rerender(
    recorded: Mapping[str, Json],
    then: Origin,
    now: Origin,
    wish: Wish,
    current: Mapping[str, bytes],
) -> Rerendered:
    """Both states of a project. `current` is what its files hold now, by path.

    Raises GroundplanError for what is refused.
    """
    given = collect(wish.preset, wish.answers, wish.sets)
    if own := sorted(FROM_CONTRACT & given.keys()):
        raise AnswerError(
            f"{own[0]}: follows from the contract", "Change contracts/openapi.yaml."
        )
    understood = None
    if wish.contract is not None:
        understood = understand(wish.contract, None, *ways_of(recorded))
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        root = Path(place)
        history.checkout(then, root / "template")
        given = paths(recorded, given, current) | given
        new_answers = _render_new(root / "new", recorded, wish, given, understood)
        known = {k: v for k, v in recorded.items() if not k.startswith("_")}
        render(root / "old", known, root / "template")
        old, new = _files(root / "old"), _files(root / "new")
        text = _answers_text(new.pop(ANSWERS)[1].decode("utf-8"), now)
        old.pop(ANSWERS, None)
        packages = (str(recorded["package"]), str(new_answers["package"]))
        old, current = moved(old, *packages), moved(current, *packages)
        _append_only(old, new, current)
        then_pins = root / "template" / "template" / "pins.toml"
        locks = pins.locks(root / "old", pins.load(then_pins))
        relock = locks != pins.locks(root / "new", pins.load())
        made = Rerendered(
            recorded, new_answers, text, old, new, locks, relock, steps=[]
        )
        _seeds(made, current, root / "template" / _SAMPLE, wish, understood)
    if then.commit != now.commit and wish.contract is None:
        there = {p: made.new[p][1] for p in (CONTRACT, OVERLAY) if p in made.new}
        made.steps += unsaid({**current, **there}, made.renewed)
    return made


def _render_new(
    folder: Path,
    recorded: Mapping[str, Json],
    wish: Wish,
    given: Mapping[str, Answer],
    understood: tuple[Contract, Domain, str | None] | None,
) -> Mapping[str, Json]:
    """Render what is to come; the answers that it records."""
    answers: dict[str, object] = dict(_kept(recorded, wish.preset))
    answers.update(given)
    if understood:
        contract, domain, _ = understood
        refuse_open_doors(contract, domain, answers)
        answers |= given_by(domain)
    found = answered(answers)
    # What is not asked any more is not recorded, and must not be known either.
    hidden = (questions().keys() & answers.keys()) - found.keys()
    asked = [text.partition("=")[0].strip() for text in wish.sets]
    if vain := [name for name in asked if name in hidden]:
        raise AnswerError(
            f"{vain[0]}: is not asked with these answers", f"Leave {vain[0]} out."
        )
    render(folder, {k: v for k, v in answers.items() if k not in hidden})
    found = read(folder / ANSWERS, ANSWERS).data
    return {k: v for k, v in found.items() if not k.startswith("_")}


def moved(files: Mapping[str, T], before: str, after: str) -> dict[str, T]:
    """Files of a project whose package has another name.

    Raises ProjectError where two files would be one.
    """
    if before == after:
        return dict(files)
    old, new = f"src/{before}/", f"src/{after}/"
    found = {}
    for path, what in files.items():
        name = new + path.removeprefix(old) if path.startswith(old) else path
        if name in found or (name != path and name in files):
            raise ProjectError(
                f"{name}: is there already, and {path} would be that file",
                f"Rename {name}, or take another name for the package.",
            )
        found[name] = what
    return found


def _kept(recorded: Mapping[str, Json], preset: str | None) -> dict[str, Json]:
    """The recorded answers that hold on: with a preset, those that no preset gives."""
    known = {k: v for k, v in recorded.items() if not k.startswith("_")}
    if preset is None:
        return known
    replaced = {name for found in presets().values() for name in found.answers}
    return {k: v for k, v in known.items() if k not in replaced}


def _answers_text(rendered: str, now: Origin) -> str:
    """The answers file, with where the version comes from."""
    lines = rendered.splitlines(keepends=True)
    text = "".join(line for line in lines if not re.match(r"_(src_path|commit):", line))
    about = yaml.safe_dump({"_commit": now.commit, "_src_path": now.url}, width=10_000)
    comments = re.match(r"(#[^\n]*\n)*", text)
    end = comments.end() if comments else 0
    return text[:end] + about + text[end:]


def _files(folder: Path) -> Files:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            mode = "100755" if path.stat().st_mode & 0o100 else "100644"
            found[path.relative_to(folder).as_posix()] = (mode, path.read_bytes())
    return found


def _append_only(old: Files, new: Files, current: Mapping[str, bytes]) -> None:
    """Leave revisions alone, and add those that have never been there."""
    for path in [path for path in new if REVISION.match(path)]:
        if path in old or path in current:
            del new[path]
    for path in [path for path in old if REVISION.match(path)]:
        del old[path]


def _seeds(
    made: Rerendered,
    current: Mapping[str, bytes],
    sample: Path,
    wish: Wish,
    understood: tuple[Contract, Domain, str | None] | None,
) -> None:
    """Bring in what was seeded and nobody has edited, and what the overlay says."""
    package = str(made.renewed["package"])
    began = _sample_files(sample, package, made.recorded)
    is_sample = CONTRACT in began and _same(current.get(CONTRACT), began[CONTRACT])
    if wish.contract is not None:
        began = _stubs(current, made.recorded, package) | began
        later = {CONTRACT: wish.contract.read_bytes().decode("utf-8")}
        first = _first_overlay(
            made.recorded, current.get(CONTRACT, b""), sample if is_sample else None
        )
        if not _same(current.get(OVERLAY), first):
            made.steps.append(
                f"{OVERLAY}: was seeded anew for the new contract; what it said is in "
                "the commit before"
            )
        for path in (CONTRACT, OVERLAY, EFFECTIVE):
            if path in current:  # seeded anew, whatever it was
                began[path] = current[path].decode("utf-8")
    else:
        later = _sample_files(source.sample_folder(), package, made.renewed)
        first = _first_overlay(made.recorded, b"", sample) if began else ""
        is_from_sample = is_sample or (began and _same(current.get(OVERLAY), first))
        began, later = (began, later) if is_sample else ({}, {})
        _overlay(made, current, sample if is_from_sample else None)
    for path, text in began.items():
        there = current.get(path)
        if path in later and text == later[path]:
            continue
        if there is not None and _same(there, text):
            made.old[path] = ("100644", text.encode("utf-8"))
            if path in later:
                made.new[path] = ("100644", later[path].encode("utf-8"))
        elif there is not None and path not in later:
            made.steps.append(f"{path}: began with the sample and was edited; kept")
    for path, text in later.items():
        if path not in began and path not in current:
            made.new[path] = ("100644", text.encode("utf-8"))


def _sample_files(
    sample: Path, package: str, answers: Mapping[str, Json]
) -> dict[str, str]:
    """The contract of a sample and the files that its contexts begin with, by path."""
    if not (sample / "openapi.yaml").is_file():
        return {}
    found = {CONTRACT: (sample / "openapi.yaml").read_text("utf-8")}
    contexts, choices = answers.get("contexts"), taken(answers)
    for context in contexts if isinstance(contexts, list) else ():
        for name, text in sample_sources(str(context), choices, sample).items():
            found[sample_path(package, str(context), name)] = text
    return _formatted(found)


def _stubs(
    current: Mapping[str, bytes], recorded: Mapping[str, Json], package: str
) -> dict[str, str]:
    """What every context of a project begins with, by path; nothing if it is broken."""
    if (domain := understood_as(current, recorded)) is None:
        return {}
    templates = Templates(source.contexts_folder())
    found = {}
    for context in domain.contexts:
        for name, text in ContextCode(templates, domain, context).seeded().items():
            end = "" if text.endswith("\n") else "\n"
            found[f"src/{package}/{context.name}/{name}"] = text + end
    return _formatted(found)


def _formatted(files: Mapping[str, str]) -> dict[str, str]:
    code = [path for path in files if path.endswith(".py")]
    texts = all_formatted([files[path] for path in code])
    return {**files, **dict(zip(code, texts, strict=True))}


def _overlay(
    made: Rerendered, current: Mapping[str, bytes], sample: Path | None
) -> None:
    """Bring into the overlay what other answers, or another sample, mean for it."""
    if OVERLAY not in current or CONTRACT not in current:
        return
    keys = ("auth", "error_format")
    same = all(made.recorded.get(key) == made.renewed.get(key) for key in keys)
    if same and sample is None:
        return
    text = current[OVERLAY].decode("utf-8")
    before, after = (
        _first_overlay(answers, current[CONTRACT], folder)
        for answers, folder in (
            (made.recorded, sample),
            (made.renewed, sample and source.sample_folder()),
        )
    )
    try:
        renewed = reoverlaid(text, before, after)
    except ContractError as error:
        made.steps.append(
            f"{error.message}: change by hand what other answers mean for it"
        )
        return
    if own := dropped(text, renewed, before):
        made.steps.append(
            f"{OVERLAY}: actions went, and with them what you had written there: "
            + "; ".join(own)
        )
    if renewed != text:
        made.old[OVERLAY] = ("100644", text.encode("utf-8"))
        made.new[OVERLAY] = ("100644", renewed.encode("utf-8"))


def _first_overlay(
    answers: Mapping[str, Json], contract: bytes, sample: Path | None
) -> str:
    if sample is not None:
        error_format = str(answers.get("error_format"))
        return sample_overlay(taken(answers), error_format, sample)
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        path = Path(place) / "openapi.yaml"
        path.write_bytes(contract)
        return understand(path, None, *ways_of(answers))[2] or ""


def _same(content: bytes | None, text: str) -> bool:
    """Whether a file holds a text, with whatever line ends."""
    return content is not None and content.replace(b"\r\n", b"\n") == text.encode()
