"""Which wheels count: the interpreters and platforms that projects install on."""

import re
from typing import Final

from packaging.tags import Tag
from packaging.utils import parse_wheel_filename

PYTHONS: Final = (11, 12, 13, 14)
"""Minor versions of CPython 3 that every package must install on."""

PLATFORMS: Final = {
    "Linux x86_64": re.compile(r"any|manylinux.*_x86_64"),
    "Linux aarch64": re.compile(r"any|manylinux.*_aarch64"),
    "macOS arm64": re.compile(r"any|macosx_.*_(arm64|universal2)"),
    "macOS x86_64": re.compile(r"any|macosx_.*_(x86_64|universal2)"),
    "Windows amd64": re.compile(r"any|win_amd64"),
}
ALSO_KEPT: Final = re.compile(r"musllinux.*_(x86_64|aarch64)|win_arm64")
"""Platforms whose wheels are in the table, but need not exist for every package."""


def tags(file_name: str) -> frozenset[Tag]:
    """The compatibility tags in the name of a wheel."""
    return parse_wheel_filename(file_name)[3]


def is_kept(file_name: str) -> bool:
    """Whether the pin table has the wheel's hash: CPython from 3.11 on, newer ones
    than PYTHONS included, on PLATFORMS and what is ALSO_KEPT."""
    patterns = [*PLATFORMS.values(), ALSO_KEPT]
    return any(
        any(pattern.fullmatch(tag.platform) for pattern in patterns)
        and any(runs_on(tag, minor) for minor in range(PYTHONS[0], 100))
        for tag in tags(file_name)
    )


def runs_on(tag: Tag, minor: int) -> bool:
    """Whether CPython 3.``minor`` accepts the tag (not its free-threaded build).

    https://packaging.python.org/specifications/platform-compatibility-tags/
    """
    if tag.interpreter == f"cp3{minor}":
        return tag.abi in (tag.interpreter, "abi3", "none")
    if tag.abi == "abi3":
        since = re.fullmatch(r"cp3(\d+)", tag.interpreter)
        return since is not None and int(since[1]) <= minor
    return tag.interpreter == "py3" and tag.abi == "none"
