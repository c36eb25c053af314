"""Rows beside those of pairs, for files that three answers let in together."""

from groundplan.answers import presets
from groundplan.pairs import Combination


def threes() -> list[Combination]:
    """Rows with such answers as no preset and no row of pairs has together."""
    mailing = {**presets()["starter"].answers, "mail": "smtp"}
    return [Combination("three-01", "auth=jwt mail=smtp queue=none", mailing)]
