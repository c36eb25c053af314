"""What question files refuse, read as constraints; and files that cannot be."""

import pytest

from groundplan.answers import Question
from groundplan.refusals import TemplateFault, constraints

DATABASE = Question("database", ("sqlite", "postgres"), several=False, listed=False)


def deploy(reason: str = "", validator: str = "", when: str = "") -> Question:
    refusals = {"cluster": reason} if reason else {}
    return Question(
        "deploy", ("compose", "cluster"), True, False, [], refusals, validator, when
    )


def holds(question: Question, database: str, *chosen: str) -> bool:
    """Whether the constraints of a question allow a row."""
    found = constraints({"database": DATABASE, question.name: question})
    row = {"database": database, "deploy=compose": "out", "deploy=cluster": "out"}
    row |= {f"deploy={choice}": "in" for choice in chosen}
    return all(constraint.holds(row) for constraint in found)


def test_a_choice_that_is_refused() -> None:
    question = deploy("[% if database == 'sqlite' %]one machine[% endif %]")
    assert not holds(question, "sqlite", "cluster")
    assert holds(question, "sqlite", "compose")
    assert holds(question, "postgres", "cluster")


def test_an_answer_that_is_refused() -> None:
    question = deploy(validator="[= 'too much' if deploy | length == 2 =]\n")
    assert not holds(question, "sqlite", "compose", "cluster")
    assert holds(question, "sqlite", "cluster")


def test_a_question_that_is_not_asked_keeps_its_default() -> None:
    question = deploy(when="[= database != 'sqlite' =]")
    assert holds(question, "sqlite")
    assert not holds(question, "sqlite", "compose")
    assert holds(question, "postgres", "compose")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (deploy("[= cache =]"), "deploy: cluster: cache: no choice that was asked"),
        (deploy("[= deploy =]"), "deploy: cluster: deploy: no choice"),
        (deploy(when="[% if database %]"), "deploy: when: "),
    ],
)
def test_what_cannot_be_understood_is_named(question: Question, words: str) -> None:
    with pytest.raises(TemplateFault, match=words):
        holds(question, "sqlite")
