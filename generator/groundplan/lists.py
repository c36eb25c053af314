"""What the parts of a list, or of an envelope around items, mean by their names."""

from .domain import Enumeration, Field, Scalar
from .names import singular

_PAGE = frozenset({"page", "page_number", "page_no", "current_page", "page_index"})
_OFFSET = frozenset({"offset", "skip", "start", "start_index"})
_LIMIT = frozenset(
    {"limit", "page_size", "per_page", "size", "page_limit", "max_results", "take"}
)
_SORT = frozenset({"sort_by", "sort", "order_by"})
_ORDER = frozenset({"order", "sort_order", "direction", "sort_direction"})
_SEARCH = frozenset({"search", "q", "query"})
_TOTAL = frozenset(
    {"total", "total_count", "total_items", "total_elements", "total_results", "count"}
)
_PAGES = frozenset({"total_pages", "pages", "page_count", "last_page"})
_MORE = frozenset({"has_more", "has_next", "has_next_page"})
_DONE = frozenset({"success", "ok", "successful"})
_STATUS = frozenset({"status", "status_code", "code"})
_WORDS = frozenset({"message", "msg"})

_INSIDE = frozenset({"data", "result", "item", "payload", "response", "content"})
_BESIDE = frozenset("""
    success ok successful status status_code code message msg meta metadata links
    error errors warnings request_id trace_id timestamp jsonapi included version
    """.split())


def list_slot(name: str) -> str | None:
    """What a query parameter of a list means by its name: `page`, `limit`, `sort`..."""
    slots = (
        ("page", _PAGE),
        ("offset", _OFFSET),
        ("limit", _LIMIT),
        ("sort", _SORT),
        ("order", _ORDER),
        ("search", _SEARCH),
    )
    return next((slot for slot, known in slots if name in known), None)


def page_source(field: Field, collection: str) -> str | None:
    """What fills a field beside the items of a page; None when nothing does."""
    sources = (
        ("page", _PAGE),
        ("offset", _OFFSET),
        ("limit", _LIMIT),
        ("total", _TOTAL | _totals(collection)),
        ("pages", _PAGES),
    )
    kind = field.type.kind if isinstance(field.type, Scalar) else None
    if kind in ("integer", "number"):
        for source, known in sources:
            if field.name in known:
                return source
    if kind == "boolean" and field.name in _MORE:
        return "has_more"
    return None


def _totals(collection: str) -> frozenset[str]:
    return frozenset(
        {f"{collection}_count", f"total_{collection}", f"{singular(collection)}_count"}
    )


def envelope_source(field: Field, status: int) -> str | None:
    """The literal of a field that only says that all went well, as `=True`."""
    type_ = field.type
    if isinstance(type_, Enumeration):
        fine = (v for v in type_.values if str(v).lower() in ("success", "ok"))
        value = next(fine, None)
        return None if value is None else f"={value!r}"
    kind = type_.kind if isinstance(type_, Scalar) else None
    if kind == "boolean" and field.name in _DONE:
        return "=True"
    if kind == "integer" and field.name in _STATUS:
        return f"={status}"
    if kind == "string" and field.name in _WORDS:
        return "='OK'"
    return None


def is_envelope(inner: Field, others: list[Field]) -> bool:
    """Whether a model only wraps one field: by the names of it and of the others."""
    if not others:
        return True
    return inner.name in _INSIDE and all(other.name in _BESIDE for other in others)
