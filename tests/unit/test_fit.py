"""Code of the team that does not fit: what is named, where, and what is not."""

from pathlib import Path

import pytest

from groundplan.fit import change_of, misfits
from groundplan.render import HEADER

from .team_code import (
    ORDERS,
    PORT,
    SCHEMAS,
    SERVICE,
    USERS,
    changed,
    found,
    method,
)


def test_code_that_fits_is_not_named() -> None:
    text = method(
        "create_user(self, body: UserCreate, *, trace: bool = False) -> User",
        "return User(display_name=body.display_name, **body.model_dump())",
    )
    assert changed(text) == []
    assert found({SERVICE: "def x(:\n", "tests/users/test_x.py": "\0"}, {}) == []


class TestImports:
    @pytest.mark.parametrize(
        ("line", "what"),
        [
            (
                "from .generated.schemas import User, UsersCreate",
                "imports UsersCreate, which is not in users.generated.schemas "
                "(is it UserCreate now?)",
            ),
            (
                "from shop.users.generated.model import Row",
                "imports Row, which is not in users.generated.model "
                "(is it UserRow now?)",
            ),
            (
                "from ..reviews.generated.port import ReviewsPort",
                "imports ReviewsPort of reviews, which is no context of the contract",
            ),
            (
                "from .generated.tables import Table",
                "imports Table from users.generated.tables, which is not there",
            ),
            (
                "from .generated import tables",
                "imports users.generated.tables, which is not there",
            ),
            (
                "import shop.users.generated.tables",
                "imports users.generated.tables, which is not there",
            ),
        ],
    )
    def test_what_is_not_there_is_named(self, line: str, what: str) -> None:
        users = {"users": USERS}
        assert found({SERVICE: f"\n{line}\n"}, users) == [f"{SERVICE}:2: {what}"]
        inner = "src/shop/users/rules/prices.py"
        if line.startswith("from ."):
            line = line.replace("from .", "from ..", 1)
        assert found({inner: f"\n\n{line}\n"}, users) == [f"{inner}:3: {what}"]

    def test_tests_import_too(self) -> None:
        team = {"tests/users/test_x.py": "from shop.users.generated.port import Userz"}
        (line,) = found(team, {"users": USERS})
        assert line.startswith("tests/users/test_x.py:1: imports Userz")

    @pytest.mark.parametrize(
        "line",
        [
            "from .generated.port import UsersPort, User, UUID",
            "from .generated import port, schemas as s",
            "from .generated.schemas import *",
            "from .rules import Rule",
            "from ..platform.errors import NotFound",
            "from shop.users.generated.model import UserRow as Row",
            "import shop.users.generated.port",
        ],
    )
    def test_what_is_there_is_not_named(self, line: str) -> None:
        assert found({SERVICE: line}, {"users": USERS}) == []

    def test_a_context_that_has_its_operations_now_is_told(self) -> None:
        path = "src/shop/orders/contexts.py"
        team = {path: "from ..users.generated.port import UsersPort"}
        after = {"people": USERS, "orders": ORDERS}
        assert found(team, after) == [
            f"{path}:1: imports UsersPort of users, which is no context of the "
            "contract (is it people now?)"
        ]

    def test_a_new_name_is_rather_meant_than_an_old_one(self) -> None:
        new = (
            SCHEMAS.replace("UserCreate", "UserCreation")
            + "class UserCreat1:\n    x: int\n"
        )
        old = SCHEMAS + "class UserCreat1:\n    x: int\n"
        (line,) = found(
            {SERVICE: "from .generated.schemas import UserCreate"},
            {"users": USERS | {"schemas": new}},
            {"users": USERS | {"schemas": old}},
        )
        assert line.endswith("(is it UserCreation now?)")


class TestUses:
    def orders(self, text: str, gone: str = "get_user") -> list[str]:
        """What is said of code in orders when users has an operation less."""
        users = USERS | {"port": PORT.replace(f"def {gone}(", "def read_profile(")}
        path = "src/shop/orders/service.py"
        return found({path: text}, {"users": users, "orders": ORDERS})

    @pytest.mark.parametrize(
        "text",
        [
            "\nawait self.contexts.users.get_user(1)",
            "\nattempt(wiring.users.get_user(1))",
            "from ..users.generated.port import UsersPort\nawait people.get_user(1)",
            "\nx = (\nself.contexts\n.users\n.get_user(1))",
        ],
    )
    def test_a_call_of_what_is_gone_is_named(self, text: str) -> None:
        lines = [text.count("\n") + 1]
        assert self.orders(text) == [
            f"src/shop/orders/service.py:{lines[0]}: calls get_user, which users does "
            "not offer any more (is it read_profile now?)"
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "self.cache.get_user(1)",
            "await self.people.get_user(1)",
            "from ..users.generated.port import UsersPort\nx.get_user",
            "async def get_user():\n    await x.get_user(1)",
            "await self.contexts.catalog.get_user(1)",
        ],
    )
    def test_what_may_be_something_else_is_not_named(self, text: str) -> None:
        assert self.orders(text) == []

    def test_calls_within_a_service(self) -> None:
        for call in ("self.get_user(1)", "super().get_user(1)"):
            lines = changed(
                method("create_user(self, body)", f"return await {call}"),
                port=("def get_user", "def read_profile"),
            )
            assert len(lines) == 1
            assert lines[0].startswith(f"{SERVICE}:5: calls get_user, which users")

    def test_a_repository_that_is_gone_is_named(self) -> None:
        text = method("create_user(self, body)", "return await self.users.create({})")
        assert changed(text, operations=("self.users", "self.people")) == [
            f"{SERVICE}:5: uses self.users, which is not in users.generated.operations "
            "any more"
        ]


class TestFields:
    GONE = ('    phone: Annotated[str, Field(alias="x-phone")]', "    mobile: str")

    @pytest.mark.parametrize(
        ("text", "name"),
        [
            ("body.phone", "phone"),
            ("(await self.get_user(1)).phone.strip()", "phone"),
            ("UserRow.phone.in_(values)", "phone"),
            ("body.phone = None", "phone"),
            ("User(id=1, phone=None)", "phone"),
            ('values["phone"]', '"phone"'),
            ('{"phone": 1}', '"phone"'),
            ('json["x-phone"]', '"x-phone"'),
        ],
    )
    def test_a_use_of_what_is_gone_is_named(self, text: str, name: str) -> None:
        assert changed(f"\n{text}\n", schemas=self.GONE) == [
            f"{SERVICE}:2: uses {name}, which users has in no schema or table any more"
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "body.mobile",
            "phone = 1",
            "self.phone",
            "import phones\nphones.phone",
            "try:\n    x()\nexcept E as error:\n    error.phone",
            "device.phone(1)",
            "class Call:\n    phone: str\ncall.phone",
            "def dial(phone): ...\ndial(phone=1)",
            'log.warning("x", phone=1)',
            '"phone"',
        ],
    )
    def test_what_may_be_something_else_is_not_named(self, text: str) -> None:
        assert changed(text, schemas=self.GONE) == []

    def test_what_another_schema_or_a_table_still_has_is_not_named(self) -> None:
        gone = ('UserCreate(Schema, extra="forbid"):\n    display_name', "X:\n    y")
        assert changed("body.display_name", schemas=gone) == []

    def test_a_new_name_is_told(self) -> None:
        new = ("display_name", "displayed_name")
        told = "any more (is it displayed_name now?)"
        (line,) = changed("body.display_name", schemas=new, model=new)
        assert line.endswith(told)
        (line,) = changed('body["displayName"]', schemas=new, model=new)
        assert line.endswith("any more (is it displayedName now?)")

    def test_what_is_still_a_parameter_may_be_passed(self) -> None:
        port = ("page: int = 1", "phone: int = 1")
        for text in ("users.list_users(phone=1)", 'get(params={"phone": 1})'):
            assert changed(text, schemas=self.GONE, port=port) == []

    def test_fields_of_what_is_imported_count(self) -> None:
        users = USERS | {"schemas": SCHEMAS.replace(*self.GONE)}
        after = {"users": users, "orders": ORDERS}
        text = "from ..users.generated.port import User\n\nuser.phone\n"
        path = "src/shop/orders/messages.py"
        (line,) = found({path: text}, after)
        assert line.startswith(f"{path}:3: uses phone, which users has")
        assert found({path: "user.phone\n"}, after) == []

    def test_tests_speak_json(self) -> None:
        users = {"users": USERS | {"schemas": "", "model": ""}, "orders": ORDERS}
        team = {"tests/users/test_x.py": 'BODY = {\n    "displayName": "x",\n}\n'}
        (line,) = found(team, users)
        assert line.startswith('tests/users/test_x.py:2: uses "displayName"')


def test_a_project_is_read(tmp_path: Path) -> None:
    def write(path: str, text: str) -> None:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")

    derived = f"# {HEADER}\n"
    generated = "src/shop/users/generated"
    for module, text in USERS.items():
        write(f"{generated}/{module}.py", derived + text)
    write(f"{generated}/own.py", "class Own: ...\n")
    write(SERVICE, "from .generated.own import Own, Owner\n")
    write("src/shop/users/deep/er.py", "x.phone\n")
    write("tests/users/test_x.py", "y.phone\n")
    write("tests/users/generated/test_users.py", "z.phone\n")
    write("src/shop/gone/generated/port.py", derived)
    write("src/shop/gone/service.py", "from .generated.port import X\n")
    planned = {
        f"{generated}/{module}.py": derived + text.replace("phone", "mobile")
        for module, text in USERS.items()
    }
    change = change_of(tmp_path, "shop", planned)
    named = misfits(tmp_path, "shop", change)
    assert [(item.path, item.line) for item in named] == [
        ("src/shop/users/deep/er.py", 1),
        (SERVICE, 1),
        ("tests/users/test_x.py", 1),
    ]
    assert "imports Owner, which is not in users.generated.own" in named[1].text


@pytest.mark.parametrize("parts", [900, 5000])
def test_a_type_of_many_parts_is_no_obstacle(parts: int) -> None:
    union = " | ".join(f"T{number}" for number in range(parts))
    before = PORT.replace("body: UserCreate", f"body: {union}")
    after = PORT.replace("body: UserCreate", f"body: {union} | X")
    text = method(f"create_user(self, body: {union})")
    users = {"users": USERS | {"port": after}}
    assert found({SERVICE: text}, users, {"users": USERS | {"port": before}}) == []
