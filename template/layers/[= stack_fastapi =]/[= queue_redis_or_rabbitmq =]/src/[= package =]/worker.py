"""The worker: does the jobs of the contexts that the settings name, until SIGTERM."""

import asyncio
import signal

from .platform.job_queue.process import BackgroundWork
from .platform.logging import configure_logging, get_logger
from .settings import Settings, load_settings
from .wiring import Wiring

log = get_logger(__name__)


async def work(settings: Settings) -> None:
    """Do jobs until a signal; those in hand get time to finish."""
    wiring = Wiring(settings)
    background = BackgroundWork(wiring)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, background.finish)
    background.start()
    log.info("worker_started", contexts=settings.served)
    try:
        await background.ended()
    finally:
        await wiring.close()


def run() -> None:
    """Work as the settings say; exits with status 78 when they are wrong."""
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    asyncio.run(work(settings))


if __name__ == "__main__":
    run()
