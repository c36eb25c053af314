"""What the question files refuse -> constraints on combinations of answers.

There are three ways: the validator of a choice, the validator of a question, and
`when`, by which a question that is not asked keeps its default.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import jinja2
import yaml
from jinja2 import meta

from . import source
from .answers import Question
from .covering import Constraint
from .flags import factors_of, flag, to_answers
from .render import environment

# As Copier's own; its filters may be used in any expression.
_EXTENSION: Final = "jinja2_ansible_filters.AnsibleCoreFiltersExtension"
_FALSE: Final = frozenset({"", "n", "no", "f", "false", "off", "~", "null", "none"})


class TemplateFault(ValueError):
    """A question file that says what no combination can be asked for."""


def constraints(asked: Mapping[str, Question]) -> list[Constraint]:
    """The constraints of the questions, each with the factors that it looks at.

    Raises TemplateFault for an expression that looks at anything but choices of
    questions that were asked before: Copier knows no others by then.
    """
    found: list[Constraint] = []
    before: dict[str, Question] = {}
    for question in asked.values():
        found += _of(question, before)
        before[question.name] = question
    return found


class _Expression:
    """A text of a question file, and the questions that it looks at."""

    def __init__(self, text: str, known: Mapping[str, Question], place: str) -> None:
        jinja = environment(source.repository(), _EXTENSION)
        try:
            self._template = jinja.from_string(text)
            names = meta.find_undeclared_variables(jinja.parse(text))
        except jinja2.TemplateError as error:
            raise TemplateFault(f"{place}: {error}") from error
        if strange := sorted(names - known.keys()):
            raise TemplateFault(
                f"{place}: {', '.join(strange)}: no choice that was asked for before"
            )
        self.questions = {name: known[name] for name in known if name in names}

    def value(self, row: Mapping[str, str]) -> str:
        """What it says where these answers are given."""
        return self._template.render(to_answers(self.questions, row))

    def is_silent(self, row: Mapping[str, str]) -> bool:
        """Whether it says nothing there."""
        return not self.value(row).strip()


def _of(question: Question, before: Mapping[str, Question]) -> Iterator[Constraint]:
    for choice, text in question.refusals.items():
        reason = _Expression(text, before, f"{question.name}: {choice}")
        yield _choice(question, choice, reason)
    if question.validator:
        here = {**before, question.name: question}
        reason = _Expression(question.validator, here, f"{question.name}: validator")
        yield Constraint(_names(reason), reason.is_silent)
    if question.when:
        yield _when(question, before)


def _choice(question: Question, choice: str, reason: _Expression) -> Constraint:
    name, value = flag(question, choice)

    def allows(row: Mapping[str, str]) -> bool:
        # unlike a question's, Copier takes a choice's empty lines for a refusal
        return row[name] != value or not reason.value(row)

    return Constraint(_names(reason, name), allows)


def _when(question: Question, before: Mapping[str, Question]) -> Constraint:
    condition = _Expression(question.when, before, f"{question.name}: when")
    text = question.default
    text = text if isinstance(text, str) else yaml.safe_dump(text)
    default = _Expression(text, before, f"{question.name}: default")
    alone = {question.name: question}

    def allows(row: Mapping[str, str]) -> bool:
        said = default.value(row)
        kept = yaml.safe_load(said) if question.several else said
        given = to_answers(alone, row)[question.name]
        return _is_true(condition.value(row)) or given == kept

    own = factors_of(question)
    return Constraint(_names(condition, *_names(default), *own), allows)


def _names(expression: _Expression, *more: str) -> tuple[str, ...]:
    """The factors that an expression looks at, and some more, each once."""
    looked_at: Iterable[str] = (
        name
        for question in expression.questions.values()
        for name in factors_of(question)
    )
    return tuple(dict.fromkeys([*looked_at, *more]))


def _is_true(text: str) -> bool:
    """Whether Copier takes a text for true: neither zero nor one of YAML's words."""
    try:
        return bool(float(text))
    except ValueError:
        return text.strip().lower() not in _FALSE
