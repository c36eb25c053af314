"""How Stripe's library sends its requests: by the policy of all outgoing calls."""

from collections.abc import Mapping
from typing import Final

import stripe

from ..outgoing.calls import TEMPORARY, OutgoingCalls

# Also when the same key is in use at the same moment.
STRIPE_TEMPORARY: Final = TEMPORARY | {409}


class PolicedClient(stripe.HTTPClient):
    """Hands requests on; the library itself repeats none."""

    name = "outgoing"

    def __init__(self, calls: OutgoingCalls) -> None:
        super().__init__()
        self._calls = calls

    async def request_async(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: str | None = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send a request, whose body is a form; its answer's body, status, headers."""
        response = await self._calls.send(
            method,
            url,
            headers=headers,
            content=post_data.encode() if post_data else None,
            temporary=STRIPE_TEMPORARY,
        )
        return response.content, response.status_code, response.headers
