"""The sample shop, as the answers want it."""

import textwrap

from . import documents, source
from .amendments import Seed
from .contract import amended, load
from .infer import infer
from .reader import parse
from .seed_errors import amend_errors


def sample_overlay(auth: str, error_format: str) -> str:
    """The sample's overlay, with what the answers leave out of it or change."""
    folder = source.sample_folder()
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
