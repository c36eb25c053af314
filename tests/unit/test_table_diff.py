"""What changed between two states of tables: decided, or asked with all options."""

from pathlib import Path

import pytest

from groundplan.decisions import Decisions, UndecidedError
from groundplan.errors import AnswerError
from groundplan.summary import slug, words

from .. import contract_steps as c
from .tables import MEMBER, changes, members


def without(*names: str) -> c.Data:
    return {name: schema for name, schema in MEMBER.items() if name not in names}


class TestDecidedByItself:
    @pytest.mark.parametrize(
        ("fields", "optional", "said"),
        [
            (MEMBER, (), []),
            (MEMBER | {"age": c.INTEGER}, ("age",), ["add age to members"]),
            (MEMBER | {"age": c.INTEGER | {"default": 3}}, (), ["add age to members"]),
            (MEMBER, ("note",), ["allow no note of members"]),
            (
                MEMBER | {"nick": c.short(51)},
                (),
                ["make nick of members string(51)"],
            ),
            (MEMBER | {"nick": c.TEXT}, (), ["make nick of members text"]),
            (MEMBER | {"points": c.NUMBER}, (), ["make points of members number"]),
            (MEMBER | {"points": c.TEXT}, (), ["make points of members text"]),
            (
                MEMBER | {"nick": c.short(50) | {"x-unique": True}},
                (),
                ["make nick of members unique"],
            ),
            (
                MEMBER | {"nick": c.short(50) | {"x-index": True}},
                (),
                ["index nick of members"],
            ),
            (MEMBER | {"points": c.INTEGER | {"minimum": 0}}, (), []),
        ],
    )
    def test_what_loses_nothing(
        self, tmp_path: Path, fields: c.Data, optional: tuple[str, ...], said: list[str]
    ) -> None:
        found = changes(tmp_path, members(MEMBER), members(fields, *optional))
        told = words(found).rstrip(".") if found else ""
        assert ([told[:1].lower() + told[1:]] if told else []) == said

    def test_more_values_are_no_change_of_the_table(self, tmp_path: Path) -> None:
        old = MEMBER | {"note": c.one_of("a", "b")}
        new = MEMBER | {"note": c.one_of("b", "c", "a")}
        (change,) = changes(tmp_path, members(old), members(new))
        assert words([change]) == "Change the values of note of members."

    def test_new_tables_ask_nothing(self, tmp_path: Path) -> None:
        both = c.contract(c.entity("members", MEMBER), c.entity("notes", MEMBER))
        found = changes(tmp_path, members(MEMBER), both)
        assert words(found) == "Create notes."
        assert slug(found) == "create_notes"


def asked(folder: Path, new: c.Data, old: c.Data = MEMBER, **told: list[str]) -> str:
    with pytest.raises(UndecidedError) as caught:
        changes(folder, members(old), new, **told)
    assert caught.value.exit_status == 2
    return str(caught.value)


class TestAsked:
    def test_a_removed_column(self, tmp_path: Path) -> None:
        said = asked(tmp_path, members(without("note")))
        assert "members.note is gone from the contract:" in said
        assert "--drop members.note  " in said
        assert "--rename" not in said

    def test_a_new_name_is_offered_first(self, tmp_path: Path) -> None:
        new = without("nick") | {"handle": c.short(80), "age": c.INTEGER}
        said = asked(tmp_path, members(new))
        rename = said.index("--rename members.nick=handle ")
        assert rename < said.index("--drop members.nick ")
        # a text may hold a number, which somebody has to say: of all, the last guess
        assert rename < said.index("--rename members.nick=age ")
        assert "--fill members.handle=TEXT " in said
        assert "--fill members.age=INTEGER " in said
        assert said.startswith("3 changes of the tables are to be decided")

    def test_a_column_that_is_required_now(self, tmp_path: Path) -> None:
        old = members(MEMBER, "note")
        with pytest.raises(UndecidedError, match=r"--fill members\.note=TEXT"):
            changes(tmp_path, old, members(MEMBER))

    @pytest.mark.parametrize(
        ("old", "new", "option"),
        [
            (c.TEXT, c.INTEGER, "--convert members.note"),
            (c.TEXT, c.UUID, "--convert members.note"),
            (c.short(9), c.short(8), "--convert members.note"),
            (c.INTEGER, c.short(5), "--convert members.note"),
            (c.NUMBER, c.DECIMAL, "--convert members.note"),
            (c.MOMENT, c.DATE, "--convert members.note"),
            (c.INTEGER, c.UUID, "--drop members.note"),
            (c.UUID, c.short(8), "--drop members.note"),
            (c.NUMBERS, c.TEXT, "--drop members.note"),
            (c.TEXT, c.one_of("a"), "--fill members.note=VALUE"),
            (c.TEXT, c.one_of("a"), "--convert members.note"),
            (c.one_of("a", "b"), c.one_of("a"), "--fill members.note=VALUE"),
        ],
    )
    def test_a_type_that_not_all_values_may_have(
        self, tmp_path: Path, old: c.Data, new: c.Data, option: str
    ) -> None:
        said = asked(tmp_path, members(MEMBER | {"note": new}), MEMBER | {"note": old})
        assert f"{option} " in said

    def test_a_removed_table(self, tmp_path: Path) -> None:
        said = asked(tmp_path, c.contract(c.entity("people", MEMBER)))
        assert "The table members is gone from the contract:" in said
        rename = said.index("--rename members=people ")
        assert rename < said.index("--drop members ")

    def test_a_key_that_cannot_be_converted(self, tmp_path: Path) -> None:
        entity = c.entity("members", MEMBER, key_type=c.INTEGER)
        said = asked(tmp_path, c.contract(entity))
        assert "members.id was uuid and is integer" in said
        assert "--drop members " in said
        entity = c.entity("members", MEMBER, key="number", key_type=c.INTEGER)
        said = asked(tmp_path, c.contract(entity))
        assert "members.id, the key, is gone:" in said
        assert "--drop members.id" not in said


class TestTold:
    def test_a_new_name(self, tmp_path: Path) -> None:
        new = members(without("nick") | {"handle": c.short(50)})
        renames = ["members.nick=handle"]
        (change,) = changes(tmp_path, members(MEMBER), new, renames=renames)
        assert words([change]) == "Rename nick of members to handle."

    def test_a_table_and_its_column_by_either_name(self, tmp_path: Path) -> None:
        new = c.contract(c.entity("people", without("nick") | {"handle": c.short(50)}))
        for column in ("members.nick=handle", "people.nick=handle"):
            renames = ["members=people", column]
            (change,) = changes(tmp_path, members(MEMBER), new, renames=renames)
            assert change.renamed

    def test_a_key_that_another_column_becomes(self, tmp_path: Path) -> None:
        fields = without("nick")
        new = c.contract(c.entity("members", fields, key="name", key_type=c.short(50)))
        told = {"drops": ["members.id"], "renames": ["members.nick=name"]}
        (change,) = changes(tmp_path, members(MEMBER), new, **told)
        assert slug([change]) == "change_members"
        assert "make name of members the key" in words([change])

    def test_a_table_whose_name_another_takes(self, tmp_path: Path) -> None:
        new = c.contract(c.entity("people", MEMBER), c.entity("members", MEMBER))
        renames = ["members=people"]
        first, second = changes(tmp_path, members(MEMBER), new, renames=renames)
        assert first.renamed and second.old is None

    def test_rows_that_go(self, tmp_path: Path) -> None:
        new = members(without("note") | {"age": c.INTEGER})
        told = {"drops": ["members.note"], "fills": ["members.age=-1"]}
        (change,) = changes(tmp_path, members(MEMBER), new, **told)
        assert [(bool(x.old), bool(x.new)) for x in change.columns] == [
            (True, False),
            (False, True),
        ]

    def test_a_table_that_starts_empty(self, tmp_path: Path) -> None:
        new = c.contract(c.entity("members", {"new": c.TEXT}, key_type=c.INTEGER))
        dropped, created = changes(tmp_path, members(MEMBER), new, drops=["members"])
        assert dropped.new is None and created.old is None

    @pytest.mark.parametrize(
        ("told", "message"),
        [
            ({"renames": ["members.nick=points"]}, "points is no new column"),
            (
                {"renames": ["members.nick=age"]},
                "members.nick is still in the contract",
            ),
            ({"renames": ["members=others"]}, "others is no new table"),
            ({"fills": ["members.age=x"]}, "--fill members.age=x: cannot be read"),
            ({"drops": ["members.nick"]}, "--drop members.nick: no change"),
            ({"drops": ["members"]}, "--drop members: no change"),
            ({"fills": ["members.nick=x"]}, "--fill members.nick: no change"),
            ({"conversions": ["members.nick"]}, "--convert members.nick: no change"),
            ({"renames": ["others=people"]}, "--rename others: no change"),
        ],
    )
    def test_what_fits_nothing_is_refused(
        self, tmp_path: Path, told: dict[str, list[str]], message: str
    ) -> None:
        new = members(MEMBER | {"age": c.INTEGER | {"default": 1}})
        with pytest.raises(AnswerError) as caught:
            changes(tmp_path, members(MEMBER), new, **told)
        assert message in caught.value.message
        assert not isinstance(caught.value, UndecidedError)

    def test_an_option_without_a_value(self) -> None:
        for options in ({"renames": ["members.nick"]}, {"fills": ["=1"]}):
            with pytest.raises(AnswerError, match="says no value"):
                Decisions.parse(**options)
