"""A table of contracts; the exit status is the verdict.

0: every contract was carried through without findings, or refused as it should be; 1:
not every one; 2: there is nothing to take.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path

from rich.console import Console

from ..checkout import Checkout, checkout
from .journey import Journey, Options, Row
from .steps import end_all
from .table import as_json, show, total

SUFFIXES = (".yaml", ".yml", ".json")


def main() -> int:
    """Take every contract that the command line names."""
    chosen = _parser().parse_args()
    contracts = find(chosen.folder, chosen.only)
    if not contracts:
        print(f"{chosen.folder}: no contracts ({', '.join(SUFFIXES)})", file=sys.stderr)
        return 2
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=160)
    options = Options(chosen.examples, chosen.database, chosen.keep)
    with _workshop(chosen.work) as (folder, keep):
        tool = checkout(folder / "groundplan")
        rows = _take(contracts, chosen, folder, tool, options)
        failed = not all(row.is_fine for row in rows)
        if failed or options.keep:
            keep.append(folder)
    show(rows, console)
    if chosen.json:
        chosen.json.write_text(as_json(rows), encoding="utf-8")
    return 1 if failed else 0


def find(folder: Path, only: str | None) -> dict[str, Path]:
    """The contracts of a folder and of those in it, by their path from there."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        hidden = any(part.startswith(".") for part in Path(name).parts)
        wanted = only is None or only in name or fnmatch(name, only)
        if path.suffix.lower() in SUFFIXES and path.is_file() and wanted and not hidden:
            found[name] = path.absolute()
    return found


def _take(
    contracts: dict[str, Path],
    chosen: argparse.Namespace,
    folder: Path,
    tool: Checkout,
    options: Options,
) -> list[Row]:
    rows: list[Row] = []

    def one(number: int, name: str) -> Row:
        place = folder / f"{number:03}"
        row = Journey(contracts[name], name, place, tool, options).take()
        rows.append(row)
        words = f"[{len(rows)}/{len(contracts)}] {name!a}: {row.result}"
        print(f"{words}, {total(row):.0f} s", file=sys.stderr, flush=True)
        return row

    with ThreadPoolExecutor(chosen.jobs) as pool:
        try:
            return list(pool.map(one, range(len(contracts)), contracts))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()
            raise


@contextmanager
def _workshop(chosen: Path | None) -> Iterator[tuple[Path, list[Path]]]:
    """A folder to work in, and a list that keeps it when it is put there."""
    keep: list[Path] = []
    if chosen is not None:
        chosen.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="contracts-", dir=chosen)).absolute()
    try:
        yield folder, keep
    finally:
        if folder in keep:
            print(f"Kept: {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="contracts_table", description=__doc__)
    parser.add_argument("folder", type=_folder)
    parser.add_argument(
        "--jobs", type=_count, default=max(1, (os.cpu_count() or 1) // 2)
    )
    parser.add_argument("--examples", type=_count, default=20)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--only", help="part of a path, or a pattern like v1/*.json")
    parser.add_argument("--work", type=Path, help="where to work; default: temporary")
    parser.add_argument("--keep", action="store_true", help="leave all projects there")
    parser.add_argument("--json", type=Path, help="write all seconds to this file")
    return parser


def _folder(text: str) -> Path:
    folder = Path(text)
    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is not a folder")
    return folder


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 on")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
