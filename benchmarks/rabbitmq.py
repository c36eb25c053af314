"""A RabbitMQ server of our own, as a generated project starts it for its tests."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from .processes import STOP_SECONDS
from .shop import python_of

SERVE: Final = """
import signal, sys
sys.path[:0] = ["src", "tests"]
from rabbitmq_fixture import folder_of_a_server, own_rabbit
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
with folder_of_a_server() as folder, own_rabbit(folder) as server:
    print(server.url, flush=True)
    signal.pause()
"""


@contextmanager
def rabbitmq(folder: Path) -> Iterator[str]:
    """The URL of an empty server, gone with its data afterwards.

    Debian's package rabbitmq-server has it. Raises RuntimeError where it is not there.
    """
    command = [python_of(folder), "-c", SERVE]
    with subprocess.Popen(
        command, cwd=folder, env=os.environ, stdout=subprocess.PIPE, text=True
    ) as keeper:
        assert keeper.stdout is not None
        url = keeper.stdout.readline().strip()
        if not url:
            raise RuntimeError("RabbitMQ did not start; its error is above")
        try:
            yield url
        finally:
            keeper.send_signal(signal.SIGTERM)
            keeper.wait(STOP_SECONDS)
