"""What answers the operations of collections below items, in envelopes, in parts."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from groundplan.contract import load
from groundplan.domain import Domain, Entity, Storage, Stub, Wrapper
from groundplan.infer import infer
from groundplan.understanding import understand

from .projects import CONTRACTS, Data, loaded, operation, written

MAGAZINE = CONTRACTS / "magazine.yaml"

ANSWERS = {
    "listIssues": "list",
    "planIssue": "create",
    "getIssue": "get",
    "changeIssue": "update",
    "withdrawIssue": "delete",
    "listArticles": "list",
    "addArticle": "create",
    "getArticle": "get",
    "rewriteArticle": "replace",
    "printIssue": "action",
    "listLetters": "list",
    "writeLetter": "create",
    "getLetter": "get",
    "removeLetter": "delete",
    "subscribe": "secret",
    "getReader": "get",
}


@pytest.fixture(scope="module")
def domain() -> Domain:
    """The magazine with the overlay that it gets at import."""
    return understand(MAGAZINE, None)[1]


def storage(domain: Domain, identifier: str) -> Storage:
    found = operation(domain, identifier).answer
    assert isinstance(found, Storage), found
    return found


def entity(domain: Domain, attribute: str) -> Entity:
    every = (e for c in domain.contexts for e in c.entities)
    return next(e for e in every if e.attribute == attribute)


def magazine(**changes: Any) -> Data:
    data: Data = yaml.safe_load(MAGAZINE.read_text("utf-8"))
    return data | changes


def test_what_answers_an_operation(domain: Domain) -> None:
    every = {o.id: o.answer for c in domain.contexts for o in c.operations}
    found = {
        identifier: answer.kind if isinstance(answer, Storage) else answer.code
        for identifier, answer in every.items()
    }
    assert found == ANSWERS


def test_items_come_in_envelopes(domain: Domain) -> None:
    assert storage(domain, "getIssue").wrapper == Wrapper(
        "OneIssue", (("issue", "item"),)
    )
    assert storage(domain, "planIssue").inside == "issue"
    letter = storage(domain, "getLetter").wrapper
    assert letter and letter.fields == (("success", "=True"), ("data", "item"))
    gone = storage(domain, "removeLetter").wrapper
    assert gone and gone.fields == (("success", "=True"), ("message", "='OK'"))


def test_a_list_may_show_a_part_of_the_items(domain: Domain) -> None:
    found = storage(domain, "listIssues")
    assert (found.entity.model, found.model) == ("Issue", "IssueSummary")
    assert (found.offset, found.limit, found.page) == ("offset", "limit", None)
    assert found.filters == (("season", "season"),)
    assert found.wrapper and found.wrapper.fields == (
        ("issues", "items"),
        ("issues_count", "total"),
    )


def test_a_key_that_the_caller_gives_is_unique_below_its_parent(
    domain: Domain,
) -> None:
    articles = entity(domain, "articles")
    assert articles.scope == ("issue_number",)
    assert [c.name for c in articles.columns if c.key] == ["issue_number", "page"]
    assert articles.key.name == "page"
    assert storage(domain, "getArticle").within == (("issue_number", "number"),)


def test_items_may_have_a_path_of_their_own(domain: Domain) -> None:
    letters = entity(domain, "letters")
    assert (letters.scope, letters.item_path) == (("number",), "/letters/{letterId}")
    assert storage(domain, "getLetter").within == ()
    assert storage(domain, "writeLetter").within == (("number", "number"),)


def test_the_item_above_has_to_exist(domain: Domain) -> None:
    same = storage(domain, "addArticle").parent
    other = storage(domain, "writeLetter").parent
    assert same and other
    assert (same.context, same.keys) == ("issues", ("number",))
    assert (other.context, other.method) == ("issues", "get_issue")


def test_the_caller_fills_who_created_an_item(domain: Domain) -> None:
    assert [f.name for f in storage(domain, "planIssue").caller] == ["created_by"]
    assert [f.name for f in storage(domain, "writeLetter").caller] == ["author"]


def test_an_open_operation_has_no_caller(tmp_path: Path) -> None:
    contract = magazine()
    contract["paths"]["/issues"]["post"]["security"] = []
    found = operation(understand(written(tmp_path, contract), None)[1], "planIssue")
    assert isinstance(found.answer, Stub)
    assert found.answer.code == "computed-fields"


def test_without_its_overlay_somebody_computes_the_fields() -> None:
    found = operation(infer(load(MAGAZINE)), "planIssue").answer
    assert isinstance(found, Stub)
    assert found.missing == ("letters_count", "printed", "state", "created_by")


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("total", {"type": "number"}),
        ("colour", {"type": "string"}),
        ("kind", {"type": "string", "enum": ["a", "b"]}),
        ("retries_count", {"type": "integer", "minimum": 1}),
        ("owner", {"type": "object", "required": ["age"], "properties": {"age": {}}}),
    ],
)
def test_what_a_field_starts_with_is_not_guessed(
    tmp_path: Path, name: str, schema: Data
) -> None:
    contract = magazine()
    part = contract["components"]["schemas"]["Issue"]["allOf"][1]
    part["properties"][name] = schema
    part["required"].append(name)
    found = operation(understand(written(tmp_path, contract), None)[1], "planIssue")
    assert isinstance(found.answer, Stub)
    assert name in found.answer.missing


def test_a_collection_below_an_item_may_share_a_table(tmp_path: Path) -> None:
    contract = magazine()
    paths = contract["paths"]
    paths["/letters"] = {"get": copy.deepcopy(paths["/issues/{number}/letters"]["get"])}
    paths["/letters"]["get"]["operationId"] = "listAllLetters"
    domain = understand(written(tmp_path, contract), None)[1]
    whole, part = storage(domain, "listAllLetters"), storage(domain, "listLetters")
    assert whole.entity == part.entity
    assert (whole.within, part.within) == ((), (("number", "number"),))


@pytest.mark.parametrize(
    ("servers", "path"),
    [
        (None, ""),
        ([{"url": "https://example.com"}], ""),
        ([{"url": "/"}], ""),
        ([{"url": "https://example.com/api/v1/"}, {"url": "/other"}], "/api/v1"),
        ([{"url": "v2"}], "/v2"),
        ([{"url": "{x}", "variables": {"x": {"default": "/a/b"}}}], "/a/b"),
        ([{"url": "https://example.com/{x}"}], ""),
        ([{"url": "https://[bad/v1"}], ""),
        ([{"url": "https://example.com/a b"}], ""),
    ],
)
def test_the_base_path_is_that_of_the_first_server(
    tmp_path: Path, servers: list[Data] | None, path: str
) -> None:
    contract = magazine()
    del contract["servers"]
    if servers is not None:
        contract["servers"] = servers
    assert infer(loaded(tmp_path, contract)).base_path == path
