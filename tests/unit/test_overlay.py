"""Overlays: what an action does to a contract, and which are refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan import overlay as overlays
from groundplan.errors import ContractError
from groundplan.overlay import amendments, apply
from groundplan.reader import Document, parse
from groundplan.remarks import Remark


def contract() -> dict[str, Any]:
    return {
        "info": {"title": "T", "contact": {"name": "N"}},
        "tags": [{"name": "a"}, {"name": "b"}],
        "paths": {"/x": {"get": {"tags": ["a"]}, "post": {"tags": ["b"]}}},
    }


def overlay(*actions: str) -> Document:
    lines = "\n".join(f"  - {action}" for action in actions)
    return parse(f"overlay: 1.0.0\nactions:\n{lines}\n", "overlay.yaml")


def applied(*actions: str) -> Any:
    return apply(contract(), overlay(*actions))


def test_update_merges_objects_at_any_depth() -> None:
    result = applied("{target: $, update: {info: {contact: {url: U}, version: '1'}}}")
    assert result["info"] == {
        "title": "T",
        "version": "1",
        "contact": {"name": "N", "url": "U"},
    }


def test_update_appends_to_arrays() -> None:
    by_target = applied("{target: $.tags, update: {name: c}}")
    by_parent = applied("{target: $, update: {tags: [{name: c}]}}")
    assert [tag["name"] for tag in by_target["tags"]] == ["a", "b", "c"]
    assert by_parent == by_target


def test_update_replaces_other_values() -> None:
    assert applied("{target: $.info.title, update: New}")["info"]["title"] == "New"
    assert applied("{target: $.info, update: {title: 3}}")["info"]["title"] == 3


def test_every_match_is_updated_with_a_copy_of_its_own() -> None:
    result = applied(
        "{target: '$.paths[*][*]', update: {x-roles: [r]}}",
        "{target: \"$.paths[*].get['x-roles']\", update: [s]}",
    )
    assert result["paths"]["/x"]["get"]["x-roles"] == ["r", "s"]
    assert result["paths"]["/x"]["post"]["x-roles"] == ["r"]


def test_remove_deletes_every_match() -> None:
    result = applied(
        "{target: '$.tags[*]', remove: true}", "{target: $.info.contact, remove: true}"
    )
    assert result["tags"] == []
    assert result["info"] == {"title": "T"}


def test_actions_see_what_those_before_them_did() -> None:
    result = applied(
        "{target: $, update: {x-new: {a: 1}}}",
        "{target: \"$['x-new']\", update: {b: 2}}",
    )
    assert result["x-new"] == {"a": 1, "b": 2}


def test_filters_select_by_value() -> None:
    result = applied("{target: \"$.tags[?@.name=='b']\", update: {description: D}}")
    assert result["tags"] == [{"name": "a"}, {"name": "b", "description": "D"}]


def test_the_contract_itself_is_left_alone() -> None:
    before = contract()
    apply(before, overlay("{target: $, update: {info: {title: X}}}"))
    assert before == contract()


def test_an_action_that_matches_nothing_does_nothing() -> None:
    idle: list[Remark] = []
    document = overlay("{target: $.info, update: {}}", "{target: $.x, update: {a: 1}}")
    assert overlays.apply(contract(), document, idle=idle) == contract()
    assert [remark.place for remark in idle] == ["overlay.yaml:4"]
    assert "'$.x' matches nothing" in idle[0].message


REFUSED = {
    "roles nowhere": ("{target: $.x, update: {x-roles: [a]}}", "matches nothing"),
    "an owner nowhere": ("{target: $.x, update: {x-owner: by}}", "matches nothing"),
    "no JSONPath": ("{target: 'paths./x', update: {}}", "is not JSONPath"),
    "half a JSONPath": ("{target: '$.paths[', update: {}}", "is not JSONPath"),
    "no target": ("{update: {}}", "without target"),
    "a list as target": ("{target: [$], update: {}}", "without target"),
    "the whole contract": ("{target: $, remove: true}", "whole contract"),
    "no action": ("words", "is not an action"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_action_is_refused_by_its_line(case: str) -> None:
    action, words = REFUSED[case]
    with pytest.raises(ContractError) as raised:
        applied("{target: $.info, update: {}}", action)
    assert raised.value.message.startswith("overlay.yaml:4: ")
    assert words in raised.value.message


@pytest.mark.parametrize(
    "text", ["actions: []\n", "overlay: 2.0.0\n", "overlay: 1.0.0\nactions: {a: 1}\n"]
)
def test_another_document_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match=r"overlay\.yaml"):
        apply(contract(), parse(text, "overlay.yaml"))


def test_an_overlay_without_actions_changes_nothing() -> None:
    document = parse("overlay: 1.0.0\nactions:\n", "overlay.yaml")
    assert apply(contract(), document) == contract()


def test_amendments_are_told_in_words() -> None:
    found = amendments(
        overlay(
            "{target: $.info, description: The title is short, update: {title: S}}",
            "{target: $.info, update: {title: S, version: '1'}}",
            "{target: $.tags, remove: true}",
        )
    )
    assert [one.description for one in found] == [
        "The title is short",
        "sets title, version",
        "removed",
    ]
    assert [one.target for one in found] == ["$.info", "$.info", "$.tags"]


@given(st.text(max_size=40))
def test_any_target_is_applied_or_refused(target: str) -> None:
    document = Document(
        "o", {"overlay": "1.0.0", "actions": [{"target": target, "update": {}}]}
    )
    try:
        apply(contract(), document)
    except ContractError as error:
        assert error.message.startswith("o:")
