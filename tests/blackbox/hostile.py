"""What callers send who mean harm."""

from urllib.parse import quote

from .api import Api, Headers
from .client import Answer

# Turns up nowhere but where it was sent to.
PLANTED = "planted5ecret"
INJECTED = '\n{"level":"critical","event":"injected"}\r\n'
JSON = "application/json"
_DEEP = 100_000

Body = tuple[bytes, str, set[int]]

BODIES: dict[str, Body] = {
    "nothing": (b"", JSON, {400, 422}),
    "half an object": (b'{"a": "' + PLANTED.encode(), JSON, {400}),
    "no object": (f'"{PLANTED}"'.encode(), JSON, {422}),
    "a list": (f'["{PLANTED}"]'.encode(), JSON, {422}),
    "an unknown field": (b'{"surprise": "' + PLANTED.encode() + b'"}', JSON, {422}),
    "not a number": (b'{"a": NaN}', JSON, {400, 422}),
    "UTF-16": ('{"a": "b"}'.encode("utf-16"), JSON, {400}),
    "broken UTF-8": (b'{"a": "\xff\xfe"}', JSON, {400}),
    "U+0000": (b'{"a": "\\u0000"}', JSON, {400, 422}),
    "half a surrogate": (b'{"a": "\\ud800"}', JSON, {400, 422}),
    "duplicate keys": (b'{"a": 1, "a": 2}', JSON, {400, 422}),
    "deep lists": (b"[" * _DEEP + b"]" * _DEEP, JSON, {400, 422}),
    "deep objects": (b'{"a":' * _DEEP + b"1" + b"}" * _DEEP, JSON, {400}),
    "a form": (f"password={PLANTED}".encode(), "text/plain", {415}),
    "XML": (b"<a/>", "application/xml", {415}),
    "a long number": (b'{"a": ' + b"9" * 10_000 + b"}", JSON, {400, 422}),
}

# Most of these are refused.
PLACES: tuple[Headers, ...] = (
    {"authorization": f"Bearer {PLANTED}"},
    {"authorization": f"Basic {PLANTED}"},
    {"authorization": PLANTED},
    {"cookie": f"session={PLANTED}"},
    {"x-api-key": PLANTED},
    {"user-agent": PLANTED},
    {"referer": f"https://example.com/?token={PLANTED}"},
    {"x-request-id": f"{PLANTED} and more"},
    {"traceparent": f"00-{PLANTED}-01"},
    {"origin": f"https://{PLANTED}.example.com"},
    {"if-none-match": PLANTED},
    {"if-match": PLANTED},
    {"accept-language": PLANTED},
)
QUERIES = (f"?password={PLANTED}", f"/{PLANTED}", f"?{PLANTED}=1")
PATHS = ("/" + quote(INJECTED), "?q=" + quote(INJECTED))


def plant(api: Api) -> list[Answer]:
    """Send secrets in every place of a request, and lines that would be log lines."""
    answers = []
    path = api.items.path
    for headers in PLACES:
        for method, body in (("GET", None), ("POST", b"{}"), ("DELETE", None)):
            sent = {"content-type": JSON} | headers
            answers.append(api.client.send(method, path, body, sent, versioned=True))
    for rest in (*QUERIES, *PATHS):
        # the path is the caller's own, and an error may say it
        answer = api.client.send("GET", path + rest, versioned=True)
        assert answer.status < 500, answer
    return answers
