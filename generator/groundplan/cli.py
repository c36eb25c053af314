"""The command line: parses and prints, nothing else."""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from . import __version__, answers, generate, source, workspace
from .decisions import Decisions, UndecidedError
from .errors import CONFLICTS, DIFFERENCES, MISFIT, AnswerError, GroundplanError
from .python_text import clean
from .understanding import understand

app = typer.Typer(
    name="groundplan",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="""From an OpenAPI contract and a dozen answers to a backend that runs.

Exit statuses: 0 done; 1 `generate --check` found differences; 2 the command line or
an answer is wrong or missing; 3 the contract is refused; 4 the folder cannot be
written to as it is; 5 a program that was started failed; 6 `generate` found code of
yours that does not fit the contract; 7 an update waits for conflicts to be solved; 70
an error of groundplan itself.

Example: groundplan new shop --preset starter --run""",
)
presets_app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="""List the presets.

Example: groundplan presets --json""",
)
app.add_typer(presets_app, name="presets")

Destination = Annotated[Path, typer.Argument(help="A new or empty folder.")]
PresetName = Annotated[
    str | None, typer.Option("--preset", help="Start from these answers.")
]
ContractFile = Annotated[
    Path | None,
    typer.Option("--contract", help="Your OpenAPI file; without, a sample shop."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="Answer a question; repeatable."),
]
AnswersFile = Annotated[
    Path | None, typer.Option("--answers", help="A YAML file of answers.")
]


Renames = Annotated[
    list[str] | None,
    typer.Option(metavar="OLD=NEW", help="A table, or TABLE.COLUMN, got a name."),
]
Drops = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME", help="What is stored in it may be deleted."),
]
Fills = Annotated[
    list[str] | None,
    typer.Option(metavar="TABLE.COLUMN=VALUE", help="What rows without a value get."),
]
Conversions = Annotated[
    list[str] | None,
    typer.Option(
        metavar="TABLE.COLUMN", help="Convert values, or stop where one cannot be."
    ),
]


@app.command(help="""Make a project: answer questions, or give a preset and --no-input.

Example: groundplan new shop --contract openapi.yaml --set database=postgres""")
def new(
    destination: Destination,
    preset: PresetName = None,
    contract: ContractFile = None,
    sets: Sets = None,
    answers_file: AnswersFile = None,
    no_input: Annotated[
        bool, typer.Option("--no-input", help="Ask nothing: defaults for the rest.")
    ] = False,
    run: Annotated[
        bool, typer.Option("--run", help="Set it up and start it afterwards.")
    ] = False,
) -> None:
    from . import project

    given = answers.collect(preset, answers_file, sets or [])
    if "project_name" not in given:
        given["project_name"] = _title(destination)
    created = project.create(
        destination, given, contract, ask=not no_input and sys.stdin.isatty()
    )
    name = os.path.relpath(created.folder)
    name = str(created.folder) if name.startswith("..") else name
    state = ", committed to git" if created.committed else ""
    typer.echo(f"{created.files} files in {name}{state}.\n")
    for remark in created.remarks:
        typer.echo(f"Note: {clean(remark)}\n", err=True)
    typer.echo("The same again, without questions:\n")
    again = answers.command(str(destination), created.answers, preset, contract)
    typer.echo(f"    {again}\n")
    if not run:
        typer.echo(f"Next:\n\n    cd {name}\n    make setup\n    make run")
        return
    from .run import run as start

    raise typer.Exit(start(created.folder, typer.echo))


@app.command(
    "run",
    help="""Set a project up, start it and show how to call it; Ctrl-C stops it.

Example: groundplan run shop""",
)
def run_command(
    folder: Annotated[
        Path | None, typer.Argument(help="A project; by default this folder.")
    ] = None,
) -> None:
    from .run import run as start

    raise typer.Exit(start((folder or Path.cwd()).absolute(), typer.echo))


def _title(destination: Path) -> str:
    """A project's name from its folder: `my-shop` -> `My shop`."""
    words = destination.absolute().name.replace("-", " ").replace("_", " ").split()
    return " ".join(words).capitalize() or "Service"


@app.command(
    "generate",
    help="""In a project: bring the code in line with contracts/openapi.yaml.

Derived files are rewritten; what the team edits is left alone. Where it does not fit
the contract any more is told by file and line, and the exit status is 6. Changed tables
get a migration; what it would have to guess is asked for by name.

Example: groundplan generate --rename users.nick=handle --fill users.age=0""",
)
def generate_command(
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Change nothing; exit 1 where code and contract differ."
        ),
    ] = False,
    adopt: Annotated[
        bool,
        typer.Option(
            "--adopt",
            help="Let the overlay gain all that one which is begun now would say.",
        ),
    ] = False,
    rename: Renames = None,
    drop: Drops = None,
    fill: Fills = None,
    convert: Conversions = None,
) -> None:
    project = workspace.open_project(Path.cwd())
    decisions = Decisions.parse(rename or (), drop or (), fill or (), convert or ())
    try:
        report = generate.generate(
            project, write=not check, decisions=decisions, adopt=adopt
        )
    except UndecidedError as undecided:
        if not check:
            raise
        typer.echo(clean(str(undecided)), err=True)
        raise typer.Exit(1) from None
    for path in report.written:
        typer.echo(f"{'differs' if check else 'written'}  {path}")
    for path in report.removed:
        typer.echo(f"{'obsolete' if check else 'removed'}  {path}")
    for note in report.notes:
        typer.echo(f"note     {clean(note)}")
    for remainder in report.remainders:
        typer.echo(f"left     {remainder}")
    for misfit in report.misfits:
        typer.echo(clean(str(misfit)))
    if check and not report.clean:
        typer.echo("Code and contract differ: run `make generate`.", err=True)
    if count := len(report.misfits) + len(report.remainders):
        typer.echo(
            f"Your code does not fit the contract in {count} "
            f"{'place' if count == 1 else 'places'} found here; `make check` (mypy) is "
            "the full proof.",
            err=True,
        )
        raise typer.Exit(MISFIT)
    if check and not report.clean:
        raise typer.Exit(DIFFERENCES)
    if report.clean:
        typer.echo("Code and contract agree.")


@app.command(
    "update",
    help="""In a project: bring it to this version, or to other answers; edits are kept.

The result is one commit on your branch. Where your edits and the changes meet, your
checkout stays as it is, the conflicts wait in a folder beside it, and the exit status
is 7.

Example: groundplan update --set error_format=envelope --plan""",
)
def update_command(
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would change; change nothing.")
    ] = False,
    preset: PresetName = None,
    sets: Sets = None,
    answers_file: AnswersFile = None,
    contract: Annotated[
        Path | None,
        typer.Option("--contract", help="Another contract: leaves the sample behind."),
    ] = None,
    source_place: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="FOLDER",
            help="A repository of the generator that you trust, where it has moved.",
        ),
    ] = None,
    go_on: Annotated[
        bool, typer.Option("--continue", help="Finish it: conflicts are solved.")
    ] = False,
    abort: Annotated[
        bool, typer.Option("--abort", help="Take it back, as if it had not begun.")
    ] = False,
    rename: Renames = None,
    drop: Drops = None,
    fill: Fills = None,
    convert: Conversions = None,
) -> None:
    from . import update
    from .rerender import Wish
    from .update_report import lines

    decisions = {
        "renames": rename or [],
        "drops": drop or [],
        "fills": fill or [],
        "conversions": convert or [],
    }
    wish = Wish(
        preset, answers_file, tuple(sets or ()), contract, source_place, decisions
    )
    if (go_on or abort) and (plan or wish.answered or source_place or go_on == abort):
        raise AnswerError(
            "--continue and --abort stand alone", "What was asked for is remembered."
        )
    folder = Path.cwd()
    if abort:
        update.abort(folder)
        typer.echo("Taken back: your checkout is as it was.")
        return
    report = (
        update.resume(folder, decisions)
        if go_on
        else update.update(folder, wish, plan=plan)
    )
    for line in lines(report):
        typer.echo(clean(line))
    if report.conflicts and not plan:
        raise typer.Exit(CONFLICTS)
    if report.misfits and not plan:
        raise typer.Exit(MISFIT)


@app.command(
    "status",
    help="""Show where a project stands: version, answers, drift, what an update brings.

Example: groundplan status""",
)
def status_command(
    folder: Annotated[
        Path | None, typer.Argument(help="A project; by default this folder.")
    ] = None,
) -> None:
    from . import status

    for line in status.lines(status.status((folder or Path.cwd()).absolute())):
        typer.echo(clean(line))


@app.command(help="""Show what a contract becomes: entities, operations, amendments.

Example: groundplan check --contract openapi.yaml""")
def check(
    folder: Annotated[
        Path | None, typer.Argument(help="A project; by default this folder.")
    ] = None,
    contract: ContractFile = None,
) -> None:
    from .report import console, domain_report

    if contract is not None:
        loaded, domain, _ = understand(contract, None)
    else:
        project = workspace.open_project(folder or Path.cwd())
        loaded, domain = generate.understand_project(project)
    console().print(domain_report(loaded, domain))


@presets_app.callback()
def presets(
    context: typer.Context,
    as_json: Annotated[
        bool, typer.Option("--json", help="Names, descriptions and answers as JSON.")
    ] = False,
    with_pairs: Annotated[
        bool,
        typer.Option(
            "--pairs", help="And rows of answers in which every pair of answers is."
        ),
    ] = False,
) -> None:
    if context.invoked_subcommand:
        return
    from .pairs import combinations

    known = combinations() if with_pairs else list(answers.presets().values())
    if as_json:
        rows = [
            {"name": p.name, "description": p.description, "answers": dict(p.answers)}
            for p in known
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    for found in known:
        typer.echo(f"{found.name:16} {found.description}")


@presets_app.command(help="""Show the answers of a preset.

Example: groundplan presets show starter""")
def show(name: Annotated[str, typer.Argument(help="The preset's name.")]) -> None:
    found = answers.preset(name)
    typer.echo(
        (source.presets_folder() / f"{found.name}.yaml").read_text("utf-8"), nl=False
    )


@app.callback(invoke_without_command=True)
def version(
    show_version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.")
    ] = False,
) -> None:
    if show_version:
        typer.echo(f"groundplan {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command line; errors become one message and an exit status."""
    gc.disable()  # a command is short, and what it builds lives to its end
    try:
        app()
    except GroundplanError as error:
        typer.echo(f"groundplan: {clean(str(error))}", err=True)
        raise SystemExit(error.exit_status) from None
    except SystemExit as stopped:
        if stopped.code == 130:  # typer's, for Ctrl-C
            typer.echo("\ngroundplan: interrupted", err=True)
        raise
    except Exception as error:
        if os.environ.get("GROUNDPLAN_DEBUG"):
            raise
        typer.echo(
            f"groundplan: an error of its own: {type(error).__name__}: "
            f"{clean(str(error))[:300]}\nPlease report it, with what "
            "GROUNDPLAN_DEBUG=1 shows.",
            err=True,
        )
        raise SystemExit(70) from None
