"""What may be stored, and under which keys."""

import re
from typing import Final

from .errors import KeyRefused, ObjectTooLarge, TypeRefused

# No part begins with a dot: neither `..` nor a hidden file is a key.
PART: Final = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}"
KEY: Final = re.compile(rf"{PART}(/{PART})*")
LONGEST_KEY: Final = 900
# RFC 9110, section 8.3.1
TYPE: Final = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(; ?[\w-]+=[\w.+-]+)*", re.ASCII)
LONGEST_TYPE: Final = 200


def check_key(key: str) -> None:
    """Raises KeyRefused."""
    if len(key) > LONGEST_KEY or not KEY.fullmatch(key):
        raise KeyRefused("The key of the object is none")


def check_upload(key: str, content_type: str, size: int, most_bytes: int) -> None:
    """Raises KeyRefused, TypeRefused, ObjectTooLarge."""
    check_key(key)
    if len(content_type) > LONGEST_TYPE or not TYPE.fullmatch(content_type):
        raise TypeRefused("The media type is none")
    if not 0 <= size <= most_bytes:
        raise ObjectTooLarge(f"An object has at most {most_bytes} bytes")


def saved_as(key: str) -> str:
    """The `Content-Disposition` of a download: never shown as a page of this origin."""
    return f'attachment; filename="{key.rpartition("/")[2]}"'
