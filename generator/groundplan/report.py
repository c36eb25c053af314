"""What a contract becomes, as tables for a terminal."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from .contract import Contract
from .domain import WRITTEN, Domain, Storage
from .overlay import amendments
from .platform_paths import platform_path, taken
from .python_text import clean

SHOWN = 5


def domain_report(contract: Contract, domain: Domain) -> RenderableType:
    """Contexts, entities, operations with what answers them, and every amendment."""
    entities = Table("context", "entity", "table", "fields", box=SIMPLE_HEAD)
    operations = Table(
        "context", "operation", "request", "answered by", box=SIMPLE_HEAD
    )
    for context in domain.contexts:
        for entity in context.entities:
            fields = ", ".join(column.name for column in entity.columns)
            entities.add_row(
                context.name, _text(entity.name), entity.table, _text(fields)
            )
        for operation in context.operations:
            answer = operation.answer
            if isinstance(answer, Storage):
                how = f"storage: {answer.kind} {answer.entity.name}"
                if answer.ignored:
                    how += f" (not filtered by {', '.join(answer.ignored)})"
            elif answer.code == WRITTEN:
                how = "service.py"
            else:
                how = f"nobody yet: {answer.code}, {answer.reason}"
            operations.add_row(
                context.name,
                _text(operation.id),
                _text(f"{operation.method.upper()} {operation.path}"),
                _text(how),
            )
    parts: list[RenderableType] = [entities, operations]
    every = [o for c in domain.contexts for o in c.operations]
    stubs = sum(len(context.stubs) for context in domain.contexts)
    stored = sum(isinstance(o.answer, Storage) for o in every)
    parts.append(
        Text(
            f"{len(every)} operations: {stored} answered by storage, "
            f"{len(every) - stored - stubs} by service.py, {stubs} by nobody yet (501)."
        )
    )
    parts.append(_text(_errors(domain)))
    if place := platform_path(domain):
        found = ", ".join(taken(domain, ""))
        words = f"{found}: the service's own endpoints are below {place}."
        parts.append(Text("\n") + _text(words))
    if domain.unchecked:
        parts.append(Text("\nNot looked after by what is generated:"))
        parts += [Text("  - ") + _text(line) for line in domain.unchecked]
    if contract.remarks:
        parts.append(Text(f"\nRead past in {contract.source.name}:"))
        parts.extend(Text("  - ") + _text(line) for line in _remarks(contract))
    if contract.idle:
        parts.append(Text("\nWithout effect in the overlay:"))
        parts += [
            Text("  - ") + _text(f"{one.place}: {one.message}") for one in contract.idle
        ]
    if contract.overlay is not None:
        parts.append(Text(f"\nAmendments to {contract.source.name} by the overlay:"))
        for amendment in amendments(contract.overlay):
            parts.append(Text("  - ") + _text(amendment.description))
    if contract.completion is not None:
        parts.append(Text(f"\nAmendments by {contract.completion.name}:"))
        for amendment in amendments(contract.completion):
            parts.append(Text("  - ") + _text(amendment.description))
    return Group(*parts)


def _errors(domain: Domain) -> str:
    """How errors are answered, in a sentence."""
    chosen, bodies = f"error_format={domain.error_format}", domain.error_bodies
    if bodies is None:
        return f"Errors are answered by {chosen}."
    own = {body for keys in bodies.operations.values() for body in keys.values()}
    others = sorted({body.name for body in own} - {bodies.default.name})
    words = f"Errors are answered as the contract has them ({chosen}): by "
    words += f"{bodies.default.name}"
    return f"{words}, in places by {', '.join(others)}." if others else f"{words}."


def _remarks(contract: Contract) -> Iterator[str]:
    """What was mended: a line for each kind, with the first places."""
    places: dict[str, list[str]] = {}
    for remark in contract.remarks:
        lines = places.setdefault(remark.message, [])
        lines.append(remark.place.rpartition(":")[2])
    for message, lines in places.items():
        more = f" and {len(lines) - SHOWN} more" if len(lines) > SHOWN else ""
        word = "line" if len(lines) == 1 else "lines"
        yield f"{message} ({word} {', '.join(lines[:SHOWN])}{more})"


def console(*, stderr: bool = False) -> Console:
    """A terminal; piped output is not cut to 80 columns."""
    made = Console(stderr=stderr, highlight=False)
    return (
        made if made.is_terminal else Console(stderr=stderr, highlight=False, width=200)
    )


def _text(text: str) -> Text:
    """Text of a contract: never markup, never control characters."""
    return Text(" ".join(clean(text).split())[:300])
