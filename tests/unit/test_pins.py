"""Version pins: the closure over a table, the lock files, the table that is shipped."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import uv
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from groundplan.pins import (
    DirectReference,
    Package,
    Pin,
    Table,
    UnknownPackage,
    UnmetRequirement,
    closure,
    load,
    locks,
    render_lock,
    write_locks,
)
from groundplan.refresh_pins import direct_requirements

REPOSITORY = Path(__file__).parents[2]
RUNTIME = [
    "fastapi",
    "uvicorn",
    "uvloop; sys_platform != 'win32'",
    "httptools",
    "pydantic-settings",
    "email-validator",
    "sqlalchemy[asyncio]>=2.1",
    "alembic",
    "asyncpg",
    "structlog",
    "orjson",
    "joserfc",
    "pwdlib[argon2]",
    "prometheus-client",
]


def table(**packages: Package) -> Table:
    return {canonicalize_name(name): package for name, package in packages.items()}


def package(
    *dependencies: str, version: str = "1.0", **extras: tuple[str, ...]
) -> Package:
    return Package(version, ("b" * 64, "a" * 64), dependencies, extras)


def markers(pins: list[Pin]) -> dict[str, str | None]:
    return {pin.name: pin.marker for pin in pins}


class TestClosure:
    def test_reaches_what_is_needed_and_nothing_else_in_order_of_name(self) -> None:
        pins = table(web=package("http"), http=package(), other=package())
        assert [pin.name for pin in closure(pins, ["web"])] == ["http", "web"]

    def test_names_are_compared_in_their_normal_form(self) -> None:
        pins = table(zope_interface=package())
        assert [pin.name for pin in closure(pins, ["Zope.Interface"])] == [
            "zope-interface"
        ]

    def test_an_extra_brings_the_package_itself_and_what_it_adds(self) -> None:
        pins = table(
            orm=package("core", asyncio=("green",)), core=package(), green=package()
        )
        assert set(markers(closure(pins, ["orm"]))) == {"orm", "core"}
        assert set(markers(closure(pins, ["orm[Asyncio]"]))) == {"orm", "core", "green"}

    def test_an_extra_may_ask_for_another_extra_of_the_same_package(self) -> None:
        pins = table(
            tool=package(all=("tool[fast]",), fast=("speed",)), speed=package()
        )
        assert set(markers(closure(pins, ["tool[all]"]))) == {"tool", "speed"}

    def test_cycles_end(self) -> None:
        pins = table(
            a=package("b"), b=package("c; os_name == 'nt'"), c=package("a", x=("b",))
        )
        assert markers(closure(pins, ["a"])) == {
            "a": None,
            "b": None,
            "c": "os_name == 'nt'",
        }

    def test_markers_are_joined_along_a_path(self) -> None:
        pins = table(a=package("b; python_version < '3.12'"), b=package())
        assert markers(closure(pins, ["a; os_name == 'nt'"])) == {
            "a": "os_name == 'nt'",
            "b": "os_name == 'nt' and python_version < '3.12'",
        }

    def test_markers_of_several_paths_are_alternatives(self) -> None:
        pins = table(a=package("c; os_name == 'nt'"), b=package("c"), c=package())
        found = markers(closure(pins, ["a", "b; sys_platform == 'linux'"]))
        assert found["c"] == "os_name == 'nt' or sys_platform == 'linux'"

    def test_an_unconditional_path_wins_also_for_what_lies_behind_it(self) -> None:
        pins = table(
            a=package("c; os_name == 'nt'"),
            b=package("c"),
            c=package("d"),
            d=package("e; sys_platform == 'win32'"),
            e=package(),
        )
        found = markers(closure(pins, ["a", "b"]))
        assert (found["c"], found["d"]) == (None, None)
        assert found["e"] == "sys_platform == 'win32'"

    def test_a_stricter_alternative_is_absorbed(self) -> None:
        pins = table(
            a=package("b; os_name == 'nt'"),
            b=package(),
            c=package("b; os_name == 'nt' and python_version < '3.12'"),
        )
        assert markers(closure(pins, ["a", "c"]))["b"] == "os_name == 'nt'"

    @pytest.mark.parametrize("order", [["a", "c"], ["c", "a"]])
    def test_the_order_of_requirements_changes_nothing(self, order: list[str]) -> None:
        pins = table(
            a=package("b; os_name == 'nt'"),
            b=package("d"),
            c=package("b; sys_platform == 'linux'"),
            d=package("b"),
        )
        assert closure(pins, order) == closure(pins, ["a", "c"])

    @pytest.mark.parametrize(
        "marker",
        [
            "(os_name == 'nt' or python_version < '3.12') and sys_platform == 'x'",
            "os_name == 'nt' or python_version < '3.12' and sys_platform == 'x'",
        ],
    )
    def test_a_marker_means_the_same_when_joined_to_another(self, marker: str) -> None:
        pins = table(a=package(f"b; {marker}"), b=package())
        joined = markers(closure(pins, ["a; platform_machine == 'm'"]))["b"]
        original = Requirement(f"b; {marker}").marker
        combined = Requirement(f"b; {joined}").marker
        assert original is not None and combined is not None
        for bits in range(16):
            environment = {
                "os_name": "nt" if bits & 1 else "posix",
                "python_version": "3.11" if bits & 2 else "3.13",
                "sys_platform": "x" if bits & 4 else "y",
                "platform_machine": "m" if bits & 8 else "n",
            }
            expected = bool(bits & 8) and original.evaluate(environment)
            assert combined.evaluate(environment) is expected

    def test_a_package_outside_the_table_is_named_with_the_next_step(self) -> None:
        with pytest.raises(UnknownPackage, match=r"celery.*this project") as raised:
            closure(table(web=package()), ["web", "celery"])
        assert raised.value.name == "celery"
        assert "make lock" in str(raised.value)

    def test_an_extra_outside_the_table_is_refused(self) -> None:
        with pytest.raises(UnknownPackage, match=r"web\[standard\]"):
            closure(table(web=package()), ["web[standard]"])

    def test_a_specifier_is_checked_against_the_pin(self) -> None:
        pins = table(web=package(version="2.1rc1"))
        assert closure(pins, ["web>=2.0,<3"])
        with pytest.raises(
            UnmetRequirement, match=r"web>=3.*tested version is 2\.1rc1"
        ):
            closure(pins, ["web>=3"])

    def test_a_url_is_refused(self) -> None:
        with pytest.raises(DirectReference, match="web"):
            closure(table(web=package()), ["web @ https://example.invalid/web.whl"])


class TestLockFiles:
    def test_a_line_has_version_marker_and_sorted_hashes(self) -> None:
        text = render_lock([Pin("web", "1.0", "os_name == 'nt'", ("b" * 64, "a" * 64))])
        header, line = text.split("web", 1)
        assert "`make lock`" in header
        assert all(line.startswith("#") for line in header.splitlines())
        assert line == (
            "==1.0 ; os_name == 'nt' \\\n"
            f"    --hash=sha256:{'a' * 64} \\\n"
            f"    --hash=sha256:{'b' * 64}\n"
        )

    def test_runtime_and_development_are_written_and_changes_returned(
        self, tmp_path: Path
    ) -> None:
        project(tmp_path, ["web"], ["test"])
        pins = table(web=package(), test=package("web"))
        changes = [
            str(change) for change in write_locks(tmp_path, locks(tmp_path, pins))
        ]
        assert changes == [
            "requirements.lock: web 1.0 added",
            "requirements-dev.lock: test 1.0 added",
            "requirements-dev.lock: web 1.0 added",
        ]
        assert "test" not in (tmp_path / "requirements.lock").read_text()
        assert write_locks(tmp_path, locks(tmp_path, pins)) == []

        project(tmp_path, [], ["web"])
        pins = table(web=package(version="1.1"))
        changes = [
            str(change) for change in write_locks(tmp_path, locks(tmp_path, pins))
        ]
        assert changes == [
            "requirements.lock: web 1.0 removed",
            "requirements-dev.lock: test 1.0 removed",
            "requirements-dev.lock: web 1.0 -> 1.1",
        ]

    def test_other_hashes_are_a_change(self, tmp_path: Path) -> None:
        project(tmp_path, ["web"], [])
        write_locks(tmp_path, locks(tmp_path, table(web=package())))
        change, _ = write_locks(
            tmp_path, locks(tmp_path, table(web=Package("1.0", ("c" * 64,))))
        )
        assert (change.before, change.after) == ("1.0", "1.0")

    def test_groups_may_include_groups_or_be_missing(self, tmp_path: Path) -> None:
        project(tmp_path, ["web"], ["test"])
        manifest = tmp_path / "pyproject.toml"
        text = manifest.read_text().replace(
            '["test"]', '[{ include-group = "tests" }]\ntests = ["test"]'
        )
        manifest.write_text(text)
        pins = table(web=package(), test=package())
        assert "test==" in locks(tmp_path, pins)["requirements-dev.lock"]
        manifest.write_text('[project]\ndependencies = ["web"]\n')
        both = locks(tmp_path, pins)
        assert both["requirements.lock"] == both["requirements-dev.lock"]

    def test_a_refused_requirement_leaves_both_files_alone(
        self, tmp_path: Path
    ) -> None:
        project(tmp_path, ["web"], ["celery"])
        with pytest.raises(UnknownPackage):
            write_locks(tmp_path, locks(tmp_path, table(web=package())))
        assert [file.name for file in tmp_path.iterdir()] == ["pyproject.toml"]

    @pytest.mark.slow
    def test_the_lock_of_a_backend_installs_with_its_hashes(
        self, tmp_path: Path
    ) -> None:
        project(tmp_path, RUNTIME, ["pytest", "mypy"])
        write_locks(tmp_path, locks(tmp_path, load()))
        python = environment(tmp_path / "environment")
        sync = [uv.find_uv_bin(), "pip", "sync", "--no-config", "--require-hashes"]
        run([*sync, "--python", python, str(tmp_path / "requirements-dev.lock")])
        use = (
            "import fastapi, sqlalchemy.ext.asyncio, asyncpg, alembic, joserfc.jwt;"
            "import email_validator, structlog, orjson, prometheus_client, mypy;"
            "import pwdlib; pwdlib.PasswordHash.recommended()"
        )
        run([python, "-I", "-c", use])
        run([uv.find_uv_bin(), "pip", "check", "--python", python])


class TestShippedTable:
    def test_has_everything_the_layers_depend_on(self) -> None:
        wanted = direct_requirements(REPOSITORY / "template" / "pins.in")
        names = {canonicalize_name(Requirement(text).name) for text in wanted}
        assert names <= {canonicalize_name(pin.name) for pin in closure(load(), wanted)}
        assert {"fastapi", "sqlalchemy", "asyncpg", "aiosqlite", "uv"} <= names

    def test_every_package_in_it_is_reachable_and_has_hashes(self) -> None:
        pins = load()
        wanted = direct_requirements(REPOSITORY / "template" / "pins.in")
        assert [pin.name for pin in closure(pins, wanted)] == sorted(pins)
        for name, row in pins.items():
            assert row.hashes, name
            assert all(re.fullmatch(r"[0-9a-f]{64}", one) for one in row.hashes), name

    def test_names_no_url_host_or_path(self) -> None:
        text = (REPOSITORY / "template" / "pins.toml").read_text("utf-8")
        assert not re.search(r"://|@|\.(org|com|io|net|local)\b|/\w+/|find-links", text)
        lock = render_lock(closure(load(), ["fastapi", "schemathesis"]))
        assert "://" not in lock


def project(folder: Path, runtime: list[str], development: list[str]) -> None:
    (folder / "pyproject.toml").write_text(
        f'[project]\nname = "shop"\ndependencies = {json.dumps(runtime)}\n'
        f"[dependency-groups]\ndev = {json.dumps(development)}\n"
    )


def environment(folder: Path) -> str:
    """A fresh virtual environment; its interpreter."""
    uv_venv = [uv.find_uv_bin(), "venv", "--no-config", "--no-project"]
    run([*uv_venv, "--python", sys.executable, str(folder)])
    scripts = "Scripts" if sys.platform == "win32" else "bin"
    return str(folder / scripts / "python")


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
