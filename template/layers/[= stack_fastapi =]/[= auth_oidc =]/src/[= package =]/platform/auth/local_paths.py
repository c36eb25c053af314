"""Where a login may lead back to: to this service, and nowhere else."""

import re
from typing import Final

from ..errors import FieldError, Unprocessable

# Browsers read a backslash as a slash, and drop tabs and line ends: //elsewhere.
LOCAL: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)
LONGEST: Final = 1000


def local_path(path: str) -> str:
    """Return a path as it is; raises Unprocessable for what leads elsewhere."""
    if len(path) > LONGEST or not LOCAL.fullmatch(path) or "/\\" in path:
        problem = FieldError("/query/return_to", "has to be a path", "path")
        raise Unprocessable("The request is invalid", errors=[problem])
    return path
