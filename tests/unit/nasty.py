"""Whole contracts of nasty names, in every place where a contract has a name."""

from collections.abc import Callable
from typing import Any, TypeAlias

from hypothesis import strategies as st

Data: TypeAlias = dict[str, Any]
Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]

# What Python, pydantic, SQLAlchemy, FastAPI and the generated modules call their own.
TAKEN = """
    list dict str int float bool bytes set object type self cls id date dt UUID Decimal
    Field Annotated Literal schema schema_json json copy construct validate fields
    model_config model_fields model_dump model_dump_json model_validate model_extra
    metadata registry query MISSING None True class def import match case lambda async
    await _private __class__ __init__ __dict__ __slots__ __pydantic_extra__ __name__
    Schema Base Order Page Port Depends Request Response Text Enum Any Exception Warning
    request response body port router wiring database contexts client session settings
    platform tests main migrate accounts generated routers close con CON nul com1
    aux.txt books items item values keys get post list_ created found content caller
    re sys l I O A a b x UNIQUE AS_JSON Item Items ItemInput ItemModel Item2 item_2
    orderId order_id order-id ORDER_ID OrderID limit page sort sort_by order q search
    created_at updated_at createdAt total data meta next kind token password owner
    select from where table user group xmin ctid sqlite_master alembic_version_items
    constructor prototype toString __proto__ hasOwnProperty
    """.split()
TEXTS = [
    "",
    " ",
    "'",
    '"',
    '"""',
    "'''",
    "\\",
    'a\\"',
    "\n",
    "a\nimport os\n",
    "\r\n\t",
    "\u2028x\u2029\x85",
    "\0",
    "\x1b[31m\x7f",
    "\u202eabc\u2066",
    "[= 1 =]",
    "[% raw %]",
    "[## x ##]",
    "{{ 7 * 7 }}",
    "{% x %}",
    "${x}",
    "%(a)s %s",
    "{0.__class__}",
    "{__import__('os')}",
    "__import__('os').system('id')",
    '" + str(1) + "',
    "') or ('",
    ")]}",
    "# noqa",
    "..",
    "../../etc/passwd",
    "/etc/passwd",
    "C:\\x",
    "a/b",
    "a.b",
    "a b",
    "a-b",
    "a+b",
    "-1",
    "+1",
    "1",
    "0",
    "1e999",
    "NaN",
    "null",
    "true",
    "<script>alert(1)</script>",
    "[x](javascript:y) | `a` ```",
    "end\n```\n# h",
    "a: b\n- !!python/object:os.system {}",
    "---",
    "...",
    "*a",
    "&a",
    "!a",
    "@a",
    "~",
    "$ref",
    "$x",
    "x-y",
    "\U0001f600",
    "\U0001f680",
    "имя",
    "用户",
    "名前",
    "شارع",
    "e\u0301\u0301\u0301",
    "\ufeff",
    "ﬁ",
    "İ",
    "ß",
    "a" * 300,
    "word " * 100,
    "\U0010ffff",
    "{id}",
    "}{",
    "?a=b&c=d#e",
    "%00%2e%2e%2f",
    "a\u200bb",
]
names = st.sampled_from(TAKEN) | st.sampled_from(TEXTS) | st.text(max_size=12)
component_names = st.sampled_from(
    [name for name in TAKEN if not set(name) - set("abcdefghijklmnopqrstuvwxyz")]
    + TAKEN
    + ["..", "-", "_", "a.b", "a-b", "a_b", "A-B", "1", "0x", "__", "CON.txt"]
)
texts = st.sampled_from(TEXTS) | st.text(max_size=40)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
)
anything = st.recursive(
    values,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3)
    ),
    max_leaves=6,
)
patterns = st.sampled_from(
    [
        "^a",
        r"^\p{L}+$",
        "(?=a)b",
        "(?!a)(b+)+$",
        r"^(\d)\1$",
        '"""',
        "'",
        "\\\\",
        r"[\w-.]",
        "{{}}",
        "^[= x =]$",
        "\n",
        r"\/",
        "(a{1000}){1000}",
        "имя",
        "(",
    ]
)
formats = (
    st.sampled_from(
        "uuid date date-time email uri decimal int32 int64 binary byte password".split()
    )
    | texts
)


@st.composite
def schemas(draw: Draw, known: list[str], depth: int = 2) -> Any:
    """A schema: any of the constructs, with nasty names in all of them."""
    kinds = ["string", "integer", "number", "boolean", "enum", "const", "any"]
    if depth:
        kinds += ["array", "object", "object", "map", "allOf", "oneOf", "anyOf", "list"]
    if known:
        kinds += ["ref", "ref"]
    kind = draw(st.sampled_from(kinds))
    inner = schemas(known, depth - 1)
    made: Data = {}
    if kind == "ref":
        return {
            "$ref": f"#/components/schemas/{_escaped(draw(st.sampled_from(known)))}"
        }
    if kind == "string":
        made["type"] = "string"
        _some(draw, made, "format", formats)
        _some(draw, made, "pattern", patterns)
        _some(draw, made, "minLength", st.integers(0, 3))
        _some(draw, made, "maxLength", st.integers(3, 10**12))
        _some(draw, made, "default", texts)
    elif kind in ("integer", "number"):
        made["type"] = kind
        _some(draw, made, "format", formats)
        _some(draw, made, "minimum", st.integers(-(10**30), 0))
        _some(draw, made, "exclusiveMaximum", st.integers(1, 10**30))
        _some(draw, made, "multipleOf", st.sampled_from([1, 0.01, 1e-300, 10**25]))
    elif kind == "boolean":
        made["type"] = "boolean"
    elif kind == "enum":
        made["enum"] = draw(st.lists(values, min_size=1, max_size=4))
    elif kind == "const":
        made["const"] = draw(anything)
    elif kind == "array":
        made |= {"type": "array", "items": draw(inner)}
        _some(draw, made, "uniqueItems", st.booleans())
        _some(draw, made, "maxItems", st.integers(0, 10**12))
    elif kind == "object":
        made["type"] = "object"
        made["properties"] = draw(st.dictionaries(names, inner, max_size=5))
        listed = [*made["properties"], draw(names)]
        _some(draw, made, "required", st.lists(st.sampled_from(listed), unique=True))
        _some(draw, made, "additionalProperties", st.booleans())
    elif kind == "map":
        made |= {"type": "object", "additionalProperties": draw(inner)}
    elif kind == "list":
        several = ["string", "integer", "null", "array", "object", "boolean"]
        made["type"] = draw(
            st.lists(st.sampled_from(several), min_size=1, max_size=3, unique=True)
        )
    elif kind in ("allOf", "oneOf", "anyOf"):
        made[kind] = draw(st.lists(inner, min_size=1, max_size=3))
        if kind != "allOf":
            found = st.fixed_dictionaries({"propertyName": names})
            _some(draw, made, "discriminator", found)
    for keyword in ("title", "description", "$comment"):
        _some(draw, made, keyword, texts)
    for keyword in ("readOnly", "writeOnly", "deprecated"):
        _some(draw, made, keyword, st.just(True), odds=8)
    for keyword in ("x-unique", "x-index", "x-context", "x-owner", "x-reference"):
        _some(draw, made, keyword, anything, odds=12)
    _some(draw, made, "example", anything, odds=6)
    _some(draw, made, "examples", st.lists(anything, max_size=2), odds=6)
    return made


def _some(
    draw: Draw, made: Data, key: str, of: st.SearchStrategy[Any], odds: int = 3
) -> None:
    if not draw(st.integers(0, odds)):
        made[key] = draw(of)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


media_types = st.sampled_from(
    ["application/json"] * 6
    + ["*/*", "application/x+json", "text/plain", "application/merge-patch+json"]
) | texts.filter(bool)
statuses = st.sampled_from(
    "200 200 201 204 202 2XX default 301 400 404 409 4XX 500 599 100 207".split()
)
segments = st.one_of(
    st.sampled_from(["items", "Items", "item", "v1", "api", "a-b", "a.b", "list"]),
    names.map(lambda name: name.replace("{", "(").replace("}", ")")),
)


@st.composite
def operations(draw: Draw, known: list[str], path: list[str], tags: list[str]) -> Data:
    """An operation on a path with the given parameters."""
    schema = schemas(known)
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": draw(keys)}
        for name in path
    ]
    seen = set()
    for place in draw(
        st.lists(st.sampled_from(["query", "query", "header", "cookie"]), max_size=3)
    ):
        name = draw(names)
        if (place, name.lower()) not in seen:
            seen.add((place, name.lower()))
            entry = {"name": name, "in": place, "schema": draw(schemas(known, 1))}
            _some(draw, entry, "description", texts)
            _some(draw, entry, "example", anything)
            _some(draw, entry, "required", st.booleans())
            parameters.append(entry)
    made: Data = {"responses": {}, "parameters": parameters}
    for status in draw(st.lists(statuses, min_size=1, max_size=3)):
        response: Data = {"description": draw(texts)}
        if status != "204" and draw(st.booleans()):
            response["content"] = {draw(media_types): {"schema": draw(schema)}}
        _some(draw, response, "headers", st.dictionaries(names, headers, max_size=2))
        made["responses"][status] = response
    if draw(st.booleans()):
        content = {draw(media_types): {"schema": draw(schema)}}
        made["requestBody"] = {"content": content, "required": draw(st.booleans())}
    for key in ("summary", "description"):
        _some(draw, made, key, texts, odds=1)
    if tags:
        _some(draw, made, "tags", st.lists(st.sampled_from(tags), max_size=2), odds=1)
    _some(draw, made, "x-context", names, odds=10)
    _some(draw, made, "x-code-samples", anything, odds=10)
    return made


headers = schemas([], 0).map(lambda schema: {"schema": schema})
keys = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "format": "uuid"},
        {"type": "integer"},
        {"type": "string", "pattern": "(?=a)a+", "maxLength": 9},
        {"type": "string", "pattern": r"^\p{L}+$"},
        {"type": "string", "enum": ["'", '"', "a"]},
    ]
)


@st.composite
def contracts(draw: Draw) -> Data:
    """A contract whose structure is right and whose names are not nice."""
    known = draw(st.lists(component_names, max_size=4, unique=True))
    defined = {name: draw(schemas(known)) for name in known}
    tags = draw(st.lists(names, max_size=3, unique=True))
    identifiers = draw(st.lists(names, min_size=12, max_size=12, unique=True))
    paths: Data = {}
    for _ in range(draw(st.integers(1, 3))):
        collection = f"/{draw(segments)}"
        found: Data = {}
        _some(draw, found, "more", segments)
        collection += f"/{found['more']}" if found else ""
        paths[collection] = draw(path_items([], known, tags, identifiers))
        if draw(st.booleans()):
            name = draw(names.map(lambda name: name.strip("{}/") or "id"))
            if not set(name) & set("{}"):
                item = f"{collection}/{{{name}}}"
                paths[item] = draw(path_items([name], known, tags, identifiers))
    made: Data = {
        "openapi": draw(st.sampled_from(["3.1.0", "3.1.0", "3.0.3"])),
        "info": {"title": draw(texts), "version": draw(texts)},
        "paths": paths,
        "components": {"schemas": defined},
    }
    _some(draw, made["info"], "description", texts)
    if tags:
        described = st.fixed_dictionaries(
            {"name": st.just(tags[0]), "description": texts}
        )
        _some(draw, made, "tags", st.lists(described, max_size=1))
    servers = st.lists(
        st.fixed_dictionaries(
            {"url": st.sampled_from(["/v1", "https://x.y/z"]) | texts}
        ),
        max_size=2,
    )
    _some(draw, made, "servers", servers)
    _some(draw, made, "x-anything", anything)
    if draw(st.booleans()):
        name = draw(component_names)
        scheme = {"type": "http", "scheme": draw(st.sampled_from(["bearer", "basic"]))}
        made["components"]["securitySchemes"] = {name: scheme}
        made["security"] = [{name: []}]
    return made


@st.composite
def path_items(
    draw: Draw,
    path: list[str],
    known: list[str],
    tags: list[str],
    identifiers: list[str],
) -> Data:
    """The operations of a path; each takes an identifier that is left."""
    methods = ["get", "put", "patch", "delete"] if path else ["get", "post"]
    chosen = draw(st.lists(st.sampled_from(methods), min_size=1, unique=True))
    made: Data = {}
    for method in chosen:
        made[method] = draw(operations(known, path, tags))
        if identifiers and draw(st.integers(0, 4)):
            made[method]["operationId"] = identifiers.pop()
    return made
