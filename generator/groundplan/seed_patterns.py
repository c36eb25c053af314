"""What the first overlay does about patterns that the service cannot check."""

from . import patterns
from .amendments import Seed
from .pattern_rules import is_of_text, longest_of
from .walk import walk


def leave_patterns(made: Seed) -> None:
    """Leave to the team what no engine checks, and bound what may take long."""
    for schema, at, is_map, is_extension in walk(made.contract.effective):
        pattern = schema.get("pattern")
        if is_map or is_extension or not isinstance(pattern, str):
            continue
        problem = patterns.problem_of(pattern, longest_of(schema))
        if not problem or not is_of_text(schema):
            continue
        name = str(at[-1]) if at else "the contract"
        longest = _longest(pattern)
        if longest is None or "maxLength" in schema:
            made.take_out(
                (*at, "pattern"),
                f"{name}: the pattern is left to service.py, as {problem}",
            )
        else:
            made.add(at, {"maxLength": longest}, f"{name}: maxLength {longest}")


def _longest(pattern: str) -> int | None:
    try:
        return patterns.compiled(pattern).longest
    except patterns.PatternRefused:
        return None
