"""The derived documents: effective contract, contract-test settings, context page."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import yaml

from .domain import (
    WRITTEN,
    Context,
    Domain,
    Enumeration,
    ListOf,
    MapOf,
    ModelOf,
    Operation,
    Scalar,
    Storage,
    Type,
)
from .python_text import clean
from .reader import Json
from .render import HEADER


class _Dumper(yaml.CSafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


# Strings that YAML 1.2 reads as numbers and PyYAML, which knows 1.1, would not quote.
_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"(?:0o[0-7]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+)\Z"),
    list("-+.0123456789"),
)


def dump(data: dict[str, Json] | list[Json], *, compact: bool = False) -> str:
    """A document, or the items of a list, as YAML; keys in their own order.

    `compact` has leaves on one line.
    """
    text = yaml.dump(
        data,
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=100,
        default_flow_style=None if compact else False,
    )
    assert isinstance(text, str)
    return text


ACCEPTED: Final = "checks.positive_data_acceptance.expected-statuses"
# What Schemathesis takes for an answer to valid data by itself, and 402.
OR_DECLINED: Final = '["2xx", "3xx", 401, 402, 403, 404, 409, 429, "5xx"]'


def effective(domain: Domain) -> str:
    """contracts/effective.yaml."""
    sources = "openapi.yaml and overlay.yaml"
    header = HEADER.replace("contracts/effective.yaml", sources)
    return f"# {header}\n{dump(domain.effective)}"


def contract_test(domain: Domain) -> str:
    """contracts/schemathesis.toml: what nobody has written yet is not tested."""
    lines = [
        f"# {HEADER}",
        "",
        "[generation]",
        "# PostgreSQL has no U+0000 in text: the service refuses it everywhere.",
        "allow-x00 = false",
    ]
    for operation in (o for c in domain.contexts for o in c.stubs):
        lines += _block(operation, "enabled = false")
    operations = [o for c in domain.contexts for o in c.operations]
    gone = _gone_elsewhere(operations)
    for operation in operations:
        told = []
        if isinstance(operation.answer, Storage) and operation.answer.cursor:
            told.append(
                "# No schema tells the cursors that a list has given from others."
            )
            told.append(f"{ACCEPTED} = [200, 400]")
        elif "402" in operation.errors:
            told.append("# No schema tells what pays from what is declined.")
            told.append(f"{ACCEPTED} = {OR_DECLINED}")
        if operation.id in gone:
            told.append(
                "# Another path deletes its item, which the check does not see."
            )
            told.append("checks.ensure_resource_availability.enabled = false")
        if told:
            lines += _block(operation, *told)
    return "\n".join(lines) + "\n"


def _block(operation: Operation, *lines: str) -> list[str]:
    name = f"{operation.method.upper()} {operation.path}"
    return ["", "[[operations]]", f"include-name = {_toml(name)}", *lines]


def _gone_elsewhere(operations: Sequence[Operation]) -> set[str]:
    """The ids of those whose item, or its parent, another path deletes."""
    deleting: dict[str, set[str]] = {}
    for operation in operations:
        if isinstance(operation.answer, Storage) and operation.answer.kind == "delete":
            table = operation.answer.entity.table
            deleting.setdefault(table, set()).add(operation.path)
    found = set()
    for operation in operations:
        answer = operation.answer
        if not isinstance(answer, Storage):
            continue
        tables = {answer.entity.table} if answer.key else set()
        if answer.parent:
            tables.add(answer.parent.entity.table)
        paths = {path for table in tables for path in deleting.get(table, ())}
        if any(not f"{operation.path}/".startswith(f"{path}/") for path in paths):
            found.add(operation.id)
    return found


def _toml(text: str) -> str:
    """A basic string: TOML's escapes are a subset of JSON's for what is printable."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return (
        '"'
        + "".join(c if c.isprintable() else f"\\U{ord(c):08X}" for c in escaped)
        + '"'
    )


def contexts_page(domain: Domain, calls: Mapping[str, Sequence[str]]) -> str:
    """docs/contexts.md: contexts, who calls whom, operations, stubs, tables."""
    lines = [
        f"<!-- {HEADER} -->",
        "",
        "# Contexts",
        "",
        "One package per bounded context, with its own tables and migrations. They "
        "call each other",
        "through their ports only, in one process or over HTTP.",
        "",
        "```mermaid",
        "flowchart LR",
    ]
    for context in domain.contexts:
        entities = ", ".join(_plain(e.name) for e in context.entities)
        label = f"{context.name}<br/>{entities}" if entities else context.name
        lines.append(f'    {context.name}["{label}"]')
    for caller, called in calls.items():
        lines += [f"    {caller} --> {name}" for name in called]
    lines.append("```")
    for context in domain.contexts:
        lines += _context(context, domain)
    return "\n".join(lines) + "\n"


def _context(context: Context, domain: Domain) -> list[str]:
    lines = ["", f"## {context.name}", ""]
    if context.description:
        lines += [_plain(context.description), ""]
    lines += ["| operation | | answered by |", "| --- | --- | --- |"]
    for operation in context.operations:
        route = f"`{operation.method.upper()} {_code(operation.path)}`"
        answer = operation.answer
        if isinstance(answer, Storage):
            how = f"storage: {answer.kind} {_plain(answer.entity.name)}"
            if answer.ignored:
                given = ", ".join(f"`{_code(name)}`" for name in answer.ignored)
                how += f"; {given} filters nothing yet"
        elif answer.code == WRITTEN:
            how = "`service.py`"
        else:
            how = f"nobody yet, 501 (`{answer.code}`: {_plain(answer.reason)})"
        lines.append(f"| {route} | `{_code(operation.id)}` | {how} |")
    if context.entities:
        lines += ["", "```mermaid", "erDiagram"]
        for entity in context.entities:
            lines.append(f"    {entity.table} {{")
            for column in entity.columns:
                key = " PK" if column.key else " UK" if column.unique else ""
                lines.append(f"        {_kind(column.type)} {column.name}{key}")
            lines.append("    }")
        lines.append("```")
    return lines


def _kind(type_: Type) -> str:
    if isinstance(type_, Scalar):
        return type_.kind.replace("-", "_")
    if isinstance(type_, Enumeration):
        return "string"
    if isinstance(type_, ListOf):
        return "list"
    return "object" if isinstance(type_, MapOf | ModelOf) else "json"


def _plain(text: str) -> str:
    """Text of a contract for a Markdown page: one line, nothing that is markup."""
    line = " ".join(clean(text).split())
    for mark in "\\`*_{}[]<>#|":
        line = line.replace(mark, f"\\{mark}" if mark not in "<>" else " ")
    return line


def _code(text: str) -> str:
    return " ".join(clean(text).split()).replace("`", "'").replace("|", "/")
