"""The operations of a contract, as it states them: parameters, bodies, replies."""

import re
from dataclasses import dataclass

from . import names
from .contract import METHODS, Contract
from .domain import (
    Body,
    Operation,
    Parameter,
    Reply,
    Stub,
)
from .owners import roles_of
from .reader import Json
from .schema_keywords import default_of, example_of
from .schemas import Pointer, SchemaReader

ERROR_RESPONSE = re.compile(r"[45](\d\d|XX)|default")


@dataclass(frozen=True)
class RawOperation:
    """An operation as read, before it is decided what answers it."""

    operation: Operation
    context: str
    tag: str
    json_only: bool
    sort: str
    place: str


class OperationReader:
    """Reads the operations of a contract in its order."""

    def __init__(self, contract: Contract, reader: SchemaReader) -> None:
        self.contract = contract
        self.reader = reader
        self.methods: dict[str, names.Names] = {}

    def read(self) -> "list[RawOperation]":
        paths = self.contract.effective.get("paths")
        found = []
        for path, node in (paths if isinstance(paths, dict) else {}).items():
            item, at = self.contract.resolve(node, ("paths", path))
            for method in METHODS:
                if isinstance(item.get(method), dict) and method in (
                    "get",
                    "put",
                    "post",
                    "delete",
                    "patch",
                ):
                    found.append(self._operation(path, method, item, at))
        return found

    def _operation(
        self, path: str, method: str, item: dict[str, Json], at: Pointer
    ) -> RawOperation:
        node = item[method]
        assert isinstance(node, dict)
        pointer = (*at, method)
        declared = node.get("operationId")
        identifier = (
            declared if isinstance(declared, str) and declared else f"{method} {path}"
        )
        context, tag = context_of(path, node, item)
        method_names = self.methods.setdefault(context, names.Names())
        name = method_names.unique(names.method_name(identifier))
        schemes = self._schemes(node)
        sort = node.get("x-sort")
        body, json_body = self._body(node, pointer, identifier)
        reply = self._reply(node, pointer, identifier)
        operation = Operation(
            id=identifier,
            name=name,
            method=method,
            path=path,
            summary=_line(node.get("summary")),
            description=str(node.get("description") or "").strip(),
            parameters=_in_order(
                path, self._parameters(node, item, pointer, at, identifier)
            ),
            body=body,
            reply=reply,
            errors=_errors(node),
            schemes=schemes,
            roles=roles_of(self.contract, node, pointer, secured=bool(schemes)),
            answer=Stub("action", ""),
        )
        return RawOperation(
            operation,
            context,
            tag,
            json_body and reply.media is None,
            sort if isinstance(sort, str) else "",
            self.contract.place(*pointer),
        )

    def _parameters(
        self,
        node: dict[str, Json],
        item: dict[str, Json],
        pointer: Pointer,
        item_pointer: Pointer,
        identifier: str,
    ) -> tuple[Parameter, ...]:
        found: dict[tuple[str, str], Parameter] = {}
        taken = names.Names()
        for owner, at in ((item, item_pointer), (node, pointer)):
            listed = owner.get("parameters")
            for number, entry in enumerate(listed if isinstance(listed, list) else ()):
                flat, where = self.contract.resolve(entry, (*at, "parameters", number))
                wire, place = str(flat.get("name")), str(flat.get("in"))
                if place not in ("path", "query", "header"):
                    continue
                schema = flat.get("schema", {})
                type_ = self.reader.read(
                    schema, (*where, "schema"), "request", f"{identifier} {wire}"
                )
                resolved = schema if isinstance(schema, dict) else {}
                if "$ref" in resolved:
                    resolved, _ = self.contract.resolve(resolved, where)
                known = found.pop((place, wire), None)
                name = known.name if known else names.parameter_name(wire)
                found[place, wire] = Parameter(
                    name=name if known else taken.unique(name),
                    wire=wire,
                    place=place,  # type: ignore[arg-type]
                    type=type_,
                    required=place == "path" or flat.get("required") is True,
                    default=default_of(resolved, type_),
                    description=_line(flat.get("description")),
                    example=flat.get("example", example_of(resolved)),
                )
        by_place = {"path": 0, "query": 1, "header": 2}
        return tuple(sorted(found.values(), key=lambda p: by_place[p.place]))

    def _body(
        self, node: dict[str, Json], pointer: Pointer, identifier: str
    ) -> tuple[Body | None, bool]:
        if "requestBody" not in node:
            return None, True
        at = (*pointer, "requestBody")
        flat, where = self.contract.resolve(node["requestBody"], at)
        content = flat.get("content")
        media = json_media(content)
        if media is None or not isinstance(content, dict):
            return None, False
        entry, _ = self.contract.resolve(content[media], where)
        type_ = self.reader.read(
            entry.get("schema", {}),
            (*where, "content", media, "schema"),
            "request",
            _component(where) or f"{identifier} body",
        )
        return Body(type_, flat.get("required") is True), True

    def _reply(self, node: dict[str, Json], pointer: Pointer, identifier: str) -> Reply:
        responses = node.get("responses")
        responses = responses if isinstance(responses, dict) else {}
        success = sorted(s for s in responses if re.fullmatch(r"2(\d\d|XX)", str(s)))
        chosen = success[0] if success else "default"
        status = int(chosen) if chosen.isdigit() else 200
        if chosen not in responses:
            return Reply(204, None)
        if status in (204, 205):
            return Reply(status, None)
        flat, where = self.contract.resolve(
            responses[chosen], (*pointer, "responses", chosen)
        )
        content = flat.get("content")
        if not isinstance(content, dict) or not content or not success:
            return Reply(status, None)
        media = json_media(content)
        if media is None:
            return Reply(status, None, next(iter(content)))
        entry, _ = self.contract.resolve(content[media], where)
        type_ = self.reader.read(
            entry.get("schema", {}),
            (*where, "content", media, "schema"),
            "response",
            _component(where) or f"{identifier} response",
        )
        return Reply(status, type_)

    def _schemes(self, node: dict[str, Json]) -> tuple[str, ...]:
        """How a caller may prove who they are; empty where nobody asks."""
        wanted = node.get("security", self.contract.effective.get("security"))
        if not isinstance(wanted, list) or not wanted or {} in wanted:
            return ()
        components = self.contract.effective.get("components")
        defined = (
            components.get("securitySchemes") if isinstance(components, dict) else None
        )
        defined = defined if isinstance(defined, dict) else {}
        found = []
        for alternative in wanted:
            for name in alternative if isinstance(alternative, dict) else ():
                at = ("components", "securitySchemes", name)
                scheme, _ = self.contract.resolve(defined.get(name, {}), at)
                basic = (
                    scheme.get("type") == "http"
                    and str(scheme.get("scheme")).lower() == "basic"
                )
                found.append("basic" if basic else "bearer")
        return tuple(dict.fromkeys(found))


def _component(pointer: Pointer) -> str | None:
    """The name of a response or a body that stands under `components`."""
    return str(pointer[2]) if pointer[:1] == ("components",) else None


def _errors(node: dict[str, Json]) -> tuple[str, ...]:
    """The error responses: statuses, `4XX` and `5XX`, and `default`."""
    responses = node.get("responses")
    found = (str(s) for s in (responses if isinstance(responses, dict) else {}))
    return tuple(sorted(s for s in found if ERROR_RESPONSE.fullmatch(s)))


def _in_order(path: str, parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """Path parameters as the path has them, then the others as they are declared."""
    wires = re.findall(r"\{([^{}]*)\}", path)
    return tuple(
        sorted(
            parameters,
            key=lambda p: (
                wires.index(p.wire)
                if p.place == "path" and p.wire in wires
                else len(wires)
            ),
        )
    )


def _line(text: Json) -> str:
    return " ".join(text.split()) if isinstance(text, str) else ""


def json_media(content: Json) -> str | None:
    """The JSON media type among those of a body, `application/json` first."""
    if not isinstance(content, dict):
        return None
    if "application/json" in content:
        return "application/json"
    pattern = r"application/([\w.-]+\+)?json(;.*)?|\*/\*|application/\*"
    return next((m for m in content if re.fullmatch(pattern, m)), None)


def context_of(
    path: str, node: dict[str, Json], item: dict[str, Json]
) -> tuple[str, str]:
    """The context of an operation: as a name, and as the contract has it."""
    chosen = node.get("x-context", item.get("x-context"))
    if isinstance(chosen, str):
        return names.context_name(chosen), chosen
    tags = node.get("tags")
    if isinstance(tags, list) and tags:
        return names.context_name(str(tags[0])), str(tags[0])
    segments = [s for s in path.split("/") if s and not s.startswith("{")]
    segment = next((s for s in segments if not re.fullmatch(r"v\d+|api", s)), "api")
    return names.context_name(segment), segment
