"""Which context an operation belongs to whose item is kept in another.

Tags sort operations for readers; storage wants those of an entity in one place.
"""

from . import names
from .amendments import Seed, operations_of
from .domain import Domain, Stub


def join_entities(made: Seed, domain: Domain) -> None:
    """Give an operation to the context whose storage can answer it."""
    titles = {context.name: context.title for context in domain.contexts}
    for operation, _, pointer in operations_of(made, domain):
        answer = operation.answer
        if isinstance(answer, Stub) and answer.elsewhere:
            name = answer.elsewhere
            title = titles[name]
            fits = names.is_latin(title) and names.context_name(title) == name
            update = {"x-context": title if fits else name}
            made.add(pointer, {**update}, f"{operation.id}: {answer.reason}")
