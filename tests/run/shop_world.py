"""For black_box_orders.py: the shop's two processes, which can be killed, and the
world around them: databases, engines, Stripe's stand-in and a mail server.
"""

import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from black_box import (  # type: ignore[import-not-found]
    ANSWERS,
    OWN,
    PACKAGE,
    PREFIX,
    call,
    database,
    settings,
    status,
)

sys.path.insert(0, "tests")
from rabbitmq_fixture import (  # type: ignore[import-not-found]
    folder_of_a_server,
    own_rabbit,
)
from smtp_fixture import Mailbox, Server  # type: ignore[import-not-found]
from stripe_fixture import (  # type: ignore[import-not-found]
    WEBHOOK_SECRET,
    FakeStripe,
    served,
)

TIMEOUT = 4  # seconds; who was killed keeps a key for 5 more


class World:
    """The shop, and what there is to see of it from outside."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.environment = environment
        self.base = f"http://127.0.0.1:{environment[PREFIX + 'PORT']}"
        self.log = folder / "log"
        self.mailbox = Mailbox()
        self.stripe = FakeStripe(
            webhook_secret=WEBHOOK_SECRET,
            webhook_url=f"{self.base}{OWN}/webhooks/payments",
        )
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, **given: object) -> None:
        """Start the `service` or the `worker`."""
        module = PACKAGE if name == "service" else f"{PACKAGE}.worker"
        own = {PREFIX + key: str(value) for key, value in given.items()}
        with self.log.open("ab") as output:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", module],
                env=self.environment | own,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def kill(self, name: str) -> None:
        """End a process as a crash would."""
        process = self.processes[name]
        assert process.poll() is None, self.log.read_text("utf-8")[-4000:]
        process.send_signal(signal.SIGKILL)
        process.wait()

    def wait_until_ready(self) -> None:
        """Return when the service answers."""
        deadline = time.monotonic() + 120
        while status(f"{self.base}{OWN}/health/ready") != 200:
            code = self.processes["service"].poll()
            assert code is None, self.log.read_text("utf-8")[-4000:]
            assert time.monotonic() < deadline, self.log.read_text("utf-8")[-4000:]
            time.sleep(0.05)

    def mails(self) -> dict[tuple[str, str], set[str]]:
        """By order and subject, the messages that came; one may have come twice."""
        found: dict[tuple[str, str], set[str]] = {}
        for mail in list(self.mailbox.mails):
            order = re.search(r"[Oo]rder ([0-9a-f-]{36})", mail.get_content())
            assert order is not None, mail.as_string()
            subject = (order[1], str(mail["Subject"]))
            found.setdefault(subject, set()).add(str(mail["Message-ID"]))
        return found

    def charges(self) -> dict[str, bool]:
        """By reference, what was charged: whether it was kept."""
        ledger = self.stripe.ledger
        return {
            reference: reference not in ledger.refunds
            for reference, intent in ledger.intents.items()
            if intent["status"] == "succeeded"
        }


@contextmanager
def world() -> Iterator[World]:
    """All of it, without the processes of the shop, which are ended afterwards."""
    with ExitStack() as stack:
        url = stack.enter_context(database())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = settings(url)
        rabbit = own_rabbit(stack.enter_context(folder_of_a_server()))
        given = {
            "ENVIRONMENT": "test",
            "LOG_FORMAT": "json",
            "RABBITMQ_URL": stack.enter_context(rabbit).url,
            "REQUEST_TIMEOUT_SECONDS": str(TIMEOUT),
            "IDEMPOTENCY_WAIT_SECONDS": "0.1",
            "OUTGOING_CALLS_PER_SECOND": "10000",
            "OUTGOING_RETRY_SHARE": "1",
            "SMTP_SECURITY": "none",
            "STRIPE_SECRET_KEY": "sk_test_of_nobody",
            "STRIPE_WEBHOOK_SECRETS": WEBHOOK_SECRET,
            # mails are counted: those about orders
            "WELCOME_MAILS": "false",
        }
        if "redis" in (ANSWERS["cache"], ANSWERS["rate_limit"]):
            from redis_fixture import own_redis  # type: ignore[import-not-found]

            given["REDIS_URL"] = stack.enter_context(own_redis()).url
        environment |= {PREFIX + name: value for name, value in given.items()}
        shop = World(folder, environment)
        server = Server(shop.mailbox)
        server.start()
        stack.callback(server.stop)
        environment[f"{PREFIX}SMTP_PORT"] = str(server.port)
        environment[f"{PREFIX}STRIPE_API_URL"] = stack.enter_context(
            served(shop.stripe)
        )
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
        try:
            yield shop
        finally:
            for process in shop.processes.values():
                process.kill()
                process.wait()
