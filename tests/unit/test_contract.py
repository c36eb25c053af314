"""Contracts that are refused, each with its line and the rule that it breaks."""

import functools
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from groundplan.contract import load
from groundplan.errors import ContractError
from groundplan.infer import infer
from groundplan.walk import parse_pointer

from .projects import LIBRARY, Data, domain_of, loaded, small

CYCLE = {"$ref": "#/components/schemas/A"}


def refusal(folder: Path, contract: Data) -> str:
    with pytest.raises(ContractError) as raised:
        infer(loaded(folder, contract))
    assert raised.value.hint
    return raised.value.message


def test_a_valid_contract_is_its_own_effective_contract() -> None:
    contract = load(LIBRARY)
    assert contract.effective == contract.source.data
    assert contract.place("paths", "/books", "get", "operationId").startswith(
        "library.yaml:"
    )


class TestVersions:
    def test_swagger_2_is_refused_with_the_way_out(self, tmp_path: Path) -> None:
        path = tmp_path / "old.yaml"
        path.write_text("info: {title: x}\nswagger: '2.0'\n")
        with pytest.raises(
            ContractError, match=r"old\.yaml:2: is a Swagger 2"
        ) as raised:
            load(path)
        assert "swagger2openapi" in str(raised.value)

    @pytest.mark.parametrize("version", ["3.2.0", "2.0", "4", "", "latest", "3.10.0"])
    def test_other_versions_are_refused(self, tmp_path: Path, version: str) -> None:
        contract = small() | {"openapi": version}
        assert "is not OpenAPI 3.0 or 3.1" in refusal(tmp_path, contract)

    def test_a_document_of_another_kind_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "c.yaml"
        path.write_text("asyncapi: 3.0.0\n")
        with pytest.raises(ContractError, match="is not OpenAPI"):
            load(path)

    @pytest.mark.parametrize("version", ["3.0.0", "3.0.4", "3.1.0", "3.1.1"])
    def test_these_are_read(self, tmp_path: Path, version: str) -> None:
        assert domain_of(tmp_path, small() | {"openapi": version}).contexts


def test_an_invalid_document_is_refused_by_its_line(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    text = LIBRARY.read_text("utf-8").replace("required: true", "required: 3", 1)
    path.write_text(text, encoding="utf-8")
    line = text.splitlines().index("        required: 3") + 1
    with pytest.raises(ContractError) as raised:
        load(path)
    assert f"c.yaml:{line}: " in raised.value.message
    assert "requestBody" in raised.value.message


def test_a_contract_without_operations_is_refused(tmp_path: Path) -> None:
    assert "no operation" in refusal(tmp_path, small() | {"paths": {}})


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """A server that nobody may ask; its address and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"description": "x", "type": "string"}')

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as httpd:
        serve = functools.partial(httpd.serve_forever, poll_interval=0.01)
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}/x.json", asked
        httpd.shutdown()


def put_ref(where: str, contract: Data, reference: str) -> None:
    """A reference at one of the places that a contract may have it."""
    get = contract["paths"]["/it"]["get"]
    content = get["responses"]["200"]["content"]["application/json"]
    ref = {"$ref": reference}
    places: dict[str, tuple[Data, str, object]] = {
        "a property": (content["schema"]["properties"], "a", ref),
        "a property called example": (content["schema"]["properties"], "example", ref),
        "a property called default": (content["schema"]["properties"], "default", ref),
        "the default response": (get["responses"], "default", ref),
        "a path": (contract["paths"], "/other", ref),
        "a parameter": (get, "parameters", [ref]),
        "an example": (content, "examples", {"one": ref}),
        "a schema called enum": (contract["components"]["schemas"], "enum", ref),
        "an extension": (contract, "x-own", {"deep": [ref]}),
        "items": (
            content["schema"]["properties"],
            "l",
            {"type": "array", "items": ref},
        ),
    }
    owner, key, value = places[where]
    owner[key] = value


PLACES = (
    "a property",
    "a property called example",
    "a property called default",
    "the default response",
    "a path",
    "a parameter",
    "an example",
    "a schema called enum",
    "an extension",
    "items",
)


class TestReferences:
    @pytest.mark.parametrize("where", PLACES)
    def test_a_remote_one_is_refused_and_not_fetched(
        self, tmp_path: Path, server: tuple[str, list[str]], where: str
    ) -> None:
        url, asked = server
        contract = small()
        put_ref(where, contract, url)
        message = refusal(tmp_path, contract)
        assert "leaves the file" in message
        assert url in message
        assert asked == []

    @pytest.mark.parametrize("keyword", ["default", "example", "const", "enum"])
    def test_a_value_that_looks_like_one_is_not_fetched(
        self, tmp_path: Path, server: tuple[str, list[str]], keyword: str
    ) -> None:
        url, asked = server
        value: object = {"$ref": url}
        contract = small(a={keyword: [value] if keyword == "enum" else value})
        try:
            domain_of(tmp_path, contract)
        except ContractError as error:
            assert error.hint
        assert asked == []

    @pytest.mark.parametrize("keyword", ["$dynamicRef", "$schema", "$id"])
    def test_other_addresses_of_schemas_are_not_fetched(
        self, tmp_path: Path, server: tuple[str, list[str]], keyword: str
    ) -> None:
        url, asked = server
        contract = small(a={keyword: url, "type": "string", "default": "x"})
        contract["jsonSchemaDialect"] = url
        with pytest.raises(ContractError):
            domain_of(tmp_path, contract)
        del contract["jsonSchemaDialect"]
        try:
            domain_of(tmp_path, contract)
        except ContractError as error:
            assert error.hint
        assert asked == []

    @pytest.mark.parametrize(
        "reference", ["../secret.yaml", "other.yaml#/A", "file:///etc/passwd", "/etc/x"]
    )
    def test_other_files_are_refused(self, tmp_path: Path, reference: str) -> None:
        contract = small(a={"$ref": reference})
        assert "leaves the file" in refusal(tmp_path, contract)

    def test_one_to_nothing_is_refused(self, tmp_path: Path) -> None:
        contract = small(a={"$ref": "#/components/schemas/Nothing"})
        message = refusal(tmp_path, contract)
        assert message.startswith("openapi.yaml")
        assert "Nothing" in message

    def test_they_may_be_escaped_in_both_ways(self, tmp_path: Path) -> None:
        assert parse_pointer("#/paths/~1a~1%7Bid%7D/x~0y") == (
            "paths",
            "/a/{id}",
            "x~y",
        )
        contract = small()
        contract["paths"]["/other"] = {
            "get": {"responses": {"200": {"$ref": "#/paths/~1it/get/responses/200"}}}
        }
        assert domain_of(tmp_path, contract)


CYCLES: dict[str, Data] = {
    "references": {"A": {"$ref": "#/components/schemas/B"}, "B": CYCLE},
    "itself": {"A": CYCLE},
    "allOf": {"A": {"allOf": [CYCLE, {"type": "object"}]}},
    "two allOf": {
        "A": {"allOf": [{"$ref": "#/components/schemas/B"}, {"type": "object"}]},
        "B": {"allOf": [CYCLE, {"type": "object"}]},
    },
    "oneOf": {"A": {"oneOf": [{"type": "string"}, CYCLE]}},
    "an array": {"A": {"type": "array", "items": CYCLE}},
    "a map": {"A": {"type": "object", "additionalProperties": CYCLE}},
}


@pytest.mark.parametrize("case", CYCLES)
def test_a_cycle_without_an_object_is_refused(tmp_path: Path, case: str) -> None:
    contract = small(a=CYCLE)
    contract["components"]["schemas"] = CYCLES[case]
    assert refusal(tmp_path, contract)


def test_a_cycle_through_an_object_is_a_model_that_holds_itself(
    tmp_path: Path,
) -> None:
    contract = small(a=CYCLE)
    contract["components"]["schemas"] = {
        "A": {
            "type": "object",
            "properties": {"next": CYCLE, "name": {"type": "string"}},
        }
    }
    model = domain_of(tmp_path, contract).models["A"]
    assert [field.wire for field in model.fields] == ["next", "name"]
