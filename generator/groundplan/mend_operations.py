"""Small faults of paths and operations, and what they mean."""

import re
from collections.abc import Callable
from typing import TypeAlias

from .mend_parts import JSON, PartMender
from .reader import Json
from .remarks import Remarks, listed, mapped
from .walk import Node, Pointer

Resolve: TypeAlias = Callable[[Json], Json]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_ITEM = frozenset({*METHODS, "$ref", "summary", "description", "servers", "parameters"})
_OPERATION = frozenset("""
    tags summary description externalDocs operationId parameters requestBody responses
    callbacks deprecated security servers
    """.split())
# OpenAPI: "if `in` is "header" and `name` is one of these, [it] SHALL be ignored".
_NO_HEADERS = frozenset({"accept", "content-type", "authorization"})
_EMPTY = frozenset({"101", "204", "205", "304"})
TEMPLATE = re.compile(r"\{([^{}]+)\}")


class OperationMender:
    """Mends the paths of one document; `resolve` follows a `$ref`, if it can."""

    def __init__(self, remarks: Remarks, parts: PartMender, resolve: Resolve) -> None:
        self.remarks = remarks
        self.parts = parts
        self.resolve = resolve
        self.names: set[str] = set()

    def item(self, item: Json, at: Pointer, path: str | None) -> None:
        """Mend what stands at a path; that of a webhook or a callback is None."""
        if not isinstance(item, dict) or self.parts.is_known(item):
            return
        for key in [k for k in item if k not in METHODS and k.lower() in METHODS]:
            if key.lower() not in item:
                value = item[key]
                self.remarks.drop(item, at, key, f"is read as `{key.lower()}`")
                item[key.lower()] = value
        self.remarks.only(item, at, _ITEM, "a path")
        self._parameters(item, at)
        operations = [(m, item[m]) for m in METHODS if m in item]
        for method, operation in operations:
            if isinstance(operation, dict):
                self._operation(operation, (*at, method))
            elif operation is None:
                self.remarks.drop(item, at, method, "is empty")
        if path is not None:
            self._path_parameters(path, item, at)

    def _operation(self, node: Node, at: Pointer) -> None:
        tags = node.get("tags")
        if isinstance(tags, str):
            self.remarks.set(node, at, "tags", [tags], "`tags` is read as a list")
        elif tags is None and "tags" in node:
            self.remarks.drop(node, at, "tags", "is empty")
        name = node.get("operationId")
        if isinstance(name, str) and name in self.names:
            words = f"{name[:60]!r} is another operation's: this one has none"
            self.remarks.drop(node, at, "operationId", words)
        elif isinstance(name, str):
            self.names.add(name)
        self.remarks.flag(node, at, "deprecated")
        if isinstance(node.get("security"), dict):
            words = "`security` is read as a list"
            self.remarks.set(node, at, "security", [node["security"]], words)
        self.remarks.only(node, at, _OPERATION, "an operation")
        self._parameters(node, at)
        if "requestBody" in node:
            if not node["requestBody"]:
                self.remarks.drop(node, at, "requestBody", "is empty")
            self.parts.body(node.get("requestBody"), (*at, "requestBody"))
        if not node.get("responses"):
            undocumented: Json = {"default": {"description": "Undocumented."}}
            words = "an operation without responses may answer anything"
            self.remarks.add(at, words, node.get("responses"))
            node["responses"] = undocumented
        self._responses(node["responses"], (*at, "responses"))
        for name, callback in mapped(node.get("callbacks")):
            for expression, item in mapped(callback):
                self.item(item, (*at, "callbacks", name, expression), None)

    def _parameters(self, owner: Node, at: Pointer) -> None:
        given = owner.get("parameters")
        if "parameters" in owner and not given and not isinstance(given, list):
            self.remarks.drop(owner, at, "parameters", "is empty")
            return
        kept: list[Json] = []
        for number, entry in enumerate(listed(given)):
            where = (*at, "parameters", number)
            node = self.resolve(entry)
            if not isinstance(node, dict):
                kept.append(entry)
                continue
            if entry is node:
                self.parts.parameter(node, where)
            place, name = node.get("in"), str(node.get("name"))
            if place == "header" and name.lower() in _NO_HEADERS:
                words = f"the header {name} is not a parameter: OpenAPI ignores it"
                self.remarks.add(where, words, entry)
            elif place == "body" and "requestBody" not in owner:
                words = "the parameter in `body` is read as `requestBody`"
                self.remarks.add(where, words, entry)
                schema = node.get("schema", {})
                owner["requestBody"] = {"content": {JSON: {"schema": schema}}}
            elif entry in kept:
                self.remarks.add(where, f"the parameter {name[:60]} occurs twice")
            else:
                kept.append(entry)
        if len(kept) < len(listed(given)):
            owner["parameters"] = kept

    def _path_parameters(self, path: str, item: Node, at: Pointer) -> None:
        """Declare what the path has, and drop what it has not."""
        wanted = set(TEMPLATE.findall(path))
        shared = self._declared(item)
        self._drop_others(path, item, at, wanted)
        for method in METHODS:
            operation = item.get(method)
            if not isinstance(operation, dict):
                continue
            where = (*at, method)
            self._drop_others(path, operation, where, wanted)
            own = self._declared(operation)
            for name in TEMPLATE.findall(path):
                if name not in shared | own:
                    made = self._like(name, item)
                    words = f"the path parameter {name[:60]!r} is not declared: "
                    self.remarks.add(where, words + _described(made))
                    listed_ = operation.setdefault("parameters", [])
                    if isinstance(listed_, list):
                        listed_.append(made)

    def _declared(self, owner: Node) -> dict[str, Json]:
        found: dict[str, Json] = {}
        for entry in listed(owner.get("parameters")):
            node = self.resolve(entry)
            if isinstance(node, dict) and node.get("in") == "path":
                found[str(node.get("name"))] = entry
        return found

    def _drop_others(
        self, path: str, owner: Node, at: Pointer, wanted: set[str]
    ) -> None:
        others = {n: e for n, e in self._declared(owner).items() if n not in wanted}
        if others:
            for name, entry in others.items():
                words = f"the path parameter {name[:60]!r} is not in {path[:60]}"
                self.remarks.add((*at, "parameters"), words, entry)
            kept = [e for e in listed(owner["parameters"]) if e not in others.values()]
            owner["parameters"] = kept

    def _without_content(self, node: Node, at: Pointer, status: str) -> None:
        """A response of some statuses has no content, whatever is said of it."""
        said = self.resolve(node[status])
        if isinstance(said, dict) and "content" in said:
            words = f"a response {status} has no content"
            kept = {key: value for key, value in said.items() if key != "content"}
            self.remarks.set(node, at, status, kept, words)

    def _like(self, name: str, item: Node) -> Json:
        """A parameter as another operation of the path declares it, or text."""
        for method in METHODS:
            other = item.get(method)
            if isinstance(other, dict) and name in self._declared(other):
                return self._declared(other)[name]
        schema: Json = {"type": "string"}
        return {"name": name, "in": "path", "required": True, "schema": schema}

    def _responses(self, node: Json, at: Pointer) -> None:
        if not isinstance(node, dict):
            return
        for status, response in mapped(node):
            plain = status.strip().upper()
            if re.fullmatch(r"[1-5](\d\d|XX)", plain) and plain not in node:
                self.remarks.drop(node, at, status, f"is read as `{plain}`")
                node[plain] = response
            elif not re.fullmatch(r"[1-5](\d\d|XX)|default|x-.*", status):
                self.remarks.drop(node, at, status, "is no status of a response")
        for status, response in mapped(node):
            if response is None:
                words = "a response says nothing"
                self.remarks.set(node, at, status, {}, words)
            self.parts.response(node[status], (*at, status))
            if status in _EMPTY:
                self._without_content(node, at, status)


def _described(parameter: Json) -> str:
    schema = parameter.get("schema") if isinstance(parameter, dict) else None
    kind = schema.get("type") if isinstance(schema, dict) else None
    return "it is text" if kind == "string" else "it is as another operation has it"
