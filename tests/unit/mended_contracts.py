"""Contracts with small faults, and what they are read as."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from groundplan.contract import Contract
from groundplan.infer import infer

from .projects import Data, loaded

PROPERTIES = ("paths", "/it", "get", "responses", "200", "content", "application/json")
TEXT: Data = {"type": "string"}
OK: Data = {"200": {"description": "It."}}
Change: TypeAlias = Callable[[Data], object]


def at(contract: Data, *pointer: str) -> Any:
    for step in pointer:
        contract = contract[step]
    return contract


def shown(contract: Contract) -> Data:
    """The properties of the only answer."""
    found = at(contract.effective, *PROPERTIES, "schema", "properties")
    assert isinstance(found, dict)
    return found


def mended(folder: Path, contract: Data) -> tuple[Contract, list[str]]:
    """The contract as it is read, and what is said about it."""
    read = loaded(folder, contract)
    infer(read)
    return read, [remark.message for remark in read.remarks]


def get(contract: Data) -> Data:
    found = contract["paths"]["/it"]["get"]
    assert isinstance(found, dict)
    return found


def parameters(*given: Data) -> Change:
    return lambda contract: get(contract).update(parameters=list(given))


def in_path(name: str) -> Data:
    return {"name": name, "in": "path", "required": True, "schema": TEXT}
