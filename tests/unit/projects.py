"""Contracts and generated projects for tests, without the parts that Copier renders."""

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from groundplan import generate, workspace
from groundplan.contract import Contract, load
from groundplan.domain import Context, Domain, Operation
from groundplan.infer import infer
from groundplan.workspace import Project

CONTRACTS = Path(__file__).parents[1] / "contracts"
LIBRARY = CONTRACTS / "library.yaml"

Data: TypeAlias = dict[str, Any]


def library() -> Data:
    """The contract of the library, to be changed."""
    data = yaml.safe_load(LIBRARY.read_text("utf-8"))
    assert isinstance(data, dict)
    return data


def shelf() -> Data:
    """The part of the library's contract that has one of each kind of file."""
    contract = library()
    kept = ("/books", "/books/{bookId}", "/books/{bookId}/reservations")
    paths = contract["paths"]
    contract["paths"] = {path: paths[path] for path in kept}
    contract["paths"]["/v1/statistics"] = paths["/v1/statistics"]
    for path, methods in (("/books", ["get"]), ("/books/{bookId}", ["put", "patch"])):
        for method in methods:
            del contract["paths"][path][method]
    return contract


def small(**schemas: Data) -> Data:
    """A contract with one operation, whose answer has a property for each schema."""
    answer = {"type": "object", "properties": copy.deepcopy(schemas)}
    content = {"application/json": {"schema": answer}}
    responses = {"200": {"description": "It.", "content": content}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Small", "version": "1"},
        "paths": {"/it": {"get": {"operationId": "getIt", "responses": responses}}},
        "components": {"schemas": {}},
    }


def written(folder: Path, contract: Data, name: str = "openapi.yaml") -> Path:
    """A contract as a file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(json.dumps(contract), encoding="utf-8")
    return path


def loaded(folder: Path, contract: Data) -> Contract:
    return load(written(folder, contract))


def domain_of(folder: Path, contract: Data) -> Domain:
    return infer(loaded(folder, contract))


def context(domain: Domain, name: str) -> Context:
    return next(c for c in domain.contexts if c.name == name)


def operation(domain: Domain, identifier: str) -> Operation:
    every = (o for c in domain.contexts for o in c.operations)
    return next(o for o in every if o.id == identifier)


def project(
    folder: Path,
    contract: Data,
    *,
    auth: str = "jwt",
    contexts: list[str] | None = None,
    error_format: str = "problem",
) -> Project:
    """A project whose merged files are missing: its contract, answers and locks."""
    path = written(folder / "contracts", contract)
    if contexts is None:
        contexts = [c.name for c in infer(load(path)).contexts]
    answers = {
        "package": "shop",
        "auth": auth,
        "contexts": contexts,
        "error_format": error_format,
    }
    (folder / workspace.ANSWERS).write_text(yaml.safe_dump(answers), encoding="utf-8")
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (folder / lock).write_text("", encoding="utf-8")
    return workspace.open_project(folder)


def generated(folder: Path, contract: Data) -> Project:
    made = project(folder, contract)
    generate.generate(made)
    return made


def state(folder: Path) -> Mapping[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
