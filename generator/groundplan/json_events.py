"""JSON into a `Builder`: what libyaml cannot read of it, and exactly what it says.

libyaml refuses keys of more than 1,024 characters and pairs of surrogates, and it takes
U+0085 and U+2028 inside a string for line breaks.
"""

import math
import re
from json import JSONDecodeError, JSONDecoder
from typing import Final, NoReturn

from .builder import Builder

MAX_DIGITS = 400

_BLANKS: Final = re.compile(r"[ \t\r\n]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD: Final = re.compile(r"true|false|null")
_WORDS: Final = {"true": True, "false": False, "null": None}
_DECODER: Final = JSONDecoder()
_HALVES: Final = re.compile("[\ud800-\udfff]")


class NotJson(Exception):
    """The text is no JSON: the line, and what was expected there."""

    def __init__(self, line: int, expected: str) -> None:
        super().__init__(expected)
        self.line = line
        self.expected = expected


def feed(text: str, builder: Builder) -> None:
    """Give a builder what a JSON text holds.

    Raises NotJson, and ContractError for what JSON has and Python cannot keep.
    """
    _Scanner(text, builder).document()


class _Scanner:
    def __init__(self, text: str, builder: Builder) -> None:
        self.text = text
        self.builder = builder
        self.position = 0
        self.line = 1
        self.open: list[str] = []

    def document(self) -> None:
        self.value()
        while self.open:
            self.member()
        if self.next_character():
            self.fail("the end of the file")

    def next_character(self) -> str:
        """The first character after blanks, where the position is then."""
        character = self.text[self.position : self.position + 1]
        if character.isspace():
            match = _BLANKS.match(self.text, self.position)
            assert match
            self.line += match[0].count("\n")
            self.position = match.end()
            character = self.text[self.position : self.position + 1]
        return character

    def value(self) -> None:
        character = self.next_character()
        if character in ("{", "["):
            self.position += 1
            self.builder.open({} if character == "{" else [], self.line)
            self.open.append("}" if character == "{" else "]")
            if self.next_character() == self.open[-1]:
                self.close()
            elif self.open[-1] == "}":
                self.key()
                self.value()
            else:
                self.value()
        elif character == '"':
            self.builder.scalar(self.string(), self.line)
        elif match := _WORD.match(self.text, self.position):
            self.position = match.end()
            self.builder.scalar(_WORDS[match[0]], self.line)
        else:
            self.number()

    def member(self) -> None:
        """What follows a value in a container: another one, or the end."""
        character = self.next_character()
        if character == ",":
            self.position += 1
            if self.open[-1] == "}":
                self.key()
            self.value()
        elif character == self.open[-1]:
            self.close()
        else:
            self.fail(f"`,` or `{self.open[-1]}`")

    def close(self) -> None:
        self.position += 1
        self.open.pop()
        self.builder.close(self.line)

    def key(self) -> None:
        if self.next_character() != '"':
            self.fail("a key in double quotes")
        self.builder.key(self.string(), self.line)
        if self.next_character() != ":":
            self.fail("`:` after the key")
        self.position += 1

    def string(self) -> str:
        try:
            found, self.position = _DECODER.raw_decode(self.text, self.position)
        except JSONDecodeError as error:
            raise NotJson(error.lineno, "a string that ends and is well-formed") from (
                error
            )
        assert isinstance(found, str)
        if _HALVES.search(found):
            self.builder.refuse(
                self.line, "half of a surrogate pair", "Write both halves, or none."
            )
        return found

    def number(self) -> None:
        match = _NUMBER.match(self.text, self.position)
        if match is None:
            self.fail("a value")
        self.position = match.end()
        if len(match[0]) > MAX_DIGITS:
            self.builder.refuse(
                self.line,
                f"a number of more than {MAX_DIGITS} digits",
                "Write it as a string, or leave it out.",
            )
        number = int(match[0]) if match.lastindex is None else float(match[0])
        if not math.isfinite(number):
            self.builder.refuse(
                self.line,
                f"the number {match[0]} is beyond what a double holds",
                "Leave the bound out, or write a smaller one.",
            )
        self.builder.scalar(number, self.line)

    def fail(self, expected: str) -> NoReturn:
        raise NotJson(self.line, expected)
