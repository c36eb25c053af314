"""What shopkeepers and shoppers do, over HTTP, and where it may lead."""

from typing import Any
from uuid import uuid4

from httpx import AsyncClient, Response

from told import told_by

ADDRESS = {
    "recipient": "Mina Okafor",
    "street": "Lindenweg 7",
    "postalCode": "10115",
    "city": "Berlin",
    "country": "DE",
}
CARD = "pm_card_visa"
DECLINED_CARD = "pm_card_declined"

Item = dict[str, Any]


class Shop:
    """The shop as a client sees it, however many processes it is made of."""

    def __init__(self, http: AsyncClient) -> None:
        self.http = http

    async def customer(self) -> Item:
        """Somebody who buys."""
        person = {"email": f"{uuid4().hex}@example.com", "displayName": "Mina Okafor"}
        return await self._created("/users", person)

    async def product(self, *, on_hand: int = 10, **given: object) -> Item:
        """A product on sale with its stock."""
        product = {
            "sku": f"LAMP-{uuid4().hex[:12].upper()}",
            "name": "Oak desk lamp",
            "unitPrice": 7900,
            "currency": "EUR",
            "status": "active",
        }
        item = await self._created("/products", product | given)
        stock = {"productId": item["id"], "quantityOnHand": on_hand}
        await self._created("/stock-items", stock)
        return item

    async def place(self, customer: Item, *lines: tuple[Item, int]) -> Response:
        """An order of so many of each product."""
        body = {
            "customerId": customer["id"],
            "lines": [
                {"productId": product["id"], "quantity": quantity}
                for product, quantity in lines
            ],
            "shippingAddress": ADDRESS,
        }
        return await self.http.post("/orders", json=body)

    async def placed(self, customer: Item, *lines: tuple[Item, int]) -> Item:
        """The order, which is placed without objection."""
        return body_of(await self.place(customer, *lines), 201)

    async def pay(self, order: Item, payment_method: str = CARD) -> Response:
        path = f"/orders/{order['id']}/pay"
        return await self.http.post(path, json={"paymentMethod": payment_method})

    async def cancel(self, order: Item) -> Response:
        return await self.http.post(f"/orders/{order['id']}/cancel")

    async def get(self, path: str) -> Item:
        return body_of(await self.http.get(path))

    async def only(self, path: str, **query: str) -> Item | None:
        """The one item of a filtered list, if there is one."""
        response = await self.http.get(path, params=query)
        items: list[Item] = body_of(response)["data"]
        assert len(items) <= 1
        return items[0] if items else None

    async def stock(self, product: Item) -> tuple[int, int]:
        """How many are on hand, and how many of them are reserved."""
        item = await self.only("/stock-items", productId=product["id"])
        assert item is not None
        return item["quantityOnHand"], item["quantityReserved"]

    async def messages(self, customer: Item) -> list[str]:
        """The kinds of what the customer was told."""
        query = {"recipient": customer["email"], "order": "asc"}
        response = await self.http.get("/notifications", params=query)
        return [message["kind"] for message in body_of(response)["data"]]

    async def outcome(self, order: Item) -> tuple[str, str | None, str | None]:
        """The states of the order, of its payment and of its reservation.

        Only these go together, whatever happened at the same time.
        """
        payment = await self.only("/payments", orderId=order["id"])
        reservation = await self.only("/reservations", orderId=order["id"])
        outcome = (
            (await self.get(f"/orders/{order['id']}"))["status"],
            payment["status"] if payment else None,
            reservation["status"] if reservation else None,
        )
        assert outcome in {
            ("awaiting_payment", "requires_confirmation", "active"),
            ("paid", "succeeded", "confirmed"),
            *(
                ("cancelled", paid, kept)
                for paid in ("cancelled", "refunded", None)
                for kept in ("released", "expired")
            ),
        }
        return outcome

    async def _created(self, path: str, body: Item) -> Item:
        return body_of(await self.http.post(path, json=body), 201)


def body_of(response: Response, status: int = 200) -> Item:
    """The body of an answer that has this status."""
    assert response.status_code == status, response.text
    body: Item = response.json()
    return body


def refusal_of(response: Response, status: int) -> tuple[str | None, list[str]]:
    """The code of a refusal and the places it points to."""
    assert response.status_code == status, response.text
    told = told_by(response)
    return told.code, [error.pointer for error in told.errors]
