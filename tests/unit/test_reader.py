"""The reader: YAML 1.2 and JSON as they are, anything else refused by its line."""

import json
import math
import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan import builder, reader
from groundplan.errors import ContractError
from groundplan.reader import parse, read

SCALARS = {
    "09:00": "09:00",
    "no": "no",
    "yes": "yes",
    "on": "on",
    "y": "y",
    "1_0": "1_0",
    "2020-01-31": "2020-01-31",
    "0b1": "0b1",
    "1e3": 1000.0,
    "12e03": 12000.0,
    "-2E+05": -200000.0,
    ".5": 0.5,
    "+1": 1,
    "007": 7,
    "0o17": 15,
    "0x1F": 31,
    "true": True,
    "False": False,
    "tRUE": "tRUE",
    "~": None,
    "null": None,
    "Null": None,
    "nULL": "nULL",
    "": None,
    ".inf": ".inf",
    "1e999": "1e999",
    "1.2.3": "1.2.3",
    '"1"': "1",
    "'no'": "no",
    '"null"': "null",
    "<<": "<<",
}


@pytest.mark.parametrize("text", SCALARS)
def test_scalars_are_those_of_yaml_1_2(text: str) -> None:
    value = parse(f"key: {text}\n", "c").data["key"]
    assert value == SCALARS[text]
    assert type(value) is type(SCALARS[text])


def test_keys_are_strings_whatever_they_look_like() -> None:
    data = parse("200: a\nno: b\nnull: c\n1.0: d\n", "c").data
    assert data == {"200": "a", "no": "b", "null": "c", "1.0": "d"}


REFUSED = {
    "a duplicate key": ("a: 1\nb: 2\na: 3\n", 3, "occurs twice"),
    "keys that are alike as text": ("200: 1\n'200': 2\n", 2, "occurs twice"),
    "a tag": ("a: 1\nb: !!python/object/apply:os.system [x]\n", 2, "tag"),
    "an own tag": ("a: !include other.yaml\n", 1, "tag"),
    "a standard tag": ("a: !!binary aGk=\n", 1, "tag"),
    "a tag on a mapping": ("a: !!map {b: 1}\n", 1, "tag"),
    "a tag on a key": ("a: 1\n!!python/name:os.system b: 1\n", 2, "tag"),
    "a merge key": ("a: &x {b: 1}\nc:\n  <<: *x\n", 3, "merge"),
    "an unknown alias": ("a: *nobody\n", 1, "alias"),
    "an alias inside of its anchor": ("a: &x\n  b: *x\n", 2, "alias"),
    "an alias as a key": ("a: &x k\n*x : 1\n", 2, "alias"),
    "a list as a key": ("a: 1\n? [b]\n: 1\n", 2, "key"),
    "a mapping as a key": ("{a: 1, {b: 1}: 2}\n", 1, "key"),
    "a second document": ("a: 1\n---\nb: 2\n", 2, "second"),
    "NUL": ("a: 1\nb: \0\n", 2, "U+0000"),
    "a control character": ("a: 1\n\nb: \x1b[31m\n", 3, "U+001B"),
    "DEL": ("a: 1\nb: \x7f\n", 2, "U+007F"),
    "no character": ("a: 1\nb: \uffff\n", 2, "U+FFFF"),
    "a list at the top": ("- a\n", 1, "mapping"),
    "nothing": ("", 1, "mapping"),
    "a text": ("only words\n", 1, "mapping"),
    "a quote without end": ('a: 1\nb: "x\n', 3, ""),
    "a tab as indentation": ("a:\n\tb: 1\n", 2, ""),
    "flow without end": ("a: [1, 2\n", 2, ""),
    "deep lists": ("a: " + "[" * 400 + "]" * 400, 1, "deep"),
    "deep mappings": (
        "\n".join(" " * n + f"k{n}:" for n in range(400)) + " 1\n",
        101,
        "deep",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_is_refused_by_file_and_line(case: str) -> None:
    text, line, words = REFUSED[case]
    with pytest.raises(ContractError) as raised:
        parse(text, "openapi.yaml")
    assert raised.value.message.startswith(f"openapi.yaml:{line}: ")
    assert words in raised.value.message
    assert raised.value.hint


def test_an_alias_is_a_copy_of_its_anchor() -> None:
    data = parse("a: &x {b: [1]}\nc: *x\nd: &y text\ne: *y\n", "c").data
    assert data == {"a": {"b": [1]}, "c": {"b": [1]}, "d": "text", "e": "text"}


@pytest.mark.parametrize("width", [10, 100])
def test_an_alias_bomb_is_counted_and_not_built(width: int) -> None:
    lines = ["a0: &a0 [x]"]
    lines += [
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * width)}]" for n in range(1, 20)
    ]
    with pytest.raises(ContractError, match=r"c:\d+: aliases stand for more than"):
        parse("\n".join(lines), "c")


def test_a_chain_of_aliases_is_as_deep_as_what_it_stands_for() -> None:
    lines = ["a0: &a0 [x]", *(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200))]
    with pytest.raises(ContractError, match=r"^c:100: nested more than 100 levels"):
        parse("\n".join(lines), "c")
    assert parse("\n".join(lines[:99]), "c").data


def test_what_an_alias_stands_for_is_not_shared() -> None:
    data = parse("a: &x {b: [1]}\nc: *x\nd: [*x, *x]\n", "c").data
    found = [data["a"], data["c"], *data["d"]]  # type: ignore[misc]
    assert len({id(one) for one in found}) == 4
    assert len({id(one["b"]) for one in found}) == 4


def test_nesting_up_to_the_limit_is_read() -> None:
    depth = builder.MAX_DEPTH - 1
    assert parse("a: " + "[" * depth + "]" * depth, "c").data
    assert parse('{"a": ' + "[" * depth + "]" * depth + "}", "c").data


def test_json_is_read_as_json() -> None:
    data = {
        "text": 'quotes " \\ / \t\n é \U0001f600 \u202e',
        "numbers": [0, -1, 1.5, 1e-7, 10**30],
        "others": [True, False, None, {}, []],
        "": "an empty key",
    }
    for spelled in (
        json.dumps(data),
        json.dumps(data, indent="\t"),
        json.dumps(data, ensure_ascii=False),
        json.dumps(data).replace("/", "\\/"),
    ):
        assert parse(spelled, "c").data == data


def test_an_escaped_backslash_before_a_surrogate_stays() -> None:
    assert parse(r'{"a": "\\ud83d\\ude00"}', "c").data == {"a": r"\ud83d\ude00"}
    assert parse(r'{"a": "\\\ud83d\ude00"}', "c").data == {"a": "\\\U0001f600"}
    assert parse(r"a: '\ud83d\ude00'", "c").data == {"a": r"\ud83d\ude00"}


JSON_REFUSED = {
    "half of a surrogate pair": ('{"a":\n"\\ud83d"}', 2, "surrogate"),
    "half of one as a key": ('{"\\ude00": 1}', 1, "surrogate"),
    "a number beyond doubles": ('{"a": 1,\n"b": 1e400}', 2, "beyond what a double"),
    "a long number": ('{"a": ' + "9" * 5000 + "}", 1, "digits"),
    "a duplicate key": ('{"a": 1,\n"a": 2}', 2, "occurs twice"),
    "deep lists": ('{"a": ' + "[" * 400 + "]" * 400 + "}", 1, "deep"),
    "deeper lists": ('{"a": ' + "[" * 1_000_000, 1, "deep"),
    "deep objects": ('{"a":' * 400 + "1" + "}" * 400, 1, "deep"),
    "no value": ('{"a": 1,\n"b": }', 2, ""),
    "no end": ('{"a": [1,\n2\n', 3, ""),
    "no end of a text": ('{"a":\n"b\n', 2, ""),
    "more than an object": ('{"a": 1}\n{"b": 2}', 2, ""),
    "words behind it": ('{"a": 1}\nx', 2, ""),
}


@pytest.mark.parametrize("case", JSON_REFUSED)
def test_json_is_refused_by_file_and_line(case: str) -> None:
    text, line, words = JSON_REFUSED[case]
    with pytest.raises(ContractError) as raised:
        parse(text, "c.json")
    assert raised.value.message.startswith(f"c.json:{line}: ")
    assert words in raised.value.message
    assert raised.value.hint


def test_json_may_have_long_keys_and_separators_of_lines() -> None:
    data = {"k" * 10_000: {"a\u2028b\x85c": "\u2029 \x85"}}
    document = parse(json.dumps(data, ensure_ascii=False, indent=1), "c")
    assert document.data == data
    assert document.place(*data, "a\u2028b\x85c") == "c:3"


@pytest.mark.parametrize(
    "text", ["{a: 1, 'b': [2,]}", '{"a": 1, "b": [2,]}', '{"a": 1, # x\n"b": [2]}']
)
def test_yaml_that_begins_like_json_is_yaml(text: str) -> None:
    assert parse(text, "c.yaml").data == {"a": 1, "b": [2]}


def test_a_long_json_text_is_looked_at_once() -> None:
    begun = time.process_time()
    parse('{"a": [' + "1, " * 100_000 + " " * 100_000 + "1]}", "c.json")
    assert time.process_time() - begun < 5


class TestFiles:
    def test_a_byte_order_mark_is_skipped(self, tmp_path: Path) -> None:
        path = tmp_path / "c.yaml"
        path.write_bytes(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
        assert read(path).data == {"a": 1, "b": 2}

    @pytest.mark.parametrize(
        ("encoding", "words"),
        [
            ("utf-16", r"1: is UTF-16"),
            ("utf-32", r"1: is UTF-16"),
            ("utf-16-le", r"2: is not UTF-8"),
            ("latin-1", r"2: is not UTF-8 \(byte \d+\)"),
        ],
    )
    def test_other_encodings_are_refused(
        self, tmp_path: Path, encoding: str, words: str
    ) -> None:
        path = tmp_path / "c.yaml"
        path.write_bytes("a: b\nc: é\n".encode(encoding))
        with pytest.raises(ContractError, match=rf"^c\.yaml:{words}"):
            read(path)

    def test_what_has_no_end_is_not_read(self, tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        for path in (pipe, Path("/dev/zero"), Path("/dev/tty"), tmp_path / "a\0b"):
            with pytest.raises(ContractError, match="cannot be read") as raised:
                read(path)
            assert raised.value.hint

    def test_what_is_longer_than_it_says_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "MAX_BYTES", 10)
        with pytest.raises(ContractError, match="is larger than"):
            read(Path("/proc/self/maps"))

    def test_too_large_a_file_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reader, "MAX_BYTES", 10)
        path = tmp_path / "c.yaml"
        path.write_text("a: 1234567890\n")
        with pytest.raises(ContractError, match="is larger than"):
            read(path)

    @pytest.mark.parametrize("name", ["missing.yaml", "."])
    def test_what_is_no_file_is_refused(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ContractError, match="cannot be read"):
            read(tmp_path / name)


def test_a_place_is_the_line_of_the_deepest_part_that_is_there() -> None:
    document = parse("a: 1\nb:\n  - c: 2\n    d: 3\n", "f")
    assert document.place("b", 0, "d") == "f:4"
    assert document.place("b", 0, "nothing", "more") == "f:3"
    assert document.place("nothing") == "f:1"


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_by_its_line(text: str) -> None:
    try:
        data = parse(text, "f").data
    except ContractError as error:
        assert re.match(r"f:\d+: ", error.message)
    else:
        assert isinstance(data, dict)


keys = st.text(st.characters(codec="utf-8"), max_size=80)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=10,
)


@given(st.dictionaries(keys, json_values, max_size=4))
def test_any_json_object_is_read_as_json_reads_it(data: dict[str, object]) -> None:
    if "<<" in json.dumps(data):
        return
    read_back = parse(json.dumps(data), "f").data
    assert read_back == data
    assert not any(
        isinstance(value, float) and math.isnan(value) for value in read_back.values()
    )
