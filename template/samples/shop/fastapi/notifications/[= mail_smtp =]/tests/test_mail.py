"""Messages to customers arrive as mail, and their status tells it."""

from typing import Any

import pytest
from httpx import AsyncClient

MESSAGE = {
    "recipient": "mina@example.com",
    "kind": "order_paid",
    "subject": "Your order is paid",
    "body": "Thank you.",
}


async def created(client: AsyncClient, **changed: str) -> dict[str, Any]:
    answer = await client.post("/notifications", json=MESSAGE | changed)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    shown = await client.get(f"/notifications/{made['id']}")
    assert shown.json() == made
    return made


async def test_a_message_arrives(client: AsyncClient, mailbox: Any) -> None:
    assert (await created(client))["status"] == "sent"
    (mail,) = mailbox.mails
    assert (mail["To"], mail["Subject"]) == (MESSAGE["recipient"], MESSAGE["subject"])
    assert mail.get_content().strip() == MESSAGE["body"]


@pytest.mark.parametrize(
    ("answer", "status"), [("450 greylisted", "queued"), ("550 nobody", "failed")]
)
async def test_a_message_that_is_not_taken_is_kept(
    client: AsyncClient, mailbox: Any, answer: str, status: str
) -> None:
    mailbox.refused_recipients.append(answer)
    assert (await created(client))["status"] == status
    assert mailbox.mails == []


async def test_a_subject_begins_no_other_header(
    client: AsyncClient, mailbox: Any
) -> None:
    made = await created(client, subject="Paid\r\nBcc: other@example.com")
    assert made["status"] == "failed"
    assert mailbox.mails == []
