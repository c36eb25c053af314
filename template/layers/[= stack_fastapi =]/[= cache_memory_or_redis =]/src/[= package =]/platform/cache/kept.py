"""An answer as it is kept: the guards that it was read under, its state, its JSON."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic_core import from_json, to_json


@dataclass(frozen=True, slots=True)
class Kept:
    """`state` is what the entity tag of an item is made of, where that was seen."""

    tokens: tuple[bytes, ...]
    state: Sequence[object] | None
    text: bytes

    def packed(self) -> bytes:
        """One value, in three lines: JSON without line breaks comes last."""
        state = (
            b""
            if self.state is None
            else to_json(self.state, fallback=str, bytes_mode="base64")
        )
        return b"\n".join((b",".join(self.tokens), state, self.text))


def unpacked(value: bytes) -> Kept:
    """What was packed."""
    tokens, state, text = value.split(b"\n", 2)
    return Kept(
        tuple(tokens.split(b",")) if tokens else (),
        from_json(state) if state else None,
        text,
    )
