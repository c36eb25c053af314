"""A contract that grows: its overlay says of new parts what it says of the others."""

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from groundplan import documents, generate
from groundplan.contract import METHODS, Contract, amended, load
from groundplan.errors import ContractError
from groundplan.growth import Growth, grown
from groundplan.reader import parse
from groundplan.understanding import understand

from .projects import CONTRACTS, Data, generated, shelf, written

GROWING = ("library.yaml", "allotment.yaml", "magazine.yaml")


def read(name: str) -> Data:
    """A contract; what its items name has to be there, so they name nothing here."""
    text = (CONTRACTS / name).read_text("utf-8")
    data = yaml.safe_load(text.replace("x-reference", "x-none"))
    assert isinstance(data, dict)
    return data


def begun(folder: Path, contract: Data) -> tuple[str, Contract, str]:
    """The first overlay of a contract, its effective contract and its error format."""
    made, domain, overlay = understand(written(folder, contract), None)
    assert overlay
    effective = load(written(folder, made.effective, "effective.yaml"))
    return overlay, effective, domain.error_format


def growth(
    folder: Path, before: tuple[str, Contract, str], contract: Data
) -> Growth | None:
    overlay, effective, error_format = before
    bare = load(written(folder / "later", contract), check=False)
    document = parse(overlay, "overlay.yaml")
    return grown(bare, document, overlay, effective, error_format)


def operations(contract: Data) -> Iterator[tuple[str, str]]:
    for path, item in contract["paths"].items():
        for method in item:
            if method in METHODS:
                yield path, method


def without(contract: Data, path: str, method: str) -> Data:
    """A contract without one operation; its path goes with the last one."""
    less = copy.deepcopy(contract)
    item = less["paths"][path]
    del item[method]
    if not any(method in item for method in METHODS):
        del less["paths"][path]
    return less


CASES = [(name, *place) for name in GROWING for place in operations(read(name))]


@pytest.mark.parametrize(("name", "path", "method"), CASES)
def test_what_grew_is_as_if_it_had_been_there_from_the_start(
    tmp_path: Path, name: str, path: str, method: str
) -> None:
    whole = read(name)
    before = begun(tmp_path / "first", without(whole, path, method))
    found = growth(tmp_path, before, whole)
    text = found.text if found else before[0]
    bare = load(tmp_path / "later" / "openapi.yaml")
    later = amended(bare, parse(text, "overlay.yaml"))
    fresh, _, _ = understand(
        written(tmp_path / "fresh", whole), None, error_format=before[2]
    )
    assert later.effective["paths"] == fresh.effective["paths"]
    assert later.effective["components"] == fresh.effective["components"]


def test_what_the_team_took_out_stays_out(tmp_path: Path) -> None:
    whole = read("library.yaml")
    overlay, _, error_format = begun(
        tmp_path / "first", without(whole, "/books", "post")
    )
    kept = yaml.safe_load(overlay)
    kept["actions"] = [
        action for action in kept["actions"] if "/members" not in action["target"]
    ]
    text = documents.dump(kept)
    path = tmp_path / "first" / "openapi.yaml"
    made = amended(load(path), parse(text, "overlay.yaml"))
    before = load(written(tmp_path / "first", made.effective, "effective.yaml"))
    found = growth(tmp_path, (text, before, error_format), whole)
    assert found
    gained = yaml.safe_load(found.text)["actions"][len(kept["actions"]) :]
    assert gained
    assert all("/books" in action["target"] for action in gained)


def test_nothing_new_asks_for_nothing(tmp_path: Path) -> None:
    whole = read("library.yaml")
    before = begun(tmp_path / "first", whole)
    assert growth(tmp_path, before, whole) is None
    whole["paths"]["/books"]["get"]["summary"] = "Another one."
    assert growth(tmp_path, before, whole) is None
    assert growth(tmp_path, before, without(whole, "/books", "post")) is None


@pytest.mark.parametrize(
    "actions",
    [
        "actions: []\n",
        "actions:\n",
        "actions:\n\n  # ours\n  - target: $.info\n    update: {x-a: 1}\n",
        "actions:\n- target: $.info\n  update:\n    x-a: 1\n\n# the end\n\n",
        "actions:\n    -   target: $.info\n        update: {x-a: |\n          b}\n",
    ],
)
def test_actions_are_added_to_any_list_of_them(tmp_path: Path, actions: str) -> None:
    whole = read("library.yaml")
    _, effective, error_format = begun(tmp_path / "a", without(whole, "/books", "post"))
    text = f"overlay: 1.0.0\ninfo: {{title: x, version: '1'}}\n{actions}"
    before = (text.replace("x-a: |\n          b", "x-a: b"), effective, error_format)
    found = growth(tmp_path, before, whole)
    assert found
    assert found.text.startswith(before[0].rstrip("\n").removesuffix(" []"))
    assert len(yaml.safe_load(found.text)["actions"]) >= len(found.words) > 0


@pytest.mark.parametrize(
    "actions", ["actions: [{target: $.info, update: {}}]\n", "actions: []\nx-more: 1\n"]
)
def test_a_list_that_nothing_can_be_added_to_is_refused(
    tmp_path: Path, actions: str
) -> None:
    whole = read("library.yaml")
    _, effective, error_format = begun(tmp_path / "a", without(whole, "/books", "post"))
    text = f"overlay: 1.0.0\ninfo: {{title: x, version: '1'}}\n{actions}"
    with pytest.raises(ContractError, match=r"overlay.yaml:3: .*`actions`"):
        growth(tmp_path, (text, effective, error_format), whole)


class TestGenerate:
    def test_a_project_gets_the_actions_and_says_so(self, tmp_path: Path) -> None:
        whole = shelf()
        made = generated(tmp_path, without(whole, "/books", "post"))
        first = made.overlay.read_text("utf-8")
        written(tmp_path / "contracts", whole)
        checked = generate.generate(made, write=False)
        assert "contracts/overlay.yaml" in checked.written
        assert made.overlay.read_text("utf-8") == first
        report = generate.generate(made)
        assert made.overlay.read_text("utf-8").startswith(first)
        assert any("overlay.yaml gained: " in note for note in report.notes)
        assert generate.generate(made).clean

    def test_an_effective_contract_that_cannot_be_read_is_written_anew(
        self, tmp_path: Path
    ) -> None:
        made = generated(tmp_path, shelf())
        text = made.effective.read_text("utf-8")
        made.effective.write_text("<<<<<<< ours\n" + text, "utf-8")
        assert generate.generate(made).written == ["contracts/effective.yaml"]
        assert made.effective.read_text("utf-8") == text

    def test_an_overlay_that_is_no_text_is_refused(self, tmp_path: Path) -> None:
        made = generated(tmp_path, shelf())
        made.overlay.write_bytes(b"overlay: \xff\xfe")
        with pytest.raises(ContractError, match=r"overlay.yaml"):
            generate.generate(made)

    def test_an_action_without_effect_is_named(self, tmp_path: Path) -> None:
        whole = shelf()
        made = generated(tmp_path, whole)
        less = without(whole, "/books/{bookId}/reservations", "post")
        written(tmp_path / "contracts", less)
        report = generate.generate(made)
        assert any("contracts/overlay.yaml:" in note for note in report.notes)
        assert all("does nothing" in note for note in report.notes)
