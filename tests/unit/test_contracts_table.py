"""The table of contracts: what is a row, what is a failure, and what is left behind."""

import io
import json
import sys
import time
from pathlib import Path

import pytest
from rich.console import Console

from ..checkout import Checkout
from ..contracts_table.__main__ import find
from ..contracts_table.journey import Journey, Options, Row, _findings
from ..contracts_table.steps import take
from ..contracts_table.table import as_json, show, total

REFUSAL = "groundplan: bad.yaml:3: is wrong\\nMend it."


def journey(folder: Path, script: str) -> Journey:
    """A journey with a command that is a shell script."""
    tool = folder / "tool"
    tool.mkdir()
    command = tool / "run-groundplan"
    command.write_text(f"#!/bin/sh\n{script}\n")
    command.chmod(0o755)
    contract = folder / "bad.yaml"
    contract.write_text("openapi: 3.1.0\n")
    options = Options(examples=1, database="sqlite", keep=False)
    return Journey(contract, "bad.yaml", folder / "work", Checkout(tool), options)


def test_a_refusal_is_a_row(tmp_path: Path) -> None:
    row = journey(tmp_path, f"printf '{REFUSAL}' >&2; exit 3").take()
    assert (row.result, row.reason) == ("refused", "bad.yaml:3: is wrong")
    assert row.is_fine
    assert row.operations is None
    assert not (tmp_path / "work").exists()


NO_REFUSALS = {
    "a traceback": "printf 'groundplan: bad.yaml:1: x\\nTraceback (most\\n'; exit 3",
    "no next step": "printf 'groundplan: bad.yaml:3: is wrong'; exit 3",
    "no place": "printf 'groundplan: is wrong\\nMend it.'; exit 3",
    "words of somebody else": "printf 'bad.yaml:3: is wrong\\nMend it.'; exit 3",
    "something is left": f"touch left; printf '{REFUSAL}'; exit 3",
    "only one of the commands": f"test $1 = new && exit 0; printf '{REFUSAL}'; exit 3",
    "an error of its own": "echo 'groundplan: an error of its own'; exit 70",
    "silence": "exit 3",
    "nothing to count": "exit 0",
}


@pytest.mark.parametrize("case", NO_REFUSALS)
def test_anything_else_is_a_failure_with_its_log(tmp_path: Path, case: str) -> None:
    row = journey(tmp_path, NO_REFUSALS[case]).take()
    assert row.result in ("failed: read", "failed: new")
    assert not row.is_fine
    assert row.log is not None and Path(row.log).is_file()


def test_a_step_that_does_not_end_is_ended_with_what_it_started(tmp_path: Path) -> None:
    late = tmp_path / "late"
    inner = f"import time; time.sleep(2); open({str(late)!r}, 'w')"
    code = f"import subprocess; subprocess.run([{sys.executable!r}, '-c', {inner!r}])"
    command = [sys.executable, "-c", code]
    step = take("x", command, tmp_path, {}, log=tmp_path / "log", limit=0.5)
    assert step.status is None
    assert "Given up after" in step.last_lines[-1]
    time.sleep(2.5)
    assert not late.exists()


def test_contracts_are_found_by_their_suffix_and_part(tmp_path: Path) -> None:
    for name in ("a.yaml", "b/c.yml", "b/d.JSON", "e.txt", ".git/f.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("")
    assert list(find(tmp_path, None)) == ["a.yaml", "b/c.yml", "b/d.JSON"]
    assert list(find(tmp_path, "b/*")) == ["b/c.yml", "b/d.JSON"]
    assert list(find(tmp_path, "d.J")) == ["b/d.JSON"]


def test_rows_are_shown_and_written_with_their_seconds() -> None:
    fine = Row("a.yaml", "ok", 3, 2, 1, 0, {"new": 1.5, "start": 2.0, "boot": 1.25})
    bad = Row("[b].yaml", "failed: new", reason="new: status 70", last_lines=["[x]"])
    console = Console(width=120, record=True, file=io.StringIO())
    show([fine, bad], console)
    text = console.export_text()
    assert "[b].yaml" in text and "[x]" in text and "1 of 2" in text
    assert total(fine) == 3.5
    first, second = json.loads(as_json([fine, bad]))["contracts"]
    assert first["seconds"]["boot"] == 1.25
    assert first["total_seconds"] == 3.5
    assert second["result"] == "failed: new"


def test_findings_are_named_by_operation_and_rule() -> None:
    output = """
______________ DELETE /bookings/{id} ______________
1. Test Case ID: x

- ST401 API accepts invalid authentication

- ST108 Response violates schema
___ test_keeps_its_contract ___
"""
    assert _findings(output) == [
        "DELETE /bookings/{id}: ST401 API accepts invalid authentication",
        "DELETE /bookings/{id}: ST108 Response violates schema",
    ]
