"""Who is calling: passwords, tokens and the check that a route puts before its work."""

from .dependencies import authenticated
from .principal import Principal, current_principal, owned

__all__ = ["Principal", "authenticated", "current_principal", "owned"]
