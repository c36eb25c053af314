"""The operations of a contract, as it states them: parameters, bodies, replies."""

import re
from dataclasses import dataclass

from . import names
from .contract import METHODS, Contract
from .domain import (
    Alternative,
    Body,
    Operation,
    Parameter,
    Reply,
    Stub,
)
from .limit_policies import rate_limit_of
from .max_age import max_age_of
from .operation_parameters import one_line, read_parameters
from .owners import roles_of
from .reader import Json
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
    unread: tuple[str, ...] = ()


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
                if isinstance(item.get(method), dict):
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
        reply, others = self._replies(node, pointer, identifier)
        parameters = read_parameters(
            self.reader, [(item, at), (node, pointer)], identifier
        )
        operation = Operation(
            id=identifier,
            name=name,
            method=method,
            path=path,
            summary=one_line(node.get("summary")),
            description=str(node.get("description") or "").strip(),
            parameters=_in_order(path, parameters.read),
            body=body,
            reply=reply,
            errors=_errors(node),
            schemes=schemes,
            roles=roles_of(self.contract, node, pointer, secured=bool(schemes)),
            answer=Stub("action", ""),
            security=self._security(node),
            deprecated=node.get("deprecated") is True,
            others=others,
            rate_limit=rate_limit_of(self.contract, [(node, pointer), (item, at)]),
            max_age=max_age_of(self.contract, method, node, pointer),
        )
        return RawOperation(
            operation,
            context,
            tag,
            json_body and reply.media is None,
            sort if isinstance(sort, str) else "",
            self.contract.place(*pointer),
            parameters.unread,
        )

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
        return Body(type_, flat.get("required") is True, _served(media)), True

    def _replies(
        self, node: dict[str, Json], pointer: Pointer, identifier: str
    ) -> tuple[Reply, tuple[Reply, ...]]:
        """The successful response that is answered, and the others that may be."""
        responses = node.get("responses")
        responses = responses if isinstance(responses, dict) else {}
        success = sorted(s for s in responses if re.fullmatch(r"2(\d\d|XX)", str(s)))
        others = [s for s in responses if re.fullmatch(r"[123]\d\d", str(s))]
        if not success and "default" not in responses:
            success = sorted(others)
        if not success:
            found = Reply(200 if "default" in responses else 204, None)
        else:
            found = self._reply(responses, success[0], pointer, identifier)
        return found, tuple(
            self._reply(responses, status, pointer, f"{identifier} {status}")
            for status in sorted(others)
            if int(status) != found.status
        )

    def _reply(
        self,
        responses: dict[str, Json],
        chosen: str,
        pointer: Pointer,
        identifier: str,
    ) -> Reply:
        status = int(chosen) if chosen.isdigit() else 200
        if status < 200 or status in (204, 205, 304):
            return Reply(status, None)  # HTTP gives them no body
        flat, where = self.contract.resolve(
            responses[chosen], (*pointer, "responses", chosen)
        )
        content = flat.get("content")
        if not isinstance(content, dict) or not content:
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

    def _security(self, node: dict[str, Json]) -> tuple[dict[str, Json], ...]:
        """The alternatives of credentials, as the contract lists them."""
        wanted = node.get("security", self.contract.effective.get("security"))
        listed = wanted if isinstance(wanted, list) else []
        return tuple(entry for entry in listed if isinstance(entry, dict))

    def _schemes(self, node: dict[str, Json]) -> tuple[Alternative, ...]:
        """How a caller may prove who they are; empty where nobody asks."""
        wanted = self._security(node)
        if not wanted or {} in wanted:
            return ()
        components = self.contract.effective.get("components")
        defined = (
            components.get("securitySchemes") if isinstance(components, dict) else None
        )
        defined = defined if isinstance(defined, dict) else {}
        found = []
        for alternative in wanted:
            together = []
            for name in alternative:
                at = ("components", "securitySchemes", name)
                scheme, _ = self.contract.resolve(defined.get(name, {}), at)
                together.append(_credentials(scheme))
            found.append(tuple(dict.fromkeys(together)))
        return tuple(dict.fromkeys(found))


def _credentials(scheme: dict[str, Json]) -> str:
    """What a caller sends for a scheme: `bearer`, `basic`, or `header:X-Key`.

    A key in the header of tokens is one.
    """
    kind, place, name = (str(scheme.get(k, "")) for k in ("type", "in", "name"))
    if kind == "http" and str(scheme.get("scheme")).lower() == "basic":
        return "basic"
    is_key = kind == "apiKey" and place in ("header", "query", "cookie") and name
    if is_key and (place, name.lower()) != ("header", "authorization"):
        return f"{place}:{name}"
    return "bearer"


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


def wants_more(operation: Operation) -> bool:
    """Whether a call needs parameters besides those of the path."""
    return any(p.required and p.place != "path" for p in operation.parameters)


def json_media(content: Json) -> str | None:
    """The JSON media type among those of a body, `application/json` first."""
    if not isinstance(content, dict):
        return None
    if "application/json" in content:
        return "application/json"
    return next((media for media in content if is_json(media)), None)


def is_json(media: str) -> bool:
    """Whether a media type, or a range of them, may be JSON."""
    return bool(
        re.fullmatch(r"application/([\w.-]+\+)?json(;.*)?|\*/\*|application/\*", media)
    )


def _served(media: str) -> str:
    """The JSON media type that a service says it takes: a range is no such type."""
    return "application/json" if "*" in media else media


def context_of(
    path: str, node: dict[str, Json], item: dict[str, Json]
) -> tuple[str, str]:
    """The context of an operation: as a name, and as the contract has it."""
    chosen = node.get("x-context", item.get("x-context"))
    if isinstance(chosen, str):
        return names.context_name(chosen), chosen
    tags = node.get("tags")
    segments = [s for s in path.split("/") if s and not s.startswith("{")]
    segment = next((s for s in segments if not re.fullmatch(r"v\d+|api", s)), "api")
    if isinstance(tags, list) and tags:
        tag = str(tags[0])
        return names.context_name(tag if names.is_latin(tag) else segment), tag
    return names.context_name(segment), segment
