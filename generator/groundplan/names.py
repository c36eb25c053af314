"""Identifiers out of names that anybody may have written.

Contract names are untrusted: whatever they hold, what comes out of here is an ASCII
identifier that is no Python keyword and no name that the generated code needs.
"""

import builtins
import hashlib
import keyword
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MAX_LENGTH = 48
MAX_CONTEXT_LENGTH = 24  # so that imports of it fit the line

# Names that a field of a generated class must not have: pydantic's and SQLAlchemy's
# own attributes, the names that annotations beside it refer to, the columns that every
# table of PostgreSQL has already, and the letter that looks like a digit.
_FIELD_RESERVED = frozenset("""
    l list dict str int float bool bytes set tuple object type self cls dt re
    copy json dict schema schema_json construct validate fields parse_obj parse_raw
    parse_file from_orm update_forward_refs model_config model_fields
    model_computed_fields model_extra model_fields_set model_construct model_copy
    model_json_schema model_post_init model_rebuild
    model_parametrized_name
    metadata registry query mapped_column utc_now uuid4
    xmin xmax cmin cmax ctid tableoid
    """.split())

# Whatever begins so, pydantic takes for its own.
_FIELD_PREFIXES = ("model_dump", "model_validate")

# Names that the functions of routes, clients and operations use.
_PARAMETER_RESERVED = frozenset("""
    body request response port self cls created content found deleted path_of values_of
    changes_of whole_of caller changed current_principal owned UNPAGED location searched
    """.split())

# Names that a function of a module, or a method before others, must not hide.
_METHOD_RESERVED = frozenset("""
    l database contexts parents client router error_responses authenticated dt re list
    dict str int float bool bytes object
    """.split())

# Modules and folders that a context stands beside, and members of the wiring.
_CONTEXT_RESERVED = frozenset("""
    platform main wiring settings contexts migrate move_data generated tests accounts
    logins close database databases required_databases needs routers redis
    outgoing_calls payment_provider payment_deliveries object_storage mailer contract
    conftest told moved_rows database_fixture redis_fixture stripe_fixture s3_fixture
    storage_fixture smtp_fixture test_contract test_migrations test_move_data
    test_wiring cache cache_fixture rate_limits idempotency_keys idempotency
    limited_app oidc login_cookies oidc_issuer oidc_issuer_server oidc_fixture
    job_queue job_engine_fixture job_process job_trials worker rabbitmq
    domain_events event_process event_trials test_move_events
    rabbitmq_fixture
    account_mails account_dispatch account_mail_defaults account_mail_fixture
    schema_comparison schema_forms version_words env script
    build dist venv node_modules
    con prn aux nul com1 com2 com3 com4 com5 com6 com7 com8 com9
    lpt1 lpt2 lpt3 lpt4 lpt5 lpt6 lpt7 lpt8 lpt9
    """.split())

# Words of Mermaid, in whose diagrams a context is a node.
_DIAGRAM_RESERVED = frozenset("""
    end graph flowchart subgraph style linkstyle classdef click default direction
    """.split())

_CLASS_RESERVED = frozenset("""
    I O UUID Decimal Email AwareDatetime IsoDate IsoDateTime IntegerText NumberText
    BooleanText Serial Json UtcDateTime ExactDecimal Field Annotated Literal Schema
    MISSING Base ClassVar Protocol TypeAlias TypeAdapter JsonValue Text Mapped
    MetaData Any Repository Database Page APIRouter Request Response Query Path
    Header JsonRoute OperationNotImplemented ServiceClient AnyUrl StrEnum Port
    Depends DeclarativeBase Body UniqueItems Choice Format Separated Discriminated
    DecimalText Nothing Sized OneOf Cookie Parents IntegerText NumberText BooleanText
    IsoDate IsoDateTime Int32 Int64 Multiple
    """.split())

# Tables that SQLite, Alembic and the platform have.
_TABLE_PREFIXES = (
    "sqlite_",
    "pg_",
    "alembic_version",
    "auth_",
    "payment_provider_",
    "idempotency_",
    "job_queue_",
    "domain_events_",
)

_BUILTINS = frozenset(dir(builtins))

# What NFKD does not take apart.
_LATIN = str.maketrans({
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o",
    "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "ł": "l", "Ł": "L", "þ": "th",
    "Þ": "TH", "\u0131": "i",
})  # fmt: skip


def words(text: str) -> list[str]:
    """The ASCII words of a name: `HTTPServerId`, `http-server id` -> http server id."""
    return _words(_plain(text).encode("ascii", "ignore").decode())


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text[:1000].translate(_LATIN))


def _words(plain: str) -> list[str]:
    plain = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", plain)
    plain = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", plain)
    return [word.lower() for word in re.findall(r"[A-Za-z0-9]+", plain)]


def _is_partial(text: str) -> bool:
    """Whether the words leave something out that tells a name from others.

    Letters and digits of other scripts do, and signs where there are no words.
    """
    telling = "LN" if words(text) else "LNS"
    return any(
        not c.isascii() and unicodedata.category(c)[0] in telling for c in _plain(text)
    )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def _bounded(name: str, source: str, length: int = MAX_LENGTH) -> str:
    """A name of at most that length, which stays different from those of others."""
    if len(name) <= length and not _is_partial(source):
        return name
    return f"{name[: length - 9].rstrip('_')}_{_digest(source)}"


@lru_cache(maxsize=100_000)
def snake(text: str, fallback: str = "value", length: int = MAX_LENGTH) -> str:
    """`text` as a snake_case identifier."""
    name = "_".join(words(text)) or fallback
    if name[0].isdigit():
        name = f"{fallback}_{name}"
    return _bounded(name, text, length)


@lru_cache(maxsize=100_000)
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
    name = snake(text, "field")
    if name.startswith(_FIELD_PREFIXES):
        name = f"field_{name}"
    return _safe(name, _FIELD_RESERVED)


def field_names(wires: Iterable[str]) -> dict[str, str]:
    """The attributes of a schema for all its properties, by their names in JSON.

    A model may be read by either. So that no value lands in two fields, an attribute
    is called like no other property: of `orderId` and `order_id`, the latter is
    `order_id`.
    """
    taken = Names()
    wanted = {wire: field_name(wire) for wire in wires}
    names = {w: taken.unique(name) for w, name in wanted.items() if w == name}
    for wire, name in wanted.items():
        while wire not in names:
            free = taken.unique(name)
            if free not in wanted:
                names[wire] = free
    return {wire: names[wire] for wire in wanted}


def parameter_name(text: str) -> str:
    """The argument of an operation for a parameter."""
    return _safe(snake(text, "parameter"), _FIELD_RESERVED | _PARAMETER_RESERVED)


def method_name(text: str) -> str:
    """The method of a port for an operation."""
    return _safe(snake(text, "operation"), _METHOD_RESERVED)


def context_name(text: str) -> str:
    """The package of a context, as the answer `contexts` allows it."""
    name = snake(text, "area", MAX_CONTEXT_LENGTH)
    reserved = _CONTEXT_RESERVED | _DIAGRAM_RESERVED
    taken = name in reserved or keyword.iskeyword(name)
    if not taken:
        return name
    return f"{name[: MAX_CONTEXT_LENGTH - len('_context')].rstrip('_')}_context"


def table_name(text: str) -> str:
    """A table or column name that needs no quoting."""
    name = snake(text, "table")
    return f"table_{name}" if name.startswith(_TABLE_PREFIXES) else name


def is_latin(text: str) -> bool:
    """Whether most letters of a text are left in an identifier made of it."""
    letters = [c for c in unicodedata.normalize("NFKD", text[:1000]) if c.isalpha()]
    return 2 * sum(c.isascii() for c in letters) > len(letters)


def plural(word: str) -> str:
    """The English plural of the last word of a snake_case name."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"


def singular(word: str) -> str:
    """The singular of a snake_case name's last word, as far as `plural` made it."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch")):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


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
