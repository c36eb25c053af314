"""The sample shop, as the answers want it."""

import textwrap
from pathlib import Path

from . import documents, source
from .amendments import Seed
from .contract import amended, load
from .infer import infer
from .reader import parse
from .seed_errors import amend_errors


def sample_overlay(auth: str, error_format: str, folder: Path | None = None) -> str:
    """The sample's overlay, with what the answers leave out of it or change.

    `folder` is the sample of another version.
    """
    folder = folder or source.sample_folder()
    text = (folder / "overlay.yaml").read_text("utf-8")
    extra = folder / f"overlay.auth_{auth}.yaml"
    if extra.is_file():
        text += extra.read_text("utf-8")
    contract = amended(load(folder / "openapi.yaml"), parse(text, "overlay.yaml"))
    made = Seed(contract)
    amend_errors(made, infer(contract), error_format)
    if made.actions:
        text += "\n  # Errors are answered in another format than the contract has.\n"
        text += textwrap.indent(documents.dump(made.actions), "  ")
    return text


def sample_sources(context: str, folder: Path | None = None) -> dict[str, str]:
    """The sample's hand-written files of a context: `src/...` and `tests/...`."""
    place = (folder or source.sample_folder()) / "fastapi" / context
    return {
        path.relative_to(place).as_posix(): path.read_text("utf-8")
        for path in sorted(place.rglob("*.py"))
    }


def sample_path(package: str, context: str, name: str) -> str:
    """Where a project has such a file."""
    kind, _, rest = name.partition("/")
    folder = f"src/{package}/{context}" if kind == "src" else f"tests/{context}"
    return f"{folder}/{rest}"
