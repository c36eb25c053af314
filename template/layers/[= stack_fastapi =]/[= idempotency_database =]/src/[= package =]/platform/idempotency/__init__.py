"""Idempotency keys: a POST that is sent again is answered, and not carried out again."""
