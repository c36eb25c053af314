"""The stand-in as a process, for development: it prints the settings to use it."""

import argparse
import secrets
from collections.abc import Sequence

import uvicorn

from ....settings import PREFIX
from ...routing import PLATFORM
from .server import FakeStripe


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until Ctrl-C; what was paid is forgotten then."""
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}")
    parser.add_argument("--port", type=int, default=12111)
    parser.add_argument(
        "--service", default="http://127.0.0.1:8000", help="where webhooks are sent to"
    )
    parser.add_argument(
        "--webhook-secret", help="what they are signed with; a random one by default"
    )
    options = parser.parse_args(arguments)
    secret = options.webhook_secret or f"whsec_{secrets.token_urlsafe(24)}"
    print("Put this into .env.local and start the service:\n")
    print(f"{PREFIX}STRIPE_API_URL=http://127.0.0.1:{options.port}")
    print(f"{PREFIX}STRIPE_SECRET_KEY=sk_test_{secrets.token_hex(12)}")
    print(f"{PREFIX}STRIPE_WEBHOOK_SECRETS={secret}\n", flush=True)
    url = f"{options.service}{PLATFORM}/webhooks/payments"
    fake = FakeStripe(webhook_secret=secret, webhook_url=url)
    uvicorn.run(fake.app, host="127.0.0.1", port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
