"""What a team does to a project of books and shelves, and how it is found again."""

import re
from pathlib import Path

OLD = "reading_room"
SERVICE = '''\
"""Use cases of the books context."""

from .generated.operations import BooksOperations
from .generated.schemas import Book, NewBook
from .titles import tidied


class BooksService(BooksOperations):
    """Books as this team wants them: with titles that are tidied."""

    async def add_book(self, body: NewBook) -> Book:
        title = tidied(body.title)
        return await super().add_book(body.model_copy(update={"title": title}))
'''
ROUTES = '''\
"""Routes of the books context beyond the contract."""

from fastapi import APIRouter, Request

router = APIRouter(tags=["books"])


@router.get("/title-of-the-day")
async def title_of_the_day(request: Request) -> dict[str, str | int]:
    """The first title of all, and a setting of this team's own."""
    found = await request.app.state.wiring.books.list_books(page=1, limit=1)
    return {"title": found.items[0].title, "desks": request.app.state.settings.desks}
'''
TITLES = '''\
"""How titles are written."""


def tidied(title: str) -> str:
    """Without blanks at its ends, and with single ones inside."""
    return " ".join(title.split()) or title
'''
TEST = '''\
"""Titles as this team writes them."""

from reading_room.books.titles import tidied


def test_blanks_go() -> None:
    assert tidied("  The   Waves ") == "The Waves"
'''
MODEL = '''\
"""What readers write in the margins: a table of this team's own."""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ..platform.columns import Serial
from .generated.model import Base


class NoteRow(Base):
    """A note, perhaps below another one."""

    __tablename__ = "own_notes"

    id: Mapped[int] = mapped_column(Serial, primary_key=True)
    above_id: Mapped[int | None] = mapped_column(ForeignKey("own_notes.id"))
    text: Mapped[str] = mapped_column(String(200))
'''
# Files of the team, and files of the project with what the team puts behind a line.
OWN = {
    "src/reading_room/books/service.py": SERVICE,
    "src/reading_room/books/routes.py": ROUTES,
    "src/reading_room/books/titles.py": TITLES,
    "src/reading_room/books/model.py": MODEL,
    "tests/books/test_titles.py": TEST,
}
MERGED = {
    "src/reading_room/settings.py": (
        r"^    slow_request_milliseconds.*\n",
        "    desks: int = Field(4, ge=1)\n",
    ),
    ".env.example": (
        r"^# READING_ROOM_PORT=.*\n",
        "\n# How many can read at a time\n# READING_ROOM_DESKS=4\n",
    ),
    "README.md": (r"^## Run it\n", "\nAsk at the desk first.\n"),
    "pyproject.toml": (r"\Z", '\n[tool.desks]\nnames = ["north", "south"]\n'),
    "Makefile": (
        r"\Z",
        "\nlamps: ## Switch the lamps on\n\t@echo lamps are on\n",
    ),
    "src/reading_room/platform/errors.py": (r"\Z", "\n\n# read by the desk too\n"),
}
# Those that some answers leave out.
OPTIONAL = {
    "compose.yaml": (r"\A", "# Started by the desk every morning.\n"),
    ".github/workflows/ci.yml": (r"\Z", "      - run: make lamps\n"),
    "src/reading_room/platform/auth/routes.py": (r"\Z", "\n\n# known by the desk\n"),
}


class Edits:
    """The team's edits in a project, wherever its package is now."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package = OLD
        for path, text in OWN.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, "utf-8")
        for path, (pattern, text) in MERGED.items():
            self._add(path, pattern, text)
        self.repeat()

    def repeat(self) -> None:
        """Edit what has come, perhaps again."""
        for path, (pattern, text) in OPTIONAL.items():
            if self.place(path).is_file() and text not in self.read(path):
                self._add(path, pattern, text)

    def place(self, path: str) -> Path:
        """Where a file is now."""
        return self.folder / path.replace(f"src/{OLD}/", f"src/{self.package}/")

    def read(self, path: str) -> str:
        return self.place(path).read_text("utf-8")

    def there(self) -> set[str]:
        """The optional files that are there."""
        return {path for path in OPTIONAL if self.place(path).is_file()}

    def optional(self) -> list[Path]:
        """Where they are or were, in the project."""
        return [self.place(path).relative_to(self.folder) for path in OPTIONAL]

    def move(self, package: str) -> None:
        """Follow the package to another name, in what the team alone wrote."""
        before, self.package = self.package, package
        for path in ("tests/books/test_titles.py", ".env.example"):
            text = self.read(path).replace(f"{before}.", f"{package}.")
            own = f"# {before.upper()}_DESKS"
            text = text.replace(own, f"# {package.upper()}_DESKS")
            self.place(path).write_text(text, "utf-8")

    def missing(self) -> list[str]:
        """The files in which something of the team is not there."""
        known = {path: text for path, text in OWN.items()}
        known |= {path: text for path, (_, text) in MERGED.items()}
        known |= {
            path: text
            for path, (_, text) in OPTIONAL.items()
            if self.place(path).is_file()
        }
        return [path for path, text in known.items() if not self._has(path, text)]

    def _has(self, path: str, text: str) -> bool:
        upper = {OLD: self.package, OLD.upper(): self.package.upper()}
        for before, after in upper.items():
            text = text.replace(before, after)
        return self.place(path).is_file() and text in self.read(path)

    def _add(self, path: str, pattern: str, text: str) -> None:
        before = self.read(path)
        found = re.search(pattern, before, re.MULTILINE)
        assert found, f"{path} has no {pattern}"
        after = before[: found.end()] + text + before[found.end() :]
        self.place(path).write_text(after, "utf-8")
