"""The first overlay: what it adds to a contract, and that it adds it once."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonpath_rfc9535 import find

from groundplan import documents
from groundplan.amendments import json_path
from groundplan.contract import Contract, load
from groundplan.domain import Storage
from groundplan.error_formats import FORMATS
from groundplan.infer import infer
from groundplan.seed import seed
from groundplan.understanding import understand

from .projects import Data, library, loaded, small, written


def seeded(folder: Path, contract: Data) -> Data:
    made = loaded(folder, contract)
    return seed(made, infer(made))


def effective(folder: Path, contract: Data) -> Any:
    made, _, text = understand(written(folder, contract), None)
    assert text is not None
    return made.effective


def targets(overlay: Data) -> dict[str, Any]:
    return {action["target"]: action["update"] for action in overlay["actions"]}


def test_every_action_says_why(tmp_path: Path) -> None:
    overlay = seeded(tmp_path, library())
    assert overlay["overlay"] == "1.0.0"
    assert "Library" in overlay["info"]["title"]
    assert overlay["actions"]
    for action in overlay["actions"]:
        assert action["description"], action
        assert action.get("update") or action.get("remove"), action


class TestTokens:
    def test_they_open_what_another_scheme_opens(self, tmp_path: Path) -> None:
        contract = library()
        del contract["components"]["securitySchemes"]["token"]
        contract["paths"]["/v1/statistics"]["get"]["security"].pop()
        result = effective(tmp_path, contract)
        added = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        assert result["components"]["securitySchemes"]["bearerAuth"] == added
        assert result["security"] == [{"basicAuth": []}, {"bearerAuth": []}]
        statistics = result["paths"]["/v1/statistics"]["get"]
        assert {"bearerAuth": []} in statistics["security"]
        assert result["paths"]["/books"]["get"]["security"] == []

    def test_a_name_that_is_taken_is_left_alone(self, tmp_path: Path) -> None:
        contract = library()
        schemes = contract["components"]["securitySchemes"]
        schemes["bearerAuth"] = {"type": "apiKey", "in": "header", "name": "X"}
        result = effective(tmp_path, contract)["components"]["securitySchemes"]
        assert result["bearerAuth"]["type"] == "apiKey"
        assert result["bearerAuth2"]["scheme"] == "bearer"

    @pytest.mark.parametrize(
        "scheme",
        [
            {"type": "http", "scheme": "bearer"},
            {"type": "openIdConnect", "openIdConnectUrl": "https://example.com/x"},
        ],
    )
    def test_a_contract_that_takes_them_is_left_alone(
        self, tmp_path: Path, scheme: Data
    ) -> None:
        contract = small() | {"security": [{"own": []}]}
        contract["components"]["securitySchemes"] = {"own": scheme}
        assert "['security']" not in str(targets(seeded(tmp_path, contract)))

    def test_an_open_contract_is_left_open(self, tmp_path: Path) -> None:
        result = effective(tmp_path, small())
        assert "securitySchemes" not in result.get("components", {})


class TestBodies:
    def test_named_and_nested_ones_are_closed(self, tmp_path: Path) -> None:
        contract = library()
        body = contract["paths"]["/members"]["post"]["requestBody"]["content"]
        author = {"$ref": "#/components/schemas/Author"}
        body["application/json"]["schema"]["properties"]["favourite"] = author
        result = effective(tmp_path, contract)
        enrol = result["paths"]["/members"]["post"]["requestBody"]["content"]
        schemas = result["components"]["schemas"]
        assert enrol["application/json"]["schema"]["additionalProperties"] is False
        assert schemas["Author"]["additionalProperties"] is False
        assert "additionalProperties" not in schemas["Member"]

    def test_what_others_build_on_stays_open(self, tmp_path: Path) -> None:
        schemas = effective(tmp_path, library())["components"]["schemas"]
        assert "additionalProperties" not in schemas["NewBook"]

    def test_what_the_contract_says_wins(self, tmp_path: Path) -> None:
        contract = library()
        contract["components"]["schemas"]["NewBook"]["additionalProperties"] = True
        schemas = effective(tmp_path, contract)["components"]["schemas"]
        assert schemas["NewBook"]["additionalProperties"] is True

    def test_all_of_is_closed_where_the_dialect_can(self, tmp_path: Path) -> None:
        body = {
            "allOf": [
                {"$ref": "#/components/schemas/A"},
                {"properties": {"b": {"type": "string"}}},
            ]
        }
        contract = small()
        contract["components"]["schemas"]["A"] = {
            "type": "object",
            "properties": {"a": {"type": "string"}},
        }
        contract["paths"]["/it"]["post"] = {
            "requestBody": {"content": {"application/json": {"schema": body}}},
            "responses": {"204": {"description": "x"}},
        }
        operation = effective(tmp_path, contract)["paths"]["/it"]["post"]
        closed = operation["requestBody"]["content"]["application/json"]["schema"]
        assert closed["unevaluatedProperties"] is False
        old = effective(tmp_path, contract | {"openapi": "3.0.3"})["paths"]["/it"]
        assert "unevaluatedProperties" not in str(old)


class TestLists:
    def listed(self, folder: Path, name: str, schema: Data) -> Data:
        """The parameter of a list of books, as the overlay leaves it."""
        contract = library()
        contract["paths"]["/books"]["get"]["parameters"] = [
            {"name": name, "in": "query", "schema": schema}
        ]
        found = effective(folder, contract)["paths"]["/books"]["get"]["parameters"]
        assert isinstance(found[0]["schema"], dict)
        return found[0]["schema"]

    def test_a_list_is_sorted_by_what_its_items_have(self, tmp_path: Path) -> None:
        pattern = self.listed(tmp_path, "sort", {"type": "string"})["pattern"]
        for good in ("title", "-title", "+createdAt", "title:asc", "pages:desc"):
            assert re.search(pattern, good), good
        for bad in ("", "nothing", "title:up", "title asc", "-", "title,pages"):
            assert not re.search(pattern, bad), bad

    def test_what_a_contract_says_of_sorting_stays(self, tmp_path: Path) -> None:
        said = {"type": "string", "enum": ["title", "-title"]}
        assert self.listed(tmp_path, "sort", said) == said

    @pytest.mark.parametrize("usual", ["created desc", "rating", "-popularity"])
    def test_an_order_that_nobody_knows_is_left_open(
        self, tmp_path: Path, usual: str
    ) -> None:
        said = {"type": "string", "default": usual}
        assert self.listed(tmp_path, "sort", said) == said
        (operation,) = (
            operation
            for context in understand(tmp_path / "openapi.yaml", None)[1].contexts
            for operation in context.operations
            if operation.id == "listBooks"
        )
        assert isinstance(operation.answer, Storage)
        assert (operation.answer.sort, operation.answer.ignored) == (None, ("sort",))

    def test_a_cursor_is_whatever_the_service_gives(self, tmp_path: Path) -> None:
        said = {"type": "string", "maxLength": 20, "pattern": "^[0-9a-f]+$"}
        assert self.listed(tmp_path, "cursor", said) == {"type": "string"}


class TestNumbers:
    def test_pages_are_bounded(self, tmp_path: Path) -> None:
        result = effective(tmp_path, library())
        page = result["components"]["parameters"]["Page"]["schema"]
        assert (page["minimum"], page["maximum"]) == (1, 100_000)
        limit = result["paths"]["/books"]["get"]["parameters"][1]["schema"]
        assert (limit["minimum"], limit["maximum"]) == (1, 100)

    def test_stored_integers_fit_their_column(self, tmp_path: Path) -> None:
        schemas = effective(tmp_path, library())["components"]["schemas"]
        pages = schemas["NewBook"]["properties"]["pages"]
        assert (pages["minimum"], pages["maximum"]) == (-(2**63), 2**63 - 1)
        born = schemas["Author"]["properties"]["born"]
        assert born["maximum"] == 2**63 - 1

    def test_bounds_of_the_contract_win(self, tmp_path: Path) -> None:
        contract = library()
        pages = contract["components"]["schemas"]["NewBook"]["properties"]["pages"]
        pages |= {"minimum": 1, "format": "int32"}
        schemas = effective(tmp_path, contract)["components"]["schemas"]
        found = schemas["NewBook"]["properties"]["pages"]
        assert (found["minimum"], found["maximum"]) == (1, 2**31 - 1)


class TestErrors:
    def test_they_are_declared_where_they_can_be_answered(self, tmp_path: Path) -> None:
        result = effective(tmp_path, library())
        books = result["paths"]["/books"]
        assert set(books["post"]["responses"]) == {
            "201",
            "400",
            "401",
            "409",
            "413",
            "415",
            "422",
        }
        assert set(books["get"]["responses"]) == {"200", "422"}
        item = result["paths"]["/books/{bookId}"]
        assert set(item["delete"]["responses"]) == {"204", "401", "404", "412", "422"}
        assert set(item["get"]["responses"]) == {"200", "304", "404", "422"}
        assert "ETag" in item["get"]["responses"]["200"]["headers"]
        assert "content" not in item["get"]["responses"]["304"]

    def test_a_default_covers_them_all(self, tmp_path: Path) -> None:
        result = effective(tmp_path, library())
        reserve = result["paths"]["/books/{bookId}/reservations"]["post"]
        assert set(reserve["responses"]) == {"204", "default"}

    def test_names_that_are_taken_are_left_alone(self, tmp_path: Path) -> None:
        contract = library()
        contract["components"]["schemas"]["Problem"] = {"type": "string"}
        contract["components"]["responses"] = {"Problem404": {"description": "own"}}
        components = effective(tmp_path, contract)["components"]
        assert components["schemas"]["Problem"] == {"type": "string"}
        assert components["responses"]["Problem404"] == {"description": "own"}
        assert "Problem2" in components["schemas"]

    def test_components_may_be_missing(self, tmp_path: Path) -> None:
        contract = small()
        del contract["components"]
        get = contract["paths"]["/it"]["get"]
        get["parameters"] = [{"name": "a", "in": "query", "schema": {"type": "string"}}]
        result = effective(tmp_path, contract)
        assert "Problem" in result["components"]["schemas"]


FAILURE = {
    "type": "object",
    "required": ["message"],
    "properties": {"message": {"type": "string"}},
}
TENANT = {
    "type": "object",
    "required": ["tenant"],
    "properties": {"tenant": {"type": "string"}},
}
JSON, PROBLEM = "application/json", "application/problem+json"


def failing() -> Data:
    """A contract with an operation that declares errors in several ways."""
    contract = small()
    get = contract["paths"]["/it"]["get"]
    get["parameters"] = [{"name": "a", "in": "query", "schema": {"type": "string"}}]
    get["responses"] |= {
        "400": {"description": "No.", "content": {JSON: {"schema": FAILURE}}},
        "404": {"$ref": "#/components/responses/Nothing"},
        "409": {"description": "No.", "content": {JSON: {"schema": TENANT}}},
        "410": {"description": "No.", "content": {PROBLEM: {"schema": TENANT}}},
    }
    contract["components"]["responses"] = {"Nothing": {"description": "Nothing."}}
    return contract


def contents(folder: Path, contract: Data, error_format: str) -> dict[str, Any]:
    """The content of each error response, references followed, by its status."""
    path = written(folder, contract)
    made, _, _ = understand(path, None, error_format)
    effective: Any = made.effective
    found = {}
    for status, response in effective["paths"]["/it"]["get"]["responses"].items():
        response, _ = made.resolve(response, ())
        content: Any = response.get("content", {})
        found[status] = {
            media: made.resolve(entry["schema"], ())[0]
            for media, entry in content.items()
        }
    return found


class TestErrorFormats:
    def test_the_contract_s_own(self, tmp_path: Path) -> None:
        found = contents(tmp_path, failing(), "contract")
        assert found["400"] == {JSON: FAILURE}
        assert found["404"] == {JSON: FAILURE}, "declared without content"
        assert found["422"] == {JSON: FAILURE}, "not declared"
        assert [*found["409"]] == [JSON, PROBLEM]
        assert found["409"][JSON] == TENANT
        assert "status" in found["410"][PROBLEM]["properties"]

    def test_what_cannot_be_filled_is_said(self, tmp_path: Path) -> None:
        made = loaded(tmp_path, failing())
        actions = seed(made, infer(made), "contract")["actions"]
        assert isinstance(actions, list)
        words = [str(action["description"]) for action in actions]  # type: ignore[index,call-overload]
        assert any("getIt 409" in said and "`tenant`" in said for said in words)

    def test_problems_stand_beside_what_is_declared(self, tmp_path: Path) -> None:
        found = contents(tmp_path, failing(), "problem")
        for status in ("400", "409"):
            assert [*found[status]] == [JSON, PROBLEM]
        problem = found["400"][PROBLEM]
        assert problem["required"] == ["type", "title", "status", "code"]
        for status in ("404", "410", "422"):
            assert found[status] == {PROBLEM: problem}

    @pytest.mark.parametrize("name", ["envelope", "flat"])
    def test_other_formats_replace_what_is_declared(
        self, tmp_path: Path, name: str
    ) -> None:
        found = contents(tmp_path, failing(), name)
        answered = found["422"]
        assert [*answered] == [JSON]
        assert answered[JSON]["required"] == FORMATS[name].schema["required"]
        assert all(found[status] == answered for status in ("404", "409", "410"))
        # what every error of the format is a value of can stay
        assert found["400"] == ({JSON: FAILURE} if name == "flat" else answered)

    @pytest.mark.parametrize("name", ["contract", "problem", "envelope", "flat"])
    def test_a_contract_that_says_so_is_left_alone(
        self, tmp_path: Path, name: str
    ) -> None:
        again = complete(tmp_path, failing(), name)
        assert seed(again, infer(again), name)["actions"] == []

    def test_an_equal_schema_is_used(self, tmp_path: Path) -> None:
        contract = failing()
        own = {**FORMATS["flat"].schema}
        contract["components"]["schemas"]["Oops"] = own
        made, _, _ = understand(written(tmp_path, contract), None, "flat")
        components: Any = made.effective["components"]
        assert [*components["schemas"]] == ["Oops"]


def complete(folder: Path, contract: Data, error_format: str | None = None) -> Contract:
    """A contract as it is with its first overlay, as a contract of its own."""
    path = written(folder, contract)
    _, domain, _ = understand(path, None, error_format)
    path = folder / "complete.yaml"
    path.write_text(documents.effective(domain), encoding="utf-8")
    return load(path)


@pytest.mark.parametrize("make", [library, small])
def test_a_complete_contract_is_left_alone(tmp_path: Path, make: Any) -> None:
    again = complete(tmp_path, make())
    assert seed(again, infer(again))["actions"] == []


def test_the_contract_itself_is_not_changed(tmp_path: Path) -> None:
    made = loaded(tmp_path, library())
    before = copy.deepcopy(made.effective)
    seed(made, infer(made))
    assert made.effective == before


def test_it_is_written_so_that_it_reads_back(tmp_path: Path) -> None:
    overlay = seeded(tmp_path, library())
    assert yaml.safe_load(documents.dump(overlay)) == overlay


@given(st.text(st.characters(codec="utf-8"), max_size=20), st.integers(0, 2))
def test_any_name_can_be_targeted(name: str, number: int) -> None:
    data = {name: [{"x": "first"}, {"x": "second"}, {"x": "third"}], f"{name}'": 0}
    (node,) = find(json_path((name, number, "x")), data)
    assert node.value == data[name][number]["x"]  # type: ignore[index]
