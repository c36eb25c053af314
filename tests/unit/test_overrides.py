"""Methods that override an operation whose signature has changed, or that is gone."""

import pytest

from .team_code import ORDERS, PORT, SERVICE, USERS, changed, found, method


@pytest.mark.parametrize(
    ("mine", "now", "what"),
    [
        (
            "create_user(self, body)",
            "self, body: UserCreate, *, dry_run: bool | None = None",
            "create_user takes (body, *, dry_run=None) now; yours takes (body)",
        ),
        (
            "create_user(self, body)",
            "self",
            "create_user takes () now; yours takes (body)",
        ),
        (
            "create_user(self, body)",
            "self, body: UserCreate | None = None",
            "create_user takes (body=None) now; yours takes (body)",
        ),
        (
            "create_user(self, body: UserCreate)",
            "self, body: UserDraft",
            "create_user takes body: UserDraft now; " "yours takes body: UserCreate",
        ),
        (
            "create_user(self, body: 'schemas.UserCreate')",
            "self, body: UserCreate | None",
            "create_user takes body: UserCreate | None now; "
            "yours takes body: UserCreate",
        ),
        (
            "create_user(self, *, body)",
            "self, body: UserCreate",
            "create_user takes (body) now; yours takes (*, body)",
        ),
    ],
)
def test_a_changed_signature_is_named(mine: str, now: str, what: str) -> None:
    lines = changed(method(mine), port=("self, body: UserCreate", now))
    assert lines == [f"{SERVICE}:4: {what}"]


def test_another_order_is_named() -> None:
    new = "team_id: UUID, user_id: UUID"
    (line,) = changed(
        method("move_user(self, user_id: UUID, team_id: UUID) -> None"),
        port=("user_id: UUID, team_id: UUID", new),
    )
    assert line == (
        f"{SERVICE}:4: move_user takes (team_id, user_id) now; "
        "yours takes (user_id, team_id)"
    )


def test_another_result_is_named() -> None:
    (line,) = changed(
        method("get_user(self, user_id: UUID) -> User | None"),
        port=("def get_user(self, user_id: UUID) -> User:", "def x(self):"),
    )
    assert "get_user overrides nothing" in line
    (line,) = changed(
        method("get_user(self, user_id: UUID) -> User"),
        port=("user_id: UUID) -> User:", "user_id: UUID) -> Profile:"),
    )
    assert line == f"{SERVICE}:4: get_user returns Profile now; yours returns User"


def test_a_value_more_is_named() -> None:
    text = 'list_users(self, *, page: int = 1, order: Literal["asc", "desc"] = "asc")'
    (line,) = changed(
        method(f"{text} -> list[User]"),
        port=('Literal["asc", "desc"]', 'Literal["asc", "desc", "random"]'),
    )
    assert "takes order: Literal['asc', 'desc', 'random'] now" in line
    fewer = ('Literal["asc", "desc"]', 'Literal["asc"]')
    assert changed(method(f"{text} -> list[User]"), port=fewer) == []


@pytest.mark.parametrize(
    "mine",
    [
        "create_user(self, body, *, dry_run=None)",
        "create_user(self, body, dry_run=None)",
        "create_user(self, *args, **kwargs)",
        "create_user(self, payload: object, **options: object) -> User",
        "create_user(self, body: UserCreate | None = None, **_: object)",
    ],
)
def test_what_takes_every_call_is_not_named(mine: str) -> None:
    now = "self, body: UserCreate, *, dry_run: bool | None = None"
    assert changed(method(mine), port=("self, body: UserCreate", now)) == []


def test_what_a_decorator_makes_of_a_method_is_not_judged() -> None:
    decorated = method("get_user(self)").replace("    async", "    {}\n    async")
    now = ("user_id: UUID) -> User", "user_id: UUID, *, x: int) -> User")
    assert changed(decorated.format("@retry(3)"), port=now) == []
    assert len(changed(decorated.format("@override"), port=now)) == 1


def test_an_operation_that_is_gone_is_named_with_its_new_name() -> None:
    renamed = ("def get_user(self", "def read_profile(self")
    lines = changed(method("get_user(self, user_id: UUID)"), port=renamed)
    assert lines == [
        f"{SERVICE}:4: get_user overrides nothing: users has no such operation any "
        "more (is it read_profile now?)"
    ]


def test_an_operation_of_another_context_now() -> None:
    line = "    async def get_user(self, user_id: UUID) -> User: ...\n"
    after = {
        "users": USERS | {"port": PORT.replace(line, "")},
        "orders": {"port": ORDERS["port"] + line},
    }
    (text,) = found({SERVICE: method("get_user(self, user_id: UUID)")}, after)
    assert text.endswith("(it is one of orders now)")


def test_a_method_of_their_own_is_not_named() -> None:
    assert changed(method("get_use(self)")) == []
