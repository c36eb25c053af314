"""Sets a generated project up, starts it, and shows how to call it."""

import json
import os
import secrets
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import generate, workspace
from .domain import Domain, Operation, Storage
from .errors import ToolError
from .examples import NoExample, example
from .python_text import clean
from .reader import Json

READY_SECONDS = 60.0
STOP_SECONDS = 30.0

Say = Callable[[str], None]


def run(folder: Path, say: Say) -> int:
    """Set up, migrate and start a project; returns when it was stopped.

    Raises ToolError when a step fails.
    """
    project = workspace.open_project(folder)
    python = folder / ".venv" / "bin" / "python"
    environment = {"GROUNDPLAN": _executable()} | os.environ
    with _step("installing the locked dependencies", say):
        _call(["make", "--silent", "setup"], folder, environment)
    with _step("creating the tables", say):
        _call([str(python), "-m", f"{project.package}.migrate", "upgrade"], folder)
    port = _port(8000)
    name = f"{project.package.upper()}_PORT"
    with _step(f"starting on port {port}", say):
        service = subprocess.Popen(
            [str(python), "-m", project.package],
            cwd=folder,
            env=os.environ | {name: str(port)},
        )
        try:
            _await_ready(service, port, project.platform_path)
        except BaseException:
            _stop(service)
            raise
    try:
        _, domain = generate.understand_project(project)
        say(_welcome(project, domain, f"http://127.0.0.1:{port}"))
        status = service.wait()
    except KeyboardInterrupt:
        status = 0
        say("\nStopping...")
    finally:
        _stop(service)
    say("Stopped.")
    if status not in (0, -signal.SIGTERM, -signal.SIGINT):
        raise ToolError(f"the service ended with status {status}", "See its output.")
    return 0


@contextmanager
def _step(what: str, say: Say) -> Iterator[None]:
    say(f"- {what} ...")
    started = time.monotonic()
    yield
    say(f"  done in {time.monotonic() - started:.1f} s")


def _call(
    command: list[str], folder: Path, environment: dict[str, str] | None = None
) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ToolError(
            f"`{shlex.join(command)}` failed:\n{done.stdout.rstrip()[-3000:]}",
            f"Run it again in {folder}.",
        )


def _executable() -> str:
    return str(Path(sys.argv[0]).absolute())


def _port(wanted: int) -> int:
    """The wanted port, or a free one where somebody has it."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ToolError("no free port on 127.0.0.1", None)


def _await_ready(service: "subprocess.Popen[bytes]", port: int, own: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    url = f"http://127.0.0.1:{port}{own}/health/ready"
    while time.monotonic() < deadline:
        if service.poll() is not None:
            raise ToolError(
                f"the service ended with status {service.returncode}", "See its output."
            )
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise ToolError(f"the service was not ready in {READY_SECONDS:.0f} s", None)


def _stop(service: "subprocess.Popen[bytes]") -> None:
    if service.poll() is None:
        service.terminate()
        try:
            service.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            service.kill()
            service.wait()


def _welcome(project: workspace.Project, domain: Domain, url: str) -> str:
    """The URL, a login, and calls to paste."""
    own = f"{url}{project.platform_path}"
    lines = [
        "",
        f"{clean(domain.title)} is ready at {url} (its documentation: {own}/docs)",
        "",
    ]
    header = ""
    if project.auth == "jwt":
        email = "demo@example.com"
        password = f"Demo-{secrets.token_urlsafe(9)}-1"
        account: dict[str, Json] = {"email": email, "password": password}
        if not _registered(f"{own}/auth/register", account):
            email = f"demo-{secrets.token_hex(3)}@example.com"
            account["email"] = email
            _registered(f"{own}/auth/register", account)
        lines += [f"Login: {email}, password {password}", ""]
        lines += [
            "TOKEN=$(curl -s "
            f"{_curl_body(f'{own}/auth/login', account)}"
            ' | sed \'s/.*"accessToken":"\\([^"]*\\)".*/\\1/\')'
        ]
        header = ' -H "Authorization: Bearer $TOKEN"'
    if project.auth == "oidc":
        lines += [
            "Tokens come from the issuer that .env.local names; `make issuer` runs one "
            "for development:",
            "TOKEN=$(curl -s -d 'grant_type=password&client_id=curl"
            "&username=demo@example.com' http://127.0.0.1:9000/token"
            ' | sed \'s/.*"access_token": *"\\([^"]*\\)".*/\\1/\')',
        ]
        header = ' -H "Authorization: Bearer $TOKEN"'
    for operation in _shown(domain):
        secured = header if operation.schemes else ""
        body = _body(operation, domain)
        target = f"{url}{domain.base_path}{operation.path}"
        call = _curl_body(target, body) if body is not None else target
        lines.append(f"curl -s{secured} {call}")
    lines.append(f"curl -s {own}/health/ready")
    return "\n".join([*lines, "", "Ctrl-C stops it."])


def _curl_body(url: str, body: Json) -> str:
    data = shlex.quote(clean(json.dumps(body, ensure_ascii=False)))
    return f"-H 'Content-Type: application/json' -d {data} {url}"


def _registered(url: str, account: dict[str, Json]) -> bool:
    request = urllib.request.Request(  # noqa: S310
        url,
        json.dumps(account).encode(),
        {"Content-Type": "application/json"},
        method="POST",
    )
    try:
        with urllib.request.urlopen(request, timeout=10):  # noqa: S310
            return True
    except (urllib.error.URLError, OSError):
        return False


def _shown(domain: Domain) -> list[Operation]:
    """One creation and the list it lands in: of an entity that takes both."""
    best: list[Operation] = []
    for context in domain.contexts:
        for entity in context.entities:
            found = {
                o.answer.kind: o
                for o in context.operations
                if isinstance(o.answer, Storage)
                and o.answer.entity == entity
                and not any(p.required for p in o.parameters)
            }
            create, listed = found.get("create"), found.get("list")
            if create and listed and _body(create, domain) is not None:
                if not listed.schemes:
                    return [create, listed]
                best = best or [create, listed]
    return best


def _body(operation: Operation, domain: Domain) -> Json:
    if operation.body is None:
        return None
    try:
        return example(operation.body.type, domain)
    except NoExample:
        return None
