"""Print where to install the generator from: the source that made this project.

It is read from .copier-answers.yml and printed as a URL that uv and pip understand;
with `--newest`, what that source has now instead of what made the project; with
`--recorded`, the source as it is written there. Only the standard library is there when
it runs.
"""

import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

ANSWERS = Path(".copier-answers.yml")
SHORTCUTS = {"gh": "https://github.com", "gl": "https://gitlab.com"}


def source_url(source: str, commit: str | None, *, newest: bool = False) -> str:
    """Return the URL of `source` at `commit`, as recorded, or where it is now."""
    source = source.removeprefix("git+")
    shortcut, _, path = source.partition(":")
    if shortcut in SHORTCUTS and not path.startswith("//"):
        source = f"{SHORTCUTS[shortcut]}/{path.removesuffix('.git')}.git"
    elif match := re.fullmatch(r"(\w+@[\w.-]+):(.+)", source):
        source = f"ssh://{match[1]}/{match[2]}"
    elif "://" not in source:
        folder = Path(source).expanduser()
        if not folder.is_absolute():
            sys.exit(
                f"{ANSWERS} names the relative source {source}, which is only known "
                "where the project was made: run make with GROUNDPLAN=<its command>."
            )
        source = folder.as_uri()
    host = urlsplit(source).hostname or ""
    if host.endswith(".invalid"):
        sys.exit(
            f"{ANSWERS} names {host}, which is no public address: the generator that "
            "made this project was built without one. Install it and name its command: "
            "make generate GROUNDPLAN=groundplan"
        )
    if commit is None:
        return source
    if newest:
        return f"git+{source}"
    # `git describe` gives v1.2.3-4-g1234567 between tags.
    described = re.search(r"-g([0-9a-f]{7,40})$", commit)
    return f"git+{source}@{described[1] if described else commit}"


def recorded(key: str) -> str | None:
    """Return a plain value of the answers file: one line, perhaps in quotes."""
    text = ANSWERS.read_text(encoding="utf-8")
    match = re.search(rf"^{key}: *(['\"]?)(.+)\1 *$", text, re.MULTILINE)
    return match[2] if match else None


if __name__ == "__main__":
    origin = recorded("_src_path")
    if origin is None:
        sys.exit(f"{ANSWERS} does not say where the project came from (_src_path).")
    if "--recorded" in sys.argv[1:]:
        print(origin)
        sys.exit()
    newest = "--newest" in sys.argv[1:]
    print(source_url(origin, recorded("_commit"), newest=newest))
