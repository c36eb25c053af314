"""What this tree could have been a version ago, made of it, and what it was."""

import re
import subprocess
from pathlib import Path

from .checkout import REPOSITORY, Checkout, checkout, copy_tree
from .repositories import git

LAYER = "template/layers/[= stack_fastapi =]"
PLATFORM = f"{LAYER}/src/[= package =]/platform"
LATER = "sentry"  # a choice that came later
OTHER_WORDS = {  # what is said in other words now
    f"{LAYER}/README.md.jinja": ("## Run it", "## Start it"),
    f"{LAYER}/Makefile.jinja": (
        "## Start the service on",
        "## Serve the service on",
    ),
}
EVERY = 3  # of the platform's modules, one in so many is another one
# What came with decision 0017: projects from before it have an answer less.
MARK = "template/questions/api_versioning.yml"


def made_earlier(folder: Path) -> Checkout:
    """This tree in a new repository, after a commit v0.0.1 that was before it.

    The earlier one is checked out; `main` is this tree.
    """
    made = checkout(folder)
    change_back(folder)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Before")
    git(folder, "tag", "v0.0.1")
    git(folder, "revert", "--no-edit", "HEAD")
    git(folder, "checkout", "--quiet", "v0.0.1")
    return made


def change_back(folder: Path) -> None:
    """A choice less, other words, and other code in some modules of the platform."""
    gate = f"observability_{LATER}"
    for path in (f"{LAYER}/[= {gate} =]", f"template/parts/{gate}"):
        git(folder, "rm", "-r", "--quiet", path)
    questions = folder / "template" / "questions"
    _drop(questions / "observability.yml", rf"^    .*: {LATER}\n")
    _drop(questions / "gates.yml", rf"^{gate}:\n(  .*\n)+\n")
    _drop(questions / "gate_list.yml", rf'^ *\("{gate}", {gate}\),\n')
    for path, (now, then) in OTHER_WORDS.items():
        text = (folder / path).read_text("utf-8")
        assert now in text, path
        (folder / path).write_text(text.replace(now, then), "utf-8")
    modules = sorted((folder / PLATFORM).glob("*.py"))
    for module in modules[::EVERY]:
        text = module.read_text("utf-8")
        module.write_text(f"{text}\n\nBEFORE = True\n", "utf-8")


def _drop(path: Path, pattern: str) -> None:
    text, count = re.subn(pattern, "", path.read_text("utf-8"), flags=re.MULTILINE)
    assert count == 1, f"{path} has {pattern} {count} times"
    path.write_text(text, "utf-8")


def last_version() -> str | None:
    """The last release before this commit, or, without one, a commit of the past.

    None where the history is not here, as in shallow clones.
    """
    tag = _said("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*", "HEAD^")
    if tag:
        return tag
    added = ("log", "--diff-filter=A", "--format=%H", "--", MARK)
    if commit := (_said(*added).splitlines() or [""])[-1]:
        return _said("rev-parse", "--verify", "--quiet", f"{commit}^") or None
    return None


def from_history(folder: Path, version: str) -> Checkout:
    """A clone that has a version checked out; its `main` is this tree."""
    clone = ("clone", "--quiet", "--no-local", "--no-checkout")
    git(REPOSITORY, *clone, str(REPOSITORY), str(folder))
    head = git(REPOSITORY, "rev-parse", "HEAD")
    git(folder, "checkout", "--quiet", "-B", "main", head)
    for path in git(folder, "ls-files").splitlines():
        if not (REPOSITORY / path).is_file():
            (folder / path).unlink()
    copy_tree(folder)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "-m", "This tree")
    git(folder, "checkout", "--quiet", version)
    return Checkout(folder)


def _said(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return done.stdout.strip() if done.returncode == 0 else ""
