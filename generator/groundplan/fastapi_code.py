"""A context of the domain as source files of the fastapi stack.

This module decides what is written; the templates in `template/contexts/fastapi`
decide how it is laid out, and black how it is formatted.
"""

from .fastapi_client import ClientWriter
from .fastapi_models import ModelWriter
from .fastapi_operations import OperationWriter
from .fastapi_routes import RouteWriter
from .python_text import docstring
from .render import HEADER


class ContextCode(ModelWriter, OperationWriter, ClientWriter, RouteWriter):
    """Writes the files of one context."""

    def derived(self) -> dict[str, str]:
        """The files under `generated/`, by name."""
        name = self.context.name.replace("_", " ")
        files = {
            "__init__.py": f"# {HEADER}\n\n"
            f'"""The {name} context as the contract has it."""',
            "schemas.py": self.schemas(),
            "port.py": self.port(),
            "operations.py": self.operations(),
            "routes.py": self.routes(),
            "client.py": self.client(),
        }
        if self.context.entities:
            files["model.py"] = self.model()
        return files

    def seeded(self) -> dict[str, str]:
        """The files that belong to the team from then on, by name."""
        described = docstring(
            self.context.description
            or f"The {self.context.name.replace('_', ' ')} context.",
            indent=0,
        )
        return {
            "__init__.py": described,
            "service.py": self._render("service.py", {}),
            "routes.py": self._render("own_routes.py", {}),
        }
