"""A package that a row has not locked cannot be imported, though it is installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

LOCKED = Path(__file__).with_name("locked")


@pytest.mark.parametrize("lock", ["PyYAML==6.0.3 \\\n", "jinja2==3.1.6 \\\n"])
def test_only_what_is_locked_is_found(lock: str, tmp_path: Path) -> None:
    (tmp_path / "lock").write_text(lock, "utf-8")
    modules = {"yaml": ["PyYAML"], "jinja2": ["Jinja2"]}
    (tmp_path / "modules.json").write_text(json.dumps(modules), "utf-8")
    code = "from importlib.util import find_spec\n"
    code += "print([n for n in ('json', 'yaml', 'jinja2') if find_spec(n)])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ
        | {
            "PYTHONPATH": str(LOCKED),
            "ROW_LOCK": str(tmp_path / "lock"),
            "ROW_MODULES": str(tmp_path / "modules.json"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    found = "yaml" if "YAML" in lock else "jinja2"
    assert done.stdout.strip() == f"['json', '{found}']"
