"""Overlays that follow other answers, and keep what the team says."""

import pytest

from groundplan.errors import ContractError
from groundplan.reader import parse
from groundplan.reoverlay import reoverlaid

HEAD = "overlay: 1.0.0\ninfo:\n  title: X\n  version: '1'\nactions:\n"


def action(target: str, words: str = "Why.", value: str = "1") -> str:
    return (
        f"  - target: $.{target}\n    description: {words}\n"
        f"    update:\n      x-index: {value}\n"
    )


BEFORE = HEAD + action("a") + action("b") + action("c")
AFTER = HEAD + action("a") + action("d") + action("c")


def test_what_nobody_has_edited_is_as_it_would_be_now() -> None:
    assert reoverlaid(BEFORE, BEFORE, AFTER) == AFTER


def test_without_a_difference_nothing_changes() -> None:
    assert reoverlaid("anything", BEFORE, BEFORE) == "anything"


def test_actions_go_and_come_beside_those_of_the_team() -> None:
    team = (
        HEAD
        + "  # about a\n"
        + action("a", "Our words.")
        + "\n  # about b\n"
        + action("b", "Our words.")
        + action("team")
    )
    assert reoverlaid(team, BEFORE, AFTER) == (
        HEAD
        + "  # about a\n"
        + action("a", "Our words.")
        + "\n  # about b\n"
        + action("team")
        + "  - target: $.d\n    description: Why.\n    update:\n      x-index: 1\n"
    )


def test_what_the_team_removed_or_changed_stays_so() -> None:
    team = HEAD + action("b", value="2") + action("d", "Ours.")
    assert reoverlaid(team, BEFORE, AFTER) == team


def test_the_last_action_can_go_and_the_first_can_come() -> None:
    team = "# ours\n" + HEAD + action("b")
    less = reoverlaid(team, BEFORE, HEAD + action("a") + action("c"))
    assert parse(less, "overlay").data["actions"] is None
    more = reoverlaid(less, HEAD, HEAD + action("d"))
    assert parse(more, "overlay").data == parse(HEAD + action("d"), "overlay").data


def test_line_ends_stay() -> None:
    team = ("# ours\n" + BEFORE).replace("\n", "\r\n")
    found = reoverlaid(team, BEFORE, AFTER)
    assert found.count("\n") == found.count("\r\n")
    assert "$.d" in found and "$.b" not in found


def test_what_cannot_be_cut_is_said() -> None:
    team = "overlay: 1.0.0\nactions: [{target: $.b, update: {x-index: 1}}]\n"
    with pytest.raises(ContractError, match="not one below the other"):
        reoverlaid(team, BEFORE, AFTER)
