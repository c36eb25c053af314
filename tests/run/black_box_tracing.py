"""Runs in a generated project, with its Python: traces, as a collector sees them.

A request goes through two processes and is one trace, in which nothing secret is; a
share of 0 sends nothing; a collector that fails or hangs harms nothing.
"""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

# the scripts beside this one
from black_box import (  # type: ignore[import-not-found]
    PACKAGE,
    PREFIX,
    database,
    request,
    settings,
    status,
)
from intake import Intake, intake  # type: ignore[import-not-found]
from observed import (  # type: ignore[import-not-found]
    CALLER,
    HEADERS,
    SECRET,
    TRACE,
    await_that,
    complaints,
    ends,
    first_context_at,
    lines,
    passwords,
    planted,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
)

SERVER, CLIENT, ERROR = 2, 3, 2  # as the protocol numbers kinds and statuses


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = settings(url)
        for number, scenario in enumerate((one_trace, nothing, no_collector)):
            with intake() as collector:
                scenario(environment, collector, Path(folder, f"log{number}"))
    print("all is well")


def one_trace(environment: dict[str, str], collector: Intake, log: Path) -> None:
    """Spans arrive because the processes end: until then, all are in hand."""
    logs = log.with_suffix(".there"), log.with_suffix(".here")
    late = {"OTEL_BSP_SCHEDULE_DELAY": "600000"}
    where = f"http://127.0.0.1:{collector.port}"
    there = late | {"OTEL_EXPORTER_OTLP_ENDPOINT": where, "OTEL_SERVICE_NAME": "there"}
    here = late | {PREFIX + "OTLP_ENDPOINT": where, PREFIX + "TRACE_SAMPLE_RATIO": "1"}
    with ExitStack() as stack:
        begin = stack.enter_context
        peer, first = begin(planted(environment | there, logs[0]))
        here |= first_context_at(peer)
        base, second = begin(planted(environment | here, logs[1]))
        path = f"{base}/calling/planted/{SECRET}?key={SECRET}"
        assert request("GET", path, headers=HEADERS)[0] == 200
        path = f"{base}/calling/failing/{SECRET}?key={SECRET}"
        known = HEADERS | {"traceparent": f"00-{TRACE}-{CALLER}-01"}
        assert request("GET", path, headers=known)[0] == 502
        assert status(f"{base}/no/such/{SECRET}?key={SECRET}") == 404
        assert not collector.received
        for process in (first, second):
            ends(process)
    all_spans = spans(collector)
    is_whole(all_spans, "GET /planted/{key}", "GET /calling/{path}", failed=False)
    is_whole(all_spans, "POST /failing/{key}", "GET /calling/{path}", failed=True)
    [unknown] = [one for _, one in all_spans if (one.name, one.kind) == ("GET", SERVER)]
    assert unknown.status.code != ERROR and "http.route" not in attributes(unknown)
    assert not collector.holds(SECRET, *passwords(environment))
    for file in logs:
        told = [line for line in lines(file) if line.get("trace_id") == TRACE]
        assert {"request", "request_failed"} >= {line["event"] for line in told[-1:]}
        assert all(len(line["span_id"]) == 16 for line in told), told
        assert {line.get("request_id") for line in told} == {"request-7"}


def is_whole(
    all_spans: list[tuple[str, Any]], inner: str, outer: str, *, failed: bool
) -> None:
    """The spans of a request through both processes hang together."""
    [(service, last)] = [item for item in all_spans if item[1].name == inner]
    assert service == "there" and last.kind == SERVER
    by_id = {span.span_id: (service, span) for service, span in all_spans}
    service, call = by_id[last.parent_span_id]
    assert service == PACKAGE and call.kind == CLIENT, call
    service, first = by_id[call.parent_span_id]
    assert service == PACKAGE and first.kind == SERVER and first.name == outer, first
    assert first.trace_id == call.trace_id == last.trace_id
    for span in (first, call, last):
        assert (span.status.code == ERROR) is failed, span
        assert not span.status.message and not span.events, span
    assert attributes(last)["http.route"] == inner.split()[1]
    if failed:
        assert first.trace_id.hex() == TRACE and first.parent_span_id.hex() == CALLER
        assert attributes(last)["http.response.status_code"] == 500
        assert attributes(first)["http.response.status_code"] == 502


def nothing(environment: dict[str, str], collector: Intake, log: Path) -> None:
    """A share of 0 sends nothing, whatever a caller says; nor is the SDK loaded."""
    quiet = {
        PREFIX + "OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}",
        PREFIX + "TRACE_SAMPLE_RATIO": "0",
    }
    with planted(environment | quiet, log) as (base, process):
        known = {"traceparent": f"00-{TRACE}-{CALLER}-01"}
        assert request("GET", f"{base}/planted/x", headers=known)[0] == 200
        loaded = request("GET", f"{base}/modules")[2]
        # redis-py takes the SDK's metrics where they are installed
        assert "opentelemetry.sdk.trace" not in loaded
        ends(process)
    assert not collector.received
    assert TRACE in {line.get("trace_id") for line in lines(log)}


def no_collector(environment: dict[str, str], collector: Intake, log: Path) -> None:
    """It fails, then it hangs: requests are answered, and the log says it once."""
    collector.status = 400
    eager = {
        PREFIX + "OTLP_ENDPOINT": f"http://127.0.0.1:{collector.port}",
        PREFIX + "TRACE_SAMPLE_RATIO": "1",
        "OTEL_BSP_SCHEDULE_DELAY": "20",
        "OTEL_EXPORTER_OTLP_TIMEOUT": "600",
    }
    with planted(environment | eager, log) as (base, process):

        def goes_on() -> None:
            assert request("GET", f"{base}/planted/x")[0] == 200

        await_that(lambda: len(collector.received) >= 8, goes_on)
        collector.answers.clear()
        kept = len(collector.received)
        await_that(lambda: len(collector.received) > kept, goes_on)
        ends(process)
    assert complaints(log) == ["traces_lost"]


def spans(collector: Intake) -> list[tuple[str, Any]]:
    """Every span received, with the service that it is of."""
    found = []
    for path, _, body in collector.received:
        assert path == "/v1/traces", path
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            service = attributes(group.resource)["service.name"]
            found += [
                (service, span) for one in group.scope_spans for span in one.spans
            ]
    return found


def attributes(of: Any) -> dict[str, Any]:
    """The attributes of a span or a service, texts and numbers."""
    return {
        one.key: one.value.string_value or one.value.int_value for one in of.attributes
    }


if __name__ == "__main__":
    main()
