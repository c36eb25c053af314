"""SIGTERM: every request that was accepted is answered, and then the process ends."""

import threading
import time

from ..api import Api
from ..client import parsed
from ..cross_origin import is_closed
from ..service import Database, Stack


def test_it_stops_under_load(stack: Stack, database: Database) -> None:
    """Nobody sees an error; who comes later finds nobody."""
    answers: list[int] = []
    stopping = threading.Event()
    with stack.service(database, {}) as service:
        api = Api(service.base_url, stack.profile)
        is_closed(api)

        def load() -> None:
            for _ in range(2000):
                try:
                    answers.append(_alive(api))
                except ConnectionError:
                    if stopping.is_set():
                        return
                    raise

        threads = [threading.Thread(target=load) for _ in range(4)]
        for thread in threads:
            thread.start()
        deadline = time.monotonic() + 60
        while len(answers) < 40:
            assert time.monotonic() < deadline, answers
            time.sleep(0.01)
        stopping.set()
        service.terminate()
        assert service.ended_in_order(within_seconds=30)
        for thread in threads:
            thread.join(timeout=30)
        assert set(answers) == {200}, set(answers)
        requests = [
            line
            for line in service.log_lines()
            if line.get("route") == f"{api.own}/health/live"
        ]
        assert len(requests) >= len(answers)
        assert {line["status"] for line in requests} == {200}


def _alive(api: Api) -> int:
    """The status of one request over a connection of its own.

    Raises ConnectionError where nobody took it.
    """
    head = f"GET {api.own}/health/live HTTP/1.1\r\nhost: test\r\nconnection: close"
    answer = api.client.exchange(head.encode() + b"\r\n\r\n")
    if not answer:
        raise ConnectionError("The connection was closed")
    return parsed(answer).status
