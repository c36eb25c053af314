"""JSON bodies, read strictly: what a client sent is not coerced into what fits."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from email.message import Message
from functools import cached_property
from typing import Any, Final, NoReturn, cast

from fastapi import Request, Response
from fastapi.params import Form
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from .admission import Admission
from .conditional import conditional, conditional_list
from .direct import DirectCall, Handler, direct_app, is_direct
from .errors import AppError, BadRequest, FieldError, UnsupportedMediaType

REFUSAL: Final = "body_refusal"
# stands for a refused body: no type of a contract accepts a bare object
REFUSED: Final = object()
SUSPICIOUS: Final = re.compile(rb"\\u0000|NaN|Infinity")
INTEGRAL: Final = re.compile(rb"\d(?:\.0+(?!\d)|\.\d+[eE]|[eE])")
# all strings of valid JSON, with a colon after those that are names
STRINGS: Final = re.compile(rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"(\s*+:)?+', re.DOTALL)
UTF_8: Final = ("utf-8", "utf8", "us-ascii")
EXACT: Final = 2.0**53  # below it, a float names one integer


class JsonRoute(APIRoute):
    """A route whose JSON body is validated from its bytes, in strict mode.

    `false` is no integer and `"1"` is no number. Broken rules are reported together
    with those of the parameters. Who is not let in is told so before the body is read.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        if is_direct(self):
            self.app = direct_app(self._prepared(DirectCall(self).handle))

    @cached_property
    def cache_control(self) -> bytes:
        """What everybody may read may be kept, and is asked for again before each use.

        What depends on who asks is not kept anywhere.
        """
        is_open = self.methods == {"GET"} and not self.dependencies
        return b"no-cache" if is_open else b"no-store"

    def get_route_handler(self) -> Handler:
        return self._prepared(super().get_route_handler())

    def _prepared(self, handler: Handler) -> Handler:
        """The handler after all that is decided before it is called."""
        handler = self._admitting(self._reading(handler))
        if self.param_convertors:
            return conditional(handler)
        return conditional_list(handler) if self.methods == {"GET"} else handler

    def _admitting(self, handler: Handler) -> Handler:
        """The handler after those dependencies that need no body."""
        calls = (dependency.call for dependency in self.dependant.dependencies)
        admissions = [call for call in calls if isinstance(call, Admission)]
        if self.body_field is None or not admissions:
            return handler

        async def handle(request: Request) -> Response:
            for admission in admissions:
                await admission(request)
            return await handler(request)

        return handle

    def _reading(self, handler: Handler) -> Handler:
        """The handler after the body was read."""
        field = self.body_field
        if (
            field is None
            or self._embed_body_fields
            or isinstance(field.field_info, Form)
        ):
            return handler
        kind: Any = field.field_info.annotation
        adapter: TypeAdapter[object] = TypeAdapter(kind)

        async def handle(request: Request) -> Response:
            body = await request.body()
            if not body:
                return await handler(request)
            if not is_json(request.headers.get("content-type")):
                raise UnsupportedMediaType("The body has to be JSON in UTF-8")
            parsed = ParsedRequest(request.scope, request.receive)
            try:
                parsed.value = read(adapter, body)
            except ValidationError as error:
                broken = error.errors(include_url=False, include_input=False)
                if broken[0]["type"] == "json_invalid":
                    raise _unreadable(request) from error
                located = ({**item, "loc": ("body", *item["loc"])} for item in broken)
                request.scope[REFUSAL] = list(field_errors(located))
            except NulCharacters as error:
                request.scope[REFUSAL] = error.errors
            parsed.body_bytes = body
            return await handler(parsed)

        return handle


class ParsedRequest(Request):
    """A request whose body was read and validated already."""

    value: object = REFUSED
    body_bytes: bytes = b""

    async def body(self) -> bytes:
        return self.body_bytes

    async def json(self) -> object:
        return self.value


class NulCharacters(ValueError):
    """A text holds U+0000, which databases do not store."""

    def __init__(self, pointers: Iterable[str]) -> None:
        super().__init__()
        self.errors = [
            FieldError(pointer, "Text may not hold the character U+0000", "nul")
            for pointer in pointers
        ]


def read(adapter: TypeAdapter[object], body: bytes) -> object:
    """The value of a JSON body.

    Raises ValidationError, BadRequest for numbers that JSON does not have and for names
    that an object has twice, and NulCharacters.
    """
    if SUSPICIOUS.search(body):
        try:
            document = json.loads(body, parse_constant=_refuse_constant)
            pointers = list(_with_nul(document, "/body"))
        except (ValueError, RecursionError) as error:
            raise BadRequest("The body is not valid JSON") from error
        if pointers:
            raise NulCharacters(pointers)
    try:
        value = _validated(adapter, body)
    except ValidationError as error:
        if not INTEGRAL.search(body) or error.errors()[0]["type"] == "json_invalid":
            raise
        # JSON Schema calls 1.0 an integer, strict mode does not: once more, rewritten
        integers = to_json(_with_integers(from_json(body)))
        value = _validated(adapter, integers)
    refuse_repeated_names(body)
    return value


def _validated(adapter: TypeAdapter[object], body: bytes) -> object:
    """The value of a body, whose properties have the names of the contract only."""
    return adapter.validate_json(body, strict=True, by_alias=True, by_name=False)


def refuse_repeated_names(body: bytes) -> None:
    """Raise BadRequest where an object of valid JSON has two values of one name.

    Parsers differ in which of them counts (RFC 8259, 4). Where no name is in the body
    twice, it is not parsed for that.
    """
    names = [name for name, colon in STRINGS.findall(body) if colon]
    if len(names) != len(set(names)) or any(b"\\" in name for name in names):
        json.loads(
            body, object_pairs_hook=_refuse_repeated, parse_int=str, parse_float=str
        )


def is_json(content_type: str | None) -> bool:
    """Whether a media type is JSON, by name or by suffix, in no other encoding."""
    if content_type == "application/json":
        return True
    message = Message()
    message["content-type"] = content_type or "application/octet-stream"
    subtype = message.get_content_subtype()
    return (
        message.get_content_maintype() == "application"
        and (subtype == "json" or subtype.endswith("+json"))
        and message.get_content_charset("utf-8") in UTF_8
    )


def refusal_of(request: Request) -> list[FieldError]:
    """The rules that the request's body broke."""
    refusal: list[FieldError] = request.scope.get(REFUSAL, [])
    return refusal


def field_errors(broken: Iterable[Mapping[str, Any]]) -> Iterator[FieldError]:
    """The validator's errors as ours; the location becomes a JSON pointer."""
    for item in broken:
        steps = (str(step) for step in item["loc"])
        pointer = "".join(f"/{_escaped(step)}" for step in steps)
        yield FieldError(pointer, item["msg"], item["type"])


def _is_integral(value: object) -> bool:
    return isinstance(value, float) and value.is_integer() and abs(value) < EXACT


def _with_integers(value: object) -> object:
    if _is_integral(value):
        return int(cast(float, value))
    if isinstance(value, list):
        return [_with_integers(item) for item in value]
    if isinstance(value, dict):
        return {key: _with_integers(item) for key, item in value.items()}
    return value


def _with_nul(value: object, pointer: str) -> Iterator[str]:
    if isinstance(value, str) and "\0" in value:
        yield pointer
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _with_nul(item, f"{pointer}/{index}")
    elif isinstance(value, dict):
        for key, item in value.items():
            if "\0" in key:
                yield pointer
            yield from _with_nul(item, f"{pointer}/{_escaped(key)}")


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _unreadable(request: Request) -> AppError:
    """What a body is refused with that is no JSON."""
    if "content-encoding" in request.headers:
        return UnsupportedMediaType("The body may not be compressed")
    return BadRequest("The body is not valid JSON")


def _refuse_repeated(pairs: list[tuple[str, object]]) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise BadRequest("An object of the body has two values of one name")


def _refuse_constant(name: str) -> NoReturn:
    raise BadRequest(f"{name} is no JSON")
