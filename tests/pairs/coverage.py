"""Which pairs of answers are in no row: found without the code that makes the rows.

The question files are read as they are, and every combination of questions that speak
of each other is tried. `Asker` asks Copier itself, which takes longer.
"""

import itertools
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import copier
import jinja2
import yaml

Answers: TypeAlias = dict[str, Any]
Choice: TypeAlias = tuple[str, object, bool]
"""A question, one of its values, and whether it is chosen; only flags are not."""

MOST_COMBINATIONS = 200_000
JINJA = jinja2.Environment(
    block_start_string="[%",
    block_end_string="%]",
    variable_start_string="[=",
    variable_end_string="=]",
    undefined=jinja2.StrictUndefined,
    extensions=["jinja2_ansible_filters.AnsibleCoreFiltersExtension"],  # as Copier's
    autoescape=False,
)
FALSE = ("", "false", "no", "off", "none", "0")


def questions(root: Path) -> dict[str, dict[str, Any]]:
    """The questions that offer choices, in the order of the prompts."""
    names = re.findall(r"^!include (\S+)", (root / "copier.yml").read_text(), re.M)
    found: dict[str, dict[str, Any]] = {}
    for name in names:
        for question, entry in yaml.safe_load((root / name).read_text()).items():
            if isinstance(entry, dict) and entry.get("choices"):
                found[question] = entry
    return found


def values(entry: Mapping[str, Any]) -> list[object]:
    """The values of a question's choices."""
    choices = entry["choices"]
    listed = choices.values() if isinstance(choices, dict) else choices
    return [one["value"] if isinstance(one, dict) else one for one in listed]


def answered(asked: Mapping[str, Mapping[str, Any]], answers: Answers) -> set[Choice]:
    """What answers choose, and which flags they leave out."""
    found = set()
    for name in asked.keys() & answers.keys():
        for value in values(asked[name]):
            if asked[name].get("multiselect"):
                found.add((name, value, value in answers[name]))
            elif answers[name] == value:
                found.add((name, value, True))
    return found


def every_answer(name: str, entry: Mapping[str, Any]) -> Iterator[Answers]:
    """Every answer to one question: for a several-of one each set of its choices."""
    choices = values(entry)
    if not entry.get("multiselect"):
        yield from ({name: value} for value in choices)
        return
    for size in range(len(choices) + 1):
        for chosen in itertools.combinations(choices, size):
            yield {name: list(chosen)}


@cache
def said(text: str) -> jinja2.Template:
    """An expression of a question file."""
    return JINJA.from_string(text)


def allows(asked: Mapping[str, Mapping[str, Any]], answers: Answers) -> bool:
    """Whether answers to questions that speak of no others may be given together."""
    for name in answers:
        entry = asked[name]
        when = said(str(entry.get("when", True))).render(answers)
        if when.strip().lower() in FALSE and answers[name] != entry["default"]:
            return False
        if said(entry.get("validator", "")).render(answers).strip():
            return False
        listed = entry["choices"]
        for choice in listed.values() if isinstance(listed, dict) else ():
            if not isinstance(choice, dict):
                continue
            chosen = answered(asked, {name: answers[name]})
            reason = said(choice.get("validator", "")).render(answers)
            if (name, choice["value"], True) in chosen and reason:
                return False
    return True


def groups(asked: Mapping[str, Mapping[str, Any]]) -> list[set[str]]:
    """The questions, those together that speak of each other in any expression."""
    found: list[set[str]] = []
    for name, entry in asked.items():
        speaks = json.dumps({k: v for k, v in entry.items() if k != "help"})
        together = {name}
        for other in asked:
            if "[" in speaks and re.search(rf"\b{other}\b", speaks):
                together.add(other)
        apart = []
        for group in found:
            if group & together:
                together |= group
            else:
                apart.append(group)
        found = [*apart, together]
    return found


def uncovered(
    asked: Mapping[str, Mapping[str, Any]], rows: Sequence[Answers]
) -> list[str]:
    """The pairs that may meet and do not, in words; nothing where all is well."""
    together: set[frozenset[Choice]] = set()
    alone: list[set[Choice]] = []
    for group in groups(asked):
        possible = [
            answered(asked, answers)
            for answers in _every(asked, group)
            if allows(asked, answers)
        ]
        alone.append(set().union(*possible))
        together |= set(_pairs(possible))
    for one, other in itertools.combinations(alone, 2):
        together |= {frozenset(pair) for pair in itertools.product(one, other)}
    missing = together - set(_pairs(answered(asked, row) for row in rows))
    return sorted(" with ".join(sorted(map(_words, pair))) for pair in missing)


def _every(
    asked: Mapping[str, Mapping[str, Any]], group: set[str]
) -> Iterator[Answers]:
    each = [list(every_answer(name, asked[name])) for name in asked if name in group]
    count = 1
    for one in each:
        count *= len(one)
    assert count <= MOST_COMBINATIONS, f"{group}: {count} combinations to be tried"
    for combination in itertools.product(*each):
        yield {key: value for one in combination for key, value in one.items()}


def _pairs(chosen: Iterable[set[Choice]]) -> Iterator[frozenset[Choice]]:
    for one in chosen:
        yield from map(frozenset, itertools.combinations(one, 2))


def _words(choice: Choice) -> str:
    name, value, chosen = choice
    return f"{name}={value}" if chosen else f"{name} without {value}"


class Asker:
    """Copier with the questions of a template, rendering nothing but the answers."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._asked = questions(root)
        self._template = folder / "questions"
        self._place = folder / "answers"
        layers = self._template / "template" / "layers"
        layers.mkdir(parents=True)
        shutil.copy(root / "copier.yml", self._template)
        for name in ("questions", "includes"):
            shutil.copytree(root / "template" / name, layers.parent / name)
        file = "[= _copier_conf.answers_file =]"
        (layers / f"{file}.jinja").write_text("[= _copier_answers | to_json =]\n")
        each = ", ".join(f'"{name}": {name}' for name in self._asked)
        text = f"[= {{{each}}} | to_json =]\n"
        (layers / "values.json.jinja").write_text(text)

    def accepts(self, answers: Answers) -> bool:
        """Whether Copier takes the answers, each of them to a question that it asks.

        One that it does not ask may be answered by what it takes then anyway.
        """
        try:
            recorded, _ = self._ask(answers)
            asked = {name: answers[name] for name in answers if name in recorded}
            return asked == answers or self._ask(asked)[1].items() >= answers.items()
        except ValueError:
            return False

    def _ask(self, answers: Answers) -> tuple[Answers, Answers]:
        """What is recorded, and the value of each question that offers choices."""
        shutil.rmtree(self._place, ignore_errors=True)
        copier.run_copy(
            str(self._template), self._place, answers, defaults=True, quiet=True
        )
        recorded = (self._place / ".copier-answers.yml").read_text()
        return json.loads(recorded), json.loads(
            (self._place / "values.json").read_text()
        )
