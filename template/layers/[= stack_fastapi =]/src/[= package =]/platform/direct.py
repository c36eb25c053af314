"""The short way to endpoints that ask for no more than path, query and one body.

For each request FastAPI looks anew for all that an endpoint may ask for: cookies,
forms, dependencies with an end, streams. Most operations of a contract ask for none of
it. Those are called here, with the framework's own fields, in its order and with its
errors; all others go its way.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from inspect import iscoroutinefunction
from types import NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Literal,
    Union,
    get_args,
    get_origin,
)
from uuid import UUID

from fastapi import Request, Response
from fastapi.datastructures import DefaultPlaceholder
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from fastapi.params import Form
from fastapi.routing import APIRoute
from starlette.routing import request_response
from starlette.types import ASGIApp, Receive, Scope, Send

from .admission import Admission

if TYPE_CHECKING:
    from fastapi._compat import ModelField

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
Errors = list[dict[str, Any]]

# What is one value of one text, and cannot be changed by whoever gets a default.
SCALARS: Final = (
    *(str, int, float, Decimal, UUID, date, time, timedelta, Enum, NoneType),
)
MEDIA_TYPE: Final = "application/json"
NO_CONTENT: Final = 204


def is_direct(route: APIRoute) -> bool:
    """Whether a route's endpoint asks for nothing but what DirectCall gives."""
    wanted = route.dependant
    parameters = [*wanted.path_params, *wanted.query_params]
    shows = route.response_field is not None or route.status_code == NO_CONTENT
    return (
        iscoroutinefunction(route.endpoint)
        and shows
        and isinstance(route.response_class, DefaultPlaceholder)
        and all(map(_is_admission, wanted.dependencies))
        and all(map(_is_scalar, parameters))
        and not route._embed_body_fields
        and not (route.body_field and isinstance(route.body_field.field_info, Form))
        and route.response_model_by_alias
        and not any(
            (
                wanted.header_params,
                wanted.cookie_params,
                wanted.background_tasks_param_name,
                wanted.http_connection_param_name,
                wanted.security_scopes_param_name,
                wanted.websocket_param_name,
                route.dependency_overrides_provider,
                route.max_body_size,
                route.stream_item_field,
                route.response_model_include,
                route.response_model_exclude,
                route.response_model_exclude_unset,
                route.response_model_exclude_defaults,
                route.response_model_exclude_none,
            )
        )
    )


def direct_app(handler: Handler) -> ASGIApp:
    """The application of a route whose handler leaves nothing to clean up."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        try:
            response: ASGIApp = await handler(request)
        except Exception as error:
            response = _failing(error)
        await response(scope, receive, send)

    return answer


class DirectCall:
    """Calls the endpoint of a route for which `is_direct` holds."""

    def __init__(self, route: APIRoute) -> None:
        wanted = route.dependant
        self._call: Callable[..., Awaitable[object]] = route.endpoint
        self._admissions = [(one.name, one.call) for one in wanted.dependencies]
        self._path = [Parameter("path", field) for field in wanted.path_params]
        self._query = [Parameter("query", field) for field in wanted.query_params]
        self._body = route.body_field
        self._request = wanted.request_param_name
        self._response = wanted.response_param_name
        self._shown = route.response_field
        self._status = route.status_code

    async def handle(self, request: Request) -> Response:
        """The answer to a request, whose body is read and parsed already.

        Raises RequestValidationError, and ResponseValidationError for an endpoint that
        does not return what it says.
        """
        values: dict[str, object] = {}
        errors: Errors = []
        for name, admission in self._admissions:
            admitted = await admission(request)  # type: ignore[misc]
            if name is not None:
                values[name] = admitted
        for parameter in self._path:
            parameter.read(request.path_params, values, errors)
        if self._query:
            given = request.query_params if request.scope["query_string"] else {}
            for parameter in self._query:
                parameter.read(given, values, errors)
        if self._body is not None:
            await _read_body(self._body, request, values, errors)
        if errors:
            raise RequestValidationError(errors)
        if self._request is not None:
            values[self._request] = request
        if self._response is None:
            return self._answer(await self._call(**values), self._status)
        told = values[self._response] = _untold()
        shown = await self._call(**values)
        response = self._answer(shown, self._status or told.status_code)
        if response is not shown:
            response.raw_headers += told.raw_headers
        return response

    def _answer(self, shown: object, status: int | None) -> Response:
        if isinstance(shown, Response):
            return shown
        if self._shown is None:
            return Response(status_code=NO_CONTENT, media_type=MEDIA_TYPE)
        value, errors = self._shown.validate(shown, {}, loc=("response",))
        if errors:
            raise ResponseValidationError(errors, body=shown)
        content = self._shown.serialize_json(value)
        return Response(content, status or 200, media_type=MEDIA_TYPE)


class Parameter:
    """One value of the path or the query, by its name in the request."""

    def __init__(self, place: str, field: "ModelField") -> None:
        self._name = field.name
        self._alias = field.validation_alias or field.alias
        self._location = (place, self._alias)
        self._validate = field.validate
        self._is_required = field.field_info.is_required()
        self._default = field.get_default()

    def read(
        self, given: Mapping[str, object], values: dict[str, object], errors: Errors
    ) -> None:
        """Put the value among the values, or what is wrong with it among the errors."""
        value = given.get(self._alias)
        if value is not None:
            value, broken = self._validate(value, {}, loc=self._location)
            if broken:
                errors += broken
                return
        elif self._is_required:
            errors.append(_missing(*self._location))
            return
        else:
            value = self._default
        values[self._name] = value


async def _read_body(
    field: "ModelField", request: Request, values: dict[str, object], errors: Errors
) -> None:
    """Put the body among the values, or what is wrong with it among the errors."""
    if await request.body():
        value, broken = field.validate(await request.json(), {}, loc=("body",))
        errors += broken
    elif field.field_info.is_required():
        errors.append(_missing("body"))
        return
    else:
        value = field.get_default()
    values[field.name] = value


def _is_admission(wanted: Dependant) -> bool:
    return isinstance(wanted.call, Admission) and wanted.concurrency is None


def _is_scalar(field: "ModelField") -> bool:
    """Whether a parameter is one value, by one name, with a plain default."""
    told = field.field_info
    return (
        _holds_scalars(told.annotation)
        and isinstance(told.validation_alias, str | NoneType)
        and told.default_factory is None
        and not told.validate_default
    )


def _holds_scalars(kind: object) -> bool:
    origin = get_origin(kind)
    if origin is Literal:
        return True
    if origin is Annotated:
        return _holds_scalars(get_args(kind)[0])
    if origin in (Union, UnionType):
        return all(map(_holds_scalars, get_args(kind)))
    return isinstance(kind, type) and issubclass(kind, SCALARS)


def _missing(*location: str) -> dict[str, Any]:
    return {"type": "missing", "loc": location, "msg": "Field required", "input": None}


def _untold() -> Response:
    """A response that an endpoint may give headers and a status."""
    response = Response()
    del response.headers["content-length"]
    response.status_code = 0
    return response


def _failing(error: Exception) -> ASGIApp:
    """An application that answers as the handlers of the error say, or raises it."""

    async def fail(request: Request) -> Response:
        raise error

    return request_response(fail)
