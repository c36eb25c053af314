"""The rules of gates: each follows from the answers that its name tells."""

import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from .template_tree import (
    ENVIRONMENT,
    choices_of,
    identifier,
    layered,
    part_folders,
    questions,
)

WITHOUT = "without_"  # the gate of what is there unless a choice is taken
# Nothing to add: one is there to be refused, the other for a gate of two.
WITHOUT_LAYER = {"auth_none", "mail_none"}
# In the name of a gate that several choices of one question let in.
TOGETHER = "_or_"
# The gate of choices, whichever questions have them: any_redis, any_stripe_or_s3.
ANY = "any_"
# In the name of a gate that lets in what two others have to let in.
BOTH = "_with_"


def gates(root: Path) -> dict[str, str]:
    """The gates, with the question that each belongs to: `<question>_<choice>`."""
    asked = questions(root)
    return {
        name: max(
            (
                other
                for other, question in asked.items()
                if question.get("when") is not False and name.startswith(f"{other}_")
            ),
            key=len,
            default="",
        )
        for name, entry in asked.items()
        if entry.get("when") is False and name != "gates"
    }


def alternatives(root: Path) -> list[set[str]]:
    """Gates of which never two are in: those of a question that takes one choice.

    One that several choices share is in beside their own. Of a question that takes
    several, a choice and its absence: `<question>_without_<choice>`, and two choices
    that its validator refuses together.
    """
    asked = questions(root)
    known = gates(root)
    one_of = [
        {
            gate
            for gate, owner in known.items()
            if owner == name and TOGETHER not in gate and BOTH not in gate
        }
        for name, entry in asked.items()
        if entry.get("choices") and not entry.get("multiselect")
    ]
    with_and_without = [
        {gate, f"{owner}_{choice.removeprefix(WITHOUT)}"}
        for gate, owner in known.items()
        if (choice := gate.removeprefix(f"{owner}_")).startswith(WITHOUT)
    ]
    together_and_others = [
        {gate, other}
        for gate, owner in known.items()
        if TOGETHER in gate and owner in asked
        if not asked[owner].get("multiselect")
        for choice in choices_of(asked[owner])
        if (other := f"{owner}_{identifier(choice)}") in known
        and identifier(choice) not in gate.removeprefix(f"{owner}_").split(TOGETHER)
    ]
    excluded = [
        {f"{name}_{identifier(choice)}" for choice in two}
        for name, entry in asked.items()
        if entry.get("multiselect")
        for two in combinations(choices_of(entry), 2)
        if _refuses(entry, name, list(two))
    ]
    return one_of + with_and_without + together_and_others + excluded


def _refuses(entry: Mapping[str, Any], name: str, answer: list[str]) -> bool:
    """Whether a question's own validator refuses an answer to it."""
    validator = ENVIRONMENT.from_string(entry.get("validator") or "")
    return bool(validator.render({name: answer}).strip())


def gates_without_question(root: Path) -> list[str]:
    """Every gate of a layer or part is computed from the answers."""
    known = gates(root)
    used = {gate for file in layered(root) for gate in file.gates}
    used |= {folder.name for folder in part_folders(root)}
    return sorted(used - set(known))


def gates_without_use(root: Path) -> list[str]:
    """Every gate lets something in."""
    used = {gate for file in layered(root) for gate in file.gates}
    used |= {folder.name for folder in part_folders(root) if any(folder.iterdir())}
    return sorted(set(gates(root)) - used - WITHOUT_LAYER)


def gates_that_are_wrong(root: Path) -> list[str]:
    """A gate follows from its own choice, and is in the list of gates once."""
    found = []
    asked = questions(root)
    listed = re.findall(r'\("(\w+)", (\w+)\)', str(asked["gates"]["default"]))
    if [name for name, _ in listed] != list(gates(root)) or any(
        name != value for name, value in listed
    ):
        found.append("gates: another list or order than the questions have")
    for name, owner in gates(root).items():
        entry = asked[name]
        gated = name.removeprefix(f"{owner}_")
        choices = gated.removeprefix(WITHOUT).split(TOGETHER)
        is_with = not gated.startswith(WITHOUT)
        if not entry.get("validator"):
            found.append(f"{name}: may be set by hand")
        if name.startswith(ANY) and owner not in asked:
            found += _wrong_in_any(asked, name)
            continue
        if BOTH in name:
            found += _wrong_in_both(asked, name)
            continue
        if owner not in asked:
            if entry.get("default") != ".":
                found.append(f"{name}: belongs to no question")
            continue
        for answer in choices_of(asked[owner]):
            several = asked[owner].get("multiselect") is True
            value = [answer] if several else answer
            rendered = ENVIRONMENT.from_string(entry["default"]).render({owner: value})
            if rendered != ("." if (identifier(answer) in choices) is is_with else ""):
                found.append(f"{name}: {rendered!r} for {owner}={answer}")
        known = set(map(identifier, choices_of(asked[owner])))
        for choice in choices:
            if choice not in known:
                found.append(f"{name}: {owner} has no choice {choice}")
    for name, entry in asked.items():
        for choice in choices_of(entry):
            gate = f"{name}_{identifier(choice)}"
            if choice != "none" and gate not in gates(root):
                found.append(f"{name}={choice}: has no gate")
    return found


def _wrong_in_any(asked: Mapping[str, Any], gate: str) -> list[str]:
    """A gate of several questions is in wherever one of its choices was taken."""
    offering = [
        (name, choice)
        for name, entry in asked.items()
        for choice in gate.removeprefix(ANY).split(TOGETHER)
        if choice in choices_of(entry)
    ]
    nothing = dict.fromkeys((name for name, _ in offering), "none")
    template = ENVIRONMENT.from_string(asked[gate]["default"])
    found = []
    if template.render(nothing):
        found.append(f"{gate}: in without any choice")
    for name, choice in offering:
        rendered = template.render(nothing | {name: choice})
        if rendered != ".":
            found.append(f"{gate}: {rendered!r} for {name}={choice}")
    return found


def _wrong_in_both(asked: Mapping[str, Any], gate: str) -> list[str]:
    """A gate of two others is in where both of them are."""
    one, _, other = gate.rpartition(BOTH)
    found = [f"{gate}: no gate {name}" for name in (one, other) if name not in asked]
    template = ENVIRONMENT.from_string(asked[gate]["default"])
    for states in ((".", "."), (".", ""), ("", "."), ("", "")):
        rendered = template.render(dict(zip((one, other), states, strict=True)))
        if rendered != ("." if all(states) else ""):
            found.append(f"{gate}: {rendered!r} for {states}")
    return found
