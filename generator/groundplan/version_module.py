"""The versions of a contract as a module, where requests name them."""

from .api_versions import BY_REQUEST, versions_of
from .domain import Domain
from .render import HEADER


def version_module(domain: Domain) -> dict[str, str]:
    """`versions.py` of `generated/` in the package itself; nothing where paths do."""
    if domain.versioning not in BY_REQUEST:
        return {}
    versions = versions_of(domain.effective, domain.base_path)
    return {"versions.py": f'''# {HEADER}

"""The versions that the contract has, and where they are in its paths."""

from typing import Final

# The oldest first.
SERVED: Final[tuple[int, ...]] = {versions.served!r}
# What is before the version of a path, the longest first; empty where paths have none.
HEADS: Final[tuple[str, ...]] = {versions.heads!r}
'''}
