"""A contract and its overlay: read, checked, and merged to the effective contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from . import overlay as overlays
from .errors import ContractError
from .mend import mend
from .reader import Document, Json, read
from .remarks import Remark
from .rules import Rules
from .specification import problems
from .walk import Pointer, Visited, parse_pointer, walk

__all__ = ["METHODS", "Contract", "amended", "completed", "load", "parse_pointer"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Contract:
    """A checked contract: as written, its overlay, and both together."""

    source: Document
    overlay: Document | None
    effective: dict[str, Json]
    remarks: tuple[Remark, ...] = ()
    """Small faults of the source, which are mended in it."""
    written: Mapping[Pointer, str] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Where the overlay changed a part."""
    idle: tuple[Remark, ...] = ()
    """The actions of the overlay that match nothing."""
    completion: Document | None = None
    """What an answer added to both, as an overlay whose name says which answer."""

    def place(self, *pointer: str | int) -> str:
        """Where a part of the effective contract was written: its file and line."""
        for length in range(len(pointer), 0, -1):
            if pointer[:length] in self.written:
                return self.written[pointer[:length]]
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
            node = self._at(parse_pointer(reference), reference, pointer)
            pointer = parse_pointer(reference)
        if not isinstance(node, dict):
            raise ContractError(
                self.place(*pointer), "expected an object here", "See the OpenAPI spec."
            )
        return node, pointer

    def _at(self, target: Pointer, reference: str, pointer: Pointer) -> Json:
        node: Json = self.effective
        for step in target:
            try:
                node = (
                    node[int(step)] if isinstance(node, list) else node[step]  # type: ignore[index]
                )
            except (KeyError, IndexError, TypeError, ValueError):
                raise ContractError(
                    self.place(*pointer),
                    f"$ref {reference[:120]!r} points to nothing",
                    "Define it under components.",
                ) from None
        return node

    def check(self) -> None:
        """Raise ContractError for the first rule of OpenAPI that is broken."""
        objects = list(walk(self.effective))
        self._stays_inside(objects)
        for pointer, message in self._problems():
            where = "/".join(str(step) for step in pointer)
            raise ContractError(
                self.place(*pointer),
                f"{message[:300]}" + (f" (at {where[:200]})" if where else ""),
                "Correct it to the OpenAPI specification.",
            )
        for node, pointer, is_map, is_extension in objects:
            reference = node.get("$ref")
            if isinstance(reference, str) and not (is_map or is_extension):
                self._at(parse_pointer(reference), reference, (*pointer, "$ref"))
        served = self.overlay is not None
        rules = Rules(self.place, self.effective, self.resolve, served=served)
        rules.check(objects)

    def _stays_inside(self, objects: Sequence[Visited]) -> None:
        for node, pointer, _, _ in objects:
            reference = node.get("$ref")
            if isinstance(reference, str) and not reference.startswith("#/"):
                if reference.startswith("#"):
                    raise ContractError(
                        self.place(*pointer, "$ref"),
                        f"$ref {reference[:120]!r} is no pointer into the file",
                        "Refer to a place by its keys: `#/components/...`.",
                    )
                raise ContractError(
                    self.place(*pointer, "$ref"),
                    f"$ref {reference[:120]!r} leaves the file",
                    "Bundle the contract into one file first, e.g. with `npx "
                    "@redocly/cli bundle`.",
                )

    def _problems(self) -> list[tuple[Pointer, str]]:
        """What OpenAPI's schemas refuse, in the order of the file."""
        try:
            found = problems(self.effective)
        except ValueError as problem:
            raise ContractError(
                self.source.name,
                f"cannot be checked: {type(problem).__name__}: {str(problem)[:200]}",
                "Check the file with an OpenAPI linter.",
            ) from problem
        return sorted(
            found, key=lambda problem: int(self.place(*problem[0]).rpartition(":")[2])
        )


def load(
    contract: Path, overlay: Path | None = None, *, check: bool = True
) -> Contract:
    """Read and check a contract, and its overlay where there is one.

    Raises ContractError naming file, line and the rule broken.
    """
    bare = _bare(read(contract))
    if overlay is None:
        if check:
            bare.check()
        return bare
    return amended(bare, read(overlay), check=check)


def amended(bare: Contract, overlay: Document, *, check: bool = True) -> Contract:
    """A contract with its overlay, checked as a whole. Raises ContractError."""
    written: dict[Pointer, str] = {}
    idle: list[Remark] = []
    try:
        effective = overlays.apply(bare.source.data, overlay, written, idle)
    except ContractError:
        bare.check()  # what it does not fit may be the cause
        raise
    if effective.get("openapi") != bare.effective["openapi"]:
        raise ContractError(
            written.get(("openapi",), overlay.name),
            "an overlay does not change the version of OpenAPI",
            "Remove the action, or convert the contract.",
        )
    contract = Contract(
        bare.source, overlay, effective, bare.remarks, written, tuple(idle)
    )
    if check:
        contract.check()
    return contract


def completed(contract: Contract, completion: Document) -> Contract:
    """A contract with what an answer adds to it. Raises ContractError."""
    written = {**contract.written}
    effective = overlays.apply(contract.effective, completion, written)
    whole = replace(
        contract, effective=effective, written=written, completion=completion
    )
    whole.check()
    return whole


def _bare(source: Document) -> Contract:
    _check_version(source)
    remarks = tuple(mend(source))
    return Contract(source, None, source.data, remarks)


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
