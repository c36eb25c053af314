"""The body of a request on its way in: counted, and known to be late."""

from starlette.exceptions import HTTPException
from starlette.types import Message, Receive


class Intake:
    """Hands a body on, up to so many bytes; raises HTTPException beyond them."""

    def __init__(self, receive: Receive, most_bytes: int) -> None:
        self.is_awaited = False  # the application waits for more of it
        self._receive = receive
        self._most_bytes = most_bytes
        self._size = 0
        self._is_complete = False

    async def receive(self) -> Message:
        """The next part of the body, or what comes after it."""
        # it stays so when the deadline ends the wait
        self.is_awaited = not self._is_complete
        message = await self._receive()
        self.is_awaited = False
        self._is_complete = not message.get("more_body", False)
        self._size += len(message.get("body", b""))
        if self._size > self._most_bytes:
            # the framework lets its own exceptions pass unchanged
            raise HTTPException(413)
        return message
