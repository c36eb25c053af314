"""The jobs of the orders: the report counts what was paid."""

from fastapi import FastAPI

import job_trials

from .shop import Shop

REPORT = "orders.report_week"


async def test_the_report_of_the_week(app: FastAPI, monolith: Shop) -> None:
    customer = await monolith.customer()
    product = await monolith.product(currency="GBP", unitPrice=1250)
    before = await job_trials.done(app.state.wiring, REPORT)
    order = await monolith.placed(customer, (product, 2))
    await monolith.placed(customer, (product, 1))  # and not paid
    assert (await monolith.pay(order)).status_code == 200
    after = await job_trials.done(app.state.wiring, REPORT)
    assert isinstance(before, dict) and isinstance(after, dict)
    assert "GBP" not in before
    assert after["GBP"] == {"orders": 1, "total": 2500}
