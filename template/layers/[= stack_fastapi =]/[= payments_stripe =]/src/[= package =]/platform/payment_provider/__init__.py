"""Payments by a provider: what is asked of it, and what it tells by webhook."""
