"""What the parameters of a list ask for: a page, an order, a search, filters."""

import re
from dataclasses import dataclass, field, replace

from . import names
from .domain import Entity, Enumeration, Operation, Parameter, Scalar, Type
from .fits import Fitting
from .lists import list_slot


@dataclass
class Asked:
    """The parameters of a list: by what they are for, as filters, and the others."""

    slots: dict[str, str] = field(default_factory=dict)
    first_page: int = 1
    filters: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()


def asked_of(operation: Operation, entity: Entity, fitting: Fitting) -> Asked:
    """What the parameters of a list of an entity ask for."""
    asked = Asked()
    filters, ignored = [], []
    for parameter in operation.parameters:
        if parameter.place == "path":
            continue
        column = entity.column(names.field_name(parameter.wire))
        slot = list_slot(names.snake(parameter.wire))
        free = slot and slot not in asked.slots
        if slot and free and _is_slot(slot, parameter, entity):
            asked.slots[slot] = parameter.name
            if slot == "page":
                asked.first_page = _first_page(parameter)
        elif (
            column
            and isinstance(column.type, Scalar | Enumeration)
            and fitting.fits(present(parameter.type), column.type)
        ):
            filters.append((parameter.name, column.name))
        else:
            ignored.append(parameter.wire)
    if "cursor" in asked.slots and asked.slots.keys() & {"page", "offset"}:
        ignored.append(asked.slots.pop("cursor"))
    asked.filters, asked.ignored = tuple(filters), tuple(ignored)
    return asked


def _first_page(parameter: Parameter) -> int:
    """Whether pages are counted from 0 or from 1, as the parameter allows it."""
    type_ = parameter.type
    low = type_.constraint("minimum") if isinstance(type_, Scalar) else None
    return 0 if low == 0 or parameter.default == 0 else 1


def present(type_: Type) -> Type:
    """A type without null."""
    return replace(type_, nullable=False)


def _is_slot(slot: str, parameter: Parameter, entity: Entity) -> bool:
    """Whether a parameter can do what its name says, for each of its values."""
    type_ = parameter.type
    if slot in ("page", "offset", "limit"):
        return isinstance(type_, Scalar) and type_.kind == "integer"
    if isinstance(type_, Enumeration):
        values = [str(value) for value in type_.values]
        if slot == "order":
            return {"asc", "desc"}.issuperset(values)
        return slot == "sort" and all(_is_order(value, entity) for value in values)
    if slot == "search" and not any(_is_text(c.type) for c in entity.columns):
        return False
    usual = parameter.default if parameter.has_default else None
    if slot == "sort" and usual is not None and not _is_order(str(usual), entity):
        return False
    return slot != "order" and _is_text(type_)


def _is_order(text: str, entity: Entity) -> bool:
    """Whether a list can be sorted so: by a column, as `-title` or `title:desc`."""
    name = re.sub(r"^[-+]|:(asc|desc)$", "", text)
    return entity.column(names.field_name(name)) is not None


def _is_text(type_: Type) -> bool:
    return isinstance(type_, Scalar) and type_.kind == "string"
