"""Types of path, query and header parameters: text that is read as the contract says.

Pydantic reads more than JSON Schema allows: `0` as a date, `yes` as a boolean, `1_0` as
an integer. These types take the one spelling that JSON has.
"""

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AwareDatetime, BeforeValidator

_DATE: Final = r"\d{4}-\d\d-\d\d"
_TIME: Final = r"\d\d:\d\d:\d\d(\.\d+)?"


def _spelled(pattern: str, what: str) -> Callable[[object], object]:
    matches = re.compile(pattern).fullmatch

    def check(value: object) -> object:
        if isinstance(value, str) and not matches(value):
            raise ValueError(f"this is not {what}")
        return value

    return check


IntegerText = Annotated[
    int, BeforeValidator(_spelled(r"-?\d{1,30}(\.0)?", "an integer"))
]
NumberText = Annotated[
    float,
    BeforeValidator(_spelled(r"-?\d{1,400}(\.\d+)?([eE][-+]?\d{1,4})?", "a number")),
]
BooleanText = Annotated[
    bool, BeforeValidator(_spelled("true|false", "one of true and false"))
]
IsoDate = Annotated[dt.date, BeforeValidator(_spelled(_DATE, "a date (YYYY-MM-DD)"))]
IsoDateTime = Annotated[
    AwareDatetime,
    BeforeValidator(
        _spelled(
            rf"{_DATE}[Tt]{_TIME}([Zz]|[-+]\d\d:\d\d)",
            "a moment (YYYY-MM-DDThh:mm:ssZ)",
        )
    ),
]
