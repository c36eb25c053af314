"""HTTP calls to third parties, by one policy for each host."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Final, Protocol

import httpx

from .. import context
from ..columns import utc_now
from ..errors import BadGateway, UpstreamTimeout
from ..logging import get_logger
from ..trace_context import current_traceparent
from .breaker import CircuitBreaker
from .budget import Pace, RetryBudget
from .errors import ThirdPartyAway, ThirdPartyBusy
from .retry_after import retry_after

IDEMPOTENT: Final = frozenset(("GET", "HEAD", "OPTIONS", "PUT", "DELETE"))
# With it a third party does once what it is asked twice.
KEY: Final = "idempotency-key"
TEMPORARY: Final = frozenset((429, 500, 502, 503, 504))
FIRST_BACKOFF_SECONDS: Final = 0.2
LONGEST_BACKOFF_SECONDS: Final = 5.0

log = get_logger(__name__)

Failure = httpx.TransportError | TimeoutError


class CallSettings(Protocol):
    """What the calls need of the settings."""

    @property
    def outgoing_attempt_seconds(self) -> float: ...
    @property
    def outgoing_total_seconds(self) -> float: ...
    @property
    def outgoing_attempts(self) -> int: ...
    @property
    def outgoing_retry_share(self) -> float: ...
    @property
    def outgoing_calls_per_second(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Host:
    """What is known of a host, by its name and port."""

    name: str
    breaker: CircuitBreaker
    budget: RetryBudget
    pace: Pace


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Time and chance, which tests replace."""

    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


class OutgoingCalls:
    """Calls that end in time, whatever the third party does. Connects when needed.

    A call is repeated, after a pause that doubles, when it may be: by its method, by
    an `Idempotency-Key`, or because it never left. Neither URLs nor headers are logged.
    """

    def __init__(
        self,
        settings: CallSettings,
        *,
        surroundings: Surroundings | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._around = surroundings or Surroundings()
        self._transport = transport
        self._http: httpx.AsyncClient | None = None
        self._hosts: dict[str, Host] = {}
        # by host and outcome, and by host: bounded, as hosts come from the settings
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.retries: Counter[str] = Counter()

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
        temporary: Collection[int] = TEMPORARY,
    ) -> httpx.Response:
        """The answer, whatever its status; `temporary` are those to try again after.

        Raises ThirdPartyAway and ThirdPartyBusy without asking, UpstreamTimeout and
        BadGateway where there is no answer.
        """
        request = self._client().build_request(
            method, url, headers=self._headers(headers or {}), content=content
        )
        host = self._host(request.url)
        may_repeat = request.method in IDEMPOTENT or KEY in request.headers
        if may_repeat:
            host.budget.called()
        deadline = self._around.clock() + self._settings.outgoing_total_seconds
        for attempt in range(1, self._settings.outgoing_attempts + 1):
            answer = await self._attempt(host, request, deadline)
            if asked_for := _asked_for(answer):
                host.pace.hold(asked_for)
            if isinstance(answer, httpx.Response):
                if answer.status_code not in temporary or not may_repeat:
                    break
            elif not may_repeat and not _never_left(answer):
                break
            pause = self._pause(attempt, answer)
            is_last = attempt == self._settings.outgoing_attempts
            if is_last or self._around.clock() + pause >= deadline:
                break
            if not host.budget.take():
                log.warning("retry_budget_spent", host=host.name)
                break
            self.retries[host.name] += 1
            await self._around.sleep(pause)
        return self._result(host, request.method, answer)

    async def close(self) -> None:
        """Close the connections, if there are any."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _attempt(
        self, host: Host, request: httpx.Request, deadline: float
    ) -> httpx.Response | Failure:
        left = deadline - self._around.clock()
        try:
            is_trial = host.breaker.enter()
        except ThirdPartyAway:
            self.outcomes[host.name, "not_asked"] += 1
            raise
        has_failed: bool | None = None
        try:
            if wait := host.pace.turn(left):
                await self._around.sleep(wait)
            seconds = min(self._settings.outgoing_attempt_seconds, left)
            async with asyncio.timeout(seconds):
                response = await self._client().send(request)
            has_failed = response.status_code >= 500
            return response
        except ThirdPartyBusy:
            self.outcomes[host.name, "not_asked"] += 1
            raise
        except (httpx.TransportError, TimeoutError) as failure:
            has_failed = True
            return failure
        finally:
            host.breaker.leave(is_trial=is_trial, has_failed=has_failed)

    def _result(
        self, host: Host, method: str, answer: httpx.Response | Failure
    ) -> httpx.Response:
        if isinstance(answer, httpx.Response):
            status = answer.status_code
            self.outcomes[host.name, _outcome(status)] += 1
            if status >= 500:
                log.warning(
                    "third_party_failed", host=host.name, method=method, status=status
                )
            return answer
        is_late = isinstance(answer, httpx.TimeoutException | TimeoutError)
        self.outcomes[host.name, "timeout" if is_late else "unreachable"] += 1
        log.warning(
            "third_party_silent",
            host=host.name,
            method=method,
            reason=type(answer).__name__,
        )
        if is_late:
            raise UpstreamTimeout("A service behind this one is too slow") from answer
        raise BadGateway("A service behind this one is out of reach") from answer

    def _pause(self, attempt: int, answer: httpx.Response | Failure) -> float:
        """Seconds before the next attempt: exponential, half of it by chance.

        Not less than the third party asked for.
        """
        doubled = FIRST_BACKOFF_SECONDS * 2.0 ** (attempt - 1)
        longest = min(doubled, LONGEST_BACKOFF_SECONDS)
        backoff = longest * (0.5 + self._around.chance() / 2)
        return max(backoff, _asked_for(answer))

    def _host(self, url: httpx.URL) -> Host:
        name = url.netloc.decode().rpartition("@")[2]
        if name not in self._hosts:
            settings, clock = self._settings, self._around.clock
            self._hosts[name] = Host(
                name,
                CircuitBreaker(name, clock),
                RetryBudget(settings.outgoing_retry_share),
                Pace(settings.outgoing_calls_per_second, clock),
            )
        return self._hosts[name]

    def _client(self) -> httpx.AsyncClient:
        if self._http is None:
            seconds = self._settings.outgoing_attempt_seconds
            self._http = httpx.AsyncClient(timeout=seconds, transport=self._transport)
        return self._http

    def _headers(self, given: Mapping[str, str]) -> dict[str, str]:
        """The given ones, and what tells which request of ours they belong to."""
        own = {
            "x-request-id": context.request_id.get(),
            "traceparent": current_traceparent(),
        }
        return {name: value for name, value in own.items() if value} | dict(given)


def _outcome(status: int) -> str:
    if status >= 500:
        return "failed"
    return "refused" if status >= 400 else "ok"


def _never_left(failure: Failure) -> bool:
    return isinstance(failure, httpx.ConnectError | httpx.ConnectTimeout)


def _asked_for(answer: httpx.Response | Failure) -> float:
    if not isinstance(answer, httpx.Response):
        return 0.0
    return retry_after(answer.headers, utc_now())
