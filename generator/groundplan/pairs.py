"""The presets, and rows of answers in which any two answers that may meet do meet.

A several-of question counts as flags: each of its choices is in or out.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .answers import Answer, Question, presets, questions
from .covering import Factors, covering_array
from .flags import factors_of, to_answers, to_row
from .refusals import constraints


@dataclass(frozen=True)
class Combination:
    """Answers for every choice: those of a preset, or those that pairs call for."""

    name: str
    description: str
    answers: Mapping[str, Answer]


def combinations() -> list[Combination]:
    """The presets, then as many rows, `pair-01` and on, as every pair takes.

    Raises TemplateFault for a question file that cannot be understood, ValueError for
    a preset that is refused.
    """
    asked = choices()
    known = list(presets().values())
    seeds = [to_row(asked, preset.answers) for preset in known]
    rows = covering_array(factors(asked), constraints(asked), seeds)[len(seeds) :]
    return [
        *(Combination(p.name, p.description, dict(p.answers)) for p in known),
        *(
            _row(f"pair-{number:02}", to_answers(asked, row))
            for number, row in enumerate(rows, 1)
        ),
    ]


def _row(name: str, answers: Mapping[str, Answer]) -> Combination:
    given = (
        f"{question}={','.join(value) or 'none' if isinstance(value, list) else value}"
        for question, value in answers.items()
    )
    return Combination(name, " ".join(given), answers)


def choices() -> dict[str, Question]:
    """The questions that offer a choice, in the order of the prompts."""
    return {
        name: question for name, question in questions().items() if question.choices
    }


def factors(asked: Mapping[str, Question]) -> Factors:
    """What varies from row to row."""
    return {
        name: values
        for question in asked.values()
        for name, values in factors_of(question).items()
    }
