"""Tokens of guards, and what is found by who wants to load an answer under them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

Tokens = tuple[bytes | None, ...]
"""Those of an answer's guards; None is one that is not there any more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Whether an answer is ours to load, what is kept by now, and its guards."""

    is_ours: bool
    value: bytes | None
    tokens: Tokens


def new_token() -> bytes:
    """A token that no guard has had."""
    return secrets.token_hex(8).encode()


def text_of(tokens: Sequence[bytes | None]) -> str:
    """Tokens as a part of a key."""
    return ",".join((token or b"").decode() for token in tokens)
