"""What is cached, as `x-cache` of the overlay says it, and the module that tells it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .contract import Contract
from .domain import Domain, Operation, Storage
from .errors import ContractError
from .python_text import literal
from .reader import Json
from .render import HEADER

KEY: Final = "x-cache"
SECONDS: Final = {
    "session": 3600,
    "product": 600,
    "profile": 2700,
    "statistics": 6 * 3600,
    "static": 7 * 24 * 3600,
    "live": 30,
}
"""How long an answer holds by the kind of data."""

STRATEGIES: Final = ("aside", "invalidate", "write-through")
LONGEST: Final = 30 * 24 * 3600
_KEYS: Final = {"kind", "ttl", "strategy"}


@dataclass(frozen=True)
class Rule:
    """What one `x-cache` says."""

    seconds: int
    strategy: str


@dataclass(frozen=True)
class Read:
    """A read that is cached, and the writes after which it is kept anew."""

    context: str
    operation: Operation
    answer: Storage
    rule: Rule
    writes: tuple[Operation, ...] = ()


def cached(contract: Contract, domain: Domain) -> tuple[Read, ...]:
    """Every read that `x-cache` names: of a collection, and of its items.

    Raises ContractError for a rule that cannot be kept.
    """
    found: list[Read] = []
    for path, node in _paths(contract):
        if KEY not in node:
            continue
        rule = _rule(contract, path, node[KEY])
        reads = list(_reads(contract, domain, path, rule))
        if not reads:
            raise ContractError(
                contract.place("paths", path, KEY),
                "x-cache on a path of which storage answers no GET",
                "Put it on the path of a collection, for its list and its items.",
            )
        found += reads
    return tuple(found)


def caching_module(reads: tuple[Read, ...]) -> dict[str, str]:
    """`caching.py` of `generated/` in the package itself."""
    contexts = dict.fromkeys(read.context for read in reads)
    lines = [
        f"    {literal(context)}: {{{', '.join(_entries(reads, context))}}},"
        for context in contexts
    ]
    kinds = ["Caching"] + ["Entry"] * bool(reads)
    kinds += ["Fill"] * any(read.writes for read in reads)
    table = "\n".join(("{", *lines, "}")) if lines else "{}"
    return {"caching.py": f'''# {HEADER}

"""What is cached: by context and operation, under which keys, for how many seconds."""

from typing import Final

from ..platform.cache.entries import {", ".join(kinds)}

CACHING: Final[Caching] = {table}
'''}


def _entries(reads: tuple[Read, ...], context: str) -> Iterator[str]:
    for read in reads:
        if read.context != context:
            continue
        answer = read.answer
        values = [
            f"table={literal(answer.entity.table)}",
            f"pattern={literal(_pattern(read.operation))}",
            f"seconds={read.rule.seconds}",
            f"strategy={literal(read.rule.strategy)}",
        ]
        if answer.kind == "get":
            values.append(f"item={literal(answer.key)}")
            values.append(f"key={literal(answer.entity.key.name)}")
        yield f"{literal(read.operation.name)}: Entry({', '.join(values)})"
        for write in read.writes:
            fill = f"read={literal(read.operation.name)}, item={literal(answer.key)}"
            yield f"{literal(write.name)}: Fill({fill})"


def _pattern(operation: Operation) -> str:
    """`products:{product_id}`, `users:{user_id}:orders:list`."""
    names = {p.wire: p.name for p in operation.parameters if p.place == "path"}
    parts = []
    for step in operation.path.strip("/").split("/"):
        inner = step[1:-1]
        parts.append(f"{{{names[inner]}}}" if step.startswith("{") else step)
    is_list = isinstance(operation.answer, Storage) and operation.answer.kind == "list"
    return ":".join([*parts, "list"] if is_list else parts)


def _paths(contract: Contract) -> Iterator[tuple[str, dict[str, Json]]]:
    paths = contract.effective.get("paths")
    for path, node in (paths if isinstance(paths, dict) else {}).items():
        if isinstance(node, dict):
            yield path, node


def _rule(contract: Contract, path: str, said: Json) -> Rule:
    place = contract.place("paths", path, KEY)
    example = "Write for example `x-cache: {kind: product, strategy: invalidate}`."
    if not isinstance(said, dict) or not said or said.keys() - _KEYS:
        raise ContractError(
            place, "x-cache has `kind` or `ttl`, and `strategy`", example
        )
    kind, seconds = said.get("kind"), said.get("ttl")
    strategy = said.get("strategy", "invalidate")
    if (kind is None) == (seconds is None):
        raise ContractError(place, "x-cache needs one of `kind` and `ttl`", example)
    if kind is not None and kind not in SECONDS:
        kinds = ", ".join(SECONDS)
        raise ContractError(place, f"`kind` of x-cache is none of {kinds}", example)
    seconds = SECONDS[str(kind)] if kind is not None else seconds
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        raise ContractError(place, "`ttl` of x-cache is a number of seconds", example)
    if not 1 <= seconds <= LONGEST:
        words = f"`ttl` of x-cache is not between 1 and {LONGEST} seconds"
        raise ContractError(place, words, example)
    if strategy not in STRATEGIES:
        words = f"`strategy` of x-cache is none of {', '.join(STRATEGIES)}"
        raise ContractError(place, words, example)
    return Rule(seconds, str(strategy))


def _reads(contract: Contract, domain: Domain, path: str, rule: Rule) -> Iterator[Read]:
    for context in domain.contexts:
        about = [
            operation
            for operation in context.operations
            if isinstance(operation.answer, Storage)
            and path in (operation.path, operation.answer.entity.collection_path)
        ]
        for operation in about:
            answer = operation.answer
            assert isinstance(answer, Storage)
            if answer.kind not in ("list", "get"):
                continue
            if answer.owner:
                raise ContractError(
                    contract.place("paths", path, KEY),
                    "x-cache of items that belong to their owners (x-owner)",
                    "What depends on who asks is not cached: remove one of the two.",
                )
            writes = tuple(other for other in about if _fills(other, operation))
            through = rule.strategy == "write-through"
            yield Read(context.name, operation, answer, rule, writes if through else ())


def _fills(write: Operation, read: Operation) -> bool:
    """Whether a write is about the one item that a read answers."""
    assert isinstance(write.answer, Storage) and isinstance(read.answer, Storage)
    asked = [p for p in read.parameters if p.required]
    return (
        read.answer.kind == "get"
        and write.answer.kind in ("update", "replace")
        and write.path == read.path
        and [p.name for p in asked] == [read.answer.key]
    )
