"""The layers of a template that answers let in, as a template that is quick to render.

Copier compiles the name of every folder again for every file below it. Nothing but the
answers decides what these names become: they are rendered once, and what is left out is
not looked at.
"""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LAYERS: Final = Path("template", "layers")
NAMES: Final = "names-of-folders"
_SUFFIX = ".jinja"
_ANSWERS = f"[= _copier_conf.answers_file =]{_SUFFIX}"
_ASKED = re.compile(r"\[= \w+ =\]")
_OTHERS = shutil.ignore_patterns("contexts", "layers", "samples", "__pycache__")
# What `_exclude` of copier.yml names: it is nobody's part of the template.
_LEFTOVERS = shutil.ignore_patterns(
    "__pycache__", "*.py[co]", ".*_cache", "*~", ".DS_Store"
)


def questions(template: Path, folder: Path) -> list[str]:
    """Make a template that writes the answers, and in `NAMES` what they call folders.

    The folders are those in the result, in the order of the lines.
    """
    shutil.copyfile(template / "copier.yml", folder / "copier.yml")
    shutil.copytree(template / "template", folder / "template", ignore=_OTHERS)
    layers = folder / LAYERS
    layers.mkdir()
    shutil.copyfile(template / LAYERS / _ANSWERS, layers / _ANSWERS)
    found = {p.name for p in (template / LAYERS).rglob("*") if _ASKED.fullmatch(p.name)}
    names = sorted(found)
    lines = "".join(f"{name}\n" for name in names)
    (layers / f"{NAMES}{_SUFFIX}").write_text(lines, encoding="utf-8", newline="\n")
    return names


def let_in(template: Path, folder: Path, names: Mapping[str, str]) -> dict[Path, Path]:
    """Add to such a template the layers that are in, merged into one.

    Returns the files that are no templates, by their paths in the project: they are
    not added, and are to be copied as they are.
    """
    (folder / LAYERS / f"{NAMES}{_SUFFIX}").unlink()
    plain: dict[Path, Path] = {}
    pending = [(template / LAYERS, Path())]
    while pending:
        layer, place = pending.pop()
        (folder / LAYERS / place).mkdir(exist_ok=True)
        inside = {path.name: path for path in layer.iterdir()}
        for ignored in _LEFTOVERS(str(layer), list(inside)):
            del inside[ignored]
        for path in inside.values():
            if path.is_dir():
                if name := names.get(path.name, path.name):
                    pending.append((path, place / name))
            elif path.name.endswith(_SUFFIX):
                shutil.copy(path, folder / LAYERS / place)
            else:
                plain[place / path.name] = path
    return plain
