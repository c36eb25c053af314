"""Where the template is: a checkout of the repository, or the copy in the package."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def repository() -> Path:
    """The folder with `copier.yml` and `template/`."""
    checkout = _PACKAGE.parent.parent
    if (checkout / "copier.yml").is_file():
        return checkout
    return _PACKAGE / "repository"


def contexts_folder() -> Path:
    """What `generate` renders, per stack."""
    return repository() / "template" / "contexts"


def sample_folder() -> Path:
    """The sample shop: contract, overlay, hand-written services."""
    return repository() / "template" / "samples" / "shop"


def presets_folder() -> Path:
    """The presets, one YAML file each."""
    return repository() / "presets"
