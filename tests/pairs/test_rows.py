"""Every row of pairs, booted, called, stopped, and tested against a small contract.

The presets are rows too: `tests/run` does all this and more with them, each in an
environment of its own. The rows share one, which has more than each of them needs: so
what they import is compared with their locks.
"""

import ast
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan import pairs, project
from groundplan.answers import presets

from ..run.conftest import run

pytestmark = pytest.mark.slow

CONTRACT = Path(__file__).with_name("contract.yaml")
PACKAGE = "reading_room"
EXAMPLES = os.environ.get("PAIR_EXAMPLES", "5")
# With the contract test in one run: what the answers decide, and takes little time.
TESTS = """
    tests/contract
    tests/test_contract.py
    tests/test_wiring.py
    tests/platform/test_database_url.py
    tests/platform/test_env_example.py
    tests/platform/test_error_format.py
    tests/platform/test_errors.py
    tests/platform/test_health.py
    """.split()
ROWS = [c for c in pairs.combinations() if c.name not in presets()]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_row_runs(
    row: pairs.Combination,
    python: Path,
    server: Callable[[Path], str],
    tmp_path: Path,
) -> None:
    print(row.description)
    folder = tmp_path / "project"
    contract = tmp_path / "contract.yaml"
    contract.write_text(yaml.safe_dump(_contract(row.answers["auth"])), "utf-8")
    answers = {**row.answers, "package": PACKAGE, "project_name": "Reading room"}
    project.create(folder, answers, contract, ask=False)
    environment = os.environ | {
        "PYTHONPATH": str(folder / "src"),
        "CONTRACT_EXAMPLES": EXAMPLES,
    }
    if row.answers["database"] == "postgres":
        environment["TEST_DATABASE_URL"] = server(folder)
    _has_what_it_imports(folder, python)
    script = Path(__file__).with_name("serve_once.py")
    said = run([str(python), str(script), PACKAGE], folder, environment)
    assert "all is well" in said
    command = [
        str(python),
        "-m",
        "pytest",
        "-q",
        "-s",
        "-m",
        "",
        "-p",
        "no:cacheprovider",
    ]
    said = run([*command, *TESTS], folder, environment)
    assert "No issues found" in said, said[-3000:]
    # Schemathesis skips requests; the tests themselves do not skip
    assert re.match(r"\d+ passed in", said.splitlines()[-1]), said[-3000:]


def _contract(auth: object) -> dict[str, Any]:
    """The contract; without security where nobody logs in, which would be refused."""
    contract: dict[str, Any] = yaml.safe_load(CONTRACT.read_text("utf-8"))
    if auth == "none":
        del contract["security"], contract["components"]["securitySchemes"]
    return contract


def _has_what_it_imports(folder: Path, python: Path) -> None:
    """Every module that the service imports is of a package that it locks."""
    code = "from importlib.metadata import packages_distributions as p; print(p())"
    owners: dict[str, list[str]] = ast.literal_eval(
        run([str(python), "-c", code], folder)
    )
    lock = (folder / "requirements.lock").read_text("utf-8")
    locked = {line.split("==")[0] for line in lock.splitlines() if "==" in line}
    for module, path in _imports(folder / "src"):
        names = {name.lower().replace("_", "-") for name in owners.get(module, ())}
        known = module in sys.stdlib_module_names or module == PACKAGE
        assert known or names & locked, f"{path}: {module} is not in requirements.lock"


def _imports(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name.split(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                yield node.module.split(".")[0], path
