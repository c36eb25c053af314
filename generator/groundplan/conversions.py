"""How stored values become values of another type, on PostgreSQL and on SQLite."""

from dataclasses import dataclass, replace

from .tables import TEXTS, StoredColumn, StoredType


@dataclass(frozen=True)
class Conversion:
    """One way from a type to another.

    `postgresql` and `sqlite` are expressions over `{c}`, the quoted column. What is not
    `copied` is a change of type in place, where SQLite casts by itself. `misfit` is a
    SQLAlchemy condition over `{c}`, the column, for rows that cannot be converted. With
    a `loss` somebody has to agree to it.
    """

    postgresql: str | None = None
    sqlite: str | None = None
    copied: bool = False
    misfit: str | None = None
    loss: str | None = None


UNCHANGED = Conversion()
_STOPS = "stops the upgrade, with nothing changed, where a row does not fit"
_SMALL = "sa.func.abs({c}) >= 10**14"


def _copied(postgresql: str, sqlite: str, misfit: str | None = None) -> Conversion:
    return Conversion(postgresql, sqlite, copied=True, misfit=misfit)


def _parsed(pattern: str, conversion: Conversion) -> Conversion:
    """From text, where the text is one."""
    return replace(conversion, misfit=f"~{{c}}.regexp_match({pattern!r})", loss=_STOPS)


_UUID = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
_DATE = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]([.][0-9]+)?"
_FRACTION = "substr(substr({c}, instr({c} || '.', '.') + 1) || '0000', 1, 4)"
_SIGN = "CASE WHEN {c} LIKE '-%' THEN -1 ELSE 1 END"

_TO_TEXT = {
    "integer": Conversion("CAST({c} AS VARCHAR)"),
    "number": Conversion("CAST({c} AS VARCHAR)", loss="keeps the 15 digits that count"),
    "decimal": _copied(
        "CAST({c} AS VARCHAR)",
        "CASE WHEN {c} < 0 THEN '-' WHEN {c} >= 0 THEN '' END || "
        "printf('%d.%04d', abs({c}) / 10000, abs({c}) % 10000)",
    ),
    "boolean": _copied(
        "CAST({c} AS VARCHAR)", "CASE {c} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
    ),
    "uuid": _copied(
        "CAST({c} AS VARCHAR)",
        "substr({c}, 1, 8) || '-' || substr({c}, 9, 4) || '-' || substr({c}, 13, 4) "
        "|| '-' || substr({c}, 17, 4) || '-' || substr({c}, 21)",
    ),
    "date": _copied("to_char({c}, 'YYYY-MM-DD')", "{c}"),
    "date-time": _copied(
        "to_char({c} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
        "replace({c}, ' ', 'T') || 'Z'",
    ),
}
# The most characters of what the table above writes.
_WIDTHS = {
    "integer": 20,
    "number": 25,
    "decimal": 20,
    "boolean": 5,
    "uuid": 36,
    "date": 10,
    "date-time": 27,
}
_FROM_TEXT = {
    "integer": _parsed("^(0|-?[1-9][0-9]{0,17})$", Conversion("CAST({c} AS BIGINT)")),
    "number": _parsed(
        "^-?[0-9]{1,250}([.][0-9]+)?$", Conversion("CAST({c} AS DOUBLE PRECISION)")
    ),
    "decimal": _parsed(
        "^-?[0-9]{1,14}([.][0-9]{1,4})?$",
        _copied(
            "CAST({c} AS NUMERIC(18, 4))",
            f"CAST({{c}} AS INTEGER) * 10000 + {_SIGN} * CAST({_FRACTION} AS INTEGER)",
        ),
    ),
    "boolean": _parsed(
        "^(true|false)$", _copied("CAST({c} AS BOOLEAN)", "{c} = 'true'")
    ),
    "uuid": _parsed(
        _UUID, _copied("CAST({c} AS UUID)", "lower(replace({c}, '-', ''))")
    ),
    "date": _parsed(f"^{_DATE}$", _copied("CAST({c} AS DATE)", "{c}")),
    "date-time": _parsed(
        f"^{_DATE}T{_TIME}(Z|[+-][0-9]{{2}}:[0-9]{{2}})$",
        _copied(
            "CAST({c} AS TIMESTAMP WITH TIME ZONE)",
            "strftime('%Y-%m-%d %H:%M:%f', {c}) || '000'",
        ),
    ),
}
_BETWEEN = {
    ("integer", "number"): Conversion("CAST({c} AS DOUBLE PRECISION)"),
    ("integer", "decimal"): _copied(
        "CAST({c} AS NUMERIC(18, 4))", "{c} * 10000", _SMALL
    ),
    ("integer", "boolean"): Conversion(
        "{c} <> 0", misfit="{c}.not_in([0, 1])", loss=_STOPS
    ),
    ("number", "integer"): Conversion(
        "CAST({c} AS BIGINT)", misfit="{c} != sa.func.round({c})", loss=_STOPS
    ),
    ("number", "decimal"): replace(
        _copied(
            "CAST({c} AS NUMERIC(18, 4))",
            "CAST(round({c} * 10000) AS INTEGER)",
            _SMALL,
        ),
        loss="rounds to 4 digits after the point",
    ),
    ("decimal", "integer"): replace(
        _copied("CAST(trunc({c}) AS BIGINT)", "{c} / 10000"),
        loss="cuts off what is after the point",
    ),
    ("decimal", "number"): replace(
        _copied("CAST({c} AS DOUBLE PRECISION)", "{c} / 10000.0"),
        loss="keeps the 15 digits that count",
    ),
    ("boolean", "integer"): Conversion("CAST({c} AS INTEGER)"),
    ("date", "date-time"): _copied(
        "CAST({c} AS TIMESTAMP) AT TIME ZONE 'UTC'", "{c} || ' 00:00:00.000000'"
    ),
    ("date-time", "date"): replace(
        _copied("CAST({c} AT TIME ZONE 'UTC' AS DATE)", "date({c})"),
        loss="keeps the day, in UTC",
    ),
    ("list", "json"): UNCHANGED,
    ("object", "json"): UNCHANGED,
    ("json", "list"): Conversion(loss="takes for granted that all rows hold lists"),
    ("json", "object"): Conversion(loss="takes for granted that all rows hold objects"),
}
# Documents hold the plain values of these as they are, and the others as text.
_IN_DOCUMENTS = frozenset({"integer", "number"})
_QUOTED = "CASE WHEN {{c}} IS NOT NULL THEN json_quote({}) END"


def conversion(old: StoredColumn, new: StoredColumn) -> Conversion | None:
    """The way from a column's type to another one; None where there is none."""
    before, after = old.type, new.type
    if before.kind in TEXTS and after.kind in TEXTS:
        return _text_to_text(old, new)
    if before == after:
        return UNCHANGED
    if new.values:
        return None
    if before.kind in TEXTS and after.kind in _FROM_TEXT:
        return _FROM_TEXT[after.kind]
    if after.kind in TEXTS:
        return _to_text(before.kind, after)
    if after.kind == "json":
        return _to_json(before.kind)
    return _BETWEEN.get((before.kind, after.kind))


def _text_to_text(old: StoredColumn, new: StoredColumn) -> Conversion:
    length, before = new.type.length, old.type.length
    if length is None or (before is not None and before <= length):
        return UNCHANGED
    if old.values and all(len(str(value)) <= length for value in old.values):
        return UNCHANGED
    if new.values:
        # that all rows hold one of the values is a question of its own
        return UNCHANGED
    return Conversion(misfit=f"sa.func.length({{c}}) > {length}", loss=_STOPS)


def _to_text(kind: str, after: StoredType) -> Conversion | None:
    found = _TO_TEXT.get(kind)
    if found is None or after.length is None or after.length >= _WIDTHS[kind]:
        return found
    if kind != "integer":
        return None
    written = "sa.func.length(sa.cast({c}, sa.Text()))"
    return replace(found, misfit=f"{written} > {after.length}", loss=_STOPS)


def _to_json(kind: str) -> Conversion | None:
    if kind in _IN_DOCUMENTS or kind in TEXTS:
        return _copied("to_jsonb({c})", _QUOTED.format("{c}"))
    if kind == "boolean":
        text = "CASE {c} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
        return _copied("to_jsonb({c})", text)
    found = _TO_TEXT.get(kind)
    if found is None:
        return _BETWEEN.get((kind, "json"))
    assert found.sqlite is not None
    return _copied(f"to_jsonb({found.postgresql})", _QUOTED.format(found.sqlite))
