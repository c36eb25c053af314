"""The client of a context."""

from .domain import Operation
from .fastapi_base import ContextWriter
from .python_text import literal
from .python_types import Annotations


class ClientWriter(ContextWriter):
    """Writes client.py."""

    def client(self) -> str:
        annotations = self._annotations()
        imports = annotations.imports
        imports.add("...platform.client", "ServiceClient")
        adapters: dict[str, str] = {}
        views = []
        for operation in self.context.operations:
            body = self._client_body(operation, annotations, adapters)
            views.append(self._signed(operation, annotations, body))
        if adapters:
            imports.add("pydantic", "TypeAdapter")
        return self._render(
            "client.py",
            {
                "imports": imports.lines(),
                "adapters": [
                    (
                        f"{name} = TypeAdapter({annotation})"
                        if annotation.isidentifier()
                        else f"{name}: TypeAdapter[{annotation}] = "
                        f"TypeAdapter({annotation})"
                    )
                    for annotation, name in adapters.items()
                ],
                "operations": views,
            },
        )

    def _client_body(
        self, operation: Operation, annotations: Annotations, adapters: dict[str, str]
    ) -> tuple[str, ...]:
        path = [p for p in operation.parameters if p.place == "path"]
        target = literal(operation.path)
        if path:
            annotations.imports.add("...platform.paths", "path_of")
            pairs = ", ".join(f"{literal(p.wire)}: {p.name}" for p in path)
            target = f"path_of({target}, {{{pairs}}})"
        arguments = [literal(operation.method.upper()), target]
        for place, keyword in (("query", "query"), ("header", "headers")):
            named = [p for p in operation.parameters if p.place == place]
            if named:
                pairs = ", ".join(f"{literal(p.wire)}: {p.name}" for p in named)
                arguments.append(f"{keyword}={{{pairs}}}")
        if operation.body:
            arguments.append("body=body")
        if operation.reply.media:
            return (f"return await self.client.content({', '.join(arguments)})",)
        if operation.reply.type is None:
            return (f"await self.client.request({', '.join(arguments)})",)
        annotation = annotations.plain(operation.reply.type)
        name = adapters.setdefault(annotation, _adapter(annotation))
        arguments.append(f"returns={name}")
        return (f"return await self.client.request({', '.join(arguments)})",)


def _adapter(annotation: str) -> str:
    """The name of a type adapter, which is not that of its type."""
    name = _constant(annotation)
    return f"{name}_TYPE" if name == annotation else name


def _constant(annotation: str) -> str:
    """`list[OrderLine]` -> `ORDER_LINE_LIST`: the name of a type adapter."""
    words: list[str] = []
    for part in annotation.replace("]", "").replace(" | ", "[").split("["):
        word = "".join(
            f"_{c}" if c.isupper() and i and not part[i - 1].isupper() else c
            for i, c in enumerate(part)
        )
        words.insert(0, "".join(c if c.isalnum() else "_" for c in word).upper())
    return "_".join(words)
