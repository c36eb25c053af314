"""Mails about orders: none is lost, and one that comes twice can be known as one."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI

import event_trials

from .shop import Shop, body_of


@pytest.fixture
async def post(app: FastAPI, mailbox: Any) -> Any:
    """The mailbox, when nothing is left that other tests have published."""
    await event_trials.handled(app.state.wiring)
    mailbox.mails.clear()
    mailbox.recipients.clear()
    return mailbox


async def test_each_event_is_one_mail(app: FastAPI, monolith: Shop, post: Any) -> None:
    customer, lamp = await monolith.customer(), await monolith.product()
    order = await monolith.placed(customer, (lamp, 1))
    body_of(await monolith.pay(order))
    for _ in range(2):
        await event_trials.handled(app.state.wiring)
        subjects = [mail["Subject"] for mail in post.mails]
        assert subjects == ["We have your order", "Your order is paid"]
    assert post.recipients == [customer["email"]] * 2
    assert order["id"] in post.mails[0].get_content()


async def test_a_mail_that_no_server_takes_is_tried_again(
    app: FastAPI, monolith: Shop, post: Any
) -> None:
    customer = await monolith.customer()
    await monolith.placed(customer, (await monolith.product(), 1))
    post.refused_recipients.append("450 greylisted")
    with pytest.raises(Exception, match="mail server"):
        await event_trials.handled(app.state.wiring)
    assert post.mails == []
    await event_trials.handled(app.state.wiring)
    assert [mail["To"] for mail in post.mails] == [customer["email"]]
    assert await monolith.messages(customer) == ["order_placed"]


async def test_a_mail_that_is_sent_twice_has_one_name(
    app: FastAPI, monolith: Shop, post: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*given: object) -> None:
        raise asyncio.CancelledError

    customer = await monolith.customer()
    await monolith.placed(customer, (await monolith.product(), 1))
    with monkeypatch.context() as sent:
        sent.setattr(app.state.wiring.notifications, "_note", killed)
        with pytest.raises(asyncio.CancelledError):
            await event_trials.handled(app.state.wiring)
    await event_trials.handled(app.state.wiring)
    names = [mail["Message-ID"] for mail in post.mails]
    assert len(names) == 2 and len(set(names)) == 1
    assert await monolith.messages(customer) == ["order_placed"]
