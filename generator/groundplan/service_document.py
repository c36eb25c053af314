"""What the contract says of a service as a whole, as a module of its package."""

from .domain import Domain
from .python_text import literal
from .reader import Json
from .render import HEADER

# FastAPI wants both, and a contract may have empty texts there.
_NAMELESS: dict[str, Json] = {"title": "Service", "version": "0"}
_INFO = ("title", "version", "summary", "description")


def service_document(domain: Domain) -> dict[str, str]:
    """The files of `generated/` in the package itself, by name."""
    return {
        "__init__.py": f'# {HEADER}\n\n"""The service as the contract has it."""\n',
        "document.py": f'''# {HEADER}

"""What the contract says of the service as a whole: its name, tags and credentials."""

from typing import Any, Final

INFO: Final[dict[str, Any]] = {literal(_info(domain))}
TAGS: Final[list[dict[str, Any]]] = {literal(_tags(domain))}
SECURITY_SCHEMES: Final[dict[str, Any]] = {literal(_schemes(domain))}
''',
    }


def _info(domain: Domain) -> dict[str, Json]:
    info = domain.effective.get("info")
    said = info if isinstance(info, dict) else {}
    found = {key: str(said.get(key, "")).strip() for key in _INFO}
    return _NAMELESS | {key: text for key, text in found.items() if text}


def _tags(domain: Domain) -> list[Json]:
    tags = domain.effective.get("tags")
    return [
        {key: str(tag[key]).strip() for key in ("name", "description") if tag.get(key)}
        for tag in (tags if isinstance(tags, list) else ())
        if isinstance(tag, dict) and tag.get("name")
    ]


def _schemes(domain: Domain) -> dict[str, Json]:
    components = domain.effective.get("components")
    schemes = (
        components.get("securitySchemes") if isinstance(components, dict) else None
    )
    return schemes if isinstance(schemes, dict) else {}
