"""Which entities a contract has, and what answers each operation from their storage."""

import re
from dataclasses import replace
from typing import Literal

from . import names
from .domain import (
    Column,
    Entity,
    Enumeration,
    Field,
    ListOf,
    Model,
    ModelOf,
    Operation,
    Scalar,
    Storage,
    Stub,
    Type,
    Wrapper,
)
from .operations import RawOperation

_PAGE = frozenset({"page", "page_number", "current_page"})
_LIMIT = frozenset({"limit", "page_size", "per_page", "size"})
_SORT = frozenset({"sort_by", "sort", "order_by"})
_ORDER = frozenset({"order", "sort_order", "direction"})
_SEARCH = frozenset({"search", "q"})
_TOTAL = frozenset({"total", "total_count", "total_items", "total_elements", "count"})
_PAGES = frozenset({"total_pages", "pages", "page_count", "last_page"})
_MORE = frozenset({"has_more", "has_next"})
_CREATED = frozenset({"created_at", "created", "created_on"})
_UPDATED = frozenset({"updated_at", "updated", "modified_at", "updated_on"})


class Entities:
    """Finds the entities of all contexts and decides what answers an operation."""

    def __init__(self, models: dict[str, Model], raw: list[RawOperation]) -> None:
        self.models = models
        self.raw = raw
        self.by_collection: dict[str, tuple[str, Entity]] = {}
        self.tables = names.Names()
        self.rows = names.Names()
        for name in models:
            self.rows.unique(name)
        self.attributes: dict[str, names.Names] = {}
        self._find()

    def of(self, context: str) -> list[Entity]:
        return [e for owner, e in self.by_collection.values() if owner == context]

    def _find(self) -> None:
        by_path: dict[str, dict[str, RawOperation]] = {}
        for item in self.raw:
            by_path.setdefault(item.operation.path, {})[item.operation.method] = item
        for path, item_operations in by_path.items():
            collection, parameter = _split(path)
            if parameter is None or collection not in by_path:
                continue
            if "{" in collection:
                continue
            entity = self._entity(
                collection, parameter, item_operations, by_path[collection]
            )
            if entity:
                context = next(iter(item_operations.values())).context
                self.by_collection[collection] = (context, entity)

    def _entity(
        self,
        collection: str,
        parameter: str,
        items: dict[str, RawOperation],
        collections: dict[str, RawOperation],
    ) -> Entity | None:
        source = next(
            (
                items[method].operation
                for method in ("get", "put", "patch")
                if method in items
                and isinstance(items[method].operation.reply.type, ModelOf)
            ),
            None,
        )
        if source is None or not isinstance(source.reply.type, ModelOf):
            return None
        model = self.models[source.reply.type.model]
        path_type = next(
            (p.type for p in source.parameters if p.place == "path"), Scalar("string")
        )
        key = self._key(model, parameter)
        create = collections.get("post")
        created = self._body_model(create)
        columns = self._columns(model, created, key, path_type)
        if not columns:
            return None
        context = next(iter(items.values())).context
        plural = names.snake(collection.rsplit("/", 1)[-1], "items")
        attribute = self._taken(context).unique(names.method_name(plural))
        table = self.tables.unique(names.table_name(plural))
        return Entity(
            name=model.name,
            attribute=attribute,
            table=table,
            row=self.rows.unique(
                f"{names.pascal(attribute)}Row"
                if model.name != _singular_class(attribute)
                else f"{model.name}Row"
            ),
            model=model.name,
            columns=columns,
            collection_path=collection,
        )

    def _taken(self, context: str) -> names.Names:
        """The names that the operations of a context have, or take here."""
        if context not in self.attributes:
            self.attributes[context] = names.Names()
            for item in self.raw:
                if item.context == context:
                    self.attributes[context].unique(item.operation.name)
        return self.attributes[context]

    def _body_model(self, item: RawOperation | None) -> Model | None:
        body = item.operation.body if item else None
        if body and isinstance(body.type, ModelOf):
            return self.models[body.type.model]
        return None

    @staticmethod
    def _key(model: Model, parameter: str) -> str:
        """The attribute that identifies an item: named as the parameter, or `id`."""
        wanted = [names.field_name(parameter), "id"]
        tail = names.snake(parameter).rsplit("_", 1)[-1]
        wanted.append(names.field_name(tail))
        return next((name for name in wanted if model.field(name)), "id")

    def _columns(
        self, model: Model, created: Model | None, key: str, path_type: Type
    ) -> tuple[Column, ...]:
        if not isinstance(path_type, Scalar | Enumeration):
            return ()
        fields: dict[str, Field] = {field.name: field for field in model.fields}
        for field in created.fields if created else ():
            fields.setdefault(field.name, replace(field, required=False))
        columns = []
        if key not in fields:
            columns.append(self._key_column(key, path_type, None))
        for name, field in fields.items():
            if name == key:
                given = created.field(key) if created else None
                columns.append(self._key_column(key, path_type, given))
                continue
            other = created.field(name) if created else None
            columns.append(
                Column(
                    name=name,
                    type=replace(field.type, nullable=False),
                    nullable=field.type.nullable
                    or not (field.required or field.has_default),
                    managed=_managed(field, created),
                    default=(
                        field.default
                        if field.has_default or other is None
                        else other.default
                    ),
                    unique=field.unique or bool(other and other.unique),
                    index=field.index or bool(other and other.index),
                )
            )
        return tuple(columns)

    @staticmethod
    def _key_column(name: str, type_: Type, given: Field | None) -> Column:
        generated: str | None = None
        if not (given and given.required):
            integer = isinstance(type_, Scalar) and type_.kind == "integer"
            generated = "integer" if integer else "uuid"
        return Column(name, type_, nullable=False, key=True, generated=generated)  # type: ignore[arg-type]

    def answer(self, item: RawOperation) -> Storage | Stub:
        """What answers an operation: an entity's storage, or a stub with its reason."""
        operation = item.operation
        if not item.json_only:
            return Stub("media-type", "its content is not JSON")
        if item.unread:
            return Stub("parameters", f"nobody reads its {', '.join(item.unread)}")
        collection, parameter = _split(operation.path)
        if operation.path in self.by_collection:
            entity = self.by_collection[operation.path][1]
            if operation.method == "get":
                return self._list(operation, entity)
            if operation.method == "post":
                return self._create(operation, entity)
        elif parameter is not None and collection in self.by_collection:
            return self._item(operation, self.by_collection[collection][1])
        elif "{" in collection and parameter is None:
            return Stub("action", "an action below an item is a decision of the domain")
        return Stub("no-item-path", "no collection with an item path to store it in")

    def _item(self, operation: Operation, entity: Entity) -> Storage | Stub:
        returns = operation.reply.type
        returns_entity = isinstance(returns, ModelOf) and returns.model == entity.model
        if operation.method == "get" and returns_entity:
            return Storage("get", entity)
        if operation.method == "delete":
            if returns is None or returns_entity:
                return Storage("delete", entity)
            return Stub("response", "its response is not the deleted item")
        if operation.method in ("put", "patch"):
            model = self._operation_body(operation)
            if model is None or (returns is not None and not returns_entity):
                return Stub("response", "it neither takes nor returns the item")
            unknown = [f.wire for f in model.fields if not entity.column(f.name)]
            if unknown:
                return Stub("unknown-fields", f"the item has no {', '.join(unknown)}")
            return Storage("replace" if operation.method == "put" else "update", entity)
        return Stub("action", f"{operation.method.upper()} on an item is an action")

    def _operation_body(self, operation: Operation) -> Model | None:
        body = operation.body
        if body and isinstance(body.type, ModelOf):
            return self.models[body.type.model]
        return None

    def _create(self, operation: Operation, entity: Entity) -> Storage | Stub:
        model = self._operation_body(operation)
        returns = operation.reply.type
        if model is None:
            return Stub("request", "it takes no JSON object")
        if not isinstance(returns, ModelOf) or returns.model != entity.model:
            return Stub("response", "it does not return the item")
        missing = []
        for column in entity.columns:
            given = model.field(column.name)
            filled = given is not None and (given.required or given.has_default)
            free = column.nullable or column.has_default or column.managed
            if not (filled or free or column.generated):
                missing.append(column.name)
        if missing:
            return Stub("computed-fields", f"somebody computes {', '.join(missing)}")
        return Storage("create", entity)

    def _list(self, operation: Operation, entity: Entity) -> Storage | Stub:
        returns = operation.reply.type
        wrapper = None
        if isinstance(returns, ModelOf):
            wrapper = self._wrapper(self.models[returns.model], entity, nested=False)
            if wrapper is None:
                return Stub("list-wrapper", "its page has fields that nothing fills")
        elif not (isinstance(returns, ListOf) and _is_model(returns.items, entity)):
            return Stub("response", "it does not return a list of the item")
        chosen: dict[str, str] = {}
        filters, ignored = [], []
        for parameter in operation.parameters:
            name = names.snake(parameter.wire)
            column = entity.column(names.field_name(parameter.wire))
            slot = list_slot(name)
            if slot and slot not in chosen:
                chosen[slot] = parameter.name
            elif column and isinstance(column.type, Scalar | Enumeration):
                filters.append((parameter.name, column.name))
            else:
                ignored.append(parameter.wire)
        return Storage(
            "list",
            entity,
            wrapper,
            page=chosen.get("page"),
            limit=chosen.get("limit"),
            sort=chosen.get("sort"),
            order=chosen.get("order"),
            search=chosen.get("search"),
            filters=tuple(filters),
            ignored=tuple(ignored),
        )

    def _wrapper(self, model: Model, entity: Entity, nested: bool) -> Wrapper | None:
        found: list[tuple[str, str | Wrapper]] = []
        items = 0
        for field in model.fields:
            if isinstance(field.type, ListOf) and _is_model(field.type.items, entity):
                found.append((field.name, "items"))
                items += 1
                continue
            source: str | Wrapper | None = None
            if isinstance(field.type, ModelOf):
                if not nested:
                    source = self._wrapper(self.models[field.type.model], entity, True)
            else:
                source = _page_source(field.name)
            if source is not None:
                found.append((field.name, source))
            elif field.required:
                return None
        if not nested and items != 1:
            return None
        return Wrapper(model.name, tuple(found))


def list_slot(name: str) -> str | None:
    """What a query parameter of a list means by its name: `page`, `limit`, `sort`..."""
    slots = (
        ("page", _PAGE),
        ("limit", _LIMIT),
        ("sort", _SORT),
        ("order", _ORDER),
        ("search", _SEARCH),
    )
    return next((slot for slot, known in slots if name in known), None)


def _page_source(name: str) -> str | None:
    sources = (
        ("page", _PAGE),
        ("limit", _LIMIT),
        ("total", _TOTAL),
        ("pages", _PAGES),
        ("has_more", _MORE),
    )
    return next((source for source, known in sources if name in known), None)


def _managed(
    field: Field, created: Model | None
) -> Literal["created", "updated"] | None:
    if not (isinstance(field.type, Scalar) and field.type.kind == "date-time"):
        return None
    if created and created.field(field.name):
        return None
    if field.name in _CREATED:
        return "created"
    return "updated" if field.name in _UPDATED else None


def _is_model(type_: Type, entity: Entity) -> bool:
    return isinstance(type_, ModelOf) and type_.model == entity.model


def _split(path: str) -> tuple[str, str | None]:
    """`/things/{thingId}` -> `/things`, `thingId`; no parameter last: path, None."""
    head, _, last = path.rstrip("/").rpartition("/")
    match = re.fullmatch(r"\{([^{}]+)\}", last)
    return (head, match[1]) if match else (path, None)


def _singular_class(attribute: str) -> str:
    """The class name whose plural is the attribute, or an empty string."""
    for singular in (attribute[:-3] + "y", attribute[:-2], attribute[:-1]):
        if names.plural(singular) == attribute:
            return names.pascal(singular)
    return ""
