"""Sentry: reports of the errors that nobody expected."""
