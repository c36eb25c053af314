"""What the contract test of a project takes for an answer to valid data."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.documents import contract_test

from ..checkout import REPOSITORY
from .projects import Data, domain_of, operation, small

CONTRACTS = REPOSITORY / "tests" / "contracts"


def told(folder: Path, contract: Data) -> dict[str, Any]:
    """What is said of checks, by operation."""
    text = contract_test(domain_of(folder, contract))
    blocks = tomllib.loads(text).get("operations", ())
    return {one["include-name"]: one["checks"] for one in blocks if "checks" in one}


@pytest.mark.parametrize("status", ["402", "404"])
def test_what_pays_may_be_declined(tmp_path: Path, status: str) -> None:
    contract = small()
    contract["paths"]["/it"]["get"]["responses"][status] = {"description": "No."}
    assert status in operation(domain_of(tmp_path, contract), "getIt").errors
    found = told(tmp_path, contract)
    if status == "402":
        accepted = found["GET /it"]["positive_data_acceptance"]["expected-statuses"]
        assert {402, 409, "2xx"} <= set(accepted)
    else:
        assert found == {}


def test_an_item_may_be_gone_by_another_path(tmp_path: Path) -> None:
    contract = yaml.safe_load((CONTRACTS / "parcels.yaml").read_text("utf-8"))
    for item in contract["paths"].values():
        for of_item in item.values():
            if isinstance(of_item, dict) and of_item["tags"] == ["Parcels v1"]:
                of_item["tags"] = ["Parcels"]
    found = told(tmp_path, contract)
    methods = ("DELETE", "GET")
    expected = {
        f"{method} /v{n}/parcels/{{parcelId}}" for method in methods for n in "12"
    }
    assert set(found) == expected | {"PATCH /v2/parcels/{parcelId}"}
    for checks in found.values():
        assert checks == {"ensure_resource_availability": {"enabled": False}}
