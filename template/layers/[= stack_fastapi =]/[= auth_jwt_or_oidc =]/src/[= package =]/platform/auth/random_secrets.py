"""Secrets that nobody chose: refresh tokens and API keys."""

from hashlib import sha256
from secrets import token_urlsafe


def new_secret() -> str:
    """Return 32 random bytes as text that fits into URLs and headers."""
    return token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """Return what is stored of it: nobody guesses it, so that a fast hash is enough."""
    return sha256(secret.encode()).hexdigest()
