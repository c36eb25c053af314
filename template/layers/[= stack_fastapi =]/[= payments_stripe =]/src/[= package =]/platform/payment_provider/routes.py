"""Where the payment provider delivers its events."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status

from ..error_format import error_responses
from ..routing import PLATFORM
from .deliveries import PaymentDeliveries

router = APIRouter(prefix=f"{PLATFORM}/webhooks", tags=["platform"])


async def _deliveries(request: Request) -> PaymentDeliveries:
    deliveries: PaymentDeliveries = request.app.state.wiring.payment_deliveries
    return deliveries


@router.post(
    "/payments",
    operation_id="platformPaymentWebhook",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(400, 413),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    },
)
async def take_delivery(
    request: Request, deliveries: Annotated[PaymentDeliveries, Depends(_deliveries)]
) -> None:
    """Take an event of the payment provider, which has to have signed its bytes."""
    await deliveries.take(await request.body(), request.headers)
