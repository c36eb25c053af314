"""Overlays that say less than one that is begun now: told, and added when asked for."""

from pathlib import Path

import pytest
import yaml

from groundplan import generate, source
from groundplan.reader import parse
from groundplan.understanding import understand
from groundplan.unsaid import unsaid

from .projects import CONTRACTS, generated, shelf, state

OVERLAY = "contracts/overlay.yaml"
EVERY = sorted(path.name for path in CONTRACTS.iterdir())
FORMATS = ("problem", "contract")
EMPTY = "overlay: 1.0.0\nactions: []\n"


def told(
    contract: bytes, overlay: str, error_format: str = "problem"
) -> tuple[str, ...]:
    files = {"contracts/openapi.yaml": contract, OVERLAY: overlay.encode()}
    return unsaid(files, {"error_format": error_format})


def less(text: str, number: int) -> tuple[str, str]:
    """An overlay without one of its actions, and what that does in words."""
    data = parse(text, "overlay.yaml").data
    actions = data["actions"]
    assert isinstance(actions, list)
    gone = actions.pop(number)
    assert isinstance(gone, dict)
    return yaml.safe_dump(data, sort_keys=False), str(gone["description"])


@pytest.mark.parametrize("error_format", FORMATS)
@pytest.mark.parametrize("name", EVERY)
def test_one_that_is_begun_now_lacks_nothing(name: str, error_format: str) -> None:
    contract = CONTRACTS / name
    overlay = understand(contract, None, error_format)[2]
    assert overlay
    assert told(contract.read_bytes(), overlay, error_format) == ()
    shorter, words = less(overlay, -1)
    (step,) = told(contract.read_bytes(), shorter, error_format)
    assert words in step and "generate --adopt" in step


def test_many_are_counted() -> None:
    contract = (CONTRACTS / "library.yaml").read_bytes()
    (step,) = told(contract, EMPTY)
    assert step.count("; ") == 4 and "; and " in step and " more." in step


def test_what_is_broken_is_told_elsewhere() -> None:
    contract = (CONTRACTS / "library.yaml").read_bytes()
    assert told(contract, "overlay: [") == told(b"openapi: [", EMPTY) == ()
    assert unsaid({OVERLAY: EMPTY.encode()}, {}) == ()


def test_the_sample_s_overlay_was_written_by_hand() -> None:
    contract = (source.sample_folder() / "openapi.yaml").read_bytes()
    assert told(contract, EMPTY) == ()


def test_it_is_adopted_when_asked_for(tmp_path: Path) -> None:
    project = generated(tmp_path, shelf())
    before = state(tmp_path)
    text = project.overlay.read_text("utf-8")
    shorter, words = less(text, -1)
    project.overlay.write_text(f"# ours\n{shorter}", "utf-8")
    generate.generate(project)
    without = state(tmp_path)
    assert without[OVERLAY].startswith(b"# ours\n")
    assert generate.generate(project).clean

    preview = generate.generate(project, write=False, adopt=True)
    assert OVERLAY in preview.written and state(tmp_path) == without
    report = generate.generate(project, adopt=True)
    assert f"{OVERLAY} gained: {words}" in report.notes
    after = dict(state(tmp_path))
    assert after.pop(OVERLAY).startswith(b"# ours\n")
    assert after == {path: text for path, text in before.items() if path != OVERLAY}
    assert generate.generate(project, adopt=True).clean
