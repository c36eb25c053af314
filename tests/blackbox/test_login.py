"""Accounts, logins, refresh tokens and their reuse."""

import threading
import time
from collections import Counter
from dataclasses import dataclass
from statistics import median

import pytest

from .api import PASSWORD, Account, Api, Pair
from .client import Answer

pytestmark = pytest.mark.needs("passwords")

FLOOD = 80
WEAK = ("Short-1", "no-upper-case-1", "NO-LOWER-CASE-1", "No-digit-at-all", "Aa1" * 34)


@pytest.fixture(scope="module")
def account(api: Api) -> Account:
    """Somebody who may log in."""
    return api.new_account()


@pytest.fixture
def pair(api: Api, account: Account) -> Pair:
    """A login."""
    return api.log_in(account)


@pytest.mark.needs("registration")
def test_registration(api: Api) -> None:
    """201 with a Location, where the account says who it is and not its password."""
    email = f"New.{time.monotonic_ns()}@Example.com"
    answer = api.platform(
        "POST", "/auth/register", {"email": email, "password": PASSWORD}
    )
    assert answer.status == 201, answer
    assert answer.headers["location"] == f"{api.own}/auth/me"
    assert "password" not in answer.text.lower()
    for written in (email, email.lower(), email.upper()):
        pair = api.log_in(Account(written, PASSWORD))
        assert api.me(pair.headers).object["email"] == answer.object["email"]


@pytest.mark.needs("registration")
def test_an_address_has_one_account(api: Api, account: Account) -> None:
    """409, however it is written."""
    for email in (account.email, account.email.upper()):
        body = account.credentials | {"email": email}
        api.refused(api.platform("POST", "/auth/register", body), 409)


@pytest.mark.needs("registration")
@pytest.mark.parametrize("password", WEAK)
def test_weak_passwords(api: Api, password: str) -> None:
    """422, and the password is not handed back."""
    body = {"email": "weak@example.com", "password": password}
    answer = api.platform("POST", "/auth/register", body)
    api.refused(answer, 422)
    assert password not in answer.text


def test_a_login(api: Api, account: Account) -> None:
    """Tokens that nobody may keep, and that say who is calling."""
    answer = api.platform("POST", "/auth/login", account.credentials)
    assert answer.status == 200, answer
    assert answer.headers["cache-control"] == "no-store"
    assert answer.object["tokenType"] == "Bearer"
    for name in ("expiresIn", "refreshExpiresIn"):
        seconds = answer.object[name]
        assert isinstance(seconds, int) and seconds > 0, answer
    me = api.me(api.pair(answer).headers)
    assert me.status == 200 and me.object["email"] == account.email, me
    assert me.headers["cache-control"] == "no-store"


def test_a_refused_login_does_not_tell_why(api: Api, account: Account) -> None:
    """A wrong password and an unknown address get the same answer."""
    wrong = account.credentials | {"password": "Wrong-enough-1"}
    unknown = account.credentials | {"email": "nobody@example.com"}
    bodies = set()
    for body in (wrong, unknown):
        answer = api.platform("POST", "/auth/login", body)
        api.refused(answer, 401)
        assert answer.headers["www-authenticate"], answer
        bodies.add(_comparable(answer))
    assert len(bodies) == 1, bodies


def test_a_refresh_token_is_good_for_one_use(api: Api, account: Account) -> None:
    """Its reuse ends the login, for whoever holds the new one too."""
    first, other = api.log_in(account), api.log_in(account)
    answer = api.refresh(first.refresh)
    assert answer.status == 200 and answer.headers["cache-control"] == "no-store"
    second = api.pair(answer)
    assert api.me(second.headers).status == 200
    assert second.refresh != first.refresh
    for token in (first.refresh, second.refresh, "nonsense"):
        answer = api.refresh(token)
        api.refused(answer, 401)
        assert answer.headers["www-authenticate"], answer
    # another login of the same account goes on
    assert api.refresh(other.refresh).status == 200


def test_a_refresh_token_used_twice_at_once(api: Api, pair: Pair) -> None:
    """At most one use gets tokens."""
    answers: list[Answer] = []

    def use() -> None:
        answers.append(api.refresh(pair.refresh))

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    renewed = [answer for answer in answers if answer.status == 200]
    for answer in renewed:
        api.pair(answer)
    assert {answer.status for answer in answers} <= {200, 401}
    assert len(renewed) <= 1


def test_logout(api: Api, pair: Pair) -> None:
    """204, twice as well; the refresh token is worth nothing afterwards."""
    body = {"refreshToken": pair.refresh}
    for _ in range(2):
        assert api.platform("POST", "/auth/logout", dict(body)).status == 204
    api.refused(api.refresh(pair.refresh), 401)
    assert api.platform("POST", "/auth/logout", {"refreshToken": "no"}).status == 204


def test_a_flood_of_logins_passes_by(
    api: Api, account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every login is let in or told when to come again; others are served meanwhile."""
    answers: list[_Timed] = []
    served: list[_Timed] = []
    over = threading.Event()

    def one() -> None:
        begun = time.monotonic()
        answer = api.platform("POST", "/auth/login", account.credentials)
        answers.append(_Timed(answer, time.monotonic() - begun))

    def others() -> None:
        while not over.is_set():
            begun = time.monotonic()
            answer = api.platform("GET", "/health/ready")
            served.append(_Timed(answer, time.monotonic() - begun))

    threads = [threading.Thread(target=one) for _ in range(FLOOD)]
    beside = threading.Thread(target=others)
    beside.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    beside.join()
    codes = Counter(item.answer.status for item in answers)
    assert len(answers) == FLOOD and set(codes) == {200, 429}, codes
    refused = [item for item in answers if item.answer.status == 429]
    for item in refused:
        api.refused(item.answer, 429)
        assert int(item.answer.headers["retry-after"]) > 0
    for item in answers:
        if item.answer.status == 200:
            api.pair(item.answer)
    assert {item.answer.status for item in served} == {200}
    last = max(item.seconds for item in answers if item.answer.status == 200)
    half = median(item.seconds for item in refused)
    slowest = max(item.seconds for item in served)
    with capsys.disabled():
        print(
            f"\nflood of {FLOOD} logins: {codes[200]} let in, the last after "
            f"{last:.2f} s; {codes[429]} refused, half of them within {half:.2f} s; "
            f"{len(served)} other requests meanwhile, the slowest {slowest:.2f} s"
        )


@dataclass(frozen=True)
class _Timed:
    answer: Answer
    seconds: float


def _comparable(answer: Answer) -> str:
    """The body without what differs from answer to answer."""
    text = answer.text.replace(answer.headers["x-request-id"], "")
    body = answer.object
    return text.replace(str(body.get("timestamp", "\0")), "")
