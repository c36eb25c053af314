"""Versions: where contracts have them, what they share, what the answer adds."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.api_versions import (
    unversioned,
    version_in_base,
    version_of,
    versions_of,
    without_version,
)
from groundplan.domain import Domain, Storage, Stub
from groundplan.errors import ContractError
from groundplan.generate import generate
from groundplan.overlay import amendments
from groundplan.platform_paths import platform_path
from groundplan.understanding import understand
from groundplan.workspace import ANSWERS, open_project

from .projects import CONTRACTS, Data, context, operation, project, small, written


def parcels() -> Data:
    data: Data = yaml.safe_load((CONTRACTS / "parcels.yaml").read_text("utf-8"))
    return data


def domain_of(folder: Path, contract: Data, versioning: str = "none") -> Domain:
    return understand(written(folder, contract), None, versioning=versioning)[1]


def effective(folder: Path, contract: Data, versioning: str) -> Any:
    return domain_of(folder, contract, versioning).effective


class TestPlaces:
    @pytest.mark.parametrize(
        ("path", "version", "bare"),
        [
            ("/v1/users", 1, "/users"),
            ("/api/v12/users/{id}", 12, "/api/users/{id}"),
            ("/v0/users", 0, "/users"),
            ("/v1", 1, ""),
            ("/users", None, "/users"),
            ("/users/v1", None, "/users/v1"),
            ("/v1beta/users", None, "/v1beta/users"),
            ("/v01/users", None, "/v01/users"),
            ("/v12345/users", None, "/v12345/users"),
            ("/vehicles", None, "/vehicles"),
        ],
    )
    def test_in_paths(self, path: str, version: int | None, bare: str) -> None:
        assert (version_of(path), unversioned(path)) == (version, bare)

    @pytest.mark.parametrize(
        ("url", "version", "bare"),
        [
            ("/api/v3", 3, "/api"),
            ("/v1", 1, "/"),
            ("/v1/eu", 1, "/eu"),
            ("/api", None, "/api"),
            ("", None, "/"),
        ],
    )
    def test_in_servers(self, url: str, version: int | None, bare: str) -> None:
        assert (version_in_base(url), without_version(url)) == (version, bare)

    @pytest.mark.parametrize(
        ("said", "number"),
        [("3.1.4", 3), ("v2", 2), ("0.9", 0), ("draft", 1), ("2026-11-28", 2026)],
    )
    def test_in_the_information(self, said: str, number: int) -> None:
        found = versions_of({"info": {"version": said}, "paths": {"/users": {}}}, "")
        assert (found.served, found.heads) == ((number,), ())

    def test_what_names_it_first_counts(self) -> None:
        contract: Any = {"info": {"version": "9"}, "paths": {"/users": {}}}
        assert versions_of(contract, "/api/v3").served == (3,)
        assert versions_of(contract | {"x-api-version": 4}, "/api/v3").served == (4,)
        paths: Any = {"/v10/a": {}, "/api/v2/a": {}, "/b": {}}
        found = versions_of(contract | {"paths": paths, "x-api-version": 4}, "/v3")
        assert (found.served, found.heads) == ((2, 10), ("/api", ""))


class TestOneTable:
    def test_the_newest_version_has_it(self, tmp_path: Path) -> None:
        domain = domain_of(tmp_path, parcels())
        assert [c.name for c in domain.contexts] == ["parcels", "depots"]
        (entity,) = context(domain, "parcels").entities
        assert (entity.model, entity.table) == ("Parcel", "parcels")
        assert entity.collection_path == "/v2/parcels"
        for name in ("listParcelsV1", "createParcelV1", "getParcelV1", "getParcel"):
            answer = operation(domain, name).answer
            assert isinstance(answer, Storage) and answer.entity == entity, name

    def test_what_does_not_fit_is_a_stub_that_says_what(self, tmp_path: Path) -> None:
        answer = operation(domain_of(tmp_path, parcels()), "replaceParcelV1").answer
        assert isinstance(answer, Stub) and answer.code == "version"
        for words in (
            "it is of version 1, and Parcel has the fields of version 2",
            "it takes ParcelReplacementV1, and the item has no kilograms",
            "override replace_parcel_v1 in service.py",
        ):
            assert words in answer.reason

    def test_replies_that_differ_are_named(self, tmp_path: Path) -> None:
        contract = parcels()
        shown = contract["components"]["schemas"]["ParcelV1"]
        shown["properties"]["weight"] = {"type": "number"}
        shown["required"].append("weight")
        answer = operation(domain_of(tmp_path, contract), "getParcelV1").answer
        assert isinstance(answer, Stub)
        assert "it answers ParcelV1 with weight, which Parcel has not" in answer.reason

    def test_a_version_of_one_operation_shares_it_too(self, tmp_path: Path) -> None:
        contract = parcels()
        paths = contract["paths"]
        only_new = {"post": paths["/v2/parcels"]["post"]}
        old = {**paths["/v2/parcels"]}
        del old["post"]
        old["post"] = paths["/v1/parcels"]["post"]
        item = paths["/v2/parcels/{parcelId}"]
        contract["paths"] = {
            "/v1/parcels": old,
            "/v1/parcels/{parcelId}": item,
            "/v2/parcels": only_new,
        }
        domain = domain_of(tmp_path, contract)
        assert [e.table for c in domain.contexts for e in c.entities] == ["parcels"]
        assert isinstance(operation(domain, "createParcel").answer, Storage)

    def test_keys_of_another_type_are_not_taken(self, tmp_path: Path) -> None:
        contract = parcels()
        item = contract["paths"]["/v1/parcels/{parcelId}"]
        number = {"name": "parcelId", "in": "path", "required": True}
        item["parameters"] = [number | {"schema": {"type": "integer"}}]
        answer = operation(domain_of(tmp_path, contract), "cancelParcelV1").answer
        assert isinstance(answer, Stub) and "parcelId" in answer.reason

    def test_a_place_is_told_in_the_version_that_made_it(self, tmp_path: Path) -> None:
        made = project(tmp_path, parcels(), auth="none", contexts=["parcels", "depots"])
        generate(made)
        routes = tmp_path / "src/shop/parcels/generated/routes.py"
        text = routes.read_text("utf-8")
        told = re.findall(r'location\(\s*request,\s*"([^"]*)"', text)
        assert told == ["/v1/parcels/{parcelId}", "/v2/parcels/{parcelId}"]


class TestAnswers:
    def test_none_adds_nothing(self, tmp_path: Path) -> None:
        loaded, _, _ = understand(written(tmp_path, small()), None, versioning="none")
        assert loaded.completion is None

    @pytest.mark.parametrize(
        ("servers", "told"),
        [
            (None, ["/v4"]),
            ([{"url": "/"}, {"url": "https://a.example/api"}], None),
            ([{"url": "https://a.example/api/v3"}], ["https://a.example/api/v3"]),
        ],
    )
    def test_uri_gives_a_version_to_a_contract_without_one(
        self, tmp_path: Path, servers: Any, told: list[str] | None
    ) -> None:
        contract = small()
        contract["info"]["version"] = "4.2"
        contract.pop("servers", None)
        if servers:
            contract["servers"] = servers
        found = effective(tmp_path, contract, "uri")["servers"]
        expected = told or ["/v4", "https://a.example/api/v4"]
        assert [server["url"] for server in found] == expected

    def test_uri_leaves_versions_in_paths_alone(self, tmp_path: Path) -> None:
        found = effective(tmp_path, parcels(), "uri")
        assert found["servers"] == parcels()["servers"]

    @pytest.mark.parametrize("versioning", ["header", "media-type"])
    def test_servers_forget_what_requests_name(
        self, tmp_path: Path, versioning: str
    ) -> None:
        contract = small()
        contract["servers"] = [{"url": "https://a.example/api/v3"}]
        domain = domain_of(tmp_path, contract, versioning)
        assert domain.base_path == "/api"
        assert domain.effective["x-api-version"] == 3
        assert versions_of(domain.effective, domain.base_path).served == (3,)

    def test_the_header_is_declared_and_no_operation_takes_it(
        self, tmp_path: Path
    ) -> None:
        domain = domain_of(tmp_path, parcels(), "header")
        paths: Any = domain.effective["paths"]
        for path, item in paths.items():
            declared = [p for p in item.get("parameters", ()) if "name" in p]
            wanted = [] if path.startswith("/postcodes") else [path[2]]
            assert [
                p["schema"]["enum"][0] for p in declared if p["in"] == "header"
            ] == (wanted)
            for one in item.values():
                if isinstance(one, dict) and wanted:
                    assert "400" in one["responses"], path
        for one in context(domain, "parcels").operations:
            assert not any(p.place == "header" for p in one.parameters)

    def test_a_header_that_the_contract_declares_stays_as_it_is(
        self, tmp_path: Path
    ) -> None:
        contract = parcels()
        own = {"name": "x-api-version", "in": "header", "schema": {"type": "string"}}
        contract["paths"]["/v2/parcels"]["get"]["parameters"].append(own)
        domain = domain_of(tmp_path, contract, "header")
        read = operation(domain, "listParcels").parameters
        assert [p.wire for p in read if p.place == "header"] == ["x-api-version"]

    def test_two_paths_that_are_one_are_refused(self, tmp_path: Path) -> None:
        contract = parcels()
        contract["paths"]["/depots"] = contract["paths"].pop("/postcodes/{postcode}")
        del contract["paths"]["/depots"]["get"]["parameters"]
        assert domain_of(tmp_path, contract, "uri").contexts
        with pytest.raises(ContractError, match=r"/v1/depots and /depots are the same"):
            domain_of(tmp_path, contract, "header")

    def test_the_platform_makes_way_for_what_callers_write(
        self, tmp_path: Path
    ) -> None:
        contract = parcels()
        contract["paths"]["/v1/health"] = {
            "get": {"operationId": "x", "responses": {"204": {"description": "x"}}}
        }
        assert platform_path(domain_of(tmp_path, contract, "header")) == "/platform"
        assert platform_path(domain_of(tmp_path, contract, "uri")) == ""

    def test_it_is_told_under_its_own_name(self, tmp_path: Path) -> None:
        loaded, _, text = understand(
            written(tmp_path, small()), None, versioning="header"
        )
        assert text and "x-names-version" not in text
        assert loaded.completion and loaded.completion.name == "api_versioning=header"
        told = [one.description for one in amendments(loaded.completion)]
        assert any("X-API-Version names" in words for words in told)


def test_another_answer_leaves_nothing_of_the_last(tmp_path: Path) -> None:
    contract = small()
    contract["servers"] = [{"url": "/api/v3"}]
    made = project(tmp_path, contract, auth="none")
    answers = tmp_path / ANSWERS
    plain = answers.read_text("utf-8")
    generate(made)
    first = made.effective.read_bytes()
    module = tmp_path / "src/shop/generated/versions.py"
    for versioning in ("header", "media-type"):
        answers.write_text(f"{plain}api_versioning: {versioning}\n", encoding="utf-8")
        generate(open_project(tmp_path))
        assert "SERVED: Final[tuple[int, ...]] = (3,)" in module.read_text("utf-8")
        assert made.effective.read_bytes() != first
        assert "x-names-version" not in made.overlay.read_text("utf-8")
    answers.write_text(plain, encoding="utf-8")
    generate(open_project(tmp_path))
    assert made.effective.read_bytes() == first
    assert not module.exists()
