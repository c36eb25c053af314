"""What the properties of an error body are filled with: a tree beside the type.

The leaves name what a generated project's `ErrorReport` and `FieldReport` say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from .domain import Enumeration

By: TypeAlias = Literal["report", "field"]


@dataclass(frozen=True)
class Said:
    """What a report of an error, or of one broken rule, says: `report.text`.

    `limit` is the length of the longest text that the contract allows.
    """

    by: By
    what: str
    limit: int | None = None


@dataclass(frozen=True)
class Fixed:
    """A value that follows from the contract alone; None for `null`."""

    value: str | int | bool | None


@dataclass(frozen=True)
class Empty:
    """A list or a map with nothing in it."""

    is_list: bool


@dataclass(frozen=True)
class Chosen:
    """The member of an enumeration that says what the error says."""

    by: By
    what: str
    type: Enumeration
    members: tuple[tuple[str, str], ...]
    otherwise: str


@dataclass(frozen=True)
class Made:
    """An object: its fields by name, without those that are left out."""

    model: str
    fields: tuple[tuple[str, "Filling"], ...]


@dataclass(frozen=True)
class Messages:
    """A text for each broken rule.

    With `always` there is one for the error as a whole where no rule is named. At most
    `limit` texts, each of at most `each` characters.
    """

    always: bool
    limit: int | None = None
    each: int | None = None
    unique: bool = False


@dataclass(frozen=True)
class Each:
    """An item for each broken rule; `always` and `limit` as with Messages."""

    item: "Filling"
    always: bool
    limit: int | None = None


@dataclass(frozen=True)
class ByField:
    """A map from what is wrong to all that is said of it, or to the first text."""

    lists: bool
    always: bool = False


Filling: TypeAlias = Said | Fixed | Empty | Chosen | Made | Messages | Each | ByField

_WORDS = frozenset(
    "text full_text title message code upper_code status status_text".split()
)


def leaves(filling: Filling) -> Iterator[Filling]:
    """The parts of a filling; what is inside of lists is not looked at."""
    if isinstance(filling, Made):
        for _, value in filling.fields:
            yield from leaves(value)
    else:
        yield filling


def size(filling: Filling) -> int:
    """How many properties are filled."""
    if isinstance(filling, Made):
        return sum(1 + size(value) for _, value in filling.fields)
    return size(filling.item) if isinstance(filling, Each) else 0


def says_something(filling: Filling) -> bool:
    """Whether a body, or an item of it, tells one error from another."""
    return any(
        isinstance(leaf, Chosen | Messages | Each | ByField)
        or (isinstance(leaf, Said) and leaf.what in _WORDS)
        for leaf in leaves(filling)
    )


def completed(filling: Filling) -> Filling:
    """The filling with what one part has to say because no other does.

    A list of broken rules also tells of the error as a whole where there is no text,
    and a text names the broken rules where there is no list.
    """
    said = {leaf.what for leaf in leaves(filling) if isinstance(leaf, Said)}
    has_text = bool(said & {"text", "title"})
    has_list = any(isinstance(x, Messages | Each | ByField) for x in leaves(filling))
    fullest = "text" if "text" in said else "title"

    def complete(leaf: Filling) -> Filling:
        if isinstance(leaf, Messages | Each | ByField):
            return leaf if has_text else replace(leaf, always=True)
        if isinstance(leaf, Said) and leaf.what == fullest and not has_list:
            return replace(leaf, what="full_text")
        return leaf

    return _mapped(filling, complete)


def _mapped(filling: Filling, change: Callable[[Filling], Filling]) -> Filling:
    if isinstance(filling, Made):
        changed = ((name, _mapped(value, change)) for name, value in filling.fields)
        return replace(filling, fields=tuple(changed))
    return change(filling)


def tells(filling: Filling, length: int) -> bool:
    """Whether a text of this length about the error as a whole is in the body."""
    for leaf in leaves(filling):
        if isinstance(leaf, Said):
            found = leaf.what in ("text", "full_text") and _fits(leaf.limit, length)
        elif isinstance(leaf, Messages):
            found = leaf.always and _fits(leaf.each, length)
        elif isinstance(leaf, Each):
            found = leaf.always and _item_says(leaf.item, {"message"}, length)
        else:
            found = isinstance(leaf, ByField) and leaf.always
        if found:
            return True
    return False


def points(filling: Filling, length: int) -> bool:
    """Whether the body names the field whose rule was broken, in this many letters."""
    for leaf in leaves(filling):
        if isinstance(leaf, Said):
            found = leaf.what == "full_text" and _fits(leaf.limit, length)
        elif isinstance(leaf, Messages):
            found = _fits(leaf.each, length)
        elif isinstance(leaf, Each):
            found = _item_says(leaf.item, {"name", "pointer", "steps"}, length)
        else:
            found = isinstance(leaf, ByField)
        if found:
            return True
    return False


def _item_says(item: Filling, what: set[str], length: int) -> bool:
    return any(
        isinstance(leaf, Said) and leaf.what in what and _fits(leaf.limit, length)
        for leaf in leaves(item)
    )


def _fits(limit: int | None, length: int) -> bool:
    return limit is None or limit >= length
