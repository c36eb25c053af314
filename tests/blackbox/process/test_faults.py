"""The database is absent, freezes, goes and comes back; the service outlives it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest

from ..api import Api, Pair
from ..client import Answer
from ..service import Database, Service, Stack

TIMEOUT = 3
AT_ONCE = 8
LIMITS = {"REQUEST_TIMEOUT_SECONDS": str(TIMEOUT), "DATABASE_POOL_SIZE": str(AT_ONCE)}

Work = Callable[[], Answer]


@pytest.fixture(scope="module")
def fragile(stack: Stack) -> Iterator[Database]:
    """The database that things happen to."""
    with stack.database() as database:
        yield database


@pytest.fixture(scope="module")
def login(api: Api) -> Pair | None:
    """A login of another service: hashing takes long, and limits are short here."""
    return api.login()


@pytest.fixture(scope="module")
def outliving(stack: Stack, fragile: Database, login: Pair | None) -> Iterator[Api]:
    """A service that was started while there was no database."""
    fragile.take_away()
    with limited(stack, fragile, login, awaited="live") as (_, api):
        is_down(api)
        if "closed reads" not in api.profile.features():
            api.refused(api.client.get(api.items.path), 503)
        fragile.bring_back()
        recovers(api, reader(api, fragile))
        yield api


@contextmanager
def limited(
    stack: Stack, database: Database, login: Pair | None, *, awaited: str = "ready"
) -> Iterator[tuple[Service, Api]]:
    """A service with short limits, in whose log no failure is unexpected."""
    with stack.service(database, LIMITS, awaited=awaited) as service:
        api = Api(service.base_url, stack.profile, login)
        yield service, api
        api.close()
        assert "Traceback" not in service.log_text(), service.log_text()


def test_it_starts_without_a_database(outliving: Api, fragile: Database) -> None:
    """It lives, is not ready, and is as soon as the database is there."""
    recovers(outliving, reader(outliving, fragile))


def test_a_frozen_database(outliving: Api, fragile: Database) -> None:
    """503 in time, for as many requests as there are connections; then all is well."""
    work = worker(outliving, fragile)
    fragile.freeze()
    are_unavailable(outliving, together(work))
    if fragile.is_remote:
        is_down(outliving)
    fragile.thaw()
    recovers(outliving, reader(outliving, fragile))


@pytest.mark.needs("remote database")
def test_a_database_that_goes_away(outliving: Api, fragile: Database) -> None:
    """503 until it is back."""
    read = reader(outliving, fragile)
    fragile.take_away()
    are_unavailable(outliving, together(read))
    is_down(outliving)
    fragile.bring_back()
    recovers(outliving, read)


def test_it_stops_when_late_answers_have_come(
    stack: Stack, fragile: Database, login: Pair | None
) -> None:
    """Requests in hand are answered after the signal, and then it ends."""
    with limited(stack, fragile, login) as (service, api):
        work = worker(api, fragile)
        recovers(api, reader(api, fragile))
        expected = 200 if fragile.is_remote else 201
        fragile.freeze()
        stops_with_requests_in_hand(service, api, work, expected, fragile.thaw)


def test_it_stops_when_no_answers_come(
    stack: Stack, fragile: Database, login: Pair | None
) -> None:
    """Requests in hand are given up with 503, and then it ends."""
    with limited(stack, fragile, login) as (service, api):
        work = worker(api, fragile)
        recovers(api, reader(api, fragile))
        fragile.freeze()
        stops_with_requests_in_hand(service, api, work, 503)
    fragile.thaw()


def reader(api: Api, database: Database) -> Work:
    """A request that reads from the database.

    A file is one of its own, in which nobody has an account.
    """
    login = api.login()

    def read() -> Answer:
        if login and database.is_remote:
            return api.me(login.headers)
        return api.call("GET", api.items.path)

    return read


def worker(api: Api, database: Database) -> Work:
    """A request that a frozen database holds up: on a file, it has to write."""
    if database.is_remote:
        return reader(api, database)

    def create() -> Answer:
        return api.call("POST", api.items.path, api.new_body())

    return create


def together(work: Work) -> list[Answer]:
    """The answers to as many requests as are made at once."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [a.result() for a in [threads.submit(work) for _ in range(AT_ONCE)]]


def are_unavailable(api: Api, answers: list[Answer]) -> None:
    for answer in answers:
        api.refused(answer, 503)


def is_down(api: Api) -> None:
    """It lives, and says what it cannot do without."""
    assert api.platform("GET", "/health/live").status == 200
    answer = api.platform("GET", "/health/ready")
    assert answer.status == 503 and answer.object["status"] == "down", answer
    dependencies = answer.object["dependencies"]
    assert isinstance(dependencies, dict) and dependencies, answer
    for state in dependencies.values():
        assert isinstance(state, dict)
        assert state["status"] == "down" or not state["required"], answer


def recovers(api: Api, read: Work) -> None:
    """It is as it was, by itself; no request pays for what was."""
    answer = api.platform("GET", "/health/ready")
    assert answer.status == 200 and answer.object["status"] == "up", answer
    for _ in range(3):
        for answer in together(read):
            assert answer.status == 200, answer


def stops_with_requests_in_hand(
    service: Service,
    api: Api,
    work: Work,
    expected: int,
    after: Callable[[], None] | None = None,
) -> None:
    """Every request that it has taken is answered, and then it ends."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers: list[Future[Answer]] = [threads.submit(work) for _ in range(AT_ONCE)]
        # none of them is answered, so all of them are in hand by then
        assert not wait(answers, timeout=TIMEOUT / 4).done
        service.terminate()
        if after:
            threading.Timer(TIMEOUT / 4, after).start()
        for answer in (item.result() for item in answers):
            assert answer.status == expected, answer
            if expected == 503:
                api.refused(answer, 503)
    assert service.ended_in_order(within_seconds=30)
