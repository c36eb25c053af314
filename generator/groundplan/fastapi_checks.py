"""The lines that look whether the items are there that an operation is about."""

from .domain import Context, Domain, ModelOf, Operation, Storage
from .python_imports import Imports
from .python_text import literal


class Checks:
    """Writes the checks of one context's operations."""

    def __init__(self, domain: Domain, context: Context, imports: Imports) -> None:
        self.domain = domain
        self.context = context
        self.imports = imports

    def parent(self, operation: Operation, answer: Storage) -> list[str]:
        """The line that answers 404 where the item above a collection is missing."""
        parent = answer.parent
        if parent is None:
            return []
        keys = ", ".join(parent.keys)
        if parent.context != self.context.name:
            return [f"await self.parents.{parent.context}.{parent.method}({keys})"]
        pairs = ", ".join(
            f"{literal(column)}: {key}"
            for column, key in zip(parent.entity.scope, parent.keys, strict=False)
        )
        owner = parent.entity.owner if operation.schemes else None
        if owner:
            self.imports.add("...platform.auth", "owned")
        arguments = ", ".join([parent.keys[-1], *narrowed(pairs, owner)])
        return [f"await self.{parent.entity.attribute}.get({arguments})"]

    def references(self, operation: Operation, answer: Storage) -> list[str]:
        """The lines that answer 409 where a body names items that are not there."""
        body, lines = operation.body, []
        for reference in answer.references:
            assert body and isinstance(body.type, ModelOf)
            self.imports.add("...platform.references", "check_reference")
            owner = reference.owner
            # the operation, not its storage: it knows whose items a caller may see
            asked = f"self.{owner.method}"
            if owner.context != self.context.name:
                asked = f"self.parents.{owner.context}.{owner.method}"
            value, pointer = f"body.{reference.name}", f"/{reference.wire}"
            if answer.inside:
                holder = self.domain.models[body.type.model].field(answer.inside)
                assert holder
                value = f"body.{answer.inside}.{reference.name}"
                pointer = f"/{holder.wire}{pointer}"
            if not body.required:
                value += " if body else None"
            lines.append(f"await check_reference({literal(pointer)}, {value}, {asked})")
        return lines


def narrowed(pairs: str, owner: str | None) -> list[str]:
    """The argument that narrows rows to a path, and to those of the caller."""
    parts = [f"{{{pairs}}}"] if pairs else []
    if owner:
        parts.append(f"owned({literal(owner)})")
    return [f"within={' | '.join(parts)}"] if parts else []
