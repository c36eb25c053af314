"""A version is named by the media type: `Accept: application/json;v=2`."""

import re
from collections.abc import Iterable
from typing import Final

Headers = Iterable[tuple[bytes, bytes]]

# What answers depend on, and how a version is written in words.
VARY: Final = "Accept"
WRITTEN: Final = "Accept: application/json;v={}"

NAMED: Final = re.compile(rb'(?i);\s*v="?([^\s;"]*)')
QUALITY: Final = re.compile(rb"(?i);\s*q=([01](?:\.\d{0,3})?)\s*(?:;|$)")
JSON: Final = re.compile(rb"application/(?:[\w.-]+\+)?json\b")


def names_in(headers: Headers) -> tuple[bytes, ...]:
    """The versions that a request names, as it writes them, the preferred one first."""
    accepted = b",".join([value for name, value in headers if name == b"accept"])
    if b";" not in accepted:
        return ()
    wanted = []
    for media in accepted.split(b","):
        if version := NAMED.search(media):
            quality = QUALITY.search(media)
            wanted.append((float(quality[1]) if quality else 1.0, version[1]))
    wanted.sort(key=lambda one: -one[0])
    return tuple([version for _, version in wanted])


def telling(version: int, status: int, headers: Headers) -> list[tuple[bytes, bytes]]:
    """The headers of an answer, with the version in its media type.

    Errors are the same in all versions.
    """
    suffix = f";v={version}".encode()
    return [
        (
            (name, value + suffix)
            if status < 400 and name == b"content-type" and JSON.match(value)
            else (name, value)
        )
        for name, value in headers
    ]
