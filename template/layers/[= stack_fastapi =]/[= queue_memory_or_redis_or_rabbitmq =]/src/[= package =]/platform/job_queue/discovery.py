"""Which contexts have jobs: those with a module `jobs.py`."""

from collections.abc import Iterable
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from .job import Job
from .schedule import AnySchedule

PACKAGE: Final = __name__.partition(".")[0]


def contexts_with_jobs(contexts: Iterable[str]) -> tuple[str, ...]:
    """Those of the contexts that have jobs; imports none of them."""
    return tuple(name for name in contexts if find_spec(f"{PACKAGE}.{name}.jobs"))


def defined_in(
    contexts: Iterable[str],
) -> tuple[list[Job[Any, Any]], list[AnySchedule]]:
    """The `JOBS` and the `SCHEDULES`, if any, of each context's `jobs.py`.

    Raises ValueError where a job is there twice, or has another context's name.
    """
    jobs: list[Job[Any, Any]] = []
    schedules: list[AnySchedule] = []
    for context in contexts_with_jobs(contexts):
        module = import_module(f"{PACKAGE}.{context}.jobs")
        for job in module.JOBS:
            if job.context != context:
                raise ValueError(f"{context}/jobs.py: {job.name} is another context's")
            jobs.append(job)
        schedules += getattr(module, "SCHEDULES", ())
    if len({job.name for job in jobs}) < len(jobs):
        raise ValueError("two jobs have the same name")
    return jobs, schedules
