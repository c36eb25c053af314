"""The template engine of `generate`, with the delimiters of the whole template."""

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import jinja2
from ruff import find_ruff_bin  # type: ignore[import-untyped]

HEADER = "Derived from contracts/effective.yaml by `make generate`; not edited by hand."

# A union in several lines that has a default; the type of a variable in several lines;
# a text that no line can hold.
_DISPUTED = re.compile(
    r"""
    ^[ ]+ \| [^\n]* [ ]=[ ]
    | ^\][ ]=[ ]
    | ^(?= [^\n]{89} ) [ ]* \w+ : [^=\n]+ =[ ]["']
    """,
    re.MULTILINE | re.VERBOSE,
)

# Nothing around the folder that it works in decides what is formatted, and how.
_ANYWHERE = """
    --quiet --isolated --no-cache --no-respect-gitignore --config=exclude=[]
    --line-length=88 --target-version=py311
    """.split()
# A module beside the tests: the project's own.
_OWN = 'lint.isort.known-first-party=["event_trials","job_trials","told"]'
_SORT = ["check", "--fix", "--select=I,RUF022", f"--config={_OWN}", *_ANYWHERE]
_FORMAT = ["format", *_ANYWHERE]


def environment(folder: Path, *extensions: str) -> jinja2.Environment:
    """Jinja with the settings of `copier.yml`, for the templates of a folder."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[=",
        variable_end_string="=]",
        comment_start_string="[##",
        comment_end_string="##]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        autoescape=False,  # noqa: S701 - writes source code, not HTML
        extensions=extensions,
    )


class Templates:
    """Renders the templates of a folder."""

    def __init__(self, folder: Path) -> None:
        self._environment = environment(folder)

    def render(self, name: str, values: Mapping[str, object]) -> str:
        return self._environment.get_template(name).render(values)


def formatted(source: str) -> str:
    """Python source as black writes it."""
    return all_formatted([source])[0]


def all_formatted(sources: Sequence[str]) -> list[str]:
    """Many modules as black writes them, what they import and export in order.

    ruff formats them, a thousand times faster; where the two are known to differ, black
    has the last word.
    """
    return [
        _formatted_by_black(text) if _DISPUTED.search(text) else text
        for text in _formatted_by_ruff(sources)
    ]


def _formatted_by_black(source: str) -> str:
    import black  # hardly ever needed, and slow to import
    from black.mode import TargetVersion

    return black.format_str(
        source, mode=black.Mode(target_versions={TargetVersion.PY311})
    )


def _formatted_by_ruff(sources: Sequence[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{number}.py") for number in range(len(sources))]
        for path, source in zip(paths, sources, strict=True):
            path.write_text(source, encoding="utf-8", newline="\n")
        for command in (_SORT, _FORMAT):
            done = subprocess.run(
                [find_ruff_bin(), *command, folder],
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                problem = (done.stdout + done.stderr)[:300]
                raise RuntimeError(f"what was written is not Python: {problem}")
        return [path.read_text("utf-8") for path in paths]
