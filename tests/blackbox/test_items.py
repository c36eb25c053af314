"""Items: created, read, changed, deleted, with entity tags against lost updates."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from .api import Api
from .client import Answer
from .errors import check_headers
from .profile import Json

Item = tuple[str, dict[str, Json]]
AT_ONCE = 8


@pytest.fixture
def item(api: Api) -> Iterator[Item]:
    """The path of a new item, and the body that it was made of."""
    body = api.new_body()
    path, _ = api.create(body)
    yield path, body
    if "DELETE" in api.items.methods:
        api.call("DELETE", path)


def test_a_new_item_is_where_its_location_says(api: Api) -> None:
    """201 with a Location, and the item, which holds what was sent."""
    body = api.new_body()
    _, created = api.create(body)
    check_headers(created)
    found = api.client.request("GET", created.headers["location"], None, api.caller())
    assert found.status == 200, found
    assert found.json == created.json
    assert created.object.items() >= {n: body[n] for n in api.items.distinct}.items()


def test_an_item_that_is_not_there(api: Api, item: Item) -> None:
    """404 once it is gone."""
    path, _ = item
    if "DELETE" not in api.items.methods:
        path = api.items.path.rstrip("/") + "/987654321"
        assert api.call("GET", path).status in (404, 422)
        return
    gone = api.call("DELETE", path)
    assert gone.status == 204 and gone.body == b"", gone
    check_headers(gone)
    api.refused(api.call("GET", path), 404)
    api.refused(api.call("DELETE", path), 404)


def test_head_answers_like_get(api: Api, item: Item) -> None:
    """With the same headers, and no body."""
    path, _ = item
    for asked in (path, api.items.path):
        got, head = api.call("GET", asked), api.call("HEAD", asked)
        assert (got.status, head.status, head.body) == (200, 200, b"")
        for name in ("content-type", "content-length", "etag", "cache-control"):
            assert head.headers.get(name) == got.headers.get(name), name


def test_an_item_that_is_known_is_not_sent_again(api: Api, item: Item) -> None:
    """304 to `If-None-Match` with its tag, among others too, and to `*`."""
    path, _ = item
    got = api.call("GET", path)
    tag = got.headers["etag"]
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        answer = api.call("GET", path, headers={"if-none-match": known})
        assert answer.status == 304 and answer.body == b"", (known, answer)
        assert answer.headers["etag"] == tag
    answer = api.call("GET", path, headers={"if-none-match": '"other"'})
    assert answer.status == 200 and answer.json == got.json


@pytest.mark.needs("change")
def test_a_change_is_there_afterwards(api: Api, item: Item) -> None:
    """200 with the item as it is now, whose tag is another."""
    path, body = item
    before = api.call("GET", path)
    changed = api.change(path, body)
    assert changed.status == 200, changed
    after = api.call("GET", path)
    assert after.object.items() >= api.items.change.items(), after
    assert after.json == changed.json
    assert after.headers["etag"] != before.headers["etag"]


@pytest.mark.needs("change")
def test_a_change_of_an_older_state_is_refused(api: Api, item: Item) -> None:
    """412 to `If-Match` with a tag that is no longer the item's; nothing changes."""
    path, body = item
    tag = api.call("GET", path).headers["etag"]
    assert api.change(path, body, {"if-match": tag}).status == 200
    now = api.call("GET", path)
    for stale in (tag, '"other"', f"W/{now.headers['etag']}"):
        api.refused(api.change(path, body, {"if-match": stale}), 412)
    assert api.call("GET", path).json == now.json
    if "DELETE" in api.items.methods:
        api.refused(api.call("DELETE", path, headers={"if-match": tag}), 412)
        current = {"if-match": now.headers["etag"]}
        assert api.call("DELETE", path, headers=current).status == 204


@pytest.mark.needs("change")
def test_of_changes_of_one_state_at_once_one_wins(api: Api, item: Item) -> None:
    """No update is lost: the others are told to look again."""
    path, body = item
    known = {"if-match": api.call("GET", path).headers["etag"]}

    def change(_: int) -> Answer:
        return api.change(path, body, known)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(change, range(AT_ONCE)))
    assert sorted(a.status for a in answers) == [200] + [412] * (AT_ONCE - 1)


@pytest.mark.needs("conflict")
def test_values_that_are_taken(api: Api, item: Item) -> None:
    """409, and there is still only one."""
    _, body = item
    api.refused(api.call("POST", api.items.path, body), 409)


@pytest.mark.needs("integer")
def test_types_are_not_coerced(api: Api) -> None:
    """A boolean is no integer, and neither is a text."""
    values: list[Json] = [False, "1", 1.5, [], {}]
    for wrong in values:
        body = api.new_body() | {api.items.integer: wrong}
        api.refused(api.call("POST", api.items.path, body), 422)


@pytest.mark.needs("required")
def test_fields_that_are_missing_or_too_many(api: Api) -> None:
    """Both are refused."""
    body = api.new_body()
    api.refused(api.call("POST", api.items.path, body | {"surprise": 1}), 422)
    del body[api.items.required]
    api.refused(api.call("POST", api.items.path, body), 422)


@pytest.mark.needs("closed writes")
def test_who_is_not_logged_in_writes_nothing(api: Api, item: Item) -> None:
    """401 with a challenge, before anything is said about item or body."""
    path, _ = item
    attempts = [("POST", api.items.path), ("POST", api.items.path)]
    attempts += [(m, path) for m in api.items.methods if m != "GET"]
    for method, asked in attempts:
        body: Json = None if method == "DELETE" else {"surprise": 1}
        answer = api.client.request(method, asked, body, versioned=True)
        api.refused(answer, 401)
        assert answer.headers["www-authenticate"], answer
    assert api.call("GET", path).status == 200


@pytest.mark.needs("closed reads")
def test_who_is_not_logged_in_reads_nothing(api: Api, item: Item) -> None:
    """401 to a GET of what is there, and nothing may be kept."""
    path, _ = item
    api.refused(api.client.request("GET", path, versioned=True), 401)
    assert api.call("GET", path).headers["cache-control"] == "no-store"
