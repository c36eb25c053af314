"""Which entities a contract has: collections whose items have a path of their own.

A collection may stand below an item (`/articles/{slug}/comments`): the parameters above
it become columns, the scope. It may also share the table of a collection that stands
elsewhere (`/comments/{id}` for the items of the same comments).
"""

import re
from dataclasses import dataclass, replace

from . import names
from .api_versions import newest_first, unversioned
from .columns import as_key, default_of, key_column, managed_of
from .domain import (
    Column,
    Entity,
    Enumeration,
    Field,
    Model,
    Operation,
    Scalar,
    Type,
)
from .envelopes import Envelopes
from .operations import RawOperation
from .owners import with_owner

_KEY_KINDS = frozenset({"uuid", "integer", "number", "date", "date-time", "boolean"})
_GENERIC = frozenset({"id", "uuid", "key", "slug", "name", "code", "number"})
_SECRET = re.compile(r"(^|_)(password|passwd|passphrase|secret|pin)(_|$)")

Methods = dict[str, RawOperation]


@dataclass(frozen=True)
class Place:
    """Where an entity is found: its context, and the path parameters that narrow it.

    `within` pairs a column with the position of its parameter in the path.
    """

    context: str
    entity: Entity
    within: tuple[tuple[str, int], ...] = ()


class Entities:
    """Finds the entities of all contexts."""

    def __init__(self, models: dict[str, Model], raw: list[RawOperation]) -> None:
        self.models = models
        self.raw = raw
        self.envelopes = Envelopes(models)
        self.by_path: dict[str, Methods] = {}
        for item in raw:
            methods = self.by_path.setdefault(shape(item.operation.path), {})
            methods.setdefault(item.operation.method, item)
        self.collections: dict[str, Place] = {}
        self.items: dict[str, Place] = {}
        self.tables = names.Names()
        self.rows = names.Names()
        for name in models:
            self.rows.unique(name)
        self.attributes: dict[str, names.Names] = {}
        self.placed: dict[str, str] = {}
        for path in newest_first(self.by_path):
            self._find(path)
        for path in self.by_path:
            self._share(path)
        for path in self.by_path:
            self._join(path)

    def of(self, context: str) -> list[Entity]:
        places = [*self.collections.values(), *self.items.values()]
        found = [place.entity for place in places if place.context == context]
        return list({entity.table: entity for entity in found}.values())

    def _join(self, path: str) -> None:
        """A path whose entity was found in another version of it."""
        other = self.placed.get(unversioned(path), path)
        for places in (self.collections, self.items):
            if other in places:
                places.setdefault(path, places[other])

    def _find(self, path: str) -> None:
        """The entity whose items are at a path, with its collection above or elsewhere.

        Without a collection right above, one below another item may hold them.
        """
        head, is_item = split(path)
        if not is_item:
            return
        above, is_item = split(head)
        if head in self.by_path and not (is_item and above in self.by_path):
            self._add(path, head, direct=False)
            return
        last = head.rsplit("/", 1)[-1]
        if is_item:
            return
        model = self._item_model(self.by_path[path])
        shared = [
            other
            for other, methods in self.by_path.items()
            if "{}" in other
            and other.rsplit("/", 1)[-1] == last
            and f"{other}/{{}}" not in self.by_path
            and model is not None
            and self._collection_model(methods) == model
        ]
        if len(shared) == 1:
            self._add(path, shared[0], direct=True)

    def _add(self, path: str, collection: str, *, direct: bool) -> None:
        items, collections = self.by_path[path], self.by_path[collection]
        first = next(iter(items.values()))
        if unversioned(collection) in self.placed:
            return  # of a newer version, whose entity it joins
        entity = self._entity(items, collections, first.context)
        if entity is None:
            return
        within = tuple((name, n) for n, name in enumerate(entity.scope))
        self.collections[collection] = Place(first.context, entity, within)
        self.items[path] = Place(first.context, entity, () if direct else within)
        self.placed |= {unversioned(place): place for place in (collection, path)}

    def _share(self, path: str) -> None:
        """A collection below an item that lists what another collection holds."""
        if path in self.collections or "{}" not in path or path in self.items:
            return
        model = self._collection_model(self.by_path[path])
        last = path.rsplit("/", 1)[-1]
        operation = next(iter(self.by_path[path].values())).operation
        created = self._body_model(self.by_path[path].get("post"))
        for other, place in list(self.collections.items()):
            same = other.rsplit("/", 1)[-1] == last and place.entity.model == model
            if not same or place.within:
                continue
            within = []
            for position, wire in enumerate(parameters_of(operation.path)):
                wanted = _scope_names(operation.path, position, wire, created)
                fields = (place.entity.column(name) for name in wanted)
                column = next((c for c in fields if c and not c.key), None)
                if column and isinstance(column.type, Scalar | Enumeration):
                    within.append((column.name, position))
            if len(within) == len(parameters_of(operation.path)):
                self.collections[path] = replace(place, within=tuple(within))

    def _item_model(self, methods: Methods) -> str | None:
        for method in ("get", "put", "patch"):
            if method in methods:
                found = self.envelopes.item_in(methods[method].operation.reply.type)
                if found:
                    return found[0]
        return None

    def _collection_model(self, methods: Methods) -> str | None:
        if "get" in methods:
            found = self.envelopes.items_in(methods["get"].operation.reply.type)
            if found:
                return found
        if "post" in methods:
            made = self.envelopes.item_in(methods["post"].operation.reply.type)
            return made[0] if made else None
        return None

    def _entity(
        self, items: Methods, collections: Methods, context: str
    ) -> Entity | None:
        made = (
            self.envelopes.item_in(collections["post"].operation.reply.type)
            if "post" in collections
            else None
        )
        listed = self._collection_model(collections)
        shown = [self._item_model(items), made[0] if made else None, listed]
        known = [name for name in shown if name]
        if not known:
            return None
        # what is shown at its own path is the item, else what shows most of it
        width = {name: len(self.models[name].fields) for name in known}
        name = known[0] if "get" in items else max(known, key=lambda n: width[n])
        model = self.models[name]
        item = next(iter(items.values())).operation
        collection = next(iter(collections.values())).operation
        wire = parameters_of(item.path)[-1]
        key = self._key(model, wire, _path_types(item)[wire])
        field = model.field(key)
        key_type = as_key(field.type if field else _path_types(item)[wire])
        if key_type is None:
            return None
        created = self._body_model(collections.get("post"))
        scope = self._scope(collection, model, created, key)
        if key in scope:
            return None
        changing = [self._body_model(items.get(m)) for m in ("put", "patch")]
        writers = [body for body in changing if body]
        every = self._columns(model, created, writers, key, key_type, scope)
        columns, owner = with_owner(model, list(every))
        plural = names.snake(_last_word(collection.path), "items")
        attribute = self._taken(context).unique(names.method_name(plural))
        return Entity(
            name=model.name,
            attribute=attribute,
            table=self.tables.unique(names.table_name(plural)),
            row=self.rows.unique(
                f"{names.pascal(attribute)}Row"
                if model.name != _singular_class(attribute)
                else f"{model.name}Row"
            ),
            model=model.name,
            columns=columns,
            owner=owner,
            collection_path=collection.path,
            item_path=item.path,
            scope=tuple(scope),
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
        found = self.envelopes.item_in(body.type, reply=False) if body else None
        return self.models[found[0]] if found else None

    @staticmethod
    def _key(model: Model, parameter: str, type_: Type) -> str:
        """The attribute that identifies an item: named as the parameter, or `id`."""
        wanted = [names.field_name(parameter), "id"]
        tail = names.snake(parameter).rsplit("_", 1)[-1]
        wanted.append(names.field_name(tail))
        for name in wanted:
            field = model.field(name)
            if (
                field
                and isinstance(field.type, Scalar | Enumeration)
                and not are_apart(type_, field.type)
            ):
                return name
        return "id"

    @staticmethod
    def _scope(
        collection: Operation, model: Model, created: Model | None, key: str
    ) -> dict[str, Type]:
        """The columns for the path parameters above a collection, with their types.

        A property of the item keeps one when it is called so: with the name of what is
        above (`issueNumber`), or without (`number`) if nobody else fills it.
        """
        types = _path_types(collection)
        found: dict[str, Type] = {}
        for position, wire in enumerate(parameters_of(collection.path)):
            wanted = _scope_names(collection.path, position, wire, created)
            stored = next(
                (
                    field
                    for name in wanted
                    if (field := model.field(name)) and name != key
                    if isinstance(field.type, Scalar | Enumeration)
                ),
                None,
            )
            name = stored.name if stored else wanted[0]
            found[name] = as_key(types[wire]) or Scalar("string")
        return found

    def _columns(
        self,
        model: Model,
        created: Model | None,
        writers: list[Model],
        key: str,
        key_type: Scalar | Enumeration,
        scope: dict[str, Type],
    ) -> tuple[Column, ...]:
        fields: dict[str, Field] = {field.name: field for field in model.fields}
        for field in created.fields if created else ():
            if field.name not in fields and not is_secret(field):
                fields[field.name] = replace(field, required=False)
        given = created.field(key) if created else None
        keys = [key_column(key, key_type, given)]
        composite = bool(scope) and keys[0].generated is None
        columns = []
        for name, type_ in scope.items():
            if name not in fields:
                columns.append(
                    Column(name, type_, False, key=composite, index=not composite)
                )
        columns += keys if key not in fields else []
        for name, field in fields.items():
            if name == key:
                columns += keys
                continue
            other = created.field(name) if created else None
            columns.append(
                Column(
                    name=name,
                    type=replace(field.type, nullable=False),
                    key=composite and name in scope,
                    nullable=name not in scope
                    and not _always_given(name, created, writers)
                    and (
                        field.type.nullable or not (field.required or field.has_default)
                    ),
                    managed=managed_of(field, created),
                    default=default_of(field, other),
                    unique=field.unique or bool(other and other.unique),
                    index=field.index or bool(other and other.index) or name in scope,
                )
            )
        return tuple(columns)


def _always_given(name: str, created: Model | None, writers: list[Model]) -> bool:
    """Whether every new item has a field, and nothing takes it away again."""
    given = created.field(name) if created else None
    later = (body.field(name) for body in writers)
    return (
        given is not None
        and given.required
        and not given.type.nullable
        and not any(field.type.nullable for field in later if field)
    )


def is_secret(field: Field) -> bool:
    """Whether a field of a request holds what must not be stored as it is."""
    return names_secret(field.name)


def names_secret(name: str) -> bool:
    """Whether a name is that of what must not be stored as it is, nor shown."""
    return _SECRET.search(name) is not None


def shape(path: str) -> str:
    """A path without the names of its parameters: `/things/{}`."""
    return re.sub(r"\{[^{}]*\}", "{}", path.rstrip("/"))


def parameters_of(path: str) -> list[str]:
    """The names of a path's parameters, in order."""
    return re.findall(r"\{([^{}]*)\}", path)


def _last_word(path: str) -> str:
    """The last part of a path that is no parameter."""
    parts = [part for part in path.split("/") if part and "{" not in part]
    return parts[-1] if parts else ""


def split(path: str) -> tuple[str, bool]:
    """The collection above a shape, and whether the shape is of an item."""
    head, _, last = path.rpartition("/")
    return (head, True) if last == "{}" else (path, False)


def _scope_names(
    path: str, position: int, wire: str, created: Model | None
) -> list[str]:
    """What the column of a parameter above a collection may be called."""
    before = path.split("{")[position].rstrip("/").rsplit("/", 1)[-1]
    owner = names.singular(names.snake(before, "parent"))
    own, bare = names.snake(wire), names.field_name(wire)
    if own not in _GENERIC:
        return [bare]
    filled = created is None or created.field(bare) is not None
    return [names.field_name(f"{owner}_{own}"), *([] if filled else [bare])]


def are_apart(one: Type, other: Type) -> bool:
    """Whether no value of one type, written in a path, is one of the other."""
    kinds = {
        "integer" if type_.kind == "number" else type_.kind
        for type_ in (one, other)
        if isinstance(type_, Scalar) and type_.kind in _KEY_KINDS
    }
    return len(kinds) == 2


def _path_types(operation: Operation) -> dict[str, Type]:
    """The types of the path parameters; what is not declared is text."""
    declared = {p.wire: p.type for p in operation.parameters if p.place == "path"}
    wires = parameters_of(operation.path)
    return {wire: declared.get(wire, Scalar("string")) for wire in wires}


def _singular_class(attribute: str) -> str:
    """The class name whose plural is the attribute, or an empty string."""
    for singular in (attribute[:-3] + "y", attribute[:-2], attribute[:-1]):
        if names.plural(singular) == attribute:
            return names.pascal(singular)
    return ""
