"""House rules of this repository that are cheap to hold."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import groundplan

REPOSITORY = Path(__file__).parents[2]
GENERATOR = REPOSITORY / "generator" / "groundplan"
MAX_LINES = 400
PRINTING = ("cli.py", "refresh_pins.py", "release.py", "release_proof.py")

# Written in halves, so that this file keeps the rule too.
FOREIGN = [
    "/" + "work/",
    "/" + "root/",
    "/" + "home/",
    r"\b" + "la" + "b/",
    r"(?i)\b" + "sub-?agent",
    r"(?i)\b" + "language" + " model",
    r"\bissue" + r"s? #?\d",
    r"(?i)\b" + "co-" + "authored-by",
    r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b",
]


def files() -> list[Path]:
    """What is committed, or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a checkout")
    names = sorted(set(listed.stdout.decode().split("\0")) - {""})
    return [path for name in names if (path := REPOSITORY / name).is_file()]


def relative(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def modules() -> dict[str, ast.Module]:
    """The modules of the generator, parsed."""
    return {
        path.name: ast.parse(path.read_text("utf-8"))
        for path in sorted(GENERATOR.glob("*.py"))
    }


def test_every_file_is_text_in_utf_8_that_ends_with_a_newline() -> None:
    wrong = []
    for path in files():
        content = path.read_bytes()
        if content and (b"\r" in content or not content.endswith(b"\n")):
            inline = relative(path).startswith("template/parts/")
            if b"\r" in content or not inline:
                wrong.append(relative(path))
        content.decode("utf-8")
    assert wrong == []


@pytest.mark.parametrize("words", FOREIGN)
def test_no_file_speaks_of_the_place_where_it_was_written(words: str) -> None:
    found = []
    for path in files():
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if re.search(words, line):
                found.append(f"{relative(path)}:{number}: {line.strip()[:80]}")
    assert found == []


def test_the_rule_above_finds_what_it_looks_for() -> None:
    lines = ["see /" + "work/x", "the la" + "b/v", "issue" + " 12", "TO" + "DO: x"]
    for line in lines:
        assert any(re.search(words, line) for words in FOREIGN), line
    assert not any(re.search(words, "a label, a workshop") for words in FOREIGN)


@pytest.mark.parametrize(
    "name", ["requirements.lock", "template/pins.toml", "template/pins.in"]
)
def test_locks_and_pins_name_no_place(name: str) -> None:
    text = (REPOSITORY / name).read_text("utf-8")
    assert "://" not in text
    assert "@ " not in text
    assert not re.search(r"find-links|index-url|trusted-host|^-e ", text, re.MULTILINE)


def test_files_are_short() -> None:
    long = {
        relative(path)
        for path in files()
        if relative(path).startswith(("generator/", "template/"))
        and path.suffix in (".py", ".jinja", ".yml", ".md")
        and len(path.read_text("utf-8").splitlines()) > MAX_LINES
    }
    assert sorted(long) == []


def test_every_module_says_what_it_is_for() -> None:
    for name, tree in modules().items():
        purpose = ast.get_docstring(tree)
        assert purpose, name
        assert purpose.splitlines()[0].endswith((".", ":")), name
    for path in (REPOSITORY / "tests").rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path


def test_public_functions_and_classes_say_what_they_are_for() -> None:
    missing = []
    for name, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                command = any(
                    isinstance(d, ast.Call) and "help" in {k.arg for k in d.keywords}
                    for d in node.decorator_list
                )
                public = not node.name.startswith("_") and name != "cli.py"
                if public and not command and not ast.get_docstring(node):
                    missing.append(f"{name}: {node.name}")
    assert missing == []


def imports(tree: ast.Module) -> set[str]:
    """The top-level packages that a module imports, anywhere in it."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


def test_one_module_imports_copier_and_one_formats() -> None:
    users = {name for name, tree in modules().items() if "copier" in imports(tree)}
    assert users == {"project.py"}
    for formatter in ("black", "ruff"):
        users = {name for name, tree in modules().items() if formatter in imports(tree)}
        assert users == {"render.py"}


def test_the_generator_imports_itself_relatively() -> None:
    for name, tree in modules().items():
        assert "groundplan" not in imports(tree), name


def test_only_the_command_line_prints() -> None:
    for name, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile"), name
                if name not in PRINTING:
                    assert node.func.id != "print", name


def test_yaml_is_loaded_safely_everywhere() -> None:
    for path in files():
        if path.suffix in (".py", ".jinja"):
            text = path.read_text("utf-8")
            assert not re.search(r"yaml\.(load|full_load|unsafe_load)\(", text), path


def test_exceptions_to_the_linters_name_their_rule() -> None:
    wrong = [
        relative(path)
        for path in files()
        if path.suffix in (".py", ".jinja")
        and re.search(r"# type: ignore(?!\[)|# noqa(?!:)", path.read_text("utf-8"))
        and path.name not in ("nasty.py", "test_hostile.py", "test_repository.py")
    ]
    assert wrong == []


def test_the_version_is_the_same_everywhere() -> None:
    manifest = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    assert manifest["project"]["dynamic"] == ["version"]
    written = REPOSITORY / manifest["tool"]["hatch"]["version"]["path"]
    assert f'__version__ = "{groundplan.__version__}"\n' in written.read_text("utf-8")
    first = (REPOSITORY / "copier.yml").read_text("utf-8").split("\n---\n")[0]
    oldest = yaml.safe_load(first)["_min_copier_version"]
    assert f"copier>={oldest}" in manifest["project"]["dependencies"]


def test_decisions_are_numbered_and_titled() -> None:
    pages = sorted((REPOSITORY / "docs" / "decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    assert numbers == list(range(1, len(pages) + 1))
    for page in pages:
        assert page.read_text("utf-8").startswith("# "), page.name


def test_every_target_of_make_is_explained() -> None:
    text = (REPOSITORY / "Makefile").read_text("utf-8")
    phony = re.findall(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    for target in " ".join(phony).split():
        assert re.search(rf"^{target}:.*## \S", text, re.MULTILINE), target


def test_names_of_files_suit_every_system() -> None:
    names = [relative(path) for path in files()]
    assert len({name.lower() for name in names}) == len(names)
    assert not [name for name in names if re.search(r'[<>:"|?*\\]', name)]
    assert not [name for name in names if not name.isascii() or len(name) > 180]
