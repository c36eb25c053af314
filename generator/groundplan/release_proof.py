"""Builds an sdist and a wheel and tries them, as somebody who installs them would.

``python -m groundplan.release_proof``, behind ``make dist``, takes the current commit.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import uv
import yaml

from . import __version__, history
from .errors import GroundplanError, ToolError
from .history import Origin
from .workspace import ANSWERS

_NOWHERE: Final = "http://127.0.0.1:9"
OFFLINE: Final = {
    "http_proxy": _NOWHERE,
    "https_proxy": _NOWHERE,
    "all_proxy": _NOWHERE,
    "no_proxy": "",
    "GIT_ALLOW_PROTOCOL": "file",
    "GIT_TERMINAL_PROMPT": "0",
}
"""An environment without a way to any other machine."""


def build(repository: Path, folder: Path) -> list[Path]:
    """The sdist of a checkout, and the wheel that is made from the unpacked sdist.

    It is built with the locked hatchling of this environment. Raises ToolError.
    """
    interpreter = ("--python", sys.executable, "--no-build-isolation")
    _run(
        [uv.find_uv_bin(), "build", "--quiet", *interpreter, f"--out-dir={folder}"],
        repository,
    )
    return sorted(p for p in folder.iterdir() if p.suffix in (".gz", ".whl"))


def install(wheel: Path, environment: Path, lock: Path) -> Path:
    """The command of a wheel in a new environment, with the lock's versions.

    What it needs comes from the index or uv's cache, itself from the file. Raises
    ToolError.
    """
    tool = uv.find_uv_bin()
    python = environment / "bin" / "python"
    _run([tool, "venv", "--quiet", f"--python={sys.executable}", str(environment)])
    target = ("--quiet", f"--python={python}", f"--constraints={lock}")
    _run([tool, "pip", "install", *target, str(wheel)])
    return environment / "bin" / "groundplan"


def prove(
    repository: Path, files: Sequence[Path], version: str, origin: Origin
) -> Iterator[str]:
    """Use the wheel without a network, far from any checkout; yields what held.

    Raises ToolError for the first that does not.
    """
    (wheel,) = (file for file in files if file.suffix == ".whl")
    with tempfile.TemporaryDirectory(prefix="groundplan-proof-") as place:
        folder = Path(place)
        command = install(wheel, folder / "venv", repository / "requirements.lock")
        printed = _run([command, "--version"], folder, OFFLINE)
        _expect("--version", printed.strip(), f"groundplan {version}")
        yield f"installed {wheel.name} in a new environment"
        options = ("--preset", "rest-monolith", "--no-input")
        _run([command, "new", "project", *options], folder, OFFLINE)
        project = folder / "project"
        answers = yaml.safe_load((project / ANSWERS).read_text(encoding="utf-8"))
        _expect("_src_path", answers["_src_path"], origin.url)
        _expect("_commit", answers["_commit"], origin.commit)
        _run([command, "generate", "--check"], project, OFFLINE)
        yield f"made a project without a network, of {origin.commit}, {origin.url}"
        if _knows(command, "update"):
            _run([command, "update"], project, OFFLINE)
            _expect("git status", _run(["git", "status", "--porcelain"], project), "")
            yield "updated it to the version that it has: no difference"


def _knows(command: Path, name: str) -> bool:
    """Whether what was built has a command."""
    try:
        _run([command, name, "--help"])
    except ToolError:
        return False
    return True


def _expect(name: str, found: str, wanted: str) -> None:
    if found != wanted:
        raise ToolError(f"{name}: {found!r} instead of {wanted!r}")


def _own_environment() -> dict[str, str]:
    """The caller's, without what would put other code before that of a release."""
    foreign = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    return {key: value for key, value in os.environ.items() if key not in foreign}


def _run(
    command: Sequence[str | Path],
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**_own_environment(), **(environment or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        words = " ".join(Path(str(part)).name for part in command[:3])
        raise ToolError(f"{words}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def main() -> int:
    """Build the checkout in the working directory; returns the exit status."""
    repository, out = Path.cwd(), Path("dist")
    try:
        with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
            files = build(repository, Path(place))
            origin = Origin(history.canonical_url() or "", history.newest().commit)
            for line in prove(repository, files, __version__, origin):
                print(line)
            out.mkdir(exist_ok=True)
            for file in files:
                shutil.copyfile(file, out / file.name)
                print(f"{out / file.name}, {file.stat().st_size / 1e6:.2f} MB")
    except GroundplanError as error:
        print(f"dist: {error}", file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
