"""The way of one contract: from its file to a service that keeps it, step by step."""

import os
import re
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..checkout import Checkout
from .steps import Step, take

PACKAGE = "example_service"
REFUSED = 3
LIMITS = {
    "read": 300.0,
    "new": 300.0,
    "environment": 120.0,
    "setup": 900.0,
    "start": 600.0,
    "check": 3600.0,
}
_COUNTS = re.compile(
    r"(\d+) operations?: (\d+) answered by storage, (\d+) by service\.py, (\d+) by"
)
_STARTED = re.compile(r"^(migrate|boot) ([0-9.]+)$", re.MULTILINE)
_UNIQUE = re.compile(r"found (\d+) unique failures?")
_OPERATION = re.compile(r"^_+ ([A-Z]+ /.*?) _+$|^- (ST\d+ .*)$", re.MULTILINE)
_ERRORS = re.compile(r"^=+ .*?(\d+) errors?\b.* =+$", re.MULTILINE)


@dataclass(frozen=True)
class Options:
    """What is the same for every contract."""

    examples: int
    database: str
    keep: bool


@dataclass
class Row:
    """What became of a contract."""

    contract: str
    result: str = "ok"
    """`ok`, `refused`, `findings` or `failed: STEP`."""
    operations: int | None = None
    implemented: int | None = None
    stubs: int | None = None
    findings: int | None = None
    seconds: dict[str, float] = field(default_factory=dict)
    reason: str = ""
    log: str | None = None
    last_lines: list[str] = field(default_factory=list)

    @property
    def is_fine(self) -> bool:
        """Whether it was carried through without findings, or refused as it should."""
        return self.result in ("ok", "refused")


class Journey:
    """Takes a contract through the steps, in a folder of its own."""

    def __init__(
        self, contract: Path, name: str, folder: Path, tool: Checkout, options: Options
    ) -> None:
        self.contract = contract
        self.folder = folder
        self.project = folder / "project"
        self.tool = tool
        self.options = options
        self.row = Row(name)
        # what `make contracts` was given is not for the makefiles of projects
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "VIRTUAL_ENV")
        }

    def take(self) -> Row:
        """Every step, or those until one without which there are no others."""
        self.folder.mkdir(parents=True)
        if self._read() and self._new() and self._set_up() and self._start():
            self._check()
            self._contract_test()
        if self.row.is_fine and not self.options.keep:
            shutil.rmtree(self.folder, ignore_errors=True)
        return self.row

    def _read(self) -> bool:
        step = self._step("read", [self.tool.command, "check", "--contract", "FILE"])
        if step.status == REFUSED:
            return self._refused()
        counts = _COUNTS.search(step.output)
        if not step.succeeded or counts is None:
            return self._failed(step)
        total, stored, written, stubs = map(int, counts.groups())
        self.row.operations = total
        self.row.implemented = stored + written
        self.row.stubs = stubs
        return True

    def _refused(self) -> bool:
        """`new` refuses it as `check` does, in plain words, and leaves nothing."""
        step = self._new_with("none")
        lines = step.output.strip().splitlines()
        words = lines[0].removeprefix("groundplan: ") if lines else ""
        is_clean = (
            step.status == REFUSED
            and words != (lines[0] if lines else "")
            and words.startswith(self.contract.name)
            and len(lines) > 1
            and "Traceback" not in step.output
        )
        if not is_clean or os.listdir(self.folder) != ["logs"]:
            return self._failed(step)
        self.row.result = "refused"
        self.row.reason = words
        return False

    def _new(self) -> bool:
        step = self._new_with("none")
        if step.status == 2 and "declares security" in step.output:
            step = self._new_with("jwt")
        return step.succeeded or self._failed(step)

    def _new_with(self, auth: str) -> Step:
        choices = {
            "project_name": "Example service",
            "package": PACKAGE,
            "database": self.options.database,
            "auth": auth,
        }
        command = [self.tool.command, "new", "project", "--no-input"]
        for name, value in choices.items():
            command += ["--set", f"{name}={value}"]
        return self._step("new", [*command, "--contract", "FILE"])

    def _set_up(self) -> bool:
        """`make setup`, with a uv that is there already: the rest is in its cache."""
        uv = Path(sys.executable).with_name("uv")
        environment = self.project / ".venv"
        command: list[str | Path] = [uv, "venv", "--quiet", "--python", sys.executable]
        step = self._step("environment", [*command, environment])
        if not step.succeeded:
            return self._failed(step)
        shutil.copy2(uv, environment / "bin" / "uv")
        step = self._make("setup", LIMITS["setup"])
        return step.succeeded or self._failed(step)

    def _start(self) -> bool:
        script = Path(__file__).with_name("first_start.py")
        python = self.project / ".venv" / "bin" / "python"
        step = self._step("start", [python, script, PACKAGE], self.project)
        done = {name: float(value) for name, value in _STARTED.findall(step.output)}
        self.row.seconds |= done
        if step.succeeded:
            return True
        return self._failed(step, "boot" if "migrate" in done else "migrate")

    def _check(self) -> None:
        step = self._make("check", LIMITS["check"])
        if not step.succeeded:
            self._failed(step)

    def _contract_test(self) -> None:
        self.environment["CONTRACT_EXAMPLES"] = str(self.options.examples)
        requests = (self.row.operations or 1) * self.options.examples
        step = self._make("contract-test", 600.0 + requests)
        found = [int(n) for n in _UNIQUE.findall(step.output)]
        found += [int(n) for n in _ERRORS.findall(step.output)]
        self.row.findings = sum(found)
        if step.succeeded:
            return
        carried = self.row.result == "ok"
        self._failed(step)
        if carried and self.row.findings:
            self.row.result = "findings"
            self.row.last_lines = _findings(step.output) or step.last_lines

    def _make(self, target: str, limit: float) -> Step:
        command = ["make", "--silent", target, f"GROUNDPLAN={self.tool.command}"]
        return self._step(target, command, self.project, limit)

    def _step(
        self,
        name: str,
        command: Sequence[str | Path],
        folder: Path | None = None,
        limit: float | None = None,
    ) -> Step:
        logs = self.folder / "logs"
        logs.mkdir(exist_ok=True)
        step = take(
            name,
            [self.contract if word == "FILE" else word for word in command],
            folder or self.folder,
            self.environment,
            log=logs / f"{name}.log",
            limit=limit or LIMITS[name],
        )
        self.row.seconds[name] = self.row.seconds.get(name, 0.0) + step.seconds
        return step

    def _failed(self, step: Step, name: str | None = None) -> bool:
        """Note the first step that failed; returns False."""
        if self.row.result == "ok":
            self.row.result = f"failed: {name or step.name}"
            ended = "was given up" if step.status is None else f"status {step.status}"
            self.row.reason = f"{name or step.name}: {ended}"
            self.row.log = str(step.log)
            self.row.last_lines = step.last_lines
        return False


def _findings(output: str) -> list[str]:
    """What Schemathesis found, one line each: the operation and the rule."""
    lines, operation = [], ""
    for heading, rule in _OPERATION.findall(output):
        if heading:
            operation = heading
        else:
            lines.append(f"{operation}: {rule}")
    return lines
