"""Small faults of parameters, bodies and responses, and what they mean."""

from .mend_schemas import KEYWORDS, SchemaMender
from .reader import Json
from .remarks import Remarks, mapped
from .walk import Node, Pointer

_PARAMETER = frozenset("""
    name in description required deprecated allowEmptyValue style explode allowReserved
    schema example examples content
    """.split())
_SCHEMA_ONLY = KEYWORDS - _PARAMETER - {"title", "externalDocs"}
_RESPONSE = frozenset({"description", "headers", "content", "links"})
_MEDIA = frozenset({"schema", "example", "examples", "encoding"})
_BODY = frozenset({"description", "content", "required"})
JSON = "application/json"


class PartMender:
    """Mends what operations are made of, in place or under the components."""

    def __init__(self, remarks: Remarks, schemas: SchemaMender) -> None:
        self.remarks = remarks
        self.schemas = schemas
        self._seen: set[int] = set()

    def is_known(self, node: Node) -> bool:
        """Whether an object was mended before: YAML can say it is the same."""
        known = id(node) in self._seen
        self._seen.add(id(node))
        return known

    def parameter(self, node: Node, at: Pointer) -> None:
        """Mend a parameter, in place or of the components."""
        if "$ref" in node or self.is_known(node):
            return
        if isinstance(node.get("in"), str):
            node["in"] = str(node["in"]).lower()
        for key in ("required", "deprecated", "explode", "allowEmptyValue"):
            self.remarks.flag(node, at, key)
        if node.get("in") == "path" and node.get("required") is not True:
            words = "a path parameter is always required"
            self.remarks.set(node, at, "required", True, words)
        self._own_schema(node, at)
        self._examples(node, at)
        if isinstance(node.get("in"), str) and node["in"] != "body":
            self.remarks.only(node, at, _PARAMETER, "a parameter")
        self._content(node.get("content"), (*at, "content"))
        self.schemas.mend(node.get("schema"), (*at, "schema"))

    def _own_schema(self, node: Node, at: Pointer) -> None:
        """A parameter has a schema; many write its keywords beside it."""
        beside = {key: node[key] for key in [*node] if key in _SCHEMA_ONLY}
        schema = node.get("schema")
        if beside and isinstance(schema, dict | None) and "content" not in node:
            keys = ", ".join(f"`{key}`" for key in beside)
            words = f"{keys} of a parameter is said by its `schema`"
            self.remarks.add(at, words, dict(beside))
            for key in beside:
                del node[key]
            if not (isinstance(schema, dict) and "$ref" in schema):
                node["schema"] = {**beside, **(schema or {})}
        if not node.get("schema") and "content" not in node:
            self.remarks.add(at, "a parameter without a schema is text")
            node["schema"] = {"type": "string"}

    def body(self, node: Json, at: Pointer) -> None:
        """Mend a request body, in place or of the components."""
        if not isinstance(node, dict) or "$ref" in node or self.is_known(node):
            return
        self.remarks.flag(node, at, "required")
        self._swagger_content(node, at)
        if "content" not in node:
            self.remarks.add(at, "a body without `content` may be anything")
            node["content"] = {}
        self.remarks.only(node, at, _BODY, "a request body")
        self._content(node["content"], (*at, "content"))

    def response(self, node: Json, at: Pointer) -> None:
        """Mend a response, in place or of the components."""
        if not isinstance(node, dict) or "$ref" in node or self.is_known(node):
            return
        if not isinstance(node.get("description"), str):
            self.remarks.add(at, "a response without a description")
            node["description"] = ""
        self._swagger_content(node, at)
        self.remarks.only(node, at, _RESPONSE, "a response")
        for key in ("content", "headers", "links"):
            if key in node and node[key] is None:
                self.remarks.drop(node, at, key, "is empty")
        for name, header in mapped(node.get("headers")):
            self.header(header, (*at, "headers", name))
        self._content(node.get("content"), (*at, "content"))

    def header(self, node: Json, at: Pointer) -> None:
        """Mend a header of a response."""
        if not isinstance(node, dict) or "$ref" in node or self.is_known(node):
            return
        self._own_schema(node, at)
        self._examples(node, at)
        self.remarks.only(node, at, _PARAMETER - {"name", "in"}, "a header")
        self.schemas.mend(node.get("schema"), (*at, "schema"))

    def _swagger_content(self, node: Node, at: Pointer) -> None:
        """Swagger 2 has the schema right in the response."""
        if "schema" in node and "content" not in node:
            words = "`schema` is read as that of application/json"
            self.remarks.add((*at, "schema"), words)
            node["content"] = {JSON: {"schema": node.pop("schema")}}

    def _content(self, content: Json, at: Pointer) -> None:
        for media, node in mapped(content):
            if node is None and isinstance(content, dict):
                words = f"{media[:60]} without a schema may be anything"
                self.remarks.set(content, at, media, {}, words)
            if not isinstance(node, dict) or self.is_known(node):
                continue
            where = (*at, media)
            self._examples(node, where)
            self.remarks.only(node, where, _MEDIA, "a media type")
            if node.get("schema", {}) is None:
                self.remarks.drop(node, where, "schema", "is empty")
            self.schemas.mend(node.get("schema"), (*where, "schema"))

    def _examples(self, node: Node, at: Pointer) -> None:
        """`examples` are named; a list of them holds values."""
        examples = node.get("examples")
        if examples is None and "examples" in node:
            self.remarks.drop(node, at, "examples", "is empty")
        elif isinstance(examples, list):
            self.remarks.drop(node, at, "examples", "has names: its first is taken")
            if examples:
                node.setdefault("example", examples[0])
        elif isinstance(examples, dict):
            if "example" in node:
                self.remarks.drop(node, at, "example", "stands beside `examples`")
            if any(not isinstance(one, dict) for one in examples.values()):
                self.remarks.drop(node, at, "examples", "are no example objects")
