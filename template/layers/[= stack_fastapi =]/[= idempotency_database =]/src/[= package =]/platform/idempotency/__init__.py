"""Idempotency keys: a POST that is sent again is not carried out again."""
