"""For black_box_orders.py: what shoppers do over HTTP, whatever becomes of the shop."""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

ADDRESS = {
    "recipient": "Mina Okafor",
    "street": "Lindenweg 7",
    "postalCode": "10115",
    "city": "Berlin",
    "country": "DE",
}
CARD, DECLINED_CARD = "pm_card_visa", "pm_card_declined"

Item = dict[str, Any]


@dataclass
class Shoppers:
    """Clients of the shop, who make up their minds by the seed.

    While the shop `is_open`, so many requests are under way as there are `turns`.
    `seen` is what they were told of their orders last, by id.
    """

    http: httpx.AsyncClient
    chance: random.Random
    turns: asyncio.Semaphore
    seen: dict[str, str] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    answers: int = 0
    repeats: int = 0
    is_open: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def post(self, path: str, body: Item | None = None) -> httpx.Response:
        """The answer to a request, which is repeated under its key until it comes."""
        key = str(UUID(int=self.chance.getrandbits(128), version=4))
        while True:
            await self.is_open.wait()
            async with self.turns:
                answer = await self._try(path, body, key)
            if answer is not None:
                return answer
            self.repeats += 1
            # as the service asks for, whose Retry-After this is
            await asyncio.sleep(1)

    async def _try(
        self, path: str, body: Item | None, key: str
    ) -> httpx.Response | None:
        headers = {"idempotency-key": key}
        try:
            answer = await self.http.post(path, json=body, headers=headers)
        except httpx.TransportError:
            return None
        if answer.status_code >= 500 or '"request_in_progress"' in answer.text:
            return None
        async with self.answered:
            self.answers += 1
            self.answered.notify_all()
        return answer

    async def more_answers(self, count: int) -> None:
        """Return when so many more requests were answered."""
        wanted = self.answers + count
        async with self.answered:
            await self.answered.wait_for(lambda: self.answers >= wanted)

    async def place(
        self, customer: Item, product: Item, quantity: int = 1
    ) -> str | None:
        """The id of a new order; None where there is too little stock."""
        answer = await self.post(
            "/orders",
            {
                "customerId": customer["id"],
                "lines": [{"productId": product["id"], "quantity": quantity}],
                "shippingAddress": ADDRESS,
            },
        )
        if answer.status_code == 409:
            assert '"insufficient_stock"' in answer.text, answer.text
            return None
        return self._note(answer, 201)

    async def pay(self, order: str, card: str = CARD) -> None:
        """Pay an order, which somebody may have cancelled."""
        body = {"paymentMethod": card}
        answer = await self.post(f"/orders/{order}/pay", body)
        if answer.status_code == 402:
            assert card == DECLINED_CARD and '"payment_declined"' in answer.text
        elif answer.status_code == 409:
            told = ("order_cancelled", "reservation_expired", "payment_")
            assert any(f'"{code}' in answer.text for code in told), answer.text
        else:
            assert self._note(answer, 200) == order

    async def cancel(self, order: str) -> None:
        """Cancel an order."""
        assert self._note(await self.post(f"/orders/{order}/cancel"), 200) == order
        assert self.seen[order] == "cancelled"

    async def shop(self, customer: Item, product: Item) -> None:
        """Place an order and do one of what shoppers do with it."""
        order = await self.place(customer, product, self.chance.randint(1, 2))
        if order is not None:
            await self.go_on(order)

    async def go_on(self, order: str) -> None:
        """Do one of what shoppers do with an order that they have placed."""
        match self.chance.choice(
            ("pay", "pay", "decline", "cancel", "both", "regret", "")
        ):
            case "pay":
                await self.pay(order)
            case "decline":
                await self.pay(order, DECLINED_CARD)
                await self.pay(order)
            case "cancel":
                await self.cancel(order)
            case "both":
                await asyncio.gather(self.pay(order), self.cancel(order))
            case "regret":
                await self.pay(order)
                await self.cancel(order)

    def _note(self, answer: httpx.Response, status: int) -> str:
        assert answer.status_code == status, answer.text
        told = answer.json()
        order = str(told["id"])
        if self.seen.get(order) != "cancelled":
            self.seen[order] = told["status"]
        if told["status"] == "paid":
            self.paid.add(order)
        return order
