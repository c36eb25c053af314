"""What a contract becomes, as tables for a terminal."""

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from .contract import Contract
from .domain import WRITTEN, Domain, Storage
from .overlay import amendments
from .python_types import clean


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
    if domain.unchecked:
        parts.append(Text("\nNot looked after by what is generated:"))
        parts += [Text("  - ") + _text(line) for line in domain.unchecked]
    if contract.overlay is not None:
        parts.append(Text(f"\nAmendments to {contract.source.name} by the overlay:"))
        for amendment in amendments(contract.overlay):
            parts.append(Text("  - ") + _text(amendment.description))
    return Group(*parts)


def console(*, stderr: bool = False) -> Console:
    """A terminal; piped output is not cut to 80 columns."""
    made = Console(stderr=stderr, highlight=False)
    return (
        made if made.is_terminal else Console(stderr=stderr, highlight=False, width=200)
    )


def _text(text: str) -> Text:
    """Text of a contract: never markup, never control characters."""
    return Text(" ".join(clean(text).split())[:300])
