"""Health: is the process alive, can it serve, and how is it doing."""

import os
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Literal

import anyio
from fastapi import APIRouter, Request, Response

from .database import DatabaseFailure
from .errors import AppError, reason_of
from .logging import get_logger
from .routing import PLATFORM
from .schemas import Schema

STARTED: Final = time.monotonic()

log = get_logger(__name__)

router = APIRouter(prefix=f"{PLATFORM}/health", tags=["platform"])

State = Literal["up", "down"]


@dataclass(frozen=True, slots=True)
class Need:
    """What requests depend on; `ping` raises AppError or DatabaseFailure without it.

    Without one that is not required they are served all the same.
    """

    name: str
    ping: Callable[[], Awaitable[None]]
    is_required: bool = True


class Live(Schema):
    """The process answers."""

    status: Literal["up"] = "up"


class Dependency(Schema):
    """One thing that requests depend on; not required: they are served without it."""

    status: State
    required: bool
    latency_milliseconds: float


class Ready(Schema):
    """Whether requests can be served, and what they depend on."""

    status: State
    dependencies: dict[str, Dependency]


class Health(Schema):
    """The process in figures."""

    status: Literal["up"] = "up"
    uptime_seconds: float
    cpu_seconds: float
    memory_bytes: int
    load: tuple[float, float, float]


@router.get("/live", operation_id="platformLiveness")
async def live() -> Live:
    """Answer as long as the process runs; needs nothing else."""
    return Live()


@router.get(
    "/ready", operation_id="platformReadiness", responses={503: {"model": Ready}}
)
async def ready(request: Request, response: Response) -> Ready:
    """Answer 200 when every required dependency does, else 503."""
    dependencies: dict[str, Dependency] = {}

    async def check(need: Need) -> None:
        begun = time.perf_counter()
        state: State = "up"
        try:
            await need.ping()
        except (AppError, DatabaseFailure) as error:
            state = "down"
            if need.is_required:
                reason = reason_of(error)
                log.warning("dependency_down", dependency=need.name, reason=reason)
        elapsed = (time.perf_counter() - begun) * 1000
        dependencies[need.name] = Dependency(
            status=state,
            required=need.is_required,
            latency_milliseconds=round(elapsed, 3),
        )

    async with anyio.create_task_group() as tasks:
        for need in request.app.state.wiring.needs():
            tasks.start_soon(check, need)
    down = any(
        item.required and item.status == "down" for item in dependencies.values()
    )
    if down:
        response.status_code = 503
    return Ready(status="down" if down else "up", dependencies=dependencies)


@router.get("", operation_id="platformHealth")
async def health() -> Health:
    """Tell uptime, CPU time, peak memory and the load of the machine."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    # kilobytes on Linux, bytes on macOS
    unit = 1 if sys.platform == "darwin" else 1024
    return Health(
        uptime_seconds=round(time.monotonic() - STARTED, 3),
        cpu_seconds=usage.ru_utime + usage.ru_stime,
        memory_bytes=usage.ru_maxrss * unit,
        load=os.getloadavg(),
    )
