"""What the rows share: one environment for all, and one PostgreSQL server a worker."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from groundplan import pins

from ..checkout import REPOSITORY
from ..run.conftest import run

SERVE = REPOSITORY / "tests" / "run" / "serve_postgres.py"
MODULES = "modules.json"
OWNERS = """
import json
from importlib.metadata import packages_distributions
print(json.dumps(packages_distributions()))
"""
DIRECT = REPOSITORY / "template" / "pins.in"


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The Python of an environment with all that any project needs.

    Its lock is the closure of every requirement that a layer may have. Beside it is
    told which packages each module is of.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    environment, lock = shared / "superset", shared / "superset.lock"
    with (shared / "superset.busy").open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        if not lock.exists():
            uv = str(Path(sys.executable).with_name("uv"))
            lines = [line.split("#")[0].strip() for line in DIRECT.open("r")]
            text = pins.render_lock(pins.closure(pins.load(), filter(None, lines)))
            wanted = shared / "superset.txt"
            wanted.write_text(text, "utf-8")
            create = [uv, "venv", "--quiet", "--python", sys.executable]
            run([*create, str(environment)], shared)
            sync = [uv, "pip", "sync", "--quiet", "--require-hashes", "--python"]
            run([*sync, str(environment / "bin" / "python"), str(wanted)], shared)
            owners = run([str(environment / "bin" / "python"), "-c", OWNERS], shared)
            (environment / MODULES).write_text(owners, "utf-8")
            wanted.rename(lock)
    return environment / "bin" / "python"


@pytest.fixture(scope="session")
def server(python: Path) -> Iterator[Callable[[Path], str]]:
    """The URL of a PostgreSQL server, started from the first project that needs it."""
    with ExitStack() as running:
        known: list[str] = []

        def url(project: Path) -> str:
            if not known:
                process = running.enter_context(
                    subprocess.Popen(
                        [python, SERVE],
                        cwd=project,
                        env=os.environ | {"PYTHONPATH": str(project / "src")},
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        text=True,
                    )
                )
                assert process.stdin and process.stdout
                running.callback(process.stdin.close)
                known.append(process.stdout.readline().strip())
                assert known[0], "no PostgreSQL server"
            return known[0]

        yield url
