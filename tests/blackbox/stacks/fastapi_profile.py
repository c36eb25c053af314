"""The profile of a generated project, from its answers and its effective contract."""

from collections.abc import Iterator

from groundplan.api_versions import BY_REQUEST, version_of, versions_of
from groundplan.domain import (
    Domain,
    Entity,
    Enumeration,
    Field,
    ModelOf,
    Operation,
    Parameter,
    Scalar,
    Storage,
)
from groundplan.examples import text_fits
from groundplan.generate import understand_project
from groundplan.reader import read
from groundplan.samples import Samples, answered
from groundplan.workspace import ANSWERS, Project

from ..profile import (
    Collection,
    Forbidden,
    Json,
    Listing,
    Login,
    Profile,
    Versioning,
)

ORIGIN = "https://pages.example.com"
# A number takes the place of the braces: up to nine digits.
TEXTS = ("Item {}", "item-{}", "ITEM-{}", "item{}", "ITEM{}", "i{}", "I{}", "{}")
EMAIL = "item{}@example.com"


def profile_of(project: Project, token_secret: str, issuer: str = "") -> Profile:
    """What the suite has to know of a project.

    `issuer` is the URL of the one that its settings name, where they name one. Raises
    LookupError where no collection can be written to over HTTP.
    """
    answers = read(project.folder / ANSWERS, ANSWERS).data
    _, domain = understand_project(project)
    observability = answers.get("observability")
    has_metrics = isinstance(observability, list) and "prometheus" in observability
    has_login = project.auth != "none"
    collections = list(_collections(domain))
    if not collections:
        raise LookupError("no collection has items that can be created over HTTP")
    by_cursor = (one for one in collections if one.list.cursor and one.list.limit)
    richest = max(collections, key=lambda one: _worth(one, project))
    return Profile(
        errors=project.error_format,
        collection=richest,
        cursors=next(by_cursor, None),
        platform_path=project.platform_path,
        login=_login(token_secret, issuer) if has_login else None,
        metrics=has_metrics,
        origins=(ORIGIN,),
        forbidden=_forbidden(domain) if has_login else None,
        versioning=_versioning(str(answers.get("api_versioning")), richest, project),
    )


def _versioning(style: str, collection: Collection, project: Project) -> Versioning:
    """How requests name the version; not at all where the paths of the contract do."""
    if style not in BY_REQUEST or version_of(collection.path) is not None:
        return Versioning()
    effective = read(project.effective, project.effective.name).data
    newest = max(versions_of(effective, "").served)
    return Versioning(style=style, version=str(newest))


def _login(token_secret: str, issuer: str) -> Login:
    if issuer:
        return Login(register=False, issuer=issuer)
    return Login(token_secret=token_secret)


def _collections(domain: Domain) -> Iterator[Collection]:
    """The collections that the suite may write to."""
    samples = Samples(domain)
    for context in domain.contexts:
        for entity in context.entities:
            found = _of(entity, answered(context, entity), samples)
            if found:
                yield found


def _worth(collection: Collection, project: Project) -> tuple[int, int, int]:
    """How much of a service its tests would see."""
    features = Profile(project.error_format, collection).features()
    return len(collection.methods), len(collection.open), len(features)


def _of(
    entity: Entity, operations: dict[str, Operation], samples: Samples
) -> Collection | None:
    """The collection of an entity; None where the suite can do nothing with it."""
    create, get = operations.get("create"), operations.get("get")
    key, body = samples.key_of(create), samples.body(create)
    if create is None or get is None or key is None or body is None:
        return None
    if not all(_is_plain(one) for one in operations.values()) or samples.named(create):
        return None
    assert create.body and isinstance(create.body.type, ModelOf)
    model = samples.domain.models[create.body.type.model]
    given = [field for field in model.fields if field.wire in body]
    unique = [f for f in given if (c := entity.column(f.name)) and (c.unique or c.key)]
    distinct = {field.wire: _distinct(field) for field in unique}
    at_item = [
        operations[kind]
        for kind in ("get", "update", "replace", "delete")
        if kind in operations
    ]
    update = operations.get("update") or operations.get("replace")
    required = next((field.wire for field in given if field.required), "")
    change = samples.changes(update, body) if update else None
    return Collection(
        path=create.path,
        body=body,
        distinct=distinct,
        key=key,
        conflict=bool(distinct),
        required=required,
        integer=next((f.wire for f in given if _is_integer(f)), ""),
        open=tuple(o.method.upper() for o in (get, create) if not o.schemes),
        methods=tuple(operation.method.upper() for operation in at_item),
        change=change or {},
        list=_listing(operations.get("list"), distinct, samples),
    )


def _is_plain(operation: Operation) -> bool:
    """Whether it takes and gives the item itself, to whoever has logged in."""
    answer = operation.answer
    assert isinstance(answer, Storage)
    wraps = answer.kind != "list" and (answer.wrapper or answer.inside)
    enters = not operation.schemes or ("bearer",) in operation.schemes
    return enters and not (wraps or answer.parent or answer.within or operation.roles)


def _is_integer(field: Field) -> bool:
    return isinstance(field.type, Scalar) and field.type.kind == "integer"


def _distinct(field: Field) -> "str | list[int]":
    """How the values of a unique field differ from item to item."""
    type_ = field.type
    assert isinstance(type_, Scalar), field
    if type_.kind == "integer":
        least, most = type_.constraint("minimum"), type_.constraint("maximum")
        return [int(least or 0), int(most or 2**31 - 1)]
    if type_.kind == "email":
        return EMAIL
    return next(text for text in TEXTS if text_fits(type_, text.format("123456789")))


def _listing(
    operation: Operation | None,
    distinct: dict[str, "str | list[int]"],
    samples: Samples,
) -> Listing:
    """What the list takes and gives."""
    answer = operation.answer if operation else None
    if operation is None or not isinstance(answer, Storage):
        return Listing()
    named = {parameter.name: parameter for parameter in operation.parameters}

    def wire(name: str | None) -> str:
        return named[name].wire if name else ""

    limit = named[answer.limit] if answer.limit else None
    sortable = list(_sortable(named[answer.sort])) if answer.sort else []
    return Listing(
        items=samples.way(operation, "items"),
        total=samples.way(operation, "total"),
        limit=wire(answer.limit),
        usual=_whole(limit.default) if limit and limit.has_default else 0,
        maximum=_maximum(limit) if limit else 0,
        page=wire(answer.page),
        first_page=answer.first_page,
        cursor=wire(answer.cursor),
        next_cursor=samples.way(operation, "next")
        or samples.way(operation, "next_or_empty"),
        sort=wire(answer.sort),
        sort_field=next((name for name in distinct if name in sortable), ""),
        order=wire(answer.order),
    )


def _sortable(parameter: Parameter) -> Iterator[str]:
    if isinstance(parameter.type, Enumeration):
        yield from (str(value) for value in parameter.type.values)


def _maximum(limit: Parameter) -> int:
    assert isinstance(limit.type, Scalar)
    return _whole(limit.type.constraint("maximum"))


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _forbidden(domain: Domain) -> Forbidden | None:
    """An operation for which the role of a new account is not enough."""
    samples = Samples(domain)
    for context in domain.contexts:
        for operation in context.operations:
            roles = operation.roles
            if roles and "USER" not in roles and ("bearer",) in operation.schemes:
                body: Json = samples.body(operation)
                return Forbidden(
                    operation.method.upper(), samples.unknown_path(operation), body
                )
    return None
