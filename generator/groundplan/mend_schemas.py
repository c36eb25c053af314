"""Small faults of schemas, and what they mean."""

from .reader import Json
from .remarks import Remarks, listed, mapped
from .specification import is_old
from .walk import Node, Pointer

_KINDS = frozenset({"string", "integer", "number", "boolean", "array", "object"})
_OTHER_WORDS: dict[str, tuple[str, str | None]] = {
    "int": ("integer", None),
    "int32": ("integer", "int32"),
    "int64": ("integer", "int64"),
    "long": ("integer", "int64"),
    "float": ("number", "float"),
    "double": ("number", "double"),
    "decimal": ("number", None),
    "bool": ("boolean", None),
    "str": ("string", None),
    "text": ("string", None),
    "email": ("string", "email"),
    "uuid": ("string", "uuid"),
    "date": ("string", "date"),
    "datetime": ("string", "date-time"),
    "date-time": ("string", "date-time"),
    "timestamp": ("string", "date-time"),
    "file": ("string", "binary"),
    "list": ("array", None),
    "dict": ("object", None),
}
_ANYTHING = frozenset({"any", "mixed"})
KEYWORDS = frozenset("""
    title description type format enum default example nullable readOnly writeOnly
    deprecated externalDocs xml discriminator properties required additionalProperties
    minProperties maxProperties items minItems maxItems uniqueItems minLength maxLength
    pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf allOf anyOf
    oneOf not
    """.split())
"""What a schema of OpenAPI 3.0 may say."""
_COUNTS = (
    "minLength maxLength minItems maxItems minProperties maxProperties minimum "
    "maximum multipleOf"
).split()
_CHILD_MAPS = "properties patternProperties dependentSchemas $defs definitions".split()
_CHILD_LISTS = "allOf anyOf oneOf prefixItems".split()
_CHILDREN = (
    "items additionalProperties not contains propertyNames if then else "
    "unevaluatedItems unevaluatedProperties"
).split()


class SchemaMender:
    """Mends the schemas of one document; each of them once."""

    def __init__(self, remarks: Remarks) -> None:
        self.remarks = remarks
        self.old = is_old(remarks.document.data)
        self._seen: set[int] = set()

    def mend(self, schema: Json, at: Pointer) -> None:
        """Mend a schema and all that are in it."""
        if not isinstance(schema, dict) or id(schema) in self._seen:
            return
        self._seen.add(id(schema))
        if "$ref" in schema and self.old:
            return
        self._type(schema, at)
        self._required(schema, at)
        self._values(schema, at)
        self._choices(schema, at)
        self._numbers(schema, at)
        if self.old:
            self._dialect_30(schema, at)
        else:
            self._dialect_31(schema, at)
        for key in _CHILD_MAPS:
            for name, child in mapped(schema.get(key)):
                self.mend(child, (*at, key, name))
        for key in _CHILD_LISTS:
            for number, child in enumerate(listed(schema.get(key))):
                self.mend(child, (*at, key, number))
        for key in _CHILDREN:
            self.mend(schema.get(key), (*at, key))

    def _type(self, schema: Node, at: Pointer) -> None:
        kind = schema.get("type")
        if not isinstance(kind, str) or kind in _KINDS or kind == "null":
            return
        plain = kind.lower()
        if plain in _ANYTHING:
            self.remarks.drop(schema, at, "type", f"is {plain!r}: any value")
            return
        name, form = (
            (plain, None) if plain in _KINDS else _OTHER_WORDS.get(plain, ("", None))
        )
        if not name:
            return
        words = f"`type: {kind}` is read as {name}" + (f", {form}" if form else "")
        self.remarks.set(schema, at, "type", name, words)
        if form:
            schema.setdefault("format", form)

    def _required(self, schema: Node, at: Pointer) -> None:
        """`required` is a list of names; many write it as a flag of a property."""
        properties = schema.get("properties")
        if properties is None and "properties" in schema:
            self.remarks.drop(schema, at, "properties", "is empty")
        flagged = []
        for name, child in mapped(properties):
            where = (*at, "properties", name)
            if child is None and isinstance(properties, dict):
                words = "a property without a schema takes any value"
                self.remarks.set(properties, where[:-1], name, {}, words)
            if isinstance(child, dict) and "$ref" not in child:
                self.remarks.flag(child, where, "required")
                if isinstance(child.get("required"), bool):
                    flagged += [name] if child["required"] else []
                    words = "is said of the property by the object around it"
                    self.remarks.drop(child, where, "required", words)
        names = schema.get("required")
        if "required" in schema and not isinstance(names, list | bool | str):
            self.remarks.drop(schema, at, "required", "is no list of names")
        wanted = [n for n in listed(names) if isinstance(n, str)] + flagged
        if flagged and not isinstance(names, bool | str):
            schema["required"] = list(dict.fromkeys(wanted))
        elif isinstance(names, list) and not names and self.old:
            self.remarks.drop(schema, at, "required", "is an empty list")
        elif isinstance(names, list) and len(set(wanted)) < len(wanted):
            words = "`required` names a property twice"
            only: list[Json] = [*dict.fromkeys(wanted)]
            self.remarks.set(schema, at, "required", only, words)

    def _values(self, schema: Node, at: Pointer) -> None:
        values = schema.get("enum")
        if "enum" in schema and not values:
            self.remarks.drop(schema, at, "enum", "is empty")
        elif isinstance(values, list):
            # true and 1 are different values
            unique = {(type(v).__name__, str(v)): v for v in values}
            if len(unique) < len(values):
                words = "`enum` has a value twice"
                self.remarks.set(schema, at, "enum", [*unique.values()], words)
        for key in ("readOnly", "writeOnly", "nullable", "deprecated", "uniqueItems"):
            self.remarks.flag(schema, at, key)
        named = schema.get("discriminator")
        if isinstance(named, str):
            words = "`discriminator` is read as the name of a property"
            value: Json = {"propertyName": named}
            self.remarks.set(schema, at, "discriminator", value, words)
        if isinstance(schema.get("description"), list | dict | int | float):
            self.remarks.drop(schema, at, "description", "is no text")

    def _choices(self, schema: Node, at: Pointer) -> None:
        """Some generators write `undefined` as a choice that nothing satisfies."""
        for key in ("oneOf", "anyOf"):
            options = listed(schema.get(key))
            kept = [option for option in options if option != {"not": {}}]
            if kept and len(kept) < len(options):
                words = f"`{key}` has a choice that nothing satisfies"
                self.remarks.set(schema, at, key, kept, words)

    def _numbers(self, schema: Node, at: Pointer) -> None:
        for key in _COUNTS:
            value = schema.get(key)
            if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
                words = f"`{key}: '{value}'` is read as a number"
                self.remarks.set(schema, at, key, int(value), words)
        for bound in ("Minimum", "Maximum"):
            key, plain = f"exclusive{bound}", bound.lower()
            value, limit = schema.get(key), schema.get(plain)
            if isinstance(value, bool) and not self.old:
                words = f"`{key}: {str(value).lower()}` is how OpenAPI 3.0 says it"
                self.remarks.add((*at, key), words)
                del schema[key]
                if value and limit is not None:
                    schema[key] = schema.pop(plain)
            elif (
                self.old
                and isinstance(value, int | float)
                and not isinstance(value, bool)
            ):
                words = f"`{key}: {value}` is how OpenAPI 3.1 says it"
                self.remarks.set(schema, at, key, True, words)
                schema[plain] = value

    def _dialect_30(self, schema: Node, at: Pointer) -> None:
        """What OpenAPI 3.1 or JSON Schema has, in the words of 3.0."""
        self._null_30(schema, at)
        if "const" in schema:
            value = schema["const"]
            self.remarks.drop(schema, at, "const", "is read as an `enum` of one value")
            schema.setdefault("enum", [value])
        _examples(self.remarks, schema, at)
        if schema.get("type") == "array":
            items = schema.get("items")
            if not isinstance(items, dict):
                words = "the items of a list are of any type"
                self.remarks.set(schema, at, "items", {}, words)
        self.remarks.only(schema, at, KEYWORDS, "a schema of OpenAPI 3.0")

    def _null_30(self, schema: Node, at: Pointer) -> None:
        kind = schema.get("type")
        words = "`type: null` is read as `nullable: true`"
        if kind == "null":
            self.remarks.drop(schema, at, "type", "is 'null', read as `nullable: true`")
            schema["nullable"] = True
        elif isinstance(kind, list):
            kinds = [k for k in kind if k != "null"]
            self.remarks.add((*at, "type"), "a list of types is OpenAPI 3.1", kind)
            del schema["type"]
            if len(kinds) == 1:
                schema["type"] = kinds[0]
            elif kinds and "anyOf" not in schema:
                schema["anyOf"] = [{"type": k} for k in kinds]
            if len(kinds) < len(kind):
                schema["nullable"] = True
        for key in ("oneOf", "anyOf"):
            options = schema.get(key)
            if not isinstance(options, list):
                continue
            kept = [o for o in options if o != {"type": "null"}]
            if kept and len(kept) < len(options):
                self.remarks.set(schema, at, key, kept, words)
                schema["nullable"] = True
        values = schema.get("enum")
        has_null = schema.get("nullable") is True
        if has_null and isinstance(values, list) and None not in values:
            words = "null, which `nullable` allows, is taken as one of the values"
            self.remarks.set(schema, at, "enum", [*values, None], words)

    def _dialect_31(self, schema: Node, at: Pointer) -> None:
        """`nullable` is gone in OpenAPI 3.1, but many still write it."""
        nullable = schema.get("nullable")
        if not isinstance(nullable, bool):
            return
        del schema["nullable"]
        if not nullable:
            return
        words = "`nullable: true` is OpenAPI 3.0: read as a type that may be null"
        self.remarks.add(at, words)
        kind, values = schema.get("type"), schema.get("enum")
        if isinstance(values, list) and None not in values:
            values.append(None)
        if isinstance(kind, str) and kind != "null":
            schema["type"] = [kind, "null"]
        elif isinstance(kind, list) and "null" not in kind:
            kind.append("null")
        elif kind is None and values is None:
            self._or_null(schema)

    @staticmethod
    def _or_null(schema: Node) -> None:
        for key in ("oneOf", "anyOf"):
            options = schema.get(key)
            if isinstance(options, list):
                options.append({"type": "null"})
                return
        beside = {"title", "description", "default", "example", "examples"}
        inner = {key: schema.pop(key) for key in [*schema] if key not in beside}
        if inner:
            schema["anyOf"] = [inner, {"type": "null"}]


def _examples(remarks: Remarks, schema: Node, at: Pointer) -> None:
    """A schema of 3.0 has one `example`."""
    if "examples" not in schema:
        return
    given = schema["examples"]
    first = next(iter(given.values() if isinstance(given, dict) else listed(given)), "")
    remarks.drop(schema, at, "examples", "is OpenAPI 3.1: its first is the example")
    schema.setdefault("example", first)
