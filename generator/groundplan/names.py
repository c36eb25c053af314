"""Identifiers out of names that anybody may have written.

Contract names are untrusted: whatever they hold, what comes out of here is an ASCII
identifier that is no Python keyword and no name that the generated code needs.
"""

import builtins
import hashlib
import keyword
import re
import unicodedata

MAX_LENGTH = 48
MAX_CONTEXT_LENGTH = 24  # so that imports of it fit the line

# Names that a field of a generated class must not have: pydantic's and SQLAlchemy's
# own attributes, and the names that annotations beside it refer to.
_FIELD_RESERVED = frozenset("""
    list dict str int float bool bytes set tuple object type self cls dt
    copy json dict schema construct validate fields parse_obj parse_raw parse_file
    from_orm update_forward_refs model_config model_fields model_computed_fields
    model_extra model_fields_set model_construct model_copy model_dump model_dump_json
    model_json_schema model_post_init model_rebuild model_validate
    model_validate_json model_validate_strings model_parametrized_name
    metadata registry query mapped_column utc_now uuid4
    """.split())

# Names that the functions of routes, clients and operations use.
_PARAMETER_RESERVED = frozenset("""
    body request response port self cls created content found deleted path_of values_of
    changes_of whole_of
    """.split())

# Names that a function of a module, or a method before others, must not hide.
_METHOD_RESERVED = frozenset("""
    database contexts client router problems authenticated dt list dict str int float
    bool bytes object
    """.split())

# Modules that a context stands beside, and members of the wiring.
_CONTEXT_RESERVED = frozenset("""
    platform main wiring settings contexts migrate generated tests accounts
    close database databases routers
    con prn aux nul com1 com2 com3 com4 com5 com6 com7 com8 com9
    lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9
    """.split())

_CLASS_RESERVED = frozenset("""
    UUID Decimal Email AwareDatetime IsoDate IsoDateTime IntegerText NumberText
    BooleanText Serial Json UtcDateTime ExactDecimal Field Annotated Literal Schema
    MISSING Base ClassVar Protocol TypeAlias TypeAdapter JsonValue Text Mapped
    MetaData Any Repository Database Page APIRouter Request Response Query Path
    Header JsonRoute OperationNotImplemented ServiceClient AnyUrl StrEnum Port
    Depends DeclarativeBase Body UniqueItems Choice Format Separated Discriminated
    DecimalText Nothing Sized OneOf Cookie Int32 Int64
    Multiple
    """.split())

_BUILTINS = frozenset(dir(builtins))


def words(text: str) -> list[str]:
    """The ASCII words of a name: `HTTPServerId`, `http-server id` -> http server id."""
    plain = unicodedata.normalize("NFKD", text[:1000])
    plain = plain.encode("ascii", "ignore").decode()
    plain = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", plain)
    plain = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", plain)
    return [word.lower() for word in re.findall(r"[A-Za-z0-9]+", plain)]


def _bounded(name: str, source: str, length: int = MAX_LENGTH) -> str:
    if len(name) <= length:
        return name
    digest = hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name[: length - 9].rstrip('_')}_{digest}"


def snake(text: str, fallback: str = "value") -> str:
    """`text` as a snake_case identifier."""
    name = "_".join(words(text)) or fallback
    if name[0].isdigit():
        name = f"{fallback}_{name}"
    return _bounded(name, text)


def pascal(text: str, fallback: str = "Model") -> str:
    """`text` as a PascalCase identifier."""
    name = "".join(word[:1].upper() + word[1:] for word in words(text)) or fallback
    if name[0].isdigit():
        name = fallback + name
    name = _bounded(name, text).replace("_", "")
    return f"{name}Model" if name in _CLASS_RESERVED or name in _BUILTINS else name


def _safe(name: str, reserved: frozenset[str]) -> str:
    return f"{name}_" if keyword.iskeyword(name) or name in reserved else name


def field_name(text: str) -> str:
    """The attribute of a schema or a row for a property."""
    return _safe(snake(text, "field"), _FIELD_RESERVED)


def parameter_name(text: str) -> str:
    """The argument of an operation for a parameter."""
    return _safe(snake(text, "parameter"), _FIELD_RESERVED | _PARAMETER_RESERVED)


def method_name(text: str) -> str:
    """The method of a port for an operation."""
    return _safe(snake(text, "operation"), _METHOD_RESERVED)


def context_name(text: str) -> str:
    """The package of a context, as the answer `contexts` allows it."""
    name = _bounded(snake(text, "area"), text, MAX_CONTEXT_LENGTH)
    taken = name in _CONTEXT_RESERVED or keyword.iskeyword(name)
    return f"{name}_context" if taken else name


def table_name(text: str) -> str:
    """A table or column name that needs no quoting."""
    return snake(text, "table")


def plural(word: str) -> str:
    """The English plural of the last word of a snake_case name."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


class Names:
    """Hands out names that differ from each other, also when case is ignored."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def unique(self, name: str) -> str:
        """`name`, or `name_2`, `name_3`... where it is taken."""
        candidate, number = name, 2
        while candidate.lower() in self._taken:
            joint = "_" if name.islower() else ""
            candidate = f"{name}{joint}{number}"
            number += 1
        self._taken.add(candidate.lower())
        return candidate
