"""Reads one error response of a contract: which of its bodies an error can fill."""

import json
import re
from dataclasses import dataclass, field, replace

from .contract import Contract
from .domain import Alias, MapOf, Model, ModelOf, Scalar, Type
from .error_filler import CannotFill, Filler
from .error_fillings import Filling, size
from .error_formats import PROBLEM, PROBLEM_JSON, ErrorFormat, accepts
from .error_words import STATUSES
from .errors import ContractError
from .reader import Json
from .schemas import Pointer, SchemaReader

# What fits a header, and what an error can be written as.
_JSON = re.compile(
    r"application/([\w.-]+\+)?json(; ?[\w.=-]+)*|\*/\*|application/\*", re.ASCII
)
_TEXT = re.compile(r"text/plain(; ?[\w.=-]+)*", re.ASCII)
# Names that the generated modules use themselves.
_TAKEN = ("ErrorBody", "ErrorReport", "Final")
_ANY = Scalar("any")


@dataclass(frozen=True)
class ErrorBody:
    """A body of a media type, how an error fills it, and what it is called.

    `schema` is the contract's schema or reference; it stands at `at`.
    """

    name: str
    media: str
    type: Type
    filling: Filling = field(compare=False)
    schema: Json = field(compare=False, default=None)
    at: Pointer = field(compare=False, default=())


class ErrorReader:
    """Reads every schema once, however many operations refer to it."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self._schemas = SchemaReader(contract, _TAKEN)
        self._known: dict[tuple[str, str, str], ErrorBody | CannotFill] = {}
        self.problem = self._problem()
        self._general = {self.problem}

    @property
    def models(self) -> dict[str, Model]:
        return self._schemas.models

    @property
    def aliases(self) -> dict[str, Alias]:
        return self._schemas.aliases

    def is_general(self, body: ErrorBody) -> bool:
        """Whether errors of every status fill a body."""
        return body in self._general

    def holds(self, response: dict[str, Json], at: Pointer, made: ErrorFormat) -> bool:
        """Whether a response declares content that takes every document of a format."""
        content = response.get("content")
        if not isinstance(content, dict) or made.media not in content:
            return False
        entry, where = self.contract.resolve(
            content[made.media], (*at, "content", made.media)
        )
        try:
            name = f"{made.component} {at[-1]}"
            type_ = self._type(entry.get("schema", {}), (*where, "schema"), name)
        except CannotFill:
            return False
        return accepts(type_, made, self.models)

    def answer(
        self, response: dict[str, Json], at: Pointer, key: str, hint: str
    ) -> tuple[ErrorBody | None, str]:
        """The first content that an error fills, JSON before text, or why none is.

        `key` is the status of the response, `hint` a name for what has none.
        """
        content = response.get("content")
        if not isinstance(content, dict):
            return None, ""
        reason = ""
        for media in sorted(content, key=_rank):
            entry, where = self.contract.resolve(
                content[media], (*at, "content", media)
            )
            found = self._body(media, entry, (*where, "schema"), key, hint)
            if isinstance(found, ErrorBody):
                return found, ""
            reason = reason or str(found)
        return None, reason

    def _body(
        self, media: str, entry: dict[str, Json], at: Pointer, key: str, hint: str
    ) -> ErrorBody | CannotFill:
        """The body of one content: the same for every status, or else for this one."""
        schema = entry.get("schema", {})
        reference = schema.get("$ref") if isinstance(schema, dict) else None
        name = special_name = hint
        if isinstance(reference, str):
            name = reference.rpartition("/")[2]
            special_name = f"{name} {key.lower()}"
        identity = json.dumps(schema)
        found = []
        for statuses, called in (("", name), (key, special_name)):
            known = (media, identity, statuses)
            if known not in self._known:
                self._known[known] = self._read(media, schema, at, called, statuses)
            found.append(self._known[known])
        general, special = found
        if isinstance(general, CannotFill):
            return special
        is_fuller = isinstance(special, ErrorBody) and (
            size(special.filling) > size(general.filling)
        )
        return special if is_fuller else general

    def _read(
        self, media: str, schema: Json, at: Pointer, name: str, key: str
    ) -> ErrorBody | CannotFill:
        """A body for errors of a status, or of every one where the key is empty."""
        is_text = bool(_TEXT.fullmatch(media))
        if not is_text and not _JSON.fullmatch(media):
            return CannotFill(f"{media} is not JSON")
        sent = "application/json" if "*" in media else media
        try:
            type_ = self._type(schema, at, name)
            if is_text and not isinstance(type_, Scalar):
                raise CannotFill(f"{media} is not JSON")
            if not is_text and self._is_open(type_, sent):
                body = replace(self.problem, media=sent)
            else:
                is_problem = sent == PROBLEM_JSON
                filling = Filler(self.models, _statuses(key), is_problem).fill(type_)
                body = ErrorBody(name, sent, type_, filling, schema, at)
        except CannotFill as reason:
            return reason
        if not key:
            self._general.add(body)
        return body

    def _type(self, schema: Json, at: Pointer, name: str) -> Type:
        """The type of a schema; what would be refused elsewhere only is not filled."""
        if schema in ({}, True, None):
            return _ANY
        try:
            return self._schemas.read(schema, at, "response", name)
        except ContractError as error:
            raise CannotFill(error.message) from error
        except RecursionError:
            raise CannotFill("its schemas are nested too deeply") from None

    def _is_open(self, type_: Type, media: str) -> bool:
        """Whether a whole problem document is a value of the type and says more.

        RFC 9457 lets every problem document have more members than are declared.
        """
        if not accepts(type_, PROBLEM, self.models):
            return False
        if isinstance(type_, ModelOf):
            declared = {field.wire for field in self.models[type_.model].fields}
            fullest = PROBLEM.samples[1]
            return media == PROBLEM_JSON and not declared >= {*fullest}
        return isinstance(type_, MapOf | Scalar)

    def _problem(self) -> ErrorBody:
        """The problem document, as the first overlay declares it if it does."""
        components = self.contract.effective.get("components")
        schemas = components.get("schemas") if isinstance(components, dict) else None
        for name, schema in (schemas if isinstance(schemas, dict) else {}).items():
            if schema == PROBLEM.schema:
                reference: Json = {"$ref": f"#/components/schemas/{_escaped(name)}"}
                break
        else:
            name, reference = PROBLEM.component, PROBLEM.schema
        type_ = self._schemas.read(reference, ("x-problem",), "response", name)
        filling = Filler(self.models, STATUSES, is_problem=True).fill(type_)
        return ErrorBody(name, PROBLEM_JSON, type_, filling, reference)


def _rank(media: str) -> tuple[bool, bool]:
    return not _JSON.fullmatch(media), media == PROBLEM_JSON


def _statuses(key: str) -> list[int]:
    """The statuses that a response stands for; every one where the key is empty."""
    if key.isdigit():
        return [int(key)] if int(key) in STATUSES else [400 if key < "500" else 500]
    return [s for s in STATUSES if not key.endswith("XX") or str(s)[0] == key[0]]


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")
