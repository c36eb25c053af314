"""The jobs of the notifications: what no server took is sent later."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient

import job_trials

from .test_mail import created

PassTime = Callable[..., None]
SEND_LEFT = "notifications.send_left"


@pytest.fixture
def pass_time(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> PassTime:
    """Let the clock of the notifications go ahead for the rest of the test."""
    service = app.state.wiring.notifications
    now = service.now

    def go_ahead(**time: float) -> None:
        monkeypatch.setattr(service, "now", lambda: now() + timedelta(**time))

    return go_ahead


async def status_of(client: AsyncClient, message: dict[str, Any]) -> str:
    shown = (await client.get(f"/notifications/{message['id']}")).json()
    return str(shown["status"])


async def test_what_stayed_queued_is_sent_later(
    app: FastAPI, client: AsyncClient, mailbox: Any, pass_time: PassTime
) -> None:
    mailbox.refused_recipients += ["450 greylisted"] * 2
    first = await created(client, subject="First")
    second = await created(client, subject="Second")
    await job_trials.done(app.state.wiring, SEND_LEFT)
    assert mailbox.mails == [], "somebody may be at work on them"
    pass_time(minutes=2)
    mailbox.refused_recipients.append("450 greylisted")
    await job_trials.done(app.state.wiring, SEND_LEFT)
    assert [mail["Subject"] for mail in mailbox.mails] == ["Second"]
    pass_time(minutes=4)
    await job_trials.done(app.state.wiring, SEND_LEFT)
    assert [mail["Subject"] for mail in mailbox.mails] == ["Second", "First"]
    for message in (first, second):
        assert await status_of(client, message) == "sent"


async def test_what_nobody_takes_for_days_has_failed(
    app: FastAPI, client: AsyncClient, mailbox: Any, pass_time: PassTime
) -> None:
    mailbox.refused_recipients.append("450 greylisted")
    message = await created(client)
    pass_time(days=6)
    mailbox.refused_recipients.append("450 greylisted")
    await job_trials.done(app.state.wiring, SEND_LEFT)
    assert await status_of(client, message) == "failed"
