"""What a project is delivered as: its image, built and run, and the files beside it."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
import yaml

from groundplan.workspace import open_project

from ..blackbox.client import Client
from ..blackbox.stacks.fastapi import SECRET, free_port
from ..blackbox.stacks.fastapi_profile import profile_of
from ..checkout import REPOSITORY
from .conftest import Template, run
from .containers import Container, Workshop, size_of

pytestmark = [
    pytest.mark.slow,
    pytest.mark.minutes(1.5),
    pytest.mark.xdist_group("image"),
]

TOOLS = REPOSITORY / ".venv" / "bin"
USER = 10001
# Where the image lets its user write, beside what every container has.
WRITABLE = {"/app/var", "/tmp", "/var/tmp", "/run/lock"}
SETTINGS = {
    "CARGO_DATABASE_URL": "sqlite+aiosqlite:////app/var/cargo.sqlite3",
    "CARGO_JWT_SECRET": SECRET,
    "CARGO_HOST": "127.0.0.1",
}


@pytest.fixture(scope="module")
def project(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with an image, a compose file and CI; not installed."""
    folder = tmp_path_factory.mktemp("image") / "cargo"
    template.run("new", str(folder), "--preset", "starter", "--no-input")
    return folder


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    """A place for images with one of Python in it, by the name that Dockerfiles use."""
    run(["make", "--silent", "setup-system"], REPOSITORY)
    workshop = Workshop(tmp_path_factory.mktemp("images"))
    workshop.make_base("docker.io/library/python:3.13-slim")
    return workshop


@pytest.fixture(scope="module")
def container(project: Path, workshop: Workshop) -> Iterator[Container]:
    """A container of the project's image."""
    said = workshop.build(project, "cargo")
    assert "warning" not in said.lower(), said
    with workshop.container("cargo") as container:
        yield container


def test_the_image_holds_the_service_alone(
    container: Container, workshop: Workshop
) -> None:
    """Code that its user cannot change, and what the lock file names."""
    assert container.run("id", "-u").stdout == f"{USER}\n"
    found = container.run(
        *("find", "/", "-xdev", "-writable", "-not", "-type", "l"),
        *("-not", "-path", "/proc/*", "-not", "-path", "/dev/*"),
    )
    assert set(found.stdout.split()) - {"/dev"} <= WRITABLE, found.stdout
    listed = container.run("ls", "/app").stdout.split()
    assert listed == ["migrations", "src", "var"]
    assert container.run("touch", "/app/src/x").returncode != 0
    installed = container.run("python", "-m", "pip", "list").stdout.split()
    assert "uvicorn" in installed and "pytest" not in installed
    root = Path(workshop.run("mount", container.name).stdout.strip())
    sizes = {part: size_of(root / part) / 2**20 for part in ("opt/venv", "app", ".")}
    print({part: f"{size:.0f} MiB" for part, size in sizes.items()})
    assert sizes["opt/venv"] < 120 and sizes["app"] < 5, sizes


def test_it_does_not_start_without_settings(container: Container) -> None:
    """78, with the names of what is missing: an image has no secrets."""
    done = container.run("python", "-m", "cargo")
    assert done.returncode == 78, done
    assert "CARGO_JWT_SECRET" in done.stdout + done.stderr
    assert not [line for line in _environment(container) if "SECRET" in line]


def test_it_serves(container: Container, project: Path, tmp_path: Path) -> None:
    """Migrations run in it; the service is healthy, behaves, and stops when asked."""
    migrated = container.run("python", "-m", "cargo.migrate", "upgrade", **SETTINGS)
    assert migrated.returncode == 0, migrated
    port = str(free_port())
    settings = SETTINGS | {"CARGO_PORT": port, "CARGO_LOG_LEVEL": "error"}
    # the suite logs in more often than anybody may
    settings["CARGO_RATE_LIMITS"] = "false"
    check = _health_check(container)
    assert container.run(*check, **settings).returncode != 0
    log = tmp_path / "log"
    with container.running(log, "python", "-m", "cargo", **settings) as process:
        client = Client(f"http://127.0.0.1:{port}")
        _wait_for(client, lambda: process.poll() is None, log)
        assert container.run(*check, **settings).returncode == 0
        served = _served_by(process.pid)
        assert _user_of(served) == USER
        profile = tmp_path / "profile.yaml"
        described = asdict(profile_of(open_project(project), SECRET))
        described |= {"origins": []}
        profile.write_text(yaml.safe_dump(_plain(described)), "utf-8")
        suite = ["-m", "pytest", "tests/blackbox", f"--base-url={client.base_url}"]
        options = [f"--profile={profile}", "-p", "no:cacheprovider"]
        output = run([str(TOOLS / "python"), *suite, *options], REPOSITORY)
        assert re.search(r"\b\d\d+ passed", output) and "skipped" not in output
        os.kill(served, signal.SIGTERM)
        process.wait(timeout=60)
    assert "Traceback" not in log.read_text("utf-8")


def test_the_files_around_it_are_sound(project: Path, tmp_path: Path) -> None:
    """Dockerfile, compose file and workflow, by the linters of each."""
    assert run([str(TOOLS / "hadolint"), "Dockerfile"], project) == ""
    secrets = {"CARGO_JWT_SECRET": SECRET}
    command = [str(TOOLS / "docker-compose"), "config"]
    found = yaml.safe_load(run(command, project, os.environ | secrets))
    api = found["services"]["api"]
    assert api["read_only"] is True and "/tmp" in api["tmpfs"]
    assert api["environment"]["CARGO_JWT_SECRET"] == SECRET
    workflows = [str(TOOLS / "zizmor"), "--offline", "--quiet", ".github/workflows"]
    run(workflows, project)


def _environment(container: Container) -> list[str]:
    return container.run("env").stdout.splitlines()


def _health_check(container: Container) -> list[str]:
    """The command with which engines ask the container whether it is well."""
    done = container.workshop.run("inspect", container.name)
    found = yaml.safe_load(done.stdout)["Docker"]["config"]["Healthcheck"]["Test"]
    assert found[0] == "CMD"
    return [str(word) for word in found[1:]]


def _wait_for(client: Client, is_running: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            if client.get("/health/ready").status == 200:
                return
        except ConnectionError:
            pass
        assert is_running() and time.monotonic() < deadline, log.read_text("utf-8")
        time.sleep(0.05)


def _served_by(ancestor: int) -> int:
    """The process of the service among those that a process has started."""
    pending, found = [ancestor], 0
    while pending:
        one = pending.pop()
        command = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
        if command[1:3] == [b"-m", b"cargo"]:
            found = one
        for task in Path(f"/proc/{one}/task").iterdir():
            pending += map(int, (task / "children").read_text().split())
    assert found, ancestor
    return found


def _user_of(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    [line] = [line for line in status.splitlines() if line.startswith("Uid:")]
    return int(line.split()[1])


def _plain(value: object) -> object:
    """A value as YAML has it, without what is not set."""
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
