"""Tokens of guards: no two are the same."""

import secrets


def new_token() -> bytes:
    """A token that no guard has had."""
    return secrets.token_hex(8).encode()
