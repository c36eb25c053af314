"""Inference: which operations storage answers, and why others are left to people."""

from pathlib import Path
from typing import Any

import pytest

from groundplan.domain import Column, Domain, Entity, Enumeration, Scalar, Storage, Stub
from groundplan.lists import list_slot

from .projects import (
    LIBRARY,
    Data,
    context,
    domain_of,
    library,
    operation,
)

ID = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
THING = {
    "type": "object",
    "required": ["id", "name"],
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
}


def json_of(schema: Data) -> Data:
    return {"content": {"application/json": {"schema": schema}}}


def answer(schema: Data | None = None, status: str = "200") -> Data:
    content = json_of(schema) if schema is not None else {}
    return {"responses": {status: {"description": "x"} | content}}


def things(**changes: Any) -> Data:
    """A contract of `/things`: list, and get of one."""
    reference = {"$ref": "#/components/schemas/Thing"}
    return {
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1"},
        "paths": {
            "/things": {"get": answer({"type": "array", "items": reference})},
            "/things/{id}": {"parameters": [ID], "get": answer(reference)},
        },
        "components": {"schemas": {"Thing": THING}},
    } | changes


@pytest.fixture
def domain(tmp_path: Path) -> Domain:
    return domain_of(tmp_path, library())


def entity(domain: Domain, attribute: str) -> Entity:
    every = (e for c in domain.contexts for e in c.entities)
    return next(e for e in every if e.attribute == attribute)


ANSWERS = {
    "listBooks": "list",
    "addBook": "create",
    "getBook": "get",
    "replaceBook": "replace",
    "changeBook": "update",
    "removeBook": "delete",
    "touchBook": "action",
    "reserveBook": "action",
    "getCover": "media-type",
    "listMembers": "list-wrapper",
    "enrol": "computed-fields",
    "getMember": "get",
    "changeMember": "unknown-fields",
    "statistics": "no-item-path",
}


@pytest.mark.parametrize("identifier", ANSWERS)
def test_what_answers_an_operation(domain: Domain, identifier: str) -> None:
    found = operation(domain, identifier).answer
    code = found.kind if isinstance(found, Storage) else found.code
    assert code == ANSWERS[identifier]
    assert isinstance(found, Storage) or found.reason


def test_every_operation_of_the_contract_is_there(domain: Domain) -> None:
    every = [o.id for c in domain.contexts for o in c.operations]
    assert sorted(every) == sorted(ANSWERS)
    assert LIBRARY.read_text("utf-8").count("operationId") == len(every)


def test_contexts_are_the_tags_or_the_first_word_of_the_path(domain: Domain) -> None:
    assert [c.name for c in domain.contexts] == ["books", "members", "statistics"]
    assert context(domain, "books").description == "What can be borrowed."


def test_an_overlay_chooses_the_context(tmp_path: Path) -> None:
    contract = things()
    contract["paths"]["/things"]["x-context"] = "Stock room"
    contract["paths"]["/things/{id}"]["get"]["x-context"] = "Stock room"
    assert [c.name for c in domain_of(tmp_path, contract).contexts] == ["stock_room"]


class TestEntities:
    def test_an_entity_has_the_columns_of_its_item(self, domain: Domain) -> None:
        books = entity(domain, "books")
        assert (books.name, books.row, books.table) == ("Book", "BookRow", "books")
        columns = {column.name: column for column in books.columns}
        assert books.key == Column(
            "id", Scalar("uuid"), nullable=False, key=True, generated="uuid"
        )
        assert columns["created_at"].managed == "created"
        assert columns["updated_at"].managed == "updated"
        assert columns["isbn"].unique
        assert columns["isbn"].nullable
        assert columns["pages"].default == 1
        assert not columns["pages"].nullable
        assert not columns["title"].nullable
        assert "class_" in columns

    def test_a_number_as_key_is_counted(self, domain: Domain) -> None:
        assert entity(domain, "members").key.generated == "integer"

    def test_a_key_that_is_given_is_not_generated(self, tmp_path: Path) -> None:
        contract = things()
        body = json_of({"$ref": "#/components/schemas/Thing"}) | {"required": True}
        contract["paths"]["/things"]["post"] = {"requestBody": body} | answer(
            {"$ref": "#/components/schemas/Thing"}, "201"
        )
        found = domain_of(tmp_path, contract)
        assert entity(found, "things").key.generated is None

    @pytest.mark.parametrize("name", ["id", "thing_id", "thingId", "code"])
    def test_the_key_is_called_as_the_parameter_or_id(
        self, tmp_path: Path, name: str
    ) -> None:
        contract = things()
        item = contract["paths"].pop("/things/{id}")
        item["parameters"] = [ID | {"name": name}]
        contract["paths"][f"/things/{{{name}}}"] = item
        if name == "code":
            thing = contract["components"]["schemas"]["Thing"]
            thing["properties"]["code"] = {"type": "string"}
        key = entity(domain_of(tmp_path, contract), "things").key
        assert key.name == ("code" if name == "code" else "id")

    def test_its_attribute_is_no_operation(self, tmp_path: Path) -> None:
        contract = things()
        contract["paths"]["/things"]["get"]["operationId"] = "things"
        found = domain_of(tmp_path, contract)
        (thing,) = found.contexts[0].entities
        assert operation(found, "things").name == "things"
        assert thing.attribute != "things"

    def test_a_collection_below_an_item_has_its_key(self, tmp_path: Path) -> None:
        contract = things()
        parts = contract["paths"]
        parts["/things/{id}/parts"] = {"parameters": [ID]} | parts["/things"]
        part_id = ID | {"name": "partId"}
        parts["/things/{id}/parts/{partId}"] = {"parameters": [ID, part_id]} | {
            "get": parts["/things/{id}"]["get"]
        }
        found = domain_of(tmp_path, contract)
        things_, parts_ = found.contexts[0].entities
        assert (things_.scope, parts_.scope) == ((), ("thing_id",))
        hidden = parts_.column("thing_id")
        assert hidden and hidden.index and not hidden.nullable and not hidden.key


WRAPPERS: dict[str, tuple[Data, bool]] = {
    "data and total": ({"data": True, "total": {"type": "integer"}}, True),
    "results and count": ({"results": True, "count": {"type": "integer"}}, True),
    "hasMore": ({"items": True, "hasMore": {"type": "boolean"}}, True),
    "nested": (
        {
            "items": True,
            "meta": {
                "type": "object",
                "required": ["pageSize"],
                "properties": {"pageSize": {"type": "integer"}},
            },
        },
        True,
    ),
    "a cursor": ({"items": True, "nextCursor": {"type": "string"}}, False),
    "two lists": ({"items": True, "others": True}, False),
    "no list": ({"total": {"type": "integer"}}, False),
    "unknown and nested": (
        {
            "items": True,
            "meta": {
                "type": "object",
                "required": ["cursor"],
                "properties": {"cursor": {"type": "string"}},
            },
        },
        False,
    ),
}


@pytest.mark.parametrize("case", WRAPPERS)
@pytest.mark.parametrize("required", [True, False])
def test_wrappers_of_lists(tmp_path: Path, case: str, required: bool) -> None:
    fields, known = WRAPPERS[case]
    items = {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}
    page = {
        "type": "object",
        "properties": {k: items if v is True else v for k, v in fields.items()},
    } | ({"required": list(fields)} if required else {})
    contract = things()
    contract["paths"]["/things"]["get"] = answer(page)
    found = operation(domain_of(tmp_path, contract), "get /things").answer
    if known or (not required and case in ("a cursor", "unknown and nested")):
        assert isinstance(found, Storage)
        assert found.wrapper is not None
    else:
        assert isinstance(found, Stub)
        assert found.code == "list-wrapper"


class TestParameters:
    def test_a_list_uses_them_by_the_contracts_own_names(self, domain: Domain) -> None:
        found = operation(domain, "listBooks").answer
        assert isinstance(found, Storage)
        assert (found.page, found.limit, found.search) == ("page", "limit", "q")
        assert found.filters == (("genre", "genre"), ("class_", "class_"))
        assert found.ignored == ("colour", "X-Trace", "session")

    def test_a_filter_whose_argument_has_another_name(self, tmp_path: Path) -> None:
        contract = things()
        thing = contract["components"]["schemas"]["Thing"]
        thing["properties"]["port"] = {"type": "integer"}
        contract["paths"]["/things"]["get"]["parameters"] = [
            {"name": "port", "in": "query", "schema": {"type": "integer"}}
        ]
        found = operation(domain_of(tmp_path, contract), "get /things").answer
        assert isinstance(found, Storage)
        assert found.filters == (("port_", "port"),)

    def test_those_of_an_operation_replace_those_of_the_path(
        self, tmp_path: Path
    ) -> None:
        contract = things()
        own = ID | {"schema": {"type": "integer"}}
        contract["paths"]["/things/{id}"]["get"]["parameters"] = [own]
        (found,) = operation(
            domain_of(tmp_path, contract), "get /things/{id}"
        ).parameters
        assert found.type == Scalar("integer")

    @pytest.mark.parametrize(
        ("schema", "default"),
        [
            ({"type": "integer", "default": 3}, 3),
            ({"type": "string", "format": "decimal", "default": "many"}, None),
            ({"type": "array", "items": {"type": "string"}, "default": ["a"]}, ["a"]),
        ],
    )
    def test_defaults_are_of_their_type(
        self, tmp_path: Path, schema: Data, default: object
    ) -> None:
        contract = things()
        contract["paths"]["/things"]["get"]["parameters"] = [
            {"name": "a", "in": "query", "schema": schema}
        ]
        (found,) = operation(domain_of(tmp_path, contract), "get /things").parameters
        assert found.has_default == (default is not None)
        assert default is None or found.default == default

    def test_named_enumerations_stay_named(self, domain: Domain) -> None:
        parameters = {p.wire: p for p in operation(domain, "listBooks").parameters}
        assert parameters["genre"].type == Enumeration(
            ("novel", "poetry", "essay"), "Genre"
        )

    @pytest.mark.parametrize(
        ("name", "slot"),
        [("page", "page"), ("per_page", "limit"), ("sort", "sort"), ("name", None)],
    )
    def test_slots(self, name: str, slot: str | None) -> None:
        assert list_slot(name) == slot


class TestSecurity:
    def test_schemes_are_alternatives(self, domain: Domain) -> None:
        assert operation(domain, "addBook").schemes == (("basic",),)
        assert operation(domain, "listBooks").schemes == ()
        assert operation(domain, "statistics").schemes == (("basic",), ("bearer",))
        assert domain.secured

    @pytest.mark.parametrize(
        "scheme",
        [
            {"type": "http", "scheme": "Bearer"},
            {"type": "apiKey", "in": "header", "name": "authorization"},
            {"type": "openIdConnect", "openIdConnectUrl": "https://example.com/x"},
        ],
    )
    def test_others_are_tokens(self, tmp_path: Path, scheme: Data) -> None:
        contract = things(security=[{"own": []}])
        contract["components"]["securitySchemes"] = {"own": scheme}
        assert operation(domain_of(tmp_path, contract), "get /things").schemes == (
            ("bearer",),
        )

    @pytest.mark.parametrize("place", ["header", "query", "cookie"])
    def test_keys_are_where_the_contract_has_them(
        self, tmp_path: Path, place: str
    ) -> None:
        contract = things(security=[{"own": []}, {"own": [], "office": []}])
        contract["components"]["securitySchemes"] = {
            "own": {"type": "apiKey", "in": place, "name": "X-Key"},
            "office": {"type": "http", "scheme": "Basic"},
        }
        found = operation(domain_of(tmp_path, contract), "get /things").schemes
        assert found == ((f"{place}:X-Key",), (f"{place}:X-Key", "basic"))

    @pytest.mark.parametrize("security", [[], [{}], [{"own": []}, {}]])
    def test_what_may_be_anonymous_is_open(
        self, tmp_path: Path, security: list[Data]
    ) -> None:
        contract = things(security=security)
        contract["components"]["securitySchemes"] = {
            "own": {"type": "http", "scheme": "basic"}
        }
        assert not domain_of(tmp_path, contract).secured


class TestReplies:
    @pytest.mark.parametrize(
        ("responses", "status"),
        [
            ({"200": {}, "201": {}}, 200),
            ({"2XX": {}}, 200),
            ({"default": {}}, 200),
            ({"404": {}}, 204),
            ({"202": {}}, 202),
        ],
    )
    def test_status(self, tmp_path: Path, responses: Data, status: int) -> None:
        contract = things()
        described = {code: {"description": "x"} for code in responses}
        contract["paths"]["/things"]["get"] = {"responses": described}
        reply = operation(domain_of(tmp_path, contract), "get /things").reply
        assert (reply.status, reply.type) == (status, None)

    @pytest.mark.parametrize("status", ["204", "205"])
    def test_a_status_without_content_has_none(
        self, tmp_path: Path, status: str
    ) -> None:
        contract = things()
        contract["paths"]["/things"]["get"] = answer({"type": "string"}, status)
        reply = operation(domain_of(tmp_path, contract), "get /things").reply
        assert reply.type is None

    def test_other_media_are_passed_through(self, domain: Domain) -> None:
        assert operation(domain, "getCover").reply.media == "image/png"

    @pytest.mark.parametrize(
        "media", ["application/json; charset=utf-8", "application/hal+json", "*/*"]
    )
    def test_kinds_of_json(self, tmp_path: Path, media: str) -> None:
        contract = things()
        responses = contract["paths"]["/things"]["get"]["responses"]
        content = responses["200"]["content"]
        content[media] = content.pop("application/json")
        found = operation(domain_of(tmp_path, contract), "get /things").answer
        assert isinstance(found, Storage)
