"""Runs in a generated project, with its Python: versions of the API, from outside.

One operation that reads is asked for with its version named, left out and not served,
by HEAD and by a method that it has not. Where the contract has two versions of one
collection, an item that is made in one is read in both.
"""

import re
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from black_box import (  # type: ignore[import-not-found]
    ANSWERS,
    HAS_LOGIN,
    OWN,
    PACKAGE,
    PREFIX,
    call,
    code_of,
    database,
    free_port,
    lower,
    request,
    service,
    settings,
)

VERSIONING = ANSWERS["api_versioning"]
BY_REQUEST = VERSIONING in ("header", "media-type")
BASE = ANSWERS["base_path"].strip("'")
HERE = Path("src", PACKAGE)
# As tests/contracts/parcels.yaml has them.
PARCEL = {"recipient": "Ada", "postcode": "10115", "grams": 750}


def main() -> None:
    with started() as (base, document):
        if BY_REQUEST:
            names_versions(base, document)
        else:
            ignores_versions(base, document)
        if "/v2/parcels" in document["paths"]:
            shares_a_table(base)
    if BY_REQUEST:
        takes_the_default_that_is_set()
        refuses_a_default_that_is_not_served()
    print("all is well")


@contextmanager
def started(**given: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """A running service on a database of its own, and the document that it serves."""
    with database() as url, tempfile.TemporaryDirectory() as folder:
        environment = settings(url) | {PREFIX + k: v for k, v in given.items()}
        call([sys.executable, "-m", f"{PACKAGE}.migrate", "upgrade"], environment)
        with service(environment, Path(folder, "log")) as (base, _):
            _, _, document = request("GET", f"{base}{OWN}/openapi.json")
            yield base, document


def served() -> list[int]:
    """The versions of the contract, the oldest first."""
    text = Path(HERE, "generated", "versions.py").read_text("utf-8")
    found = re.search(r"^SERVED: .* = \((.*)\)$", text, re.MULTILINE)
    assert found, text
    return [int(number) for number in found[1].split(",") if number.strip()]


def naming(version: object) -> dict[str, str]:
    if VERSIONING == "header":
        return {"x-api-version": str(version)}
    return {"accept": f"application/json;v={version}"}


def readable(document: dict[str, Any]) -> tuple[str, int]:
    """A path that can be read without knowing anything, and its version."""
    for path, item in document["paths"].items():
        get = item.get("get", {})
        needs = [p for p in get.get("parameters", ()) if p.get("required")]
        if not get or needs or "platform" in get.get("tags", ()):
            continue
        found = re.match(r"(/api)?/v(\d+)/", path)
        return path, int(found[2]) if found else served()[0]
    raise AssertionError("nothing can be read")


def names_versions(base: str, document: dict[str, Any]) -> None:
    path, version = readable(document)
    bare = re.sub(r"^((?:/api)?)/v\d+/", r"\1/", path)
    for called in {bare, BASE + bare, path}:
        url = base + called
        code, headers, _ = get(url, naming(version))
        assert code in ((200, 401) if HAS_LOGIN else (200,)), (url, code)
        says(version, code, headers)
        for unknown in (max(served()) + 1, "two", "-1", ""):
            refused, headers, body = request("GET", url, headers=naming(unknown))
            assert refused == 400, (url, unknown, body)
            assert code_of(headers, body) == "version_not_served", body
            assert ", ".join(map(str, served())) in str(body), body
            depends(headers)
        assert head(url, naming(version))[0] == code
        says(version, code, head(url, naming(version))[1])
        refused, headers, body = request("TRACE", url, headers=naming(version))
        assert refused == 405 and code_of(headers, body) == "method_not_allowed", body
        assert "GET" in headers["allow"] and "HEAD" in headers["allow"]
        says(version, refused, headers)
    code, headers, _ = get(base + bare, {})
    says(served()[0], code, headers)
    for named in ({}, naming(version), naming("nonsense")):
        missing, headers, body = request("GET", f"{base}/no/such", headers=named)
        assert missing == 404 and code_of(headers, body) == "not_found", body
        code, headers, _ = get(f"{base}{OWN}/health/live", named)
        assert code == 200 and "x-api-version" not in headers
    for name in ("/openapi.json", "/docs"):
        assert get(base + OWN + name, naming(version))[0] == 200
    if VERSIONING == "header":
        declared = document["paths"][path]["get"]["parameters"]
        (told,) = [p for p in declared if p["name"] == "X-API-Version"]
        assert told["in"] == "header" and told["schema"]["enum"] == [str(version)]


def ignores_versions(base: str, document: dict[str, Any]) -> None:
    """Nothing but the path says a version: nothing of the others is there."""
    assert not Path(HERE, "platform", "versions.py").exists()
    assert not Path(HERE, "generated", "versions.py").exists()
    path = next(
        path
        for path, item in document["paths"].items()
        if "get" in item and "{" not in path
        if "platform" not in item["get"].get("tags", ())
    )
    wanted = get(base + BASE + path, {})[0]
    for named in ({"x-api-version": "99"}, {"accept": "application/json;v=99"}):
        code, headers, _ = get(base + BASE + path, named)
        assert code == wanted and "x-api-version" not in headers
        assert ";v=" not in headers["content-type"]
    if VERSIONING == "uri":
        assert re.search(r"/v\d+(/|$)", BASE + path), (BASE, path)


def shares_a_table(base: str) -> None:
    """An item of one version is an item of the other, as far as they fit."""
    created, headers, item = request("POST", f"{base}/v2/parcels", PARCEL)
    assert created == 201, item
    place = headers["location"]
    assert place == f"{BASE}/v2/parcels/{item['id']}", place
    old = f"{base}/v1/parcels/{item['id']}"
    _, _, shown = request("GET", old)
    assert shown == {key: item[key] for key in ("id", "recipient", "postcode")}
    body = {"recipient": "Ada", "postcode": "10115", "kilograms": 1}
    code, headers, body = request("PUT", old, body)
    assert code == 501 and code_of(headers, body) == "not_implemented"
    assert "replaceParcelV1 is not implemented: version" in str(body), body
    if not BY_REQUEST:
        return
    url = f"{base}/parcels"
    created, headers, item = request("POST", url, PARCEL, naming(2))
    assert created == 201 and headers["location"] == f"/parcels/{item['id']}"
    says(2, created, headers)
    one = base + headers["location"]
    tags = {}
    for version, keys in ((1, 3), (2, 5)):
        code, headers, shown = request("GET", one, headers=naming(version))
        assert code == 200 and len(shown) == keys, shown
        says(version, code, headers)
        tags[version] = headers["etag"]
        known = naming(version) | {"if-none-match": headers["etag"]}
        code, headers, _ = get(one, known)
        assert code == 304 and headers["etag"] == tags[version]
        depends(headers)
    assert tags[1] != tags[2]
    assert get(one, naming(2) | {"if-none-match": tags[1]})[0] == 200
    stale = naming(2) | {"if-match": '"0-0"'}
    code, headers, body = request("PATCH", one, {"recipient": "Bea"}, stale)
    assert code == 412 and code_of(headers, body) == "precondition_failed"
    fresh = naming(2) | {"if-match": tags[2]}
    assert request("PATCH", one, {"recipient": "Bea"}, fresh)[0] == 200
    # the first version cannot change a part
    code, headers, body = request("PATCH", one, {"recipient": "B"}, naming(1))
    assert code == 405 and "PATCH" not in headers["allow"], headers
    code, headers, body = request("GET", f"{url}/nothing", headers=naming(2))
    assert code == 422 and code_of(headers, body) == "validation_failed"
    says(2, code, headers)
    for version, expected in ((1, 200), (2, 404)):
        assert get(f"{base}/depots", naming(version))[0] == expected
    assert request("GET", f"{base}/postcodes/10115", headers=naming(9))[0] == 501


def takes_the_default_that_is_set() -> None:
    newest = served()[-1]
    with started(DEFAULT_API_VERSION=str(newest)) as (base, document):
        path = next(
            path
            for path, item in document["paths"].items()
            if "get" in item and "{" not in path
            if "platform" not in item["get"].get("tags", ())
            if f"/v{newest}/" in path or len(served()) == 1
        )
        bare = re.sub(r"^((?:/api)?)/v\d+/", r"\1/", path)
        code, headers, _ = get(base + bare, {})
        says(newest, code, headers)


def refuses_a_default_that_is_not_served() -> None:
    wrong = settings("sqlite+aiosqlite:///x") | {
        PREFIX + "DEFAULT_API_VERSION": str(max(served()) + 1),
        PREFIX + "PORT": str(free_port()),
    }
    try:
        call([sys.executable, "-m", PACKAGE], wrong)
    except AssertionError as ended:
        assert f"{PREFIX}DEFAULT_API_VERSION: has to be a version" in str(ended)
    else:
        raise AssertionError("it started")


def says(version: int, code: int, headers: dict[str, str]) -> None:
    """The answer is of the version, and depends on what named it."""
    depends(headers)
    if VERSIONING == "header":
        assert headers["x-api-version"] == str(version), headers
    elif code < 300 and "content-type" in headers:
        assert headers["content-type"] == f"application/json;v={version}", headers


def depends(headers: dict[str, str]) -> None:
    named = "x-api-version" if VERSIONING == "header" else "accept"
    assert named in headers["vary"].lower(), headers


def get(url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    return _send("GET", url, headers)


def head(url: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    code, said, body = _send("HEAD", url, headers)
    assert body == b""
    return code, said, body


def _send(
    method: str, url: str, headers: dict[str, str]
) -> tuple[int, dict[str, str], bytes]:
    wanted = urllib.request.Request(url, headers=headers, method=method)
    try:
        with urllib.request.urlopen(wanted, timeout=30) as answer:
            return answer.status, lower(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, lower(error.headers), error.read()


if __name__ == "__main__":
    main()
