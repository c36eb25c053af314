"""Policies as they are written: `100/minute`, `5/10 seconds`."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

WRITTEN: Final = re.compile(
    r"([1-9]\d{0,8})/(?:([1-9]\d{0,3}) )?(second|minute|hour|day)s?"
)
SECONDS: Final = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True)
class Policy:
    """At most so many requests in so many seconds."""

    requests: int
    seconds: int


@lru_cache
def policy_of(text: str) -> Policy:
    """Read a policy; raises ValueError."""
    written = WRITTEN.fullmatch(text)
    if written is None:
        raise ValueError("has to be like 100/minute or 5/10 seconds")
    return Policy(int(written[1]), int(written[2] or 1) * SECONDS[written[3]])
