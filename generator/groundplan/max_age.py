"""How long clients may keep an answer, as overlays say it: `x-max-age`."""

from typing import Final

from .contract import Contract
from .errors import ContractError
from .reader import Json
from .schema_parts import Pointer

AGE_KEY: Final = "x-max-age"
LONGEST: Final = 365 * 24 * 3600


def max_age_of(
    contract: Contract, method: str, node: dict[str, Json], at: Pointer
) -> int | None:
    """The seconds of `x-max-age` of an operation; raises ContractError."""
    seconds = node.get(AGE_KEY)
    if seconds is None:
        return None
    place = contract.place(*at, AGE_KEY)
    if method != "get":
        raise ContractError(
            place, f"{AGE_KEY} of an operation that is no GET", "Remove it."
        )
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, int)
        or not 1 <= seconds <= LONGEST
    ):
        raise ContractError(
            place,
            f"{AGE_KEY} is no number of seconds between 1 and {LONGEST}",
            f"Write for example `{AGE_KEY}: 60`.",
        )
    return seconds
