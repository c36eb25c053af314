"""What an order costs: the catalog's prices of this moment, kept with the order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from ..catalog.generated.port import Product
from ..platform.errors import FieldError
from .errors import MixedCurrencies, ProductUnavailable
from .generated.schemas import Currency, OrderLine, OrderLineCreate


@dataclass(frozen=True, slots=True)
class Price:
    """The lines of an order and their total, in the minor unit of the currency."""

    lines: list[OrderLine]
    currency: Currency
    total: int


def price_of(
    lines: Sequence[OrderLineCreate], products: Mapping[UUID, Product]
) -> Price:
    """The price of the lines, by the products as the catalog has them.

    Raises ProductUnavailable for products that are missing or not on sale,
    MixedCurrencies; both point to the lines.
    """
    on_sale = {id: item for id, item in products.items() if item.status == "active"}
    missing = [
        FieldError(
            f"/body/lines/{index}/productId",
            "This product is not on sale.",
            ProductUnavailable.code,
        )
        for index, line in enumerate(lines)
        if line.product_id not in on_sale
    ]
    if missing:
        raise ProductUnavailable("Not everything is on sale.", errors=missing)
    currency = on_sale[lines[0].product_id].currency
    foreign = [
        FieldError(
            f"/body/lines/{index}/productId",
            f"This product is not priced in {currency}.",
            MixedCurrencies.code,
        )
        for index, line in enumerate(lines)
        if on_sale[line.product_id].currency != currency
    ]
    if foreign:
        raise MixedCurrencies("An order has one currency.", errors=foreign)
    priced = [_priced(line, on_sale[line.product_id]) for line in lines]
    return Price(priced, currency, sum(line.line_total for line in priced))


def _priced(line: OrderLineCreate, product: Product) -> OrderLine:
    return OrderLine(
        product_id=product.id,
        sku=product.sku,
        name=product.name,
        unit_price=product.unit_price,
        quantity=line.quantity,
        line_total=product.unit_price * line.quantity,
    )
