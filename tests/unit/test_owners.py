"""Owners of items, roles of callers and the order of lists, as the overlay says."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.domain import Domain, Storage
from groundplan.errors import ContractError
from groundplan.understanding import understand

from .projects import CONTRACTS, Data, operation, written


def magazine() -> Data:
    data: Data = yaml.safe_load((CONTRACTS / "magazine.yaml").read_text("utf-8"))
    return data


def domain_of(folder: Path, contract: Data) -> Domain:
    return understand(written(folder, contract), None)[1]


def storage(domain: Domain, identifier: str) -> Storage:
    found = operation(domain, identifier).answer
    assert isinstance(found, Storage), found
    return found


def created_by(contract: Data) -> Data:
    part: Data = contract["components"]["schemas"]["Issue"]["allOf"][1]
    found: Data = part["properties"]["createdBy"]
    return found


class TestOwners:
    def test_a_property_names_the_owner(self, tmp_path: Path) -> None:
        contract = magazine()
        created_by(contract)["x-owner"] = True
        domain = domain_of(tmp_path, contract)
        assert storage(domain, "withdrawIssue").owner == "created_by"
        assert storage(domain, "getIssue").owner is None, "anybody may read it"
        assert [f.name for f in storage(domain, "planIssue").caller] == ["created_by"]
        column = storage(domain, "planIssue").entity.column("created_by")
        assert column and column.index and not column.nullable

    def test_a_schema_gets_a_column_of_its_own(self, tmp_path: Path) -> None:
        contract = magazine()
        contract["components"]["schemas"]["Letter"]["x-owner"] = True
        found = storage(domain_of(tmp_path, contract), "writeLetter")
        assert found.entity.owner == "owner_id"
        assert [f.name for f in found.caller] == ["owner_id", "author"]

    @pytest.mark.parametrize(
        "changes",
        [
            {"type": "integer"},
            {"format": "date"},
            {"maxLength": 20},
            {"pattern": "^[a-z]+$"},
        ],
    )
    def test_it_has_to_hold_the_id_of_an_account(
        self, tmp_path: Path, changes: Data
    ) -> None:
        contract = magazine()
        created_by(contract).update({"x-owner": True} | changes)
        with pytest.raises(ContractError, match=r"openapi.yaml:\d+: x-owner"):
            domain_of(tmp_path, contract)


class TestRoles:
    def test_a_caller_needs_one_of_them(self, tmp_path: Path) -> None:
        contract = magazine()
        contract["paths"]["/issues/{number}"]["delete"]["x-roles"] = ["MODERATOR"]
        found = operation(domain_of(tmp_path, contract), "withdrawIssue")
        assert found.roles == ("MODERATOR",)
        assert "403" in found.errors

    @pytest.mark.parametrize("roles", ["ADMIN", [], ["KING"], [1], {"ADMIN": True}])
    def test_others_are_refused(self, tmp_path: Path, roles: Any) -> None:
        contract = magazine()
        contract["paths"]["/issues/{number}"]["delete"]["x-roles"] = roles
        with pytest.raises(ContractError, match=r"openapi.yaml:\d+: x-roles"):
            domain_of(tmp_path, contract)

    def test_an_open_operation_has_none(self, tmp_path: Path) -> None:
        contract = magazine()
        contract["paths"]["/issues"]["get"]["x-roles"] = ["ADMIN"]
        with pytest.raises(ContractError, match="asks nobody who they are"):
            domain_of(tmp_path, contract)


class TestOrder:
    @pytest.mark.parametrize(
        ("given", "found"), [("-createdAt", "-created_at"), ("number", "number")]
    )
    def test_a_list_has_its_own(self, tmp_path: Path, given: str, found: str) -> None:
        contract = magazine()
        contract["paths"]["/issues"]["get"]["x-sort"] = given
        assert storage(domain_of(tmp_path, contract), "listIssues").usual_sort == found

    def test_by_something_that_the_items_have(self, tmp_path: Path) -> None:
        contract = magazine()
        contract["paths"]["/issues"]["get"]["x-sort"] = "lettersCount"
        with pytest.raises(ContractError, match=r"openapi.yaml:\d+: x-sort"):
            domain_of(tmp_path, contract)
