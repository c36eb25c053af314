"""The sample shop, as the answers want it."""

import re
import textwrap
from collections.abc import Collection
from pathlib import Path

from . import documents, source
from .amendments import Seed
from .contract import Contract, amended, load
from .domain import Domain, Ways
from .infer import infer
from .reader import parse
from .seed_errors import amend_errors
from .versioning import versioned

_GATE = re.compile(r"\[= (\w+) =\]")


def sample(choices: Collection[str], ways: Ways) -> tuple[Contract, Domain, str]:
    """What the sample says with these answers, and the text of its overlay."""
    text = sample_overlay(choices, ways[0])
    bare = load(source.sample_folder() / "openapi.yaml")
    return *versioned(amended(bare, parse(text, "overlay.yaml")), *ways), text


def sample_overlay(
    choices: Collection[str], error_format: str, folder: Path | None = None
) -> str:
    """The sample's overlay, with what the answers leave out of it or change.

    `folder` is the sample of another version.
    """
    folder = folder or source.sample_folder()
    text = (folder / "overlay.yaml").read_text("utf-8")
    for extra in sorted(folder.glob("overlay.*.yaml")):
        if _is_in(extra.suffixes[0].removeprefix("."), choices):
            text += extra.read_text("utf-8")
    contract = amended(load(folder / "openapi.yaml"), parse(text, "overlay.yaml"))
    made = Seed(contract)
    amend_errors(made, infer(contract), error_format)
    if made.actions:
        text += "\n  # Errors are answered in another format than the contract has.\n"
        text += textwrap.indent(documents.dump(made.actions), "  ")
    return text


def sample_sources(
    context: str, choices: Collection[str], folder: Path | None = None
) -> dict[str, str]:
    """The sample's hand-written files of a context: `src/...` and `tests/...`.

    What is in a folder `[= <question>_<choice> =]` is there with that choice only;
    `[= <question>_<choice>_or_<choice> =]` is there with either, and one folder in
    another takes both.
    """
    place = (folder or source.sample_folder()) / "fastapi" / context
    found = {}
    for path in sorted(place.rglob("*.py")):
        parts = path.relative_to(place).parts
        gates = [gate[1] for part in parts if (gate := _GATE.fullmatch(part))]
        if all(_is_in(gate, choices) for gate in gates):
            found["/".join(parts[len(gates) :])] = path.read_text("utf-8")
    return found


def _is_in(gate: str, choices: Collection[str]) -> bool:
    """Whether a choice was taken that the gate names."""
    first, *others = gate.split("_or_")
    question = first.rpartition("_")[0]
    return not {first, *(f"{question}_{other}" for other in others)}.isdisjoint(choices)


def sample_path(package: str, context: str, name: str) -> str:
    """Where a project has such a file."""
    kind, _, rest = name.partition("/")
    folder = f"src/{package}/{context}" if kind == "src" else f"tests/{context}"
    return f"{folder}/{rest}"
