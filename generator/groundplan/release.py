"""Makes a release: ``python -m groundplan.release 0.2.0``, behind ``make release``.

For maintainers. Commit, tag, sdist and wheel are made and tried in a clone; the
repository gets them at the end, or nothing at all. Nothing is ever pushed.
"""

import argparse
import datetime
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.version import Version

from . import bundle, history, release_proof
from .bundle import Origin
from .errors import AnswerError, GroundplanError, ProjectError

_VERSION: Final = re.compile(r"(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}")
_UNRELEASED: Final = "## [Unreleased]\n"
_IDENTITY: Final = (
    "user.name",
    "user.email",
    "user.signingkey",
    "commit.gpgsign",
    "tag.gpgsign",
    "gpg.format",
)


@dataclass(frozen=True)
class Plan:
    """A release that may be made."""

    repository: Path
    version: str
    url: str

    @property
    def tag(self) -> str:
        """The name of the version in git."""
        return f"v{self.version}"


def plan(repository: Path, version: str, url: str | None) -> Plan:
    """Check that a version can be released from a checkout as it is now.

    `url` is where it will be public, where pyproject.toml does not say it yet.
    Raises AnswerError, ProjectError, each with the next step.
    """
    if not _VERSION.fullmatch(version):
        raise AnswerError(f"{version!r} is no version", "Give one like VERSION=0.2.0.")
    last = _last_version(repository)
    if last is not None and Version(version) <= last:
        raise AnswerError(
            f"{version} is not newer than the last release, {last}",
            "Give a higher VERSION.",
        )
    if changed := bundle.uncommitted(repository, "."):
        raise ProjectError(
            f"{changed[0]} is not committed", "Commit or stash, then release."
        )
    if not bundle.run(repository, "branch", "--show-current").strip():
        raise ProjectError("no branch is checked out", "Switch to the one to release.")
    if not bundle.is_whole(repository):
        raise ProjectError(
            "a shallow or partial clone has no history to put into a wheel",
            "Run `git fetch --unshallow --tags`, or clone anew.",
        )
    released_changelog(_read(repository / "CHANGELOG.md"), version, "")
    return Plan(repository, version, _public(repository, url))


def _last_version(repository: Path) -> Version | None:
    tags = bundle.run(repository, "tag", "--list", bundle.TAGS).split()
    found = [Version(tag) for tag in tags if _VERSION.fullmatch(tag[1:])]
    return max(found, default=None)


def _public(repository: Path, url: str | None) -> str:
    recorded = tomllib.loads(_read(repository / "pyproject.toml"))
    url = url or str(recorded["project"]["urls"]["Repository"])
    if not history.has_public_home(url):
        raise ProjectError(
            f"{url} is a placeholder: every project would record it as its origin",
            "Give the public address of the repository, as in "
            "URL=https://example.com/groundplan.git.",
        )
    if not re.fullmatch(r"(https|ssh)://\S+\.git", url):
        raise AnswerError(
            f"{url}: Copier takes a URL for a repository when it ends in .git",
            "Give one like URL=https://example.com/groundplan.git.",
        )
    return url


def released_changelog(text: str, version: str, date: str) -> str:
    """The changelog with what was unreleased under a version and its date.

    Raises ProjectError where there is nothing to release.
    """
    before, mark, after = text.partition(_UNRELEASED)
    entries = after.partition("\n## ")[0]
    if not mark or not re.search(r"^- \S", entries, re.MULTILINE):
        raise ProjectError(
            "CHANGELOG.md has nothing under [Unreleased]",
            "Write down what the release brings.",
        )
    return f"{before}{mark}\n## [{version}] - {date}\n{after}"


def release(
    planned: Plan, out: Path, *, dry_run: bool, echo: Callable[[str], None]
) -> None:
    """Make, build and try a release, then take it over unless it is a dry run.

    Raises GroundplanError; the repository and `out` are as before then.
    """
    with tempfile.TemporaryDirectory(prefix="groundplan-release-") as place:
        clone = Path(place) / "groundplan"
        _clone(planned.repository, clone)
        _commit(planned, clone)
        echo(f"committed and tagged {planned.tag} in a clone")
        files = release_proof.build(clone, Path(place) / "dist")
        for file in files:
            echo(f"built {file.name}, {file.stat().st_size / 1e6:.2f} MB")
        origin = Origin(planned.url, planned.tag)
        for line in release_proof.prove(clone, files, planned.version, origin):
            echo(line)
        if dry_run:
            echo("dry run: nothing has changed here")
            return
        _take_over(planned, clone, files, out)
    echo(f"{planned.tag} is here, not pushed; {out} has the files. Next: look, then")
    echo(f"    git push --atomic origin HEAD {planned.tag}")


def _clone(repository: Path, clone: Path) -> None:
    origin = str(repository.absolute())
    bundle.run(repository, "clone", "--quiet", "--", origin, str(clone))
    for key in _IDENTITY:
        value = bundle.run(repository, "config", "--default", "", "--get", key).strip()
        if value:
            bundle.run(clone, "config", key, value)


def _commit(planned: Plan, clone: Path) -> None:
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    changelog = clone / "CHANGELOG.md"
    text = released_changelog(_read(changelog), planned.version, today)
    changelog.write_text(text, encoding="utf-8")
    package = clone / "generator" / "groundplan" / "__init__.py"
    _replace(package, r'^__version__ = ".*"$', f'__version__ = "{planned.version}"')
    manifest = clone / "pyproject.toml"
    old = tomllib.loads(_read(manifest))["project"]["urls"]["Repository"]
    if planned.url != old:
        comment = r"(^#.*\n)*"
        _replace(
            manifest, comment + "^Repository = .*$", f'Repository = "{planned.url}"'
        )
    bundle.run(clone, "add", "--update")
    bundle.run(clone, "commit", "--quiet", "-m", f"Release {planned.version}")
    message = f"Groundplan {planned.version}"
    bundle.run(clone, "tag", "--annotate", planned.tag, "-m", message)


def _replace(path: Path, pattern: str, text: str) -> None:
    new, count = re.subn(pattern, lambda _: text, _read(path), flags=re.MULTILINE)
    if count != 1:
        raise ProjectError(f"{path.name}: {pattern} is there {count} times", None)
    path.write_text(new, encoding="utf-8")


def _take_over(planned: Plan, clone: Path, files: Sequence[Path], out: Path) -> None:
    repository, tag = planned.repository, f"refs/tags/{planned.tag}"
    options = ("--quiet", "--no-tags", "--", str(clone))
    bundle.run(repository, "fetch", *options, tag)
    bundle.run(repository, "merge", "--quiet", "--ff-only", "FETCH_HEAD")
    bundle.run(repository, "fetch", *options, f"{tag}:{tag}")
    out.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, out / file.name)


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="make release", description=__doc__)
    parser.add_argument("version", metavar="VERSION")
    parser.add_argument("--url", help="where the repository is public")
    parser.add_argument("--tests", help="`passed`: `make test` did, on this commit")
    parser.add_argument("--out", type=Path, default=Path("dist"))
    parser.add_argument("--dry-run", action="store_true")
    given = parser.parse_args(arguments)
    try:
        planned = plan(Path.cwd(), given.version, given.url or None)
        if given.tests != "passed" and not given.dry_run:
            raise AnswerError(
                "nobody says that the tests pass on this commit",
                "Run `make test` and `make check`, then add TESTS=passed.",
            )
        release(planned, given.out, dry_run=given.dry_run, echo=print)
    except GroundplanError as error:
        print(f"release: {error}", file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
