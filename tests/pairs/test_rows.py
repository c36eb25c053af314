"""Every row of pairs, booted, called, stopped, and tested against a small contract.

The presets are rows too: `tests/run` does all this and more with them, each in an
environment of its own. The rows share one, which has more than each of them needs: what
is not in the lock of a row is hidden from it.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan import pairs, project
from groundplan.answers import presets

from ..run.conftest import run
from ..threes import threes
from .conftest import MODULES

pytestmark = [pytest.mark.slow, pytest.mark.minutes(0.5)]

CONTRACT = Path(__file__).with_name("contract.yaml")
LOCKED = Path(__file__).with_name("locked")
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
# Beside them, where answers that meet here bring these: they pass through everything.
OWN_TESTS = ("test_password_reset.py", "test_welcome_mails.py", "test_account_mail*.py")
ROWS = [c for c in pairs.combinations() if c.name not in presets()] + threes()


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
        "PYTHONPATH": os.pathsep.join(map(str, (LOCKED, folder / "src"))),
        "ROW_LOCK": str(folder / "requirements-dev.lock"),
        "ROW_MODULES": str(python.parents[1] / MODULES),
        "CONTRACT_EXAMPLES": EXAMPLES,
    }
    if row.answers["database"] == "postgres":
        environment["TEST_DATABASE_URL"] = server(folder)
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
        # the plugin of the Valkey wheel, which rows without Redis do not see
        "-p",
        "no:valkey",
    ]
    own = [str(path) for name in OWN_TESTS for path in folder.glob(f"tests/*/{name}")]
    said = run([*command, *TESTS, *own], folder, environment)
    assert "No issues found" in said, said[-3000:]
    # Schemathesis skips requests; the tests themselves do not skip
    assert re.match(r"\d+ passed in", said.splitlines()[-1]), said[-3000:]


def _contract(auth: object) -> dict[str, Any]:
    """The contract; without security where nobody logs in, which would be refused."""
    contract: dict[str, Any] = yaml.safe_load(CONTRACT.read_text("utf-8"))
    if auth == "none":
        del contract["security"], contract["components"]["securitySchemes"]
    return contract
