"""Runs in a generated project, with its Python: its first migration, its first start.

Prints `migrate SECONDS` and `boot SECONDS`, each when it has succeeded.
"""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "run"))

from black_box import (  # type: ignore[import-not-found]
    OWN,
    PACKAGE,
    call,
    database,
    request,
    service,
    settings,
)


def main() -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = settings(url)
        started = time.monotonic()
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
        print(f"migrate {time.monotonic() - started:.2f}", flush=True)
        started = time.monotonic()
        log = Path(folder, "log")
        with service(environment, log) as (base, process):
            seconds = time.monotonic() - started
            try:
                serves_and_stops(base, process)
            except AssertionError:
                print(log.read_text("utf-8"))
                raise
        print(f"boot {seconds:.2f}", flush=True)


def serves_and_stops(base: str, process: "subprocess.Popen[bytes]") -> None:
    status, _, document = request("GET", f"{base}{OWN}/openapi.json")
    assert status == 200 and document["paths"], (status, document)
    process.send_signal(signal.SIGTERM)
    # uvicorn ends by the signal that it was asked to end with
    assert process.wait(timeout=30) in (0, -signal.SIGTERM)


if __name__ == "__main__":
    main()
