"""Puts the template's history into an sdist and a wheel; hatchling calls it."""

import sys
import tempfile
from pathlib import Path

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class HistoryHook(BuildHookInterface[BuilderConfig]):
    """Packs the history of a checkout, or takes along what an sdist holds."""

    def initialize(self, version: str, build_data: dict[str, dict[str, str]]) -> None:
        """Add the bundle and its origin to what is built."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "generator"))
        from groundplan import bundle

        folder = root
        if (root / ".git").exists():
            self._temporary = tempfile.TemporaryDirectory(prefix="groundplan-")
            folder = Path(self._temporary.name)
            bundle.write(root, folder, self.metadata.core.urls["Repository"])
        elif not (root / bundle.ORIGIN).is_file():
            raise RuntimeError(
                f"{root} is neither a clone of the repository nor an sdist: clone it "
                "with git, so that the wheel knows from which commit it is."
            )
        inside = "" if self.target_name == "sdist" else "groundplan/repository/"
        for name in (bundle.BUNDLE, bundle.ORIGIN):
            if (folder / name).is_file():
                build_data["force_include"][str(folder / name)] = f"{inside}{name}"

    def finalize(self, *_: object) -> None:
        """Remove what was written for the build."""
        if hasattr(self, "_temporary"):
            self._temporary.cleanup()
