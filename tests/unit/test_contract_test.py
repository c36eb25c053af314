"""What the contract test of a project takes for an answer to valid data."""

import tomllib
from pathlib import Path

import pytest

from groundplan.documents import contract_test

from .projects import Data, domain_of, operation, small


def accepted(folder: Path, contract: Data) -> dict[str, list[int | str]]:
    """The statuses that are named, by operation."""
    told = tomllib.loads(contract_test(domain_of(folder, contract)))
    return {
        one["include-name"]: one["checks"]["positive_data_acceptance"][
            "expected-statuses"
        ]
        for one in told.get("operations", ())
        if "checks" in one
    }


@pytest.mark.parametrize("status", ["402", "404"])
def test_what_pays_may_be_declined(tmp_path: Path, status: str) -> None:
    contract = small()
    contract["paths"]["/it"]["get"]["responses"][status] = {"description": "No."}
    assert status in operation(domain_of(tmp_path, contract), "getIt").errors
    found = accepted(tmp_path, contract)
    if status == "402":
        assert {402, 409, "2xx"} <= set(found["GET /it"])
    else:
        assert found == {}
