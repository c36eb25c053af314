"""What the error bodies of the contract are filled with."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_json

from .errors import FieldError

Member = TypeVar("Member")


class FieldReport(FieldError):
    """One broken rule, and how others than JSON Pointer name its place."""

    @property
    def steps(self) -> list[str]:
        """`/body/items/0` -> body, items, 0."""
        escaped = self.pointer.split("/")[1:]
        return [step.replace("~1", "/").replace("~0", "~") for step in escaped]

    @property
    def place(self) -> str:
        """The part of the request: body, query, path or header."""
        return self.steps[0] if self.pointer else "request"

    @property
    def name(self) -> str:
        """`/body/items/0` -> items.0; the part of the request where it is all of it."""
        return ".".join(self.steps[1:]) or self.place


@dataclass(frozen=True, slots=True)
class ErrorReport:
    """An error, and the request that it ends.

    `code` is what the error calls itself, `kind` what its status is called.
    """

    status: int
    code: str
    kind: str
    title: str
    text: str
    request_id: str
    method: str
    path: str
    time: datetime
    fields: tuple[FieldReport, ...]

    @property
    def full_text(self) -> str:
        """The text, and every broken rule."""
        return ": ".join(filter(None, (self.text, "; ".join(self.field_messages))))

    @property
    def field_messages(self) -> list[str]:
        """A text for each broken rule."""
        return [f"{field.name}: {field.message}" for field in self.fields]

    @property
    def messages(self) -> list[str]:
        """A text for each broken rule, or one for the error as a whole."""
        return self.field_messages or [self.text]

    @property
    def entries(self) -> tuple[FieldReport, ...]:
        """Each broken rule, or the error as a whole as if it were one."""
        return self.fields or (FieldReport("", self.text, self.code),)

    def among(self, members: Mapping[str, Member], otherwise: Member) -> Member:
        """The member of an enumeration that stands for this error."""
        return members.get(self.code, members.get(self.kind, otherwise))


def messages_by_field(entries: Iterable[FieldReport]) -> dict[str, list[str]]:
    """All that is wrong with each field."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        found.setdefault(entry.name, []).append(entry.message)
    return found


@dataclass(frozen=True)
class ErrorBody:
    """A body that the contract declares for errors, and what fills it."""

    media_type: str
    type_: Any
    fill: Callable[[ErrorReport], object]

    def content(self, report: ErrorReport) -> bytes:
        """The body that tells of an error."""
        filled = self.fill(report)
        if isinstance(filled, str) and self.media_type.startswith("text/"):
            return filled.encode()
        return to_json(filled)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema in one piece: references would be the document's."""
        schema = TypeAdapter(self.type_).json_schema(mode="serialization")
        whole: dict[str, Any] = inlined(schema, schema.pop("$defs", {}))
        return whole


def inlined(
    node: Any, known: Mapping[str, Any], within: frozenset[str] = frozenset()
) -> Any:
    """A part of a schema with what it refers to; `{}` where it holds itself."""
    if isinstance(node, list):
        return [inlined(item, known, within) for item in node]
    if not isinstance(node, dict):
        return node
    name = str(node.get("$ref", "")).rpartition("/")[2]
    if name in within:
        return {}
    if name:
        return inlined(known[name], known, within | {name})
    return {key: inlined(value, known, within) for key, value in node.items()}
