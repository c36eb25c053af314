"""Presets, `--set` and answers files -> checked answers.

The questions are those of the template's question files; nothing here knows one of
them by name, so that a new option needs no code.
"""

import difflib
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from . import source
from .errors import AnswerError, ContractError
from .reader import read

Answer: TypeAlias = "str | bool | int | list[str]"
# Answers that the contract gives; nobody is asked for them.
FROM_CONTRACT: Final = frozenset({"contexts", "base_path", "platform_path"})


@dataclass(frozen=True)
class Question:
    """A question of the template: its values where it offers a choice."""

    name: str
    choices: tuple[str, ...]
    several: bool
    listed: bool
    default: object = None
    refusals: Mapping[str, str] = field(default_factory=dict)
    """By choice the expression that says why it is refused, empty where it is not."""
    validator: str = ""
    """The same for any answer."""
    when: str = ""
    """Whether it is asked; empty where it always is."""

    def read(self, text: str) -> Answer:
        """The answer that a `--set` gives. Raises AnswerError."""
        if not (self.several or self.listed):
            return self._choice(text)
        values = [value.strip() for value in text.split(",") if value.strip()]
        if self.several and values == ["none"] and "none" not in self.choices:
            return []
        return [self._choice(value) for value in values]

    def check(self, value: object) -> Answer:
        """An answer as a file gives it. Raises AnswerError."""
        if self.several or self.listed:
            if not isinstance(value, list):
                raise AnswerError(
                    f"{self.name}: {value!r} is not a list",
                    f"Write `{self.name}: [...]`.",
                )
            return [self._choice(str(item)) for item in value]
        if not isinstance(value, str | bool | int):
            raise AnswerError(f"{self.name}: {value!r} is not one value", None)
        return self._choice(value) if isinstance(value, str) else value

    def _choice(self, value: str) -> str:
        if self.choices and value not in self.choices:
            raise AnswerError(
                f"{self.name}: there is no {value!r}{_suggest(value, self.choices)}",
                f"Choose {'among' if self.several else 'one of'} "
                f"{', '.join(self.choices)}.",
            )
        return value


@dataclass(frozen=True)
class Preset:
    """Answers for every choice, without the identity of a project."""

    name: str
    description: str
    answers: Mapping[str, Answer]


def questions() -> dict[str, Question]:
    """The questions that a user may answer, in the order of the prompts."""
    found: dict[str, Question] = {}
    folder = source.repository()
    for line in (folder / "copier.yml").read_text("utf-8").splitlines():
        if not line.startswith("!include "):
            continue
        topic = yaml.safe_load((folder / line.split(None, 1)[1]).read_text("utf-8"))
        for name, entry in topic.items():
            if not isinstance(entry, dict) or entry.get("when") is False:
                continue
            refusals = _refusals(entry.get("choices") or {})
            when = entry.get("when", True)
            found[name] = Question(
                name,
                tuple(refusals),
                entry.get("multiselect") is True,
                entry.get("type") == "yaml",
                entry.get("default"),
                {value: text for value, text in refusals.items() if text},
                entry.get("validator") or "",
                "" if when is True else str(when),
            )
    return found


def _refusals(choices: Mapping[str, object] | Sequence[object]) -> dict[str, str]:
    """The values of choices, each with its validator or nothing."""
    found = {}
    for choice in choices.values() if isinstance(choices, Mapping) else choices:
        given = choice if isinstance(choice, dict) else {"value": choice}
        found[str(given["value"])] = str(given.get("validator") or "")
    return found


def presets() -> dict[str, Preset]:
    """The presets by name."""
    found = {}
    for path in sorted(source.presets_folder().glob("*.yaml")):
        text = path.read_text("utf-8")
        comment = [
            line.removeprefix("#").strip()
            for line in text.splitlines()
            if line.startswith("#")
        ]
        found[path.stem] = Preset(path.stem, " ".join(comment), yaml.safe_load(text))
    return found


def preset(name: str) -> Preset:
    """A preset by its name. Raises AnswerError."""
    known = presets()
    if name not in known:
        raise AnswerError(
            f"there is no preset {name!r}{_suggest(name, known)}",
            f"Choose one of {', '.join(known)}; `groundplan presets` describes them.",
        )
    return known[name]


def collect(
    preset_name: str | None, file: Path | None, sets: Sequence[str]
) -> dict[str, Answer]:
    """The answers given: a preset, over it a file, over both every `key=value`.

    Raises AnswerError for an unknown key or value, with the nearest one that exists.
    """
    known = questions()
    answers: dict[str, Answer] = {}
    if preset_name is not None:
        answers.update(preset(preset_name).answers)
    if file is not None:
        answers.update(_from_file(file, known))
    for text in sets:
        key, separator, value = text.partition("=")
        if not separator:
            raise AnswerError(f"--set {text}: no value", "Write --set key=value.")
        answers[key] = _question(key.strip(), known).read(value.strip())
    return answers


def _from_file(path: Path, known: Mapping[str, Question]) -> dict[str, Answer]:
    try:
        data = read(path).data
    except ContractError as error:
        raise AnswerError(error.message, "Give a YAML file of answers.") from error
    return {
        key: _question(key, known).check(value)
        for key, value in data.items()
        if not key.startswith("_")
    }


def _question(key: str, known: Mapping[str, Question]) -> Question:
    if key not in known:
        raise AnswerError(
            f"there is no question {key!r}{_suggest(key, known)}",
            f"The questions are {', '.join(known)}.",
        )
    return known[key]


def _suggest(wrong: str, right: Iterable[str]) -> str:
    """`: did you mean redis?`, or nothing where nothing is near."""
    near = difflib.get_close_matches(wrong, list(right), n=1, cutoff=0.5)
    return f": did you mean {near[0]}?" if near else ""


def command(
    destination: str,
    answers: Mapping[str, object],
    preset_name: str | None,
    contract: Path | None,
) -> str:
    """The command that makes the same project without a question."""
    parts = ["groundplan", "new", destination]
    given: Mapping[str, object] = {}
    if preset_name is not None:
        parts += ["--preset", preset_name]
        given = preset(preset_name).answers
    if contract is not None:
        parts += ["--contract", str(contract)]
    for name in questions():
        value = answers.get(name)
        if name in FROM_CONTRACT or value is None or value == given.get(name):
            continue
        text = ",".join(value) if isinstance(value, list) else str(value)
        parts += ["--set", f"{name}={text or 'none'}"]
    parts.append("--no-input")
    return shlex.join(parts)
