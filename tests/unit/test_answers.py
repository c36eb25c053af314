"""Answers: what is unknown is refused with the nearest there is; presets are whole."""

import shlex
from pathlib import Path

import pytest

from groundplan import answers
from groundplan.answers import Question, collect, command, preset, presets, questions
from groundplan.errors import AnswerError

IDENTITY = {"project_name", "package", "description", "contexts"}
# What no preset starts with: tests/run takes them with a contract of one's own.
OF_A_CONTRACT = {
    ("auth", "oidc"),
    ("error_format", "contract"),
    ("api_versioning", "media-type"),
    ("payments", "stripe"),
    ("storage", "local"),
    ("storage", "s3"),
    ("mail", "smtp"),
    ("queue", "rabbitmq"),
    ("observability", "opentelemetry"),
    ("observability", "sentry"),
    ("observability", "datadog"),
}


def refusal(
    *sets: str, preset_name: str | None = None, file: Path | None = None
) -> str:
    with pytest.raises(AnswerError) as raised:
        collect(preset_name, file, sets)
    assert raised.value.exit_status == 2
    return str(raised.value)


def test_the_questions_are_those_of_the_template() -> None:
    known = questions()
    assert set(known) > IDENTITY
    assert {"database", "auth", "observability", "deploy", "ci"} <= set(known)
    assert not any(name.startswith("stack_") or name == "gates" for name in known)
    assert known["database"].choices == ("sqlite", "postgres")
    assert known["deploy"].several
    assert known["contexts"].listed


class TestSuggestions:
    @pytest.mark.parametrize(
        ("key", "near"), [("databse", "database"), ("auht", "auth"), ("CI", None)]
    )
    def test_keys(self, key: str, near: str | None) -> None:
        message = refusal(f"{key}=x")
        assert f"there is no question '{key}'" in message
        assert (f"did you mean {near}?" in message) == (near is not None)
        assert "The questions are project_name, package" in message

    @pytest.mark.parametrize(
        ("text", "near"),
        [
            ("database=postgre", "postgres"),
            ("database=sqllite", "sqlite"),
            ("auth=jvt", "jwt"),
            ("deploy=compose,compos", "compose"),
            ("database=xyz", None),
        ],
    )
    def test_values(self, text: str, near: str | None) -> None:
        message = refusal(text)
        assert (f"did you mean {near}?" in message) == (near is not None)
        assert "Choose " in message

    def test_presets(self) -> None:
        message = refusal(preset_name="startr")
        assert "there is no preset 'startr': did you mean starter?" in message
        assert "groundplan presets" in message

    def test_a_gate_is_no_question(self) -> None:
        assert "there is no question" in refusal("database_sqlite=.")


class TestSets:
    def test_one_of_several_values(self) -> None:
        assert collect(None, None, ["database=postgres"]) == {"database": "postgres"}

    @pytest.mark.parametrize(
        ("text", "values"),
        [
            ("deploy=compose", ["compose"]),
            ("deploy=none", []),
            ("deploy=", []),
            ("contexts=users, orders,", ["users", "orders"]),
        ],
    )
    def test_several(self, text: str, values: list[str]) -> None:
        assert collect(None, None, [text]) == {text.partition("=")[0]: values}

    def test_a_value_may_hold_an_equals_sign(self) -> None:
        given = collect(None, None, ["description=a=b, c"])
        assert given == {"description": "a=b, c"}

    def test_without_a_value_is_refused(self) -> None:
        assert "Write --set key=value" in refusal("database")

    def test_the_last_wins_over_the_file_over_the_preset(self, tmp_path: Path) -> None:
        file = tmp_path / "answers.yml"
        file.write_text("auth: none\nci: none\n_commit: x\n", encoding="utf-8")
        given = collect("starter", file, ["ci=github", "ci=none"])
        assert given["database"] == "sqlite"
        assert given["auth"] == "none"
        assert given["ci"] == "none"
        assert "_commit" not in given


class TestFiles:
    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("databse: sqlite\n", "did you mean database?"),
            ("database: mysql\n", "there is no 'mysql'"),
            ("deploy: compose\n", "is not a list"),
            ("deploy: [compos]\n", "did you mean compose?"),
            ("auth: [jwt]\n", "is not one value"),
            ("auth:\n", "is not one value"),
            ("- auth\n", "mapping"),
            ("auth: !!python/name:os.system\n", "answers.yml:1: the YAML tag"),
            ("auth: jwt\nauth: none\n", "answers.yml:2: "),
        ],
    )
    def test_what_is_wrong_is_refused(
        self, tmp_path: Path, text: str, words: str
    ) -> None:
        file = tmp_path / "answers.yml"
        file.write_text(text, encoding="utf-8")
        assert words in refusal(file=file)

    def test_a_missing_one_is_refused(self, tmp_path: Path) -> None:
        assert "cannot be read" in refusal(file=tmp_path / "nothing.yml")


class TestPresets:
    @pytest.mark.parametrize("name", presets())
    def test_each_answers_every_choice_and_nothing_else(self, name: str) -> None:
        choices = {q.name for q in questions().values() if q.choices}
        assert set(preset(name).answers) == choices
        assert not IDENTITY & set(preset(name).answers)

    @pytest.mark.parametrize("name", presets())
    def test_each_has_answers_that_exist_and_a_description(self, name: str) -> None:
        found = preset(name)
        for key, value in found.answers.items():
            assert questions()[key].check(value) == value
        assert found.description.endswith(".")

    def test_no_two_are_the_same(self) -> None:
        every = [dict(found.answers) for found in presets().values()]
        assert all(every.count(one) == 1 for one in every)

    def test_every_choice_is_in_one_of_them(self) -> None:
        for question in questions().values():
            for choice in question.choices:
                answered = [p.answers[question.name] for p in presets().values()]
                assert (question.name, choice) in OF_A_CONTRACT or any(
                    choice in one if isinstance(one, list) else choice == one
                    for one in answered
                ), f"{question.name}={choice}"


class TestCommand:
    def test_it_gives_the_same_answers_again(self) -> None:
        given = collect("api-only", None, ["project_name=My 'shop'", "deploy=compose"])
        text = command("my dir", given, "api-only", Path("a b.yaml"))
        words = shlex.split(text)
        assert words[:5] == ["groundplan", "new", "my dir", "--preset", "api-only"]
        assert words[-1] == "--no-input"
        assert "a b.yaml" in words
        sets = [words[n + 1] for n, word in enumerate(words) if word == "--set"]
        assert collect("api-only", None, sets) == given

    def test_what_is_not_chosen_is_said_too(self) -> None:
        given = collect("starter", None, ["deploy=none"])
        assert "--set deploy=none" in command("x", given, "starter", None)

    def test_contexts_come_from_the_contract(self) -> None:
        given = collect(None, None, ["contexts=a,b"])
        assert "contexts" not in command("x", given, None, None)


def test_none_is_a_choice_where_the_question_has_it() -> None:
    question = Question("q", ("none", "a"), several=True, listed=False)
    assert question.read("none") == ["none"]
    assert answers.Question("q", ("a",), several=True, listed=False).read("none") == []
