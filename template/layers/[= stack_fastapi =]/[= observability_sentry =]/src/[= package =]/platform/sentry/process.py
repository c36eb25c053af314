"""The reports of a process: begun with it, and flushed at its end."""

import asyncio
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI

from ..web import observe_failures

if TYPE_CHECKING:
    from ...settings import Settings
    from .reports import Reports

# A Sentry that does not answer holds up the end of the process for no longer.
FLUSH_SECONDS: Final = 1.5
SERVICE: Final = (__package__ or "").partition(".")[0]


def start_reports(app: FastAPI, settings: "Settings") -> "Reports | None":
    """Report unexpected errors from now on, if there is somewhere to report them.

    Returns what `stop_reports` ends.
    """
    if settings.sentry_dsn is None:
        return None
    from .reports import Reports

    reports = Reports(
        settings.sentry_dsn.get_secret_value(),
        release=settings.sentry_release or f"{SERVICE}@{app.version}",
        environment=settings.environment,
    )
    observe_failures(app, reports)
    return reports


async def stop_reports(reports: "Reports | None") -> None:
    """Send what is left, in at most FLUSH_SECONDS."""
    if reports is not None:
        await asyncio.to_thread(reports.close, FLUSH_SECONDS)
