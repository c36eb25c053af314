"""The operations of a contract, as it states them: parameters, bodies, replies."""

import re
from dataclasses import dataclass

from . import names
from .contract import METHODS, Contract
from .domain import (
    Body,
    Operation,
    Reply,
    Stub,
)
from .operation_parameters import one_line, read_parameters
from .reader import Json
from .schemas import Pointer, SchemaReader


@dataclass(frozen=True)
class RawOperation:
    """An operation as read, before it is decided what answers it."""

    operation: Operation
    context: str
    tag: str
    json_only: bool
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
            parameters=parameters.read,
            body=body,
            reply=reply,
            errors=_errors(node),
            schemes=self._schemes(node),
            answer=Stub("action", ""),
            security=self._security(node),
            deprecated=node.get("deprecated") is True,
            others=others,
        )
        json_only = json_body and reply.media is None
        return RawOperation(operation, context, tag, json_only, parameters.unread)

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
            f"{identifier} body",
        )
        return Body(type_, flat.get("required") is True, _served(media)), True

    def _replies(
        self, node: dict[str, Json], pointer: Pointer, identifier: str
    ) -> tuple[Reply, tuple[Reply, ...]]:
        """The successful response that is answered, and the others that may be."""
        responses = node.get("responses")
        responses = responses if isinstance(responses, dict) else {}
        success = sorted(s for s in responses if re.fullmatch(r"2(\d\d|XX)", str(s)))
        success = success or sorted(s for s in responses if re.fullmatch(r"3\d\d", s))
        if not success:
            found = Reply(200 if "default" in responses else 204, None)
        else:
            found = self._reply(responses, success[0], pointer, identifier)
        others = [s for s in responses if re.fullmatch(r"[123]\d\d", str(s))]
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
        if status in (204, 205):
            return Reply(status, None)
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
            f"{identifier} response",
        )
        return Reply(status, type_)

    def _security(self, node: dict[str, Json]) -> tuple[dict[str, Json], ...]:
        """The alternatives of credentials, as the contract lists them."""
        wanted = node.get("security", self.contract.effective.get("security"))
        listed = wanted if isinstance(wanted, list) else []
        return tuple(entry for entry in listed if isinstance(entry, dict))

    def _schemes(self, node: dict[str, Json]) -> tuple[str, ...]:
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
            for name in alternative:
                at = ("components", "securitySchemes", name)
                scheme, _ = self.contract.resolve(defined.get(name, {}), at)
                basic = (
                    scheme.get("type") == "http"
                    and str(scheme.get("scheme")).lower() == "basic"
                )
                found.append("basic" if basic else "bearer")
        return tuple(dict.fromkeys(found))


def _errors(node: dict[str, Json]) -> tuple[int, ...]:
    responses = node.get("responses")
    found = responses if isinstance(responses, dict) else {}
    return tuple(sorted(int(s) for s in found if re.fullmatch(r"[45]\d\d", str(s))))


def json_media(content: Json) -> str | None:
    """The JSON media type among those of a body, `application/json` first."""
    if not isinstance(content, dict):
        return None
    if "application/json" in content:
        return "application/json"
    pattern = r"application/([\w.-]+\+)?json(;.*)?|\*/\*|application/\*"
    return next((m for m in content if re.fullmatch(pattern, m)), None)


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
    if isinstance(tags, list) and tags:
        return names.context_name(str(tags[0])), str(tags[0])
    segments = [s for s in path.split("/") if s and not s.startswith("{")]
    segment = next((s for s in segments if not re.fullmatch(r"v\d+|api", s)), "api")
    return names.context_name(segment), segment
