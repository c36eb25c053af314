"""What an overlay that is begun now would say, and a project's does not.

A newer release may know more of what contracts leave out. It is told after an update
and added when asked for: what the team has taken out cannot be told from what nobody
had said yet.
"""

import tempfile
from collections.abc import Mapping
from pathlib import Path

from . import source
from .contract import load
from .errors import GroundplanError
from .following import CONTRACT, OVERLAY
from .growth import lacking
from .reader import read
from .workspace import ways_of

_SHOWN = 4


def unsaid(
    files: Mapping[str, bytes], answers: Mapping[str, object]
) -> tuple[str, ...]:
    """The step of looking at it; nothing where there is none, or what is broken.

    `files` is what those of a project hold. The sample's overlay was written by hand.
    """
    if not {CONTRACT, OVERLAY} <= files.keys():
        return ()
    contract, overlay = files[CONTRACT], files[OVERLAY]
    sample = source.sample_folder() / "openapi.yaml"
    if contract.replace(b"\r\n", b"\n") == sample.read_bytes():
        return ()
    with tempfile.TemporaryDirectory(prefix="groundplan-") as place:
        places = Path(place) / "openapi.yaml", Path(place) / "overlay.yaml"
        for file, content in zip(places, (contract, overlay), strict=True):
            file.write_bytes(content)
        try:
            bare, document = load(places[0], check=False), read(places[1])
            actions = lacking(bare, document, ways_of(answers)[0])
        except GroundplanError:
            return ()
    if not actions:
        return ()
    words = [str(action["description"]) for action in actions]
    more = len(words) - _SHOWN
    shown = "; ".join(words[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
    return (
        f"{OVERLAY} does not say what one that is begun now would: {shown}. Unless you "
        "took it out on purpose: `groundplan generate --adopt`",
    )
