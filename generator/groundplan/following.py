"""What follows from a project's contract under its answers, before they are merged."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from .answers import Answer
from .domain import Domain
from .errors import GroundplanError
from .platform_paths import platform_path
from .understanding import understand
from .workspace import ways_of

CONTRACT, OVERLAY = "contracts/openapi.yaml", "contracts/overlay.yaml"


def paths(
    recorded: Mapping[str, object],
    given: Mapping[str, Answer],
    current: Mapping[str, bytes],
) -> dict[str, Answer]:
    """The answers that the contract gives, where others that are given change them.

    `current` is what the project's files hold. Known before the merge, they meet what
    the team has edited beside them as every other change does.
    """
    answers = {**recorded, **given}
    if ways_of(recorded) == ways_of(answers):
        return {}
    then, now = understood_as(current, recorded), understood_as(current, answers)
    if then is None or now is None:
        return {}
    found: dict[str, Answer] = {}
    for key, was, is_ in (
        ("base_path", then.base_path, now.base_path),
        ("platform_path", platform_path(then), platform_path(now)),
    ):
        if recorded.get(key) == was != is_:
            found[key] = is_
    return found


def understood_as(
    current: Mapping[str, bytes], answers: Mapping[str, object]
) -> Domain | None:
    """The domain of a project's contract; None where that is broken."""
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        folder = Path(place)
        for path in (CONTRACT, OVERLAY):
            (folder / Path(path).name).write_bytes(current.get(path, b""))
        overlay = folder / "overlay.yaml" if OVERLAY in current else None
        try:
            return understand(folder / "openapi.yaml", overlay, *ways_of(answers))[1]
        except GroundplanError:
            return None
