"""The command line: exit statuses, words for the next step, and nothing left behind."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from groundplan import __version__, answers, cli, generate, source, workspace

from .command_line import Cli
from .projects import LIBRARY, small, state, written

COMMANDS = [
    [],
    ["new"],
    ["run"],
    ["generate"],
    ["update"],
    ["status"],
    ["check"],
    ["presets"],
    ["presets", "show"],
]


class TestHelp:
    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_every_command_has_an_example(
        self, groundplan: Cli, command: list[str]
    ) -> None:
        result = groundplan(*command, "--help")
        assert result.status == 0
        (example,) = re.findall(r"Example: groundplan (.+)", result.out)
        words = example.split()
        assert words[: len(command)] == command

    def test_these_are_all_commands(self) -> None:
        import typer

        main = typer.main.get_command(cli.app)
        known = {" ".join(command) for command in COMMANDS}
        for name, command in main.commands.items():  # type: ignore[attr-defined]
            assert name in known
            for inner in getattr(command, "commands", {}):
                assert f"{name} {inner}" in known

    def test_the_statuses_are_told(self, groundplan: Cli) -> None:
        assert "3 the contract is refused" in groundplan("--help").out

    def test_the_version(self, groundplan: Cli) -> None:
        assert groundplan("--version").out.strip() == f"groundplan {__version__}"


NEW = ("new", "shop", "--no-input")
REFUSED: dict[str, tuple[list[str], int, str, str]] = {
    "a misspelt preset": (
        ["--preset", "startr"],
        2,
        "did you mean starter?",
        "groundplan presets",
    ),
    "a misspelt key": (["--set", "databse=sqlite"], 2, "mean database?", "questions"),
    "a misspelt value": (["--set", "auth=jw"], 2, "mean jwt?", "Choose one of"),
    "no value": (["--set", "auth"], 2, "no value", "--set key=value"),
    "a missing contract": (
        ["--contract", "nothing.yaml"],
        3,
        "cannot be read",
        "path of a file",
    ),
    "a folder as contract": (["--contract", "."], 3, "cannot be read", "file"),
    "a broken contract": (
        ["--contract", "broken.yaml"],
        3,
        "broken.yaml:2: ",
        "Check the file",
    ),
    "an old contract": (
        ["--contract", "old.yaml"],
        3,
        "old.yaml:1: ",
        "swagger2openapi",
    ),
    "an empty contract": (["--contract", "empty.yaml"], 3, "empty.yaml:1: ", "OpenAPI"),
    "a missing answers file": (
        ["--answers", "nothing.yaml"],
        2,
        "cannot be read",
        "YAML file of answers",
    ),
    "no login for a secured contract": (
        ["--contract", str(LIBRARY), "--set", "auth=none"],
        2,
        "auth: none is refused, because library.yaml:",
        "--set auth=jwt",
    ),
    "the same by a preset": (
        ["--contract", str(LIBRARY), "--preset", "api-only"],
        2,
        "auth: none is refused, because library.yaml:",
        "--set auth=jwt",
    ),
    "an option that is none": (["--contrct", "x"], 2, "No such option", "--contract"),
}


class TestNew:
    @pytest.fixture(autouse=True)
    def _files(self, groundplan: Cli) -> None:
        Path("broken.yaml").write_text("openapi: 3.1.0\ninfo: ]\n", encoding="utf-8")
        Path("old.yaml").write_text("swagger: '2.0'\n", encoding="utf-8")
        Path("empty.yaml").touch()

    @pytest.mark.parametrize("case", REFUSED)
    def test_a_refusal_names_the_next_step_and_leaves_nothing(
        self, groundplan: Cli, case: str
    ) -> None:
        options, status, words, hint = REFUSED[case]
        before = state(Path.cwd())
        result = groundplan(*NEW, *options)
        assert result.status == status, result.err
        assert words in result.err
        assert hint in result.err
        assert result.out == ""
        assert state(Path.cwd()) == before
        assert not Path("shop").exists()
        assert not list(Path.cwd().glob(".groundplan*"))

    def test_a_folder_that_holds_something_is_refused(self, groundplan: Cli) -> None:
        Path("shop").mkdir()
        Path("shop/.hidden").touch()
        result = groundplan(*NEW, "--preset", "starter")
        assert result.status == 4
        assert "shop: is not empty" in result.err
        assert "empty this one" in result.err
        assert [path.name for path in Path("shop").iterdir()] == [".hidden"]

    def test_a_file_or_a_link_is_refused(self, groundplan: Cli, tmp_path: Path) -> None:
        (tmp_path / "elsewhere").mkdir()
        Path("link").symlink_to(tmp_path / "elsewhere")
        for name in ("link", "empty.yaml", "nowhere"):
            if name == "nowhere":
                Path(name).symlink_to(tmp_path / "nothing")
            result = groundplan("new", name, "--no-input")
            assert result.status == 4
            assert "is not a folder" in result.err

    @pytest.mark.parametrize(
        "text",
        [
            "package=../x",
            "package=class",
            "package=json",
            'project_name=a"b',
            "package=",
        ],
    )
    def test_an_answer_that_the_template_refuses(
        self, groundplan: Cli, text: str
    ) -> None:
        before = state(Path.cwd())
        result = groundplan(*NEW, "--preset", "starter", "--set", text)
        assert result.status == 2, result.out
        assert text.partition("=")[0] in result.err
        assert state(Path.cwd()) == before

    def test_an_interruption_leaves_nothing(
        self, groundplan: Cli, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupt(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(generate, "generate", interrupt)
        before = state(Path.cwd())
        result = groundplan(*NEW, "--preset", "api-only")
        assert result.status == 130
        assert "interrupted" in result.err
        assert state(Path.cwd()) == before

    def test_a_project_is_made_and_told(self, groundplan: Cli) -> None:
        contract = written(Path.cwd(), small(), "mine.yaml")
        result = groundplan(*NEW, "--preset", "api-only", "--contract", "mine.yaml")
        assert result.status == 0, result.err
        assert (
            "groundplan new shop --preset api-only --contract mine.yaml" in result.out
        )
        assert "make setup" in result.out
        made = Path("shop")
        copied = (made / "contracts" / "openapi.yaml").read_bytes()
        assert copied == contract.read_bytes()
        assert not list(Path.cwd().glob(".groundplan*"))
        recorded = (made / workspace.ANSWERS).read_text("utf-8")
        assert "project_name: Shop" in recorded
        assert str(Path.cwd()) not in recorded
        assert generate.generate(workspace.open_project(made)).clean

    @pytest.mark.parametrize(
        ("options", "declared", "expected"),
        [
            ([], True, "contract"),
            ([], False, "problem"),
            (["--set", "error_format=flat"], True, "flat"),
            (["--preset", "rest-monolith"], True, "envelope"),
        ],
    )
    def test_errors_are_as_the_contract_has_them_unless_answered(
        self, groundplan: Cli, options: list[str], declared: bool, expected: str
    ) -> None:
        contract = small()
        error = {"type": "object", "properties": {"message": {"type": "string"}}}
        responses = contract["paths"]["/it"]["get"]["responses"]
        content = {"content": {"application/json": {"schema": error}}}
        responses["404"] = {"description": "None."} | (content if declared else {})
        written(Path.cwd(), contract, "mine.yaml")
        result = groundplan(*NEW, "--contract", "mine.yaml", *options)
        assert result.status == 0, result.err
        recorded = Path("shop", workspace.ANSWERS).read_text("utf-8")
        assert f"error_format: {expected}" in recorded
        assert generate.generate(workspace.open_project(Path("shop"))).clean
        said = groundplan("check", "--contract", "mine.yaml").out
        suggested = "contract" if declared else "problem"
        assert f"error_format={suggested}" in said


class TestCheck:
    def test_a_contract(self, groundplan: Cli) -> None:
        result = groundplan("check", "--contract", LIBRARY)
        assert result.status == 0
        for words in (
            "storage: list Book",
            "computed-fields",
            "somebody computes card",
        ):
            assert words in result.out
        assert "14 operations: 7 answered by storage" in result.out

    def test_texts_of_a_contract_do_nothing_to_the_terminal(
        self, groundplan: Cli
    ) -> None:
        contract = small()
        get = contract["paths"]["/it"]["get"]
        get["operationId"] = "\x1b[31m[bold]x[/bold]\x07 \u202e"
        result = groundplan("check", "--contract", written(Path.cwd(), contract))
        assert result.status == 0
        assert "[bold]x[/bold]" in result.out
        assert not set("\x1b\x07\u202e") & set(result.out)

    def test_a_refused_one(self, groundplan: Cli) -> None:
        contract = small() | {"openapi": "4.0"}
        result = groundplan("check", "--contract", written(Path.cwd(), contract))
        assert result.status == 3
        assert "is not OpenAPI" in result.err


class TestPresets:
    def test_they_are_listed(self, groundplan: Cli) -> None:
        lines = groundplan("presets").out.splitlines()
        assert [line.split()[0] for line in lines] == list(answers.presets())

    def test_as_json(self, groundplan: Cli) -> None:
        rows = json.loads(groundplan("presets", "--json").out)
        assert [row["name"] for row in rows] == list(answers.presets())
        assert all(row["answers"] and row["description"] for row in rows)

    def test_with_the_rows_that_pairs_call_for(self, groundplan: Cli) -> None:
        rows = json.loads(groundplan("presets", "--pairs", "--json").out)
        names = [row["name"] for row in rows]
        count = len(answers.presets())
        assert names[:count] == list(answers.presets())
        assert names[count] == "pair-01" and len(set(names)) == len(names)
        assert all(row["answers"] and row["description"] for row in rows)
        lines = groundplan("presets", "--pairs").out.splitlines()
        assert [line.split()[0] for line in lines] == names

    def test_one_is_shown_as_it_is(self, groundplan: Cli) -> None:
        text = groundplan("presets", "show", "starter").out
        file = source.presets_folder() / "starter.yaml"
        assert text == file.read_text("utf-8")

    def test_a_misspelt_one(self, groundplan: Cli) -> None:
        result = groundplan("presets", "show", "starte")
        assert result.status == 2
        assert "did you mean starter?" in result.err


def test_the_installed_command_and_the_module_are_the_same() -> None:
    script = Path(sys.executable).with_name("groundplan")
    for command in ([script], [sys.executable, "-m", "groundplan"]):
        done = subprocess.run(
            [*map(str, command), "presets", "show", "starte"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.startswith("groundplan: there is no preset 'starte'")
        assert done.stdout == ""
