"""Patterns: ECMA-262's, by the engine that serves them, in bounded time."""

import itertools
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groundplan import pattern_rules, patterns
from groundplan.contract import load
from groundplan.errors import ContractError
from groundplan.patterns import PatternBroken, PatternRefused, compiled
from groundplan.understanding import understand

from .projects import Data, domain_of, loaded, small, written

# pattern -> texts that it finds something in, and texts that it does not
LINEAR: dict[str, tuple[list[str], list[str]]] = {
    r"^\p{L}+$": (["héllo", "имя"], ["a1", "", "a\n"]),
    r"^[\p{Lu}\p{N}]{2}$": (["É1"], ["é1"]),
    r"^\P{L}$": (["1"], ["a"]),
    r"^\u{1F600}$": (["\U0001f600"], ["u"]),
    r"^\uD83D\uDE00+$": (["\U0001f600" * 2], ["D"]),
    r"^[\uD83D\uDE00-\uD83D\uDE4F]$": (["\U0001f610"], ["\U0001f4a9"]),
    r"^\u00e9$": (["é"], ["e"]),
    r"^\cA$": (["\x01"], ["A"]),
    r"^\0$": (["\0"], ["0"]),
    r"^[\b]$": (["\b"], ["b"]),
    r"^\/$": (["/"], ["\\/"]),
    r"^[[]$": (["["], ["]"]),
    r"^[\[\]]$": (["[", "]"], ["x"]),
    r"^[a&&b]$": (["a", "&", "b"], ["c"]),
    r"^[--/]$": (["-", ".", "/"], ["0"]),
    r"^[\w-.]$": (["a", "-", "."], [","]),
    r"^[a-\d]$": (["a", "-", "7"], ["b"]),
    r"^[^]$": (["a", "\n"], [""]),
    r"^[]$": ([], ["a", ""]),
    r"^{a}$": (["{a}"], ["a"]),
    r"^a{,2}$": (["a{,2}"], ["aa"]),
    r"^(?<year>\d{4})$": (["2026"], ["26"]),
    r"(a+)+$": (["a" * 5000], ["a" * 5000 + "b"]),
    r"^(a|aa)+$": (["a" * 5000], ["a" * 5000 + "b"]),
}
PYTHON: dict[str, tuple[list[str], list[str]]] = {
    r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d@$!%*?&]{8,}$": (["Abcdefg1"], ["abcdefg1"]),
    r"^(?!.*\.\.)[a-z.]+$": (["a.b"], ["a..b"]),
    r"^(?:(?!foo).)*$": (["bar"], ["a foo"]),
    r"(?<=a)b": (["ab"], ["cb"]),
    r"(?<!a)b": (["cb"], ["ab"]),
    r"^(\d)-\1$": (["1-1"], ["1-2"]),
    r"^(?<d>\d)-\k<d>$": (["1-1"], ["1-2"]),
}
REFUSED = [
    r"(?=x)(a+)+$",
    r"(?=x)(a|a)*$",
    r"(?=x)(a?){50}",
    r"(?=x)(?:(?:a*)b)*",
    r"(?=(a+)+b)",
    r"^(?:(?=a*b*c*)x)*$",
    r"(?=x).*a.*b.*c.*d",
    r"^(?=\p{L})a$",
    "(a{1000}){1000}",
    "a" * 501,
    r"\w{501}",
    "a{99999999}",
]
BROKEN = ["(", "[", "*", "a{5,2}", ")", "(?=", "\\", "(?<n"]


@pytest.mark.parametrize("pattern", [*LINEAR, *PYTHON])
def test_a_pattern_finds_what_it_says(pattern: str) -> None:
    found, missed = (LINEAR | PYTHON)[pattern]
    made = compiled(pattern)
    assert made.engine == ("rust-regex" if pattern in LINEAR else "python-re")
    assert [text for text in found if not made.matches(text)] == []
    assert [text for text in missed if made.matches(text)] == []


@pytest.mark.parametrize("pattern", PYTHON)
def test_python_matches_texts_of_some_length_only(pattern: str) -> None:
    longest = compiled(pattern).longest
    assert longest is not None and longest >= 50
    assert patterns.problem_of(pattern, longest) is None
    assert patterns.problem_of(pattern, longest + 1)
    assert patterns.problem_of(pattern, None)


@pytest.mark.parametrize("pattern", REFUSED)
def test_what_may_take_long_is_refused(pattern: str) -> None:
    with pytest.raises(PatternRefused) as raised:
        compiled(pattern)
    assert not isinstance(raised.value, PatternBroken)


@pytest.mark.parametrize("pattern", BROKEN)
def test_what_is_no_pattern_is_broken(pattern: str) -> None:
    with pytest.raises(PatternBroken):
        compiled(pattern)


pieces = st.sampled_from(
    r"""a b . \w \d [ab] [^a] a* a+ b? .* a{2,} .{1,30} ( (?: (?= (?! (?<=a) (?<!b)
    ) )* )+ )? ){2} )* | ^ $ \1 \b""".split()
)


@given(st.lists(pieces, max_size=12).map("".join), st.sampled_from(["a", "ab", "a b"]))
@settings(max_examples=150, deadline=None)
def test_no_pattern_that_is_served_takes_long(pattern: str, text: str) -> None:
    try:
        made = compiled(pattern)
    except PatternRefused:
        return
    longest = made.longest or 1000
    begun = time.process_time()
    for end in ("", "\n", "b!"):
        made.matches((text * longest)[: longest - len(end)] + end)
    assert time.process_time() - begun < 3, (pattern, made)


def test_the_cost_of_compiling_is_counted() -> None:
    assert patterns.cost("abc") == 3
    assert patterns.cost("(ab){5}") == 10
    assert patterns.cost("((a{9999}){9999}){9999}") == 10**9
    begun = time.process_time()
    for pattern in (r"\p{L}{499}", r"(\w{20}){20}", "|".join([r"\w{9}"] * 50)):
        try:
            compiled(pattern)
        except PatternRefused:
            continue
    assert time.process_time() - begun < 5


class TestContracts:
    """What becomes of a pattern in a contract."""

    def amended(self, folder: Path, schema: Data) -> tuple[Any, list[Data]]:
        """The schema as it is served, and what the first overlay does."""
        contract = small(a={"type": "object", "properties": {"b": schema}})
        made, _, _ = understand(written(folder, contract), None)
        assert made.overlay is not None
        paths: Any = made.effective["paths"]
        reply = paths["/it"]["get"]["responses"]["200"]["content"]["application/json"]
        served = reply["schema"]["properties"]["a"]["properties"]["b"]
        actions: Any = made.overlay.data["actions"]
        return served, [a for a in actions if "['b']" in a["target"]]

    @pytest.mark.parametrize("pattern", LINEAR)
    def test_what_is_served_is_left_alone(self, tmp_path: Path, pattern: str) -> None:
        schema = {"type": "string", "pattern": pattern}
        assert self.amended(tmp_path, schema) == (schema, [])

    def test_look_around_gets_a_longest_text(self, tmp_path: Path) -> None:
        schema = {"type": "string", "pattern": "(?=a)b"}
        served, (action,) = self.amended(tmp_path, schema)
        assert served == schema | {"maxLength": 1000}
        assert "maxLength 1000" in action["description"]

    def test_a_longest_text_that_is_there_is_kept(self, tmp_path: Path) -> None:
        schema = {"type": "string", "pattern": "(?=a)b", "maxLength": 7}
        assert self.amended(tmp_path, schema) == (schema, [])

    @pytest.mark.parametrize(
        "schema",
        [
            {"type": "string", "pattern": "(?=a)(b+)+"},
            {"type": "string", "pattern": r"(?=a)\p{L}", "maxLength": 5},
            {"type": ["string", "null"], "pattern": "(?=a)b", "maxLength": 1001},
        ],
    )
    def test_what_no_engine_checks_is_left_to_the_team(
        self, tmp_path: Path, schema: Data
    ) -> None:
        served, (action,) = self.amended(tmp_path, schema)
        assert "pattern" not in served
        assert served == {k: v for k, v in schema.items() if k != "pattern"}
        assert "service.py" in action["description"]

    def test_one_that_comes_later_is_refused_with_the_way_out(
        self, tmp_path: Path
    ) -> None:
        overlay = tmp_path / "overlay.yaml"
        overlay.write_text("overlay: 1.0.0\nactions: []\n")
        contract = written(tmp_path, small(a={"type": "string", "pattern": "(?=a)b"}))
        with pytest.raises(ContractError, match="cannot be checked") as raised:
            load(contract, overlay)
        assert raised.value.message.startswith("openapi.yaml:1: ")
        assert "maxLength" in str(raised.value.hint)
        assert "overlay.yaml" in str(raised.value.hint)

    def test_a_pattern_of_what_is_no_text_says_nothing(self, tmp_path: Path) -> None:
        schema = {"type": "integer", "pattern": "(?=a)b"}
        assert self.amended(tmp_path, schema)[0]["pattern"] == "(?=a)b"

    def test_a_broken_one_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(ContractError, match="is broken") as raised:
            loaded(tmp_path, small(a={"type": "string", "pattern": "("}))
        assert raised.value.hint

    def test_many_large_ones_are_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(pattern_rules, "MAX_COST", 50_000)
        letters = "abcdefghijklmnopqrstuvwxyz"
        several = (
            {"type": "string", "pattern": rf"^{a}{b}\w{{300}}"}
            for a, b in itertools.product(letters, letters)
        )
        contract = small(**{f"p{n}": schema for n, schema in enumerate(several)})
        begun = time.process_time()
        with pytest.raises(ContractError, match="too large together"):
            domain_of(tmp_path, contract)
        assert time.process_time() - begun < 10
