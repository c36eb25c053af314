"""Health: is the process alive, can it serve, and how is it doing."""

import os
import resource
import sys
import time
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


class Live(Schema):
    """The process answers."""

    status: Literal["up"] = "up"


class Dependency(Schema):
    """One thing that requests need."""

    status: State
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
    """Answer 200 when every dependency does, else 503."""
    databases = request.app.state.wiring.required_databases()
    dependencies: dict[str, Dependency] = {}

    async def check(name: str) -> None:
        begun = time.perf_counter()
        state: State = "up"
        try:
            await databases[name].ping()
        except (AppError, DatabaseFailure) as error:
            state = "down"
            log.warning("dependency_down", dependency=name, reason=reason_of(error))
        elapsed = (time.perf_counter() - begun) * 1000
        dependencies[name] = Dependency(
            status=state, latency_milliseconds=round(elapsed, 3)
        )

    async with anyio.create_task_group() as tasks:
        for name in databases:
            tasks.start_soon(check, name)
    down = any(item.status == "down" for item in dependencies.values())
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
