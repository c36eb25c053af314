"""An answer as it is kept: its form, its guards, its state and its JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic_core import from_json, to_json

from .tokens import Tokens, text_of


@dataclass(frozen=True, slots=True)
class Kept:
    """What `form` says has to be known by who reads it: another version has another.

    `tokens` are those of the guards that it was read under. `state` is what the entity
    tag of an item is made of, where that was seen.
    """

    form: str
    tokens: Tokens
    state: Sequence[object] | None
    text: bytes

    def packed(self) -> bytes:
        """One value, in four lines: JSON without line breaks comes last."""
        state = (
            b""
            if self.state is None
            else to_json(self.state, fallback=str, bytes_mode="base64")
        )
        tokens = text_of(self.tokens).encode()
        return b"\n".join((self.form.encode(), tokens, state, self.text))


def unpacked(value: bytes) -> Kept:
    """What was packed; raises ValueError where it was not."""
    form, tokens, state, text = value.split(b"\n", 3)
    return Kept(
        form.decode(),
        tuple(tokens.split(b",")) if tokens else (),
        from_json(state) if state else None,
        text,
    )
