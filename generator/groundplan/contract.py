"""A contract and its overlay: read, checked, and merged to the effective contract."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from jsonschema_path.handlers.urllib import UrllibHandler
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from . import overlay as overlays
from .errors import ContractError
from .reader import Document, Json, read

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Contract:
    """A checked contract: as written, its overlay, and both together."""

    source: Document
    overlay: Document | None
    effective: dict[str, Json]

    def place(self, *pointer: str | int) -> str:
        """Where a part of the effective contract was written."""
        return self.source.place(*pointer)

    def resolve(
        self, node: Json, pointer: tuple[str | int, ...]
    ) -> tuple[dict[str, Json], tuple[str | int, ...]]:
        """Follow `$ref`s to an object; returns it and where it stands."""
        seen: set[str] = set()
        while isinstance(node, dict) and isinstance(node.get("$ref"), str):
            reference = str(node["$ref"])
            if reference in seen:
                raise ContractError(
                    self.place(*pointer),
                    f"$ref {reference!r} refers to itself",
                    "Break the cycle with an object schema.",
                )
            seen.add(reference)
            pointer = parse_pointer(reference)
            node = self._at(pointer, reference)
        if not isinstance(node, dict):
            raise ContractError(
                self.place(*pointer), "expected an object here", "See the OpenAPI spec."
            )
        return node, pointer

    def _at(self, pointer: tuple[str | int, ...], reference: str) -> Json:
        node: Json = self.effective
        for step in pointer:
            try:
                node = (
                    node[int(step)] if isinstance(node, list) else node[step]  # type: ignore[index]
                )
            except (KeyError, IndexError, TypeError, ValueError):
                raise ContractError(
                    self.source.name,
                    f"$ref {reference!r} points to nothing",
                    "Define it under components.",
                ) from None
        return node


def load(contract: Path, overlay: Path | None = None) -> Contract:
    """Read and check a contract, and its overlay where there is one.

    Raises ContractError naming file, line and the rule broken.
    """
    source = read(contract)
    _check_version(source)
    _check_references(source)
    if overlay is None:
        _validate(source, source.data)
        return Contract(source, None, source.data)
    amended = read(overlay)
    try:
        effective = overlays.apply(source.data, amended)
    except ContractError:
        _validate(source, source.data)  # what it does not fit may be the cause
        raise
    _check_references(Document(source.name, effective, source.lines))
    _validate(source, effective)
    return Contract(source, amended, effective)


def amended(contract: Path, overlay: str) -> Contract:
    """A contract with an overlay that is not written yet."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "overlay.yaml"
        path.write_text(overlay, encoding="utf-8")
        return load(contract, path)


def parse_pointer(reference: str) -> tuple[str | int, ...]:
    """The steps of a local `$ref` (`#/components/schemas/User`)."""
    return tuple(
        unquote(step).replace("~1", "/").replace("~0", "~")
        for step in reference.removeprefix("#").split("/")[1:]
    )


def _check_version(source: Document) -> None:
    if "swagger" in source.data:
        raise ContractError(
            source.place("swagger"),
            "is a Swagger 2 document",
            "Convert it to OpenAPI 3 first, e.g. with `npx swagger2openapi FILE`.",
        )
    version = str(source.data.get("openapi", ""))
    if not version.startswith(("3.0.", "3.1.")) and version not in ("3.0", "3.1"):
        raise ContractError(
            source.place("openapi"),
            f"is not OpenAPI 3.0 or 3.1 (`openapi: {version[:20]}`)",
            "Give an OpenAPI 3.0 or 3.1 document.",
        )


def _check_references(source: Document) -> None:
    for reference, pointer in _references(source.data):
        if not reference.startswith("#/"):
            raise ContractError(
                source.place(*pointer),
                f"$ref {reference[:120]!r} leaves the file",
                "Bundle the contract into one file first, e.g. with `npx @redocly/cli "
                "bundle`.",
            )


_LITERALS = frozenset({"example", "default", "enum", "const"})
# What is below these is called as somebody likes: `default` is a response there.
_NAMES = frozenset("""
    properties patternProperties dependentSchemas $defs definitions schemas responses
    parameters headers examples requestBodies links callbacks securitySchemes pathItems
    paths content
    """.split())


def _references(root: Json) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Every `$ref` outside of literal values, and where it stands."""
    pending: list[tuple[Json, tuple[str | int, ...]]] = [(root, ())]
    while pending:
        node, pointer = pending.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                named = bool(pointer) and pointer[-1] in _NAMES
                literal = key in _LITERALS or (
                    isinstance(value, list)
                    if key == "examples"
                    else key == "value" and "examples" in pointer[-2:-1]
                )
                if key == "$ref" and isinstance(value, str):
                    yield value, (*pointer, key)
                elif named or not literal:
                    pending.append((value, (*pointer, key)))
        elif isinstance(node, list):
            pending.extend((item, (*pointer, n)) for n, item in enumerate(node))


# A handler of no scheme: nothing is fetched or opened to check a contract.
_STAY_INSIDE = dict.fromkeys(
    ("<all_urls>", "http", "https", "file"), UrllibHandler("none")
)


class _Validator30(OpenAPIV30SpecValidator):
    resolver_handlers = _STAY_INSIDE


class _Validator31(OpenAPIV31SpecValidator):
    resolver_handlers = _STAY_INSIDE


def _validate(document: Document, data: dict[str, Json]) -> None:
    """Check against the OpenAPI schema; the first problem is reported."""
    version = str(data["openapi"])
    validator = _Validator30 if version.startswith("3.0") else _Validator31
    try:
        error = next(validator(data).iter_errors(), None)
    except RecursionError:
        raise ContractError(
            document.name,
            "refers to itself without end, or is nested too deeply",
            "Break the cycle of $refs with an object schema.",
        ) from None
    except Exception as problem:
        raise ContractError(
            document.name,
            f"cannot be checked: {type(problem).__name__}: {str(problem)[:200]}",
            "Check the file with an OpenAPI linter.",
        ) from problem
    if error is not None:
        pointer = tuple(error.absolute_path) if hasattr(error, "absolute_path") else ()
        where = "/".join(str(step) for step in pointer)
        raise ContractError(
            document.place(*pointer),
            f"{error.message[:300]}" + (f" (at {where})" if where else ""),
            "Correct it to the OpenAPI specification.",
        )
