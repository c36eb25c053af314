"""Values and texts of a contract as Python source.

Everything that comes from a contract passes through here before it is Python: values
become literals by `repr`, texts become escaped docstrings. Nothing of a contract is
ever pasted.
"""

import re
import textwrap
import unicodedata


def literal(value: object) -> str:
    """A JSON value as a Python literal."""
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        pairs = (f"{literal(key)}: {literal(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if not isinstance(value, str | int | float | bool | None):
        raise TypeError(f"not JSON: {type(value).__name__}")
    return repr(value)


def clean(text: str) -> str:
    """Text without control, format (bidirectional marks) and surrogate characters."""
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") else " "
        for c in text
    )


# Those that end a docstring: three in a row, and any before the closing ones.
_QUOTES = re.compile(r'"{3,}|"+\Z')


def docstring(text: str, indent: int = 4, width: int = 88) -> str:
    """A docstring literal, escaped and wrapped; its first line is not indented."""
    paragraphs = [" ".join(part.split()) for part in clean(text).strip().split("\n\n")]
    escaped = [
        _QUOTES.sub(lambda run: '\\"' * len(run[0]), part.replace("\\", "\\\\"))
        for part in paragraphs
        if part
    ]
    lines: list[str] = []
    for number, part in enumerate(escaped):
        room = width - indent - (3 if number == 0 else 0)
        if number:
            lines.append("")
        lines.extend(
            textwrap.wrap(part, room, break_long_words=False, break_on_hyphens=False)
        )
    if not lines:
        return '""""""'
    pad = " " * indent
    if len(lines) == 1 and len(lines[0]) + indent + 6 <= width:
        return f'"""{lines[0]}"""'
    body = "\n".join(pad + line if line else "" for line in lines[1:])
    return f'"""{lines[0]}\n{body}\n{pad}"""' if body else f'"""{lines[0]}\n{pad}"""'
