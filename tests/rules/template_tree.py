"""The files of the template as its rules see them: questions, layers, templates."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml
from jinja2 import nodes

ENVIRONMENT = jinja2.Environment(
    variable_start_string="[=",
    variable_end_string="=]",
    block_start_string="[%",
    block_end_string="%]",
    comment_start_string="[##",
    comment_end_string="##]",
    extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],  # as Copier's
    autoescape=False,
)


@dataclass(frozen=True)
class Layered:
    """A file of a layer: the gates it stands behind, and where it is written."""

    source: Path
    gates: frozenset[str]
    target: str


def questions(root: Path) -> dict[str, dict[str, Any]]:
    """Every question of every question file, the computed ones too."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((root / "template" / "questions").glob("*.yml")):
        found |= yaml.safe_load(file.read_text("utf-8")) or {}
    return found


def layered(root: Path) -> list[Layered]:
    """Every file of every layer."""
    found = []
    layers = root / "template" / "layers"
    for path in sorted(layers.rglob("*")):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        behind, kept = set(), []
        for part in path.relative_to(layers).parts:
            gate = re.fullmatch(r"\[= (\w+) =\]", part)
            if gate and gate[1] != "package":
                behind.add(gate[1])
            else:
                kept.append(part)
        target = "/".join(kept).removesuffix(".jinja")
        found.append(Layered(path, frozenset(behind), target))
    return found


def templates(root: Path, *folders: str) -> Iterator[tuple[Path, nodes.Template]]:
    """The parsed templates below folders of `template/`."""
    for folder in folders:
        for path in sorted((root / "template" / folder).rglob("*.jinja")):
            yield path, ENVIRONMENT.parse(path.read_text("utf-8"))


def part_folders(root: Path) -> list[Path]:
    return [path for path in sorted((root / "template" / "parts").glob("*"))]


def identifier(choice: str) -> str:
    """A choice as the names of gates have it."""
    return choice.replace("-", "_")


def choices_of(entry: Mapping[str, Any]) -> list[str]:
    choices = entry.get("choices") or {}
    values = choices.values() if isinstance(choices, Mapping) else choices
    # a choice that may be refused says so beside its value
    return [str(one["value"] if isinstance(one, Mapping) else one) for one in values]
