"""The stand-in over HTTP: keys, idempotency, faults, and webhooks that it sends."""

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from time import time
from typing import Final
from urllib.parse import parse_qsl
from uuid import uuid4

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .ledger import Form, Json, Ledger, Refusal

Answer = tuple[int, Json]
Work = Callable[[Form], Json]

# A fault: a status, or `hang` before the work, or `lost` when it is done.
Fault = int | str
TRIES: Final = 5
RATE_LIMITED: Final = Refusal(429, "rate_limit", "invalid_request_error")
BROKEN: Final = Refusal(500, "api_error", "api_error")


class FakeStripe:
    """Behaves like Stripe in test mode; `faults` are what befalls the next requests."""

    def __init__(self, *, webhook_secret: str, webhook_url: str | None = None) -> None:
        self.ledger = Ledger()
        self.faults: deque[Fault] = deque()
        self.requests: list[tuple[str, str]] = []
        self._webhook_secret = webhook_secret
        self._webhook_url = webhook_url
        self._answers: dict[str, tuple[str, Answer | None]] = {}
        self._sent = 0
        self._sending: set[asyncio.Task[None]] = set()
        intents, intent = "/v1/payment_intents", "/v1/payment_intents/{id}"
        self.app = Starlette(
            routes=[
                Route(intents, self._create, methods=["POST"]),
                Route(intent, self._get, methods=["GET"]),
                Route(f"{intent}/confirm", self._confirm, methods=["POST"]),
                Route(f"{intent}/cancel", self._cancel, methods=["POST"]),
                Route("/v1/refunds", self._refund, methods=["POST"]),
            ]
        )

    def signed(
        self, event: Json, *, age: int = 0, secret: str | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """A delivery of an event as Stripe sends it: body and headers.

        https://docs.stripe.com/webhooks/signature
        """
        body = json.dumps(event, indent=2).encode()
        moment = int(time()) - age
        key = (secret or self._webhook_secret).encode()
        signed = hmac.new(key, b"%d.%s" % (moment, body), hashlib.sha256).hexdigest()
        return body, {
            "content-type": "application/json; charset=utf-8",
            "stripe-signature": f"t={moment},v1={signed},v0={'0' * 64}",
        }

    async def _create(self, request: Request) -> Response:
        return await self._answer(request, self.ledger.create)

    async def _get(self, request: Request) -> Response:
        reference = request.path_params["id"]
        return await self._answer(request, lambda form: self.ledger.get(reference))

    async def _confirm(self, request: Request) -> Response:
        reference = request.path_params["id"]
        return await self._answer(
            request, lambda form: self.ledger.confirm(reference, form)
        )

    async def _cancel(self, request: Request) -> Response:
        reference = request.path_params["id"]
        return await self._answer(request, lambda form: self.ledger.cancel(reference))

    async def _refund(self, request: Request) -> Response:
        return await self._answer(request, self.ledger.refund)

    async def _answer(self, request: Request, work: Work) -> Response:
        body = (await request.body()).decode()
        self.requests.append((request.method, request.url.path))
        fault = self.faults.popleft() if self.faults else None
        if fault == "hang":
            # what comes after the body is the end of the connection
            await request.receive()
        if isinstance(fault, int):
            refusal = RATE_LIMITED if fault == 429 else BROKEN
            return _response((fault, refusal.body()))
        if not request.headers.get("authorization", "").startswith("Bearer sk_test_"):
            return _response((401, Refusal(401, "invalid_api_key").body()))
        key = request.headers.get("idempotency-key")
        answer, is_replayed = self._once(key, f"{request.url.path}?{body}", work, body)
        self._send_events()
        if fault == "lost":
            # it was done, and nobody is told
            return _response((502, BROKEN.body()))
        response = _response(answer)
        if is_replayed:
            response.headers["idempotent-replayed"] = "true"
        return response

    def _once(
        self, key: str | None, asked: str, work: Work, body: str
    ) -> tuple[Answer, bool]:
        """The answer, which is the same for the same key."""
        if key is not None and key in self._answers:
            first, answer = self._answers[key]
            if first != asked or answer is None:
                refusal = Refusal(400, "idempotency_error", "idempotency_error")
                return (400, refusal.body()), False
            return answer, True
        try:
            answer = (200, work(dict(parse_qsl(body))))
        except Refusal as refusal:
            answer = (refusal.status, refusal.body())
        # what was answered stays as it was, whatever happens to it later
        answer = (answer[0], json.loads(json.dumps(answer[1])))
        if key is not None:
            self._answers[key] = (asked, answer)
        return answer, False

    def _send_events(self) -> None:
        if self._webhook_url is None:
            return
        for event in self.ledger.events[self._sent :]:
            task = asyncio.create_task(self._deliver(event, self._webhook_url))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        self._sent = len(self.ledger.events)

    async def _deliver(self, event: Json, url: str) -> None:
        """Deliver an event, again and again where it is not taken."""
        async with httpx.AsyncClient() as client:
            for attempt in range(TRIES):
                body, headers = self.signed(event)
                with suppress(httpx.TransportError):
                    answer = await client.post(url, content=body, headers=headers)
                    if answer.is_success:
                        return
                await asyncio.sleep(2**attempt)


def _response(answer: Answer) -> JSONResponse:
    status, body = answer
    headers = {"request-id": f"req_{uuid4().hex[:14]}"}
    return JSONResponse(body, status, headers)
