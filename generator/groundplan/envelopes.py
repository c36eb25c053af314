"""Envelopes: models that wrap an item, or the items of a page."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from . import lists
from .domain import Field, ListOf, Model, ModelOf, Type, Wrapper

Fits = Callable[[str], bool]


@dataclass(frozen=True)
class PageOf:
    """A list that is answered: of what, with which status, and asked for how."""

    collection: str
    status: int
    fits: Fits
    cursor: bool


class Envelopes:
    """Tells envelopes from what is in them."""

    def __init__(self, models: dict[str, Model]) -> None:
        self.models = models

    def item_in(
        self, type_: Type | None, *, reply: bool = True
    ) -> tuple[str, Field | None] | None:
        """The model that a body or a reply is about, and the field that holds it."""
        if not isinstance(type_, ModelOf):
            return None
        model = self.models[type_.model]
        inner = [
            field
            for field in model.fields
            if isinstance(field.type, ModelOf) and not field.type.nullable
        ]
        for field in inner:
            others = [other for other in model.fields if other is not field]
            if lists.is_envelope(field, others, reply=reply):
                assert isinstance(field.type, ModelOf)
                return field.type.model, field
        return type_.model, None

    def items_in(self, type_: Type | None) -> str | None:
        """The model of the items that a list's reply holds, if that is plain."""
        if isinstance(type_, ListOf):
            return type_.items.model if isinstance(type_.items, ModelOf) else None
        if not isinstance(type_, ModelOf):
            return None
        held = list(self._lists(self.models[type_.model], nested=False))
        return held[0] if len(held) == 1 else None

    def _lists(self, model: Model, *, nested: bool) -> Iterable[str]:
        for field in model.fields:
            type_ = field.type
            if isinstance(type_, ListOf) and isinstance(type_.items, ModelOf):
                yield type_.items.model
            elif isinstance(type_, ModelOf) and not nested:
                yield from self._lists(self.models[type_.model], nested=True)

    def around_item(self, type_: Type, status: int) -> Wrapper | None:
        """How a reply wraps its item; None where it does not, or nothing fills it."""
        found = self.item_in(type_)
        if found is None or found[1] is None or not isinstance(type_, ModelOf):
            return None
        fields: list[tuple[str, str | Wrapper]] = []
        for field in self.models[type_.model].fields:
            source = (
                "item" if field is found[1] else lists.envelope_source(field, status)
            )
            if source is not None:
                fields.append((field.name, source))
            elif field.required:
                return None
        return Wrapper(type_.model, tuple(fields))

    def around_nothing(self, type_: ModelOf, status: int) -> Wrapper | None:
        """How a reply says no more than that all went well, if it does only that."""
        fields: list[tuple[str, str | Wrapper]] = []
        for field in self.models[type_.model].fields:
            source = lists.envelope_source(field, status)
            if source is not None:
                fields.append((field.name, source))
            elif field.required:
                return None
        return Wrapper(type_.model, tuple(fields)) if fields else None

    def around_items(
        self, model: str, page: PageOf, *, nested: bool = False
    ) -> Wrapper | str:
        """How a reply wraps a page, or what in it nothing fills."""
        found: list[tuple[str, str | Wrapper]] = []
        items = 0
        fields = self.models[model].fields
        for field in fields:
            type_ = field.type
            if (
                isinstance(type_, ListOf)
                and isinstance(type_.items, ModelOf)
                and page.fits(type_.items.model)
            ):
                found.append((field.name, "items"))
                items += 1
                continue
            source: str | Wrapper | None = None
            open_ = field.wire
            if isinstance(type_, ModelOf):
                inner = (
                    "" if nested else self.around_items(type_.model, page, nested=True)
                )
                if isinstance(inner, Wrapper):
                    source = inner
                    items += _holds_items(inner)
                elif inner:
                    open_ = f"{field.wire}.{inner}"
            else:
                source = lists.page_source(
                    field, fields, page.collection, cursor=page.cursor
                )
                source = source or lists.envelope_source(field, page.status)
            if source is not None:
                found.append((field.name, source))
            elif field.required:
                return open_
        if not nested and items != 1:
            return "its list of items" if items == 0 else "one of its lists"
        return Wrapper(model, tuple(found))


def _holds_items(wrapper: Wrapper) -> bool:
    return any(source == "items" for _, source in wrapper.fields)
