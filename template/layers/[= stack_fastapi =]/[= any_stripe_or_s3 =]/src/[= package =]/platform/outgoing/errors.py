"""Why a third party is not asked now."""

import math

from ..errors import Unavailable


class ThirdPartyAway(Unavailable):
    """It failed again and again a moment ago, and is left alone for a while."""

    code = "third_party_away"

    def __init__(self, seconds: float) -> None:
        super().__init__("A service behind this one is away", headers=_later(seconds))


class ThirdPartyBusy(Unavailable):
    """There is no turn for the call in time: so many a second may be made."""

    code = "third_party_busy"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            "A service behind this one is asked too much", headers=_later(seconds)
        )


def _later(seconds: float) -> dict[str, str]:
    return {"Retry-After": str(max(1, math.ceil(seconds)))}
