"""What `generate` is told about changed tables: its options, and what it has to ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .errors import AnswerError


@dataclass(frozen=True)
class Choice:
    """One way to decide a question: the option to give, and what comes of it."""

    option: str
    meaning: str


@dataclass(frozen=True)
class Question:
    """Something that the contract does not say and rows depend on."""

    about: str
    choices: tuple[Choice, ...]


@dataclass
class Decisions:
    """The options that were given; each is to be used by a change of the tables."""

    renames: dict[str, str] = field(default_factory=dict)
    drops: set[str] = field(default_factory=set)
    fills: dict[str, str] = field(default_factory=dict)
    conversions: set[str] = field(default_factory=set)
    _used: set[str] = field(default_factory=set)

    @classmethod
    def parse(
        cls,
        renames: Iterable[str] = (),
        drops: Iterable[str] = (),
        fills: Iterable[str] = (),
        conversions: Iterable[str] = (),
    ) -> "Decisions":
        """Options as they were typed. Raises AnswerError for one that says nothing."""
        made = cls(drops=set(drops), conversions=set(conversions))
        for text in renames:
            old, new = _pair("--rename", text, "users.nick=handle")
            made.renames[old] = new
        for text in fills:
            column, value = _pair("--fill", text, "users.age=0")
            made.fills[column] = value
        return made

    def rename(self, *names: str) -> str | None:
        """The new name of a table or of `table.column`, if one was given."""
        return self._use("--rename", self.renames, names)

    def drop(self, *names: str) -> bool:
        """Whether what is stored there may go."""
        return self._use("--drop", dict.fromkeys(self.drops, ""), names) is not None

    def convert(self, *names: str) -> bool:
        """Whether the values are to be converted, although some may not fit."""
        told = dict.fromkeys(self.conversions, "")
        return self._use("--convert", told, names) is not None

    def fill(self, *names: str) -> str | None:
        """The value of rows that have none, as it was typed."""
        return self._use("--fill", self.fills, names)

    def _use(
        self, option: str, given: Mapping[str, str], names: Iterable[str]
    ) -> str | None:
        for name in names:
            if name in given:
                self._used.add(f"{option} {name}")
                return given[name]
        return None

    def refuse_unused(self) -> None:
        """Raise AnswerError for what no change of the tables asks for."""
        given = [f"--rename {what}" for what in self.renames]
        given += [f"--drop {what}" for what in sorted(self.drops)]
        given += [f"--fill {what}" for what in self.fills]
        given += [f"--convert {what}" for what in sorted(self.conversions)]
        unused = [option for option in given if option not in self._used]
        if unused:
            raise AnswerError(
                f"{unused[0]}: no change of the tables asks for it",
                "Without options, `groundplan generate` says what is to be decided.",
            )


class UndecidedError(AnswerError):
    """Changes of tables that rows depend on and nobody has decided."""

    def __init__(self, questions: Iterable[Question]) -> None:
        listed = list(questions)
        count = "one change" if len(listed) == 1 else f"{len(listed)} changes"
        verb = "is" if len(listed) == 1 else "are"
        lines = [f"{count} of the tables {verb} to be decided; nothing was written"]
        for question in listed:
            lines += ["", question.about]
            width = max(len(choice.option) for choice in question.choices)
            for choice in question.choices:
                lines.append(f"    {choice.option:{width}}  {choice.meaning}")
        hint = 'Give one option for each: make generate ARGS="..."'
        super().__init__("\n".join(lines) + "\n", hint)


def _pair(option: str, text: str, example: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not (name and separator):
        raise AnswerError(
            f"{option} {text}: says no value", f"Write it as `{option} {example}`."
        )
    return name, value
