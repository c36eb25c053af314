"""What the parts of a list, or of an envelope around items, mean by their names."""

from collections.abc import Sequence

from .domain import Enumeration, Field, ListOf, MapOf, Scalar
from .names import singular

_PAGE = frozenset({"page", "page_number", "page_no", "current_page", "page_index"})
_CURSOR = frozenset(
    {"cursor", "page_token", "next_token", "continuation_token", "page_cursor"}
)
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
_FLAGS = {
    "has_more": "has_more",
    "has_next": "has_more",
    "has_next_page": "has_more",
    "has_previous": "has_previous",
    "has_prev": "has_previous",
    "has_previous_page": "has_previous",
    "first": "is_first",
    "last": "is_last",
    "empty": "is_empty",
}
_HERE = frozenset({"number_of_elements", "items_on_page", "returned"})
_NEXT = frozenset(
    {"next_cursor", "next_page_token", "next_token", "next_page_cursor", "next"}
)
_DONE = frozenset({"success", "ok", "successful"})
_STATUS = frozenset({"status", "status_code", "code"})
_WORDS = frozenset({"message", "msg"})
_FINE = frozenset({"success", "ok", "successful", "succeeded", "true"})
_WRONG = frozenset({"error", "errors", "warnings"})
_LOOSE = frozenset({"meta", "metadata", "links"})
LONGEST_EXAMPLE = 100

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
        ("cursor", _CURSOR),
        ("sort", _SORT),
        ("order", _ORDER),
        ("search", _SEARCH),
    )
    return next((slot for slot, known in slots if name in known), None)


def page_source(
    field: Field, beside: Sequence[Field], collection: str, *, cursor: bool
) -> str | None:
    """What fills a field beside the items of a page; None when nothing does.

    The next page has a name of its own where lists are asked for by a cursor.
    """
    totals = _TOTAL | _totals(collection)
    counted = any(other.name in totals for other in beside if other is not field)
    here = _HERE | {"count"} if counted else _HERE
    sources = (
        ("count", here),
        ("page", _PAGE | {"number"}),
        ("offset", _OFFSET),
        ("limit", _LIMIT),
        ("total", totals),
        ("pages", _PAGES),
    )
    kind = field.type.kind if isinstance(field.type, Scalar) else None
    if kind in ("integer", "number"):
        for source, known in sources:
            if field.name in known:
                return source
    if kind == "boolean":
        return _FLAGS.get(field.name)
    if kind == "string" and cursor and field.name in _NEXT:
        if field.type.nullable:
            return "next"
        return "next_or_empty" if field.required else "next_or_missing"
    return None


def _totals(collection: str) -> frozenset[str]:
    return frozenset(
        {f"{collection}_count", f"total_{collection}", f"{singular(collection)}_count"}
    )


def envelope_source(field: Field, status: int) -> str | None:
    """The literal of a field that only says that all went well, as `=True`."""
    type_ = field.type
    if isinstance(type_, Enumeration):
        fine = (v for v in type_.values if str(v).lower() in _FINE)
        value = next(fine, None)
        return None if value is None else f"={value!r}"
    if field.name in _WRONG:
        return _nothing_wrong(field)
    if isinstance(type_, MapOf):
        return "={}" if field.name in _LOOSE and field.required else None
    kind = type_.kind if isinstance(type_, Scalar) else None
    if kind == "boolean" and field.name in _DONE | _STATUS:
        return "=True"
    if kind in ("integer", "number") and field.name in _STATUS:
        return f"={status}"
    given = field.example if isinstance(field.example, str) else ""
    if kind == "string" and field.name in _STATUS and given.lower() in _FINE:
        return f"={given!r}"
    if kind == "string" and field.name in _WORDS:
        told = 0 < len(given) <= LONGEST_EXAMPLE and given != "string"
        return f"={given if told else 'OK'!r}"
    return None


def _nothing_wrong(field: Field) -> str | None:
    """The literal of a field for errors, where there are none."""
    type_ = field.type
    if type_.nullable:
        return "=None" if field.required else None
    if isinstance(type_, ListOf) and not type_.minimum:
        return "=[]" if field.required else None
    if isinstance(type_, Scalar) and type_.kind == "boolean":
        return "=False"
    return None


def is_envelope(inner: Field, others: list[Field], *, reply: bool) -> bool:
    """Whether a model only wraps one field: by the names of it and of the others.

    Contracts often do not say that a wrapper holds its item always.
    """
    beside = all(other.name in _BESIDE for other in others)
    told = any(other.name in _DONE for other in others)
    if beside and (inner.name in _INSIDE or told or (reply and not others)):
        return True
    return not others and inner.required
