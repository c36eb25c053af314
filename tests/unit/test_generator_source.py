"""Where a generated project installs the generator from."""

import subprocess
import sys
from pathlib import Path

import pytest

from groundplan import source

SCRIPT = "template/layers/[= stack_fastapi =]/scripts/generator_source.py"


def asked(folder: Path, answers: str) -> tuple[int, str, str]:
    """Status, output and errors of the script in a project with these answers."""
    (folder / ".copier-answers.yml").write_text(answers, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(source.repository() / SCRIPT)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout.strip(), done.stderr


@pytest.mark.parametrize(
    ("place", "commit", "url"),
    [
        ("/my/groundplan", "v0.1.0", "git+file:///my/groundplan@v0.1.0"),
        ("'/a b/c'", "v0.1.0-3-g0123456789ab", "git+file:///a%20b/c@0123456789ab"),
        ("gh:x/y", "0123456", "git+https://github.com/x/y.git@0123456"),
        ("git@example.com:x/y.git", "v1", "git+ssh://git@example.com/x/y.git@v1"),
        ("https://example.com/y.git", "v1", "git+https://example.com/y.git@v1"),
        ("https://invalid.example/y.git", "v1", "git+https://invalid.example/y.git@v1"),
    ],
)
def test_the_recorded_source_at_its_commit(
    tmp_path: Path, place: str, commit: str, url: str
) -> None:
    answers = f"_commit: {commit}\n_src_path: {place}\n"
    assert asked(tmp_path, answers) == (0, url, "")


@pytest.mark.parametrize(
    "place",
    [
        "https://groundplan.invalid/groundplan.git",
        "git+https://me:secret@x.invalid:80/y.git",
        "ssh://git@groundplan.invalid/groundplan.git",
    ],
)
def test_an_address_that_is_nobodys_is_not_asked(tmp_path: Path, place: str) -> None:
    status, out, err = asked(tmp_path, f"_commit: v0.1.0\n_src_path: {place}\n")
    assert (status, out) == (1, "")
    assert "no public address" in err
    assert "secret" not in err
    assert "make generate GROUNDPLAN=groundplan" in err


def test_what_is_known_elsewhere_only(tmp_path: Path) -> None:
    status, _, err = asked(tmp_path, "_src_path: ../groundplan\n")
    assert status == 1
    assert "GROUNDPLAN=" in err
    assert asked(tmp_path, "auth: jwt\n")[0] == 1
