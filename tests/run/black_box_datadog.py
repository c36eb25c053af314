"""Runs in a generated project, with its Python: traces, as Datadog's Agent sees them.

`ddapm-test-agent` stands for it, as in the tests of Datadog's own tracers. A request
through two processes is one trace of two services; log lines name trace, span and
service by the names that Datadog looks for; an unexpected error is told without what it
says.
"""

import base64
import json
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

# the scripts beside this one
from black_box import (  # type: ignore[import-not-found]
    PREFIX,
    database,
    free_port,
    request,
    settings,
    status,
)
from observed import (  # type: ignore[import-not-found]
    CALLER,
    HEADERS,
    SECRET,
    TRACE,
    await_that,
    ends,
    first_context_at,
    lines,
    passwords,
    planted,
)

AGENT = Path(__file__).parents[2] / ".venv" / "bin" / "ddapm-test-agent"
RECEIVED = "/test/session/traces"
SERVER, CLIENT, ERROR = "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "STATUS_CODE_ERROR"


def main() -> None:
    with (
        database() as url,
        tempfile.TemporaryDirectory() as folder,
        agent(Path(folder)) as where,
    ):
        one_trace(settings(url), where, Path(folder, "log"))
    print("all is well")


@contextmanager
def agent(folder: Path) -> Iterator[str]:
    """The URL of an Agent's receiver."""
    port = free_port()
    where = f"http://127.0.0.1:{port}"
    ports = (f"--port={free_port()}", f"--otlp-grpc-port={free_port()}")
    log = folder / "agent"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [str(AGENT), *ports, f"--otlp-http-port={port}"],
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:

        def runs() -> None:
            assert process.poll() is None, log.read_text("utf-8")
            time.sleep(0.05)

        await_that(lambda: status(where + RECEIVED) == 200, runs)
        yield where
    finally:
        process.kill()
        process.wait()


def one_trace(environment: dict[str, str], where: str, log: Path) -> None:
    logs = {"there": log.with_suffix(".there"), "here": log.with_suffix(".here")}
    known = HEADERS | {
        # as Datadog's tracers send them
        "traceparent": f"00-{TRACE}-{CALLER}-01",
        "tracestate": "dd=s:1;t.dm:-1",
        "x-datadog-trace-id": str(int(TRACE[16:], 16)),
        "x-datadog-parent-id": str(int(CALLER, 16)),
        "x-datadog-sampling-priority": "1",
    }
    by_theirs = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": where,
        "DD_TRACE_SAMPLE_RATE": "1",
        "DD_SERVICE": "there",
        "DD_ENV": "staging",
        "DD_VERSION": "7",
    }
    by_ours = {
        PREFIX + "OTLP_ENDPOINT": where,
        PREFIX + "TRACE_SAMPLE_RATIO": "1",
        PREFIX + "DD_SERVICE": "here",
        PREFIX + "DD_ENV": "staging",
        PREFIX + "DD_VERSION": "8",
    }
    with ExitStack() as stack:
        begin = stack.enter_context
        peer, first = begin(planted(environment | by_theirs, logs["there"]))
        here = environment | by_ours | first_context_at(peer)
        base, second = begin(planted(here, logs["here"]))
        path = f"{base}/calling/planted/{SECRET}?key={SECRET}"
        assert request("GET", path)[0] == 200
        path = f"{base}/calling/failing/{SECRET}?key={SECRET}"
        assert request("GET", path, headers=known)[0] == 502
        assert status(f"{base}/no/such/{SECRET}?key={SECRET}") == 404
        for process in (first, second):
            ends(process)
    with urllib.request.urlopen(where + RECEIVED, timeout=10) as answer:
        received = answer.read().decode()
    assert SECRET not in received
    assert not [word for word in passwords(environment) if word in received]
    spans = spans_in(json.loads(received))
    are_whole(spans, "GET /planted/{key}", "GET /calling/{path}", None)
    are_whole(spans, "POST /failing/{key}", "GET /calling/{path}", TRACE)
    for service, version in (("there", "7"), ("here", "8")):
        are_named(lines(logs[service]), spans, service, version)


def are_whole(
    spans: dict[str, dict[str, Any]], inner: str, outer: str, trace: str | None
) -> None:
    """A request through both processes is a server, a client and a server span."""
    [last] = [span for span in spans.values() if span["name"] == inner]
    call = spans[last["parent"]]
    first = spans[call["parent"]]
    three = (first, call, last)
    assert [span["kind"] for span in three] == [SERVER, CLIENT, SERVER]
    assert [span["service.name"] for span in three] == ["here", "here", "there"]
    assert [span["service.version"] for span in three] == ["8", "8", "7"]
    assert {span["deployment.environment.name"] for span in three} == {"staging"}
    assert first["name"] == outer and len({span["trace"] for span in three}) == 1
    # what the Agent makes the name of the resource of
    assert last["http.route"] == inner.split()[1]
    assert last["http.request.method"] == inner.split()[0]
    failed = trace is not None
    assert all((span["status"] == ERROR) is failed for span in three), three
    if failed:
        assert first["trace"] == trace and first["parent"] == CALLER
        [error] = last["events"]
        assert error["exception.type"] == "RuntimeError"
        stack = error["exception.stacktrace"]
        assert "planted.py" in stack and "in fail" in stack and "LookupError" in stack
        assert not call["events"] and not first["events"]
    else:
        assert not any(span["events"] for span in three)


def are_named(
    told: list[dict[str, Any]],
    spans: dict[str, dict[str, Any]],
    service: str,
    version: str,
) -> None:
    """Every line has the service's tags, those of requests the ids of their spans."""
    tags = {"dd.service": service, "dd.env": "staging", "dd.version": version}
    assert all(line.items() >= tags.items() for line in told), told
    with_span = [line for line in told if "dd.span_id" in line]
    assert TRACE in {line["dd.trace_id"] for line in with_span}
    for line in with_span:
        # Datadog's number of the span, in the digits of OpenTelemetry
        span = spans[f"{int(line['dd.span_id']):016x}"]
        assert span["trace"] == line["dd.trace_id"] == line["trace_id"], line
        assert span["service.name"] == service, span


def spans_in(batches: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Every span by its id, flat: with the attributes of its own and its resource."""
    found = {}
    for batch in batches:
        for group in batch["resource_spans"]:
            resource = attributes(group["resource"])
            for scope in group["scope_spans"]:
                for span in scope["spans"]:
                    found[digits(span["span_id"])] = {
                        **resource,
                        **attributes(span),
                        "name": span["name"],
                        "kind": span["kind"],
                        "trace": digits(span["trace_id"]),
                        "parent": digits(span.get("parent_span_id", "")),
                        "status": span["status"].get("code"),
                        "events": [attributes(one) for one in span.get("events", [])],
                    }
    return found


def attributes(of: dict[str, Any]) -> dict[str, Any]:
    return {
        one["key"]: next(iter(one["value"].values()), None)
        for one in of.get("attributes", [])
    }


def digits(identifier: str) -> str:
    return base64.b64decode(identifier).hex()


if __name__ == "__main__":
    main()
