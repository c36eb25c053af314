"""Regular expressions of a contract, for the engines that the service has.

A contract's patterns are ECMA-262. pydantic's own engine reads most of them and takes
linear time. What it cannot do (look-around, back references) Python's does, which can
take exponential time: there a pattern has to be harmless by its shape, on texts of a
length at which it stays so.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from pydantic_core import SchemaError, SchemaValidator, ValidationError
from pydantic_core.core_schema import str_schema

Engine: TypeAlias = Literal["rust-regex", "python-re"]

MAX_PATTERN: Final = 500
MAX_COST: Final = 50_000
# Steps that one match may take, and the longest text that is matched at all.
MAX_STEPS: Final = 10_000_000
MAX_TEXT: Final = 1_000
# From so many repetitions on, a bound does not keep a match short.
_MANY: Final = 10

_TOKEN: Final = re.compile(
    r"""
    (?P<escape>\\u\{[0-9a-fA-F]{1,6}\}
        |\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}
        |\\[pP]\{[\w=]*\}|\\k<\w+>|\\c[A-Za-z]|\\.)
    |(?P<class>\[\^?(?:\]|(?:[^\]\\]|\\.)*\]))
    |(?P<open>\((?:\?(?:<?[=!]|P?<\w+>|[a-zA-Z-]*:|P=\w+|[a-zA-Z-]+(?=\))|>|\#))?)
    |(?P<close>\))
    |(?P<repeat>[*+?]|\{\d+(?:,\d*)?\})
    |(?P<either>\|)
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CATEGORY: Final = re.compile(r"\\[pP]\{[^{}]*\}")
_LOOK: Final = ("(?=", "(?!", "(?<=", "(?<!")
_IN_CLASS: Final = re.compile(
    r"\\u\{[0-9a-fA-F]{1,6}\}|\\u[dD][89abAB]..\\u[dD][c-fC-F]..|\\[pP]\{[\w=]*\}"
    r"|\\c[A-Za-z]|\\.|.",
    re.DOTALL,
)
_SETS: Final = ("&&", "--", "~~")


class PatternRefused(ValueError):
    """A pattern that the service cannot check; the message says why."""


class PatternBroken(PatternRefused):
    """What is no regular expression at all."""


@dataclass(frozen=True)
class Pattern:
    """A pattern as an engine takes it. `longest` bounds the texts to be matched."""

    text: str
    engine: Engine
    longest: int | None = None

    def matches(self, text: str) -> bool:
        """Whether the pattern is found in a text."""
        if self.longest is not None and len(text) > self.longest:
            return False
        try:
            _validator(self.text, self.engine).validate_python(text)
        except ValidationError:
            return False
        return True


@functools.lru_cache(maxsize=4096)
def compiled(pattern: str) -> Pattern:
    """The pattern for the engine that serves it. Raises PatternRefused."""
    if len(pattern) > MAX_PATTERN:
        raise PatternRefused(f"it has more than {MAX_PATTERN} characters")
    if cost(pattern) > MAX_COST:
        raise PatternRefused(f"it stands for more than {MAX_COST} characters")
    spellings = list(dict.fromkeys((pattern, translated(pattern))))
    if any(mark in pattern for mark in _SETS):
        del spellings[:-1]
    for text in spellings:
        if _is_read(text, "rust-regex"):
            return Pattern(text, "rust-regex")
    for text in spellings:
        if _is_read(text, "python-re"):
            return Pattern(text, "python-re", _longest(text))
    if _is_read(_CATEGORY.sub(r"\\w", spellings[-1]), "python-re"):
        raise PatternRefused(
            "Python's regular expressions have look-around, but no \\p"
        )
    raise PatternBroken("it is not a regular expression")


def problem_of(pattern: str, longest: int | float | None) -> str | None:
    """Why the service cannot check texts of up to that length, if it cannot."""
    try:
        found = compiled(pattern)
    except PatternRefused as error:
        return str(error)
    if found.longest is None or (longest is not None and longest <= found.longest):
        return None
    return f"it takes long on more than {found.longest} characters"


@functools.lru_cache(maxsize=32)
def _validator(text: str, engine: Engine) -> SchemaValidator:
    return SchemaValidator(str_schema(pattern=text, regex_engine=engine))


def _is_read(text: str, engine: Engine) -> bool:
    try:
        _validator(text, engine)
    except (SchemaError, re.error, RecursionError, OverflowError, ValueError):
        return False
    return True


def _longest(text: str) -> int:
    """The length of text up to which a match in Python's engine stays short.

    Raises PatternRefused where there is none.
    """
    degree = _degree(text)
    for longest in (MAX_TEXT, 200, 50):
        if longest**degree <= MAX_STEPS:
            return longest
    raise PatternRefused("it repeats too much to be matched in bounded time")


@dataclass
class _Group:
    """What a group holds so far: unbounded repetitions, and whether it is ambiguous."""

    opened: str
    before: int = 0
    repeats: int = 0
    ambiguous: bool = False


def _degree(text: str) -> int:
    """The power of the text's length that bounds the steps of a match.

    Raises PatternRefused for a repetition of what can itself match in several ways:
    it takes exponential time.
    """
    stack = [_Group("")]
    closed: _Group | None = None
    worst = 0
    for kind, piece in _pieces(text):
        group = stack[-1]
        if kind == "open":
            looks = piece in _LOOK
            before = group.repeats + group.before
            stack.append(_Group(piece, before if looks else 0))
            closed = None
            continue
        if kind == "close" and len(stack) > 1:
            closed = stack.pop()
            worst = max(worst, closed.before + closed.repeats)
            stack[-1].ambiguous |= closed.ambiguous
            if closed.opened not in _LOOK:
                stack[-1].repeats += closed.repeats
            continue
        if kind == "repeat":
            if closed is not None and closed.ambiguous and _most(piece) > 1:
                raise PatternRefused("a repetition in a repetition, or of alternatives")
            if closed is None or closed.opened not in _LOOK:
                group.ambiguous = True
                group.repeats += _most(piece) > _MANY
        elif kind == "either":
            group.ambiguous = True
        closed = None
    worst = max(worst, stack[0].repeats)
    return worst if text.startswith("^") else worst + 1


def cost(pattern: str) -> int:
    """How much there is to compile, in characters; `\\w{100}` are some thousands."""
    sums = [0]
    last = 0
    for kind, piece in _pieces(pattern[:MAX_PATTERN]):
        if kind == "open":
            sums.append(0)
            continue
        if kind == "close" and len(sums) > 1:
            last = sums.pop()
        elif kind == "repeat":
            most = _most(piece)
            sums[-1] -= last
            last *= max(1, int(most)) if most < float("inf") else 1
        else:
            last = 100 if re.search(r"\\[wWdDsSpP]", piece) else 1
        sums[-1] = min(sums[-1] + last, 10**9)
    return sum(sums)


def _most(repeat: str) -> float:
    """How often a quantifier repeats at most."""
    if repeat in ("*", "+"):
        return float("inf")
    if repeat == "?":
        return 1
    low, comma, high = repeat[1:-1].partition(",")
    return float(high or "inf") if comma else float(low)


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        assert match.lastgroup
        yield match.lastgroup, match[0]


def translated(pattern: str) -> str:
    """An ECMA-262 pattern in the spelling that pydantic and Python share."""
    written = []
    for kind, piece in _pieces(pattern):
        if kind == "escape":
            piece = _escape(piece)
        elif kind == "class":
            piece = _class(piece)
        elif kind == "open" and re.fullmatch(r"\(\?<\w+>", piece):
            piece = f"(?P{piece[2:]}"
        elif piece == "{":
            piece = "\\{"
        written.append(piece)
    return "".join(written)


def _escape(piece: str) -> str:
    if piece.startswith("\\u{"):
        return _code(int(piece[3:-1], 16))
    if len(piece) == 12:
        high, low = int(piece[2:6], 16) - 0xD800, int(piece[8:], 16) - 0xDC00
        return _code(0x10000 + (high << 10) + low)
    if piece.startswith("\\c") and len(piece) == 3:
        return _code(ord(piece[2]) % 32)
    if piece.startswith("\\k<"):
        return f"(?P={piece[3:-1]})"
    return {"\\0": "\\x00"}.get(piece, piece)


def _code(number: int) -> str:
    return f"\\U{number:08X}"


def _class(piece: str) -> str:
    """A character class, whose brackets, ranges and sets mean less in ECMA-262."""
    start = 2 if piece.startswith("[^") else 1
    if len(piece) == start + 1:
        return r"[\s\S]" if start == 2 else r"[^\s\S]"
    parts = [match[0] for match in _IN_CLASS.finditer(piece[start:-1])]
    written = [piece[:start]]
    for number, part in enumerate(parts):
        around = parts[number - 1] if number else "", *parts[number + 1 : number + 2]
        if part == "-" and any(re.match(r"\\[wWdDsSpP]", one) for one in around):
            part = "\\-"
        elif part in "[&~":
            part = f"\\{part}"
        elif part == "\\b":
            part = "\\x08"
        elif part == "-" and parts[number + 1 : number + 2] == ["-"]:
            part = "\\-"
        else:
            part = _escape(part)
        written.append(part)
    return "".join([*written, "]"])
