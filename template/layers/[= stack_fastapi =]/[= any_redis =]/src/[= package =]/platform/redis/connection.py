"""The connections to Redis, and whether it is worth asking."""

from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final, Protocol, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from ..errors import Unavailable
from ..logging import get_logger
from .turns import Turns

FIRST_PAUSE_SECONDS: Final = 0.1
LONGEST_PAUSE_SECONDS: Final = 5.0

log = get_logger(__name__)

Answer = TypeVar("Answer")


class RedisAway(Unavailable):
    """Redis did not answer, now or a moment ago."""

    code = "redis_unavailable"


class ConnectionSettings(Protocol):
    """What the connections need of the settings."""

    @property
    def redis_url(self) -> str: ...
    @property
    def redis_prefix(self) -> str: ...
    @property
    def redis_pool_size(self) -> int: ...
    @property
    def redis_connect_seconds(self) -> float: ...
    @property
    def redis_answer_seconds(self) -> float: ...


class RedisConnections:
    """Redis for everything in this process; connects when it is first asked.

    After a failure it is left alone for a pause, which doubles up to a bound; then
    one caller tries, and the others go on without an answer until that has one. Keys
    begin with `prefix` and a colon. What requests ask goes through `turns`.
    """

    def __init__(self, settings: ConnectionSettings) -> None:
        pool: BlockingConnectionPool = BlockingConnectionPool.from_url(
            settings.redis_url,
            max_connections=settings.redis_pool_size,
            timeout=settings.redis_connect_seconds,
            socket_connect_timeout=settings.redis_connect_seconds,
            socket_timeout=settings.redis_answer_seconds,
            # a connection that the server closed meanwhile costs no request
            retry=Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,)),
        )
        self.prefix = settings.redis_prefix
        self.turns = Turns(self.ask)
        self._client: Redis = Redis(connection_pool=pool)
        self._pause = 0.0
        self._asked_again_at = 0.0

    async def ask(self, question: Callable[[Redis], Awaitable[Answer]]) -> Answer:
        """What Redis says to a question, which may be asked twice.

        Raises RedisAway, at once where it was away a moment ago.
        """
        now = monotonic()
        if now < self._asked_again_at:
            raise RedisAway
        is_trial = self._pause > 0
        if is_trial:
            self._asked_again_at = now + self._pause
        try:
            answer = await question(self._client)
        except (RedisError, OSError) as failure:
            if is_trial or not self._pause:
                self._failed(failure)
            raise RedisAway from failure
        if is_trial:
            self._pause = self._asked_again_at = 0.0
            log.info("redis_back")
        return answer

    async def ping(self) -> None:
        """Raises RedisAway unless it answers."""
        await self.ask(lambda client: client.ping())

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose(close_connection_pool=True)

    def _failed(self, failure: Exception) -> None:
        if not self._pause:
            log.warning("redis_away", reason=type(failure).__name__)
        longer = max(self._pause * 2, FIRST_PAUSE_SECONDS)
        self._pause = min(longer, LONGEST_PAUSE_SECONDS)
        self._asked_again_at = monotonic() + self._pause
