"""Three-way merges: what both sides do, what both add, and where they conflict."""

from groundplan.threeway import Conflict, merge

OLD = """\
class Wiring:
    @property
    def users(self) -> int:
        return 1

    @property
    def accounts(self) -> int:
        return 2
"""
MEMBER = """\
    @property
    def orders(self) -> int:
        return 3

"""
OWN = MEMBER.replace("orders", "mailer").replace("3", "4")


def with_members(*members: str) -> str:
    before, marker, after = OLD.partition("    @property\n    def accounts")
    return before + "".join(members) + marker + after


def test_edits_of_both_sides_are_kept() -> None:
    current = OLD.replace("return 2", "return 22")
    merged = merge("a.py", current, OLD, with_members(MEMBER))
    assert merged == with_members(MEMBER).replace("return 2\n", "return 22\n")


def test_what_was_done_by_hand_already_is_no_conflict() -> None:
    new = with_members(MEMBER)
    assert merge("a.py", new, OLD, new) == new


def test_members_at_one_place_are_both_kept_whole() -> None:
    merged = merge("a.py", with_members(OWN), OLD, with_members(MEMBER))
    assert merged == with_members(OWN, MEMBER)


def test_lines_at_the_end_are_both_kept() -> None:
    merged = merge("a.toml", "a = 1\n\n[b]", "a = 1\n", "a = 1\n\n[c]\n")
    assert merged == "a = 1\n\n[b]\n\n[c]\n"


def test_a_table_that_would_be_there_twice_is_a_conflict() -> None:
    merged = merge("a.toml", "a = 1\n[b]\nx = 1\n", "a = 1\n", "a = 1\n[b]\nx = 2\n")
    assert merged == [Conflict("a.toml", 2, 3, ())]


def test_a_member_that_would_be_there_twice_is_a_conflict() -> None:
    own = MEMBER.replace("return 3", "return 33")
    merged = merge("a.py", with_members(own), OLD, with_members(MEMBER))
    assert isinstance(merged, list)


def test_a_conflict_names_the_lines_and_what_they_were() -> None:
    current = OLD.replace("return 1", "return 11\n        # or so")
    merged = merge("a.py", current, OLD, OLD.replace("return 1", "return 111"))
    conflict = Conflict("a.py", 4, 5, ("        return 1",))
    assert merged == [conflict]
    assert conflict.place == "a.py:4-5"


def test_what_one_side_removed_and_the_other_edited_is_a_conflict() -> None:
    removed = OLD.partition("\n    @property\n    def accounts")[0] + "\n"
    merged = merge("a.py", OLD.replace("return 2", "return 22"), OLD, removed)
    assert isinstance(merged, list)
    assert "        return 2" in merged[0].generated


def test_lines_that_look_like_marks_are_text() -> None:
    rule = "=" * 70
    old = f"# Title\n{rule}\n<<<<<<< a\n=======\n\none\n"
    merged = merge("a.md", old + "mine\n", old, old + "new\n")
    assert merged == old + "mine\nnew\n"


def test_line_ends_stay_as_they_are() -> None:
    merged = merge("a", "one\r\nmine\r\n", "one\n", "zero\none\n")
    assert merged == "zero\r\none\r\nmine\r\n"
