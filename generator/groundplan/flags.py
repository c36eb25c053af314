"""Answers as values of factors, and back.

A one-of question is a factor with its choices as values. A several-of question is a
flag for each of its choices, `deploy=compose`, which is in or out.
"""

from collections.abc import Mapping
from typing import Final

from .answers import Answer, Question
from .covering import Row

IN: Final = "in"
OUT: Final = "out"


def factors_of(question: Question) -> dict[str, tuple[str, ...]]:
    """The factors of a question with their values."""
    if not question.several:
        return {question.name: question.choices}
    return {flag(question, choice)[0]: (OUT, IN) for choice in question.choices}


def flag(question: Question, choice: str) -> tuple[str, str]:
    """The factor that a choice belongs to, and the value that chooses it."""
    if question.several:
        return f"{question.name}={choice}", IN
    return question.name, choice


def to_row(asked: Mapping[str, Question], answers: Mapping[str, Answer]) -> Row:
    """Answers to every question as values of the factors. Raises KeyError."""
    row: Row = {}
    for name, question in asked.items():
        given = answers[name]
        if not question.several:
            row[name] = str(given)
            continue
        chosen = given if isinstance(given, list) else [str(given)]
        for choice in question.choices:
            factor, value = flag(question, choice)
            row[factor] = value if choice in chosen else OUT
    return row


def to_answers(
    asked: Mapping[str, Question], row: Mapping[str, str]
) -> dict[str, Answer]:
    """The answers to these questions that a row stands for. Raises KeyError."""
    found: dict[str, Answer] = {}
    for name, question in asked.items():
        if question.several:
            flags = {choice: flag(question, choice) for choice in question.choices}
            found[name] = [
                c for c, (factor, value) in flags.items() if row[factor] == value
            ]
        else:
            found[name] = row[name]
    return found
