"""The template engine of `generate`, with the delimiters of the whole template."""

from collections.abc import Mapping
from pathlib import Path

import black
import jinja2
from black.mode import TargetVersion

HEADER = "Derived from contracts/effective.yaml by `make generate`; not edited by hand."

_MODE = black.Mode(target_versions={TargetVersion.PY311})


class Templates:
    """Renders the templates of a folder."""

    def __init__(self, folder: Path) -> None:
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(folder),
            block_start_string="[%",
            block_end_string="%]",
            variable_start_string="[=",
            variable_end_string="=]",
            comment_start_string="[##",
            comment_end_string="##]",
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701 - writes source code, not HTML
        )

    def render(self, name: str, values: Mapping[str, object]) -> str:
        return self._environment.get_template(name).render(values)


def formatted(source: str) -> str:
    """Python source as black writes it."""
    return black.format_str(source, mode=_MODE)
