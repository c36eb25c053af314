"""Lists: pages, cursors, limits and orders."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest

from .api import Api
from .profile import Json, Listing

MADE = 5


@pytest.fixture
def by_cursor(api: Api) -> Iterator[Api]:
    """The same service, with the collection whose list is asked for by cursor."""
    assert api.profile.cursors
    profile = replace(api.profile, collection=api.profile.cursors)
    other = Api(api.client.base_url, profile)
    yield other
    other.close()


@pytest.fixture(scope="module")
def made(api: Api) -> Iterator[list[str]]:
    """The keys of some new items."""
    created = [api.create() for _ in range(MADE)]
    yield [str(answer.object[api.items.key]) for _, answer in created]
    if "DELETE" in api.items.methods:
        for path, _ in created:
            api.call("DELETE", path)


def listing(api: Api) -> Listing:
    """What the list takes and gives."""
    return api.items.list


def listed(api: Api, **parameters: object) -> list[dict[str, Json]]:
    """The items that a list answers."""
    query = "&".join(f"{k}={quote(str(v))}" for k, v in parameters.items() if k)
    answer = api.call("GET", f"{api.items.path}?{query}")
    assert answer.status == 200, answer
    items = answer.at(listing(api).items)
    assert isinstance(items, list)
    return [item for item in items if isinstance(item, dict)]


def keys(api: Api, items: list[dict[str, Json]]) -> list[str]:
    return [str(item[api.items.key]) for item in items]


@pytest.mark.needs("limit")
def test_limits(api: Api, made: list[str]) -> None:
    """At most so many, up to a maximum, and what is no such number is refused."""
    of = listing(api)
    assert len(listed(api, **{of.limit: 2})) == 2
    assert of.maximum and len(listed(api, **{of.limit: of.maximum})) >= MADE
    for wrong in ("0", "-1", str(of.maximum + 1), "many", "1.5", "9" * 30, ""):
        answer = api.call("GET", f"{api.items.path}?{of.limit}={wrong}")
        api.refused(answer, 422)
    if of.usual:
        everything = listed(api, **{of.limit: of.maximum})
        assert len(listed(api)) == min(of.usual, len(everything))


@pytest.mark.needs("pages")
def test_pages(api: Api, made: list[str]) -> None:
    """Every item is on one page, and those beyond the last are empty."""
    of = listing(api)
    numbers = range(of.first_page, of.first_page + MADE)
    seen = [
        key
        for number in numbers
        for key in keys(api, listed(api, **{of.page: number, of.limit: 1}))
    ]
    assert len(seen) == len(set(seen)) == MADE
    assert listed(api, **{of.page: 90_000, of.limit: 1}) == []
    answer = api.call("GET", f"{api.items.path}?{of.page}={of.first_page - 1}")
    api.refused(answer, 422)


@pytest.mark.needs("total", "limit")
def test_a_page_tells_how_many_there_are(api: Api, made: list[str]) -> None:
    """All of them, however few are on the page."""
    of = listing(api)

    def total() -> Json:
        return api.call("GET", f"{api.items.path}?{of.limit}=1").at(of.total)

    before = total()
    path, _ = api.create()
    assert isinstance(before, int) and before >= MADE
    assert total() == before + 1
    if "DELETE" in api.items.methods:
        assert api.call("DELETE", path).status == 204
        assert total() == before


@pytest.mark.needs("sort", "order")
def test_orders(api: Api, made: list[str]) -> None:
    """Up and down by a field; what is no field is refused."""
    of = listing(api)
    options = {of.sort: of.sort_field, of.limit: of.maximum}
    up, down = (listed(api, **options | {of.order: way}) for way in ("asc", "desc"))
    values = [item[of.sort_field] for item in up]
    assert len(values) >= MADE and values == sorted(values, key=_comparable)
    values = [item[of.sort_field] for item in down]
    assert values == sorted(values, key=_comparable, reverse=True)


@pytest.mark.needs("sort")
def test_fields_that_lists_are_not_sorted_by(api: Api, made: list[str]) -> None:
    """They are refused, and so is what would be a statement."""
    of = listing(api)
    values = [item[of.sort_field] for item in listed(api, **{of.sort: of.sort_field})]
    assert sorted(values, key=_comparable) in (values, values[::-1])
    for wrong in ("nothing", "1; DROP TABLE accounts", "__class__"):
        answer = api.call("GET", f"{api.items.path}?{of.sort}={quote(wrong)}")
        api.refused(answer, 422)


@pytest.mark.needs("cursors")
def test_cursors(by_cursor: Api) -> None:
    """They lead through all items once each, while others come, and are not made up."""
    api, of = by_cursor, listing(by_cursor)
    created = (api.create()[1] for _ in range(MADE))
    made = [str(answer.object[api.items.key]) for answer in created]
    seen: list[str] = []
    cursor, given = "", ""
    for turn in range(10_000):
        begin = f"&{of.cursor}={quote(cursor)}" if cursor else ""
        answer = api.call("GET", f"{api.items.path}?{of.limit}=2{begin}")
        assert answer.status == 200, answer
        items = answer.at(of.items)
        assert isinstance(items, list) and len(items) <= 2
        seen += keys(api, [item for item in items if isinstance(item, dict)])
        held = answer.object
        for name in of.next_cursor[:-1]:
            inner = held[name]
            assert isinstance(inner, dict)
            held = inner
        cursor = str(held.get(of.next_cursor[-1]) or "")
        if not cursor:
            break
        given = cursor
        if turn < MADE:
            api.create()
    assert len(seen) == len(set(seen)) and set(seen) >= set(made)
    assert given
    changed = ("A" if given[-4] != "A" else "B").join((given[:-4], given[-3:]))
    for wrong in ("made-up", "made up!", changed, given[::-1]):
        answer = api.call("GET", f"{api.items.path}?{of.cursor}={quote(wrong)}")
        api.refused(answer, 400)


def _comparable(value: Json) -> tuple[float, str]:
    if isinstance(value, int | float):
        return float(value), ""
    return 0.0, str(value)
