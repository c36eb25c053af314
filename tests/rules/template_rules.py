"""The static rules of the template: each takes a checkout and names what breaks it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import yaml
from jinja2 import meta, nodes

from .gate_rules import alternatives
from .template_tree import (
    Layered,
    layered,
    part_folders,
    questions,
    templates,
)

TAG = re.compile(r"\[=.*?=\]|\[%.*?%\]|\[##.*?##\]", re.DOTALL)
NOT_ANSWERS = {"_copier_conf", "_copier_answers"}
DEVICES = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
CHANGING = {"random", "shuffle", "now", "ans_random", "strftime", "to_uuid", "hash"}


def conditions(root: Path) -> list[str]:
    """Layers and parts have no conditions at all; other templates none on an answer."""
    found = []
    answers = set(questions(root))
    for path, tree in templates(root, "layers", "parts"):
        for node in _conditions(tree):
            found.append(f"{path.name}:{node.lineno}: a condition")
    for path, tree in templates(root, "contexts", "includes"):
        for node in _conditions(tree):
            names = {name.name for name in node.find_all(nodes.Name)}
            names |= {node.name} if isinstance(node, nodes.Name) else set()
            for name in sorted(names & answers):
                found.append(f"{path.name}:{node.lineno}: a condition on {name}")
    return found


def _conditions(tree: nodes.Template) -> Iterator[nodes.Node]:
    """What decides in a template: the tests only, not what is decided."""
    for branch in tree.find_all((nodes.If, nodes.CondExpr)):
        yield branch.test  # type: ignore[attr-defined]
    for loop in tree.find_all(nodes.For):
        if loop.test is not None:
            yield loop.test
    for kind in (nodes.Compare, nodes.And, nodes.Or, nodes.Not):
        yield from tree.find_all(kind)
    for chosen in tree.find_all(nodes.Filter):
        if chosen.name in ("select", "reject", "selectattr", "rejectattr", "default"):
            yield chosen


def unknown_names(root: Path) -> list[str]:
    """Layers and parts use answers only: anything else fails when it is rendered."""
    known = set(questions(root)) | NOT_ANSWERS
    return [
        f"{path.name}: {name}"
        for path, tree in templates(root, "layers", "parts")
        for name in sorted(meta.find_undeclared_variables(tree) - known)
    ]


def changing_output(root: Path) -> list[str]:
    """Nothing differs from render to render: no dates, no random values."""
    return [
        f"{path.name}:{node.lineno}: {node.name}"
        for path, tree in templates(root, "layers", "parts", "contexts", "includes")
        for node in tree.find_all((nodes.Filter, nodes.Name))
        if isinstance(node, nodes.Filter | nodes.Name) and node.name in CHANGING
    ]


def needless_or_forgotten_suffix(root: Path) -> list[str]:
    """`.jinja` is on the files that have tags, and on no others."""
    found = []
    for file in layered(root):
        if file.source.suffix in (".png", ".ico"):
            continue
        has_tags = bool(TAG.search(file.source.read_text("utf-8")))
        if has_tags != (file.source.suffix == ".jinja"):
            found.append(f"{file.target}: {'has' if has_tags else 'has no'} tags")
    return found


def slots(root: Path) -> set[str]:
    """The slots that templates collect parts for."""
    found = set()
    for _, tree in templates(root, "layers", "parts", "includes"):
        macros = {"parts"}
        for imported in tree.find_all(nodes.FromImport):
            if str(getattr(imported.template, "value", "")).startswith(
                ("template/includes/parts", "template/includes/imports")
            ):
                for name in imported.names:
                    macros.add(name[1] if isinstance(name, tuple) else name)
        for call in tree.find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in macros:
                found |= {a.value for a in call.args if isinstance(a, nodes.Const)}
    return found


def parts_without_slot(root: Path) -> list[str]:
    """A part is collected by a template, and is a file `<slot>.jinja`."""
    used = slots(root)
    found = []
    for folder in part_folders(root):
        for path in sorted(folder.rglob("*")):
            if path.suffix != ".jinja" or path.parent != folder:
                found.append(f"{folder.name}/{path.name}: is no slot")
            elif path.stem not in used:
                found.append(f"{folder.name}/{path.name}: no template has this slot")
    return found


def slots_without_part(root: Path) -> list[str]:
    """A slot that no layer fills is left over."""
    filled = {path.stem for folder in part_folders(root) for path in folder.iterdir()}
    return sorted(slots(root) - filled)


def parts_out_of_shape(root: Path) -> list[str]:
    """A part has something to say: whole lines, or none where it stands in a line."""
    texts = [_read(path) for path in (root / "template").rglob("*.jinja")]
    inside = {
        slot
        for text in texts
        for slot in re.findall(r'^.*\S.*\[= parts\("(\w+)"\)', text, re.MULTILINE)
    }
    found = []
    for folder in part_folders(root):
        for path in sorted(folder.glob("*.jinja")):
            text = path.read_text("utf-8")
            whole = text.endswith("\n") and text.strip()
            if not whole if path.stem not in inside else text.endswith("\n"):
                found.append(f"{folder.name}/{path.name}")
    return found


def written_twice(root: Path) -> list[str]:
    """Two layers that may both be in never write one path."""
    apart = alternatives(root)
    found = []
    files = layered(root)
    for number, one in enumerate(files):
        for other in files[number + 1 :]:
            if one.target.lower() == other.target.lower() and not any(
                len((one.gates | other.gates) & group) > 1 for group in apart
            ):
                found.append(one.target)
    return found


def different_names(root: Path) -> list[str]:
    """Alternatives that write the same module offer the same names to the others.

    What only a layer's own modules use of it is the layer's own affair.
    """
    found = []
    modules: dict[str, list[Layered]] = {}
    for file in layered(root):
        if file.target.endswith(".py"):
            modules.setdefault(file.target, []).append(file)
    for target, files in modules.items():
        if len(files) < 2:
            continue
        behind = [set(file.gates) for file in files]
        own = set[str]().union(*behind) - behind[0].intersection(*behind)
        wanted: set[str] = set()
        for other in layered(root):
            if other.target.endswith(".py") and not other.gates & own:
                wanted |= used_names(other.source, PurePosixPath(target).stem)
        offered = [public_names(file.source) for file in files]
        by_some = wanted & set[str]().union(*offered)
        missing = sorted(by_some - offered[0].intersection(*offered))
        found += [f"{target}: {name}" for name in missing]
    return found


def used_names(path: Path, module: str) -> set[str]:
    """What a file uses of a module that it imports by this name."""
    found = set()
    takes_fixtures = path.stem.startswith(("test_", "conftest"))
    for node in ast.walk(_module(path)):
        if isinstance(node, ast.ImportFrom):
            if (node.module or "").rpartition(".")[2] == module:
                found |= {name.name for name in node.names}
        elif isinstance(node, ast.Attribute):
            if isinstance(node.value, ast.Name) and node.value.id == module:
                found.add(node.attr)
        elif isinstance(node, ast.arg) and takes_fixtures:
            found.add(node.arg)
    return found


def public_names(path: Path) -> set[str]:
    """What a module, or a template of one, offers to others."""
    found: set[str] = set()
    for node in _module(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    return {name for name in found if not name.startswith("_")}


def _module(path: Path) -> ast.Module:
    """The code of a module, or of a template of one without its parts."""

    def plain(tag: re.Match[str]) -> str:
        return "x" if tag[0].startswith("[=") and "parts(" not in tag[0] else ""

    return ast.parse(TAG.sub(plain, _read(path)))


def _read(path: Path) -> str:
    return path.read_text("utf-8")


def bad_file_names(root: Path) -> list[str]:
    """Names that Windows refuses, or that differ in nothing but case."""
    found = []
    for path in sorted((root / "template").rglob("*")):
        name = path.name.removesuffix(".jinja")
        if (
            re.search(r'[<>:"|?*\\\x00-\x1f]', path.name)
            or name.endswith((".", " "))
            or DEVICES.fullmatch(name)
        ):
            found.append(path.name)
    folded: dict[str, set[str]] = {}
    for file in layered(root):
        folded.setdefault(file.target.lower(), set()).add(file.target)
    return found + [str(sorted(names)) for names in folded.values() if len(names) > 1]


def inclusions(root: Path) -> list[str]:
    """Every question file is in copier.yml once, one to a document."""
    text = _read(root / "copier.yml")
    included = re.findall(r"^!include (\S+)$", text, re.MULTILINE)
    files = [
        path.relative_to(root).as_posix()
        for path in (root / "template" / "questions").glob("*.yml")
    ]
    found = [
        f"{name}: {included.count(name)} times"
        for name in sorted({*files, *included})
        if included.count(name) != 1 or name not in files
    ]
    documents = re.split(r"^---$", text, flags=re.MULTILINE)
    found += ["two in a document" for one in documents if one.count("\n!include ") > 1]
    if "_subdirectory:" not in documents[0]:
        found.append("_subdirectory is not in the first document")
    return found


def trusted_features(root: Path) -> list[str]:
    """What would make Copier ask for `--trust`."""
    first = yaml.safe_load(
        re.split(r"^---$", _read(root / "copier.yml"), flags=re.M)[0]
    )
    unwanted = ("_tasks", "_migrations", "_jinja_extensions")
    return [name for name in unwanted if name in first]


def absolute_imports(root: Path) -> list[str]:
    """Code of the package imports itself relatively: names are data."""
    return [
        file.target
        for file in layered(root)
        if file.target.startswith("src/")
        and file.target.endswith(".py")
        and re.search(
            r"^\s*(from|import) \[= package", _read(file.source), re.MULTILINE
        )
    ]


def code_without_purpose(root: Path) -> list[str]:
    """Every module of a layer says first what it is for."""
    return [
        file.target
        for file in layered(root)
        if file.target.endswith(".py") and not ast.get_docstring(_module(file.source))
    ]
