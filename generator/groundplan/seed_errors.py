"""The errors that a contract leaves undeclared, or declares in another format.

After these amendments the contract says of every error what the service answers.
"""

from dataclasses import dataclass, field

from .amendments import Seed, free_name, operations_of
from .domain import Domain, Operation, Storage, is_about_item
from .error_bodies import Declared, read_error_bodies
from .error_formats import FORMATS, PROBLEM, ErrorFormat
from .reader import Json
from .schemas import Pointer

_REASONS = {
    400: "the body or a parameter cannot be read",
    401: "the caller is not logged in",
    403: "the caller has none of the roles",
    404: "there is no such item",
    409: "another item has the same unique value",
    412: "the item has changed since the ETag in `If-Match`",
    413: "the body is larger than the service takes",
    415: "the body is not JSON",
    422: "the request breaks a rule of the contract",
}
_TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    422: "Unprocessable Content",
    429: "Too Many Requests",
}
_TAG: Json = {
    "description": "The state of the item, for `If-None-Match` and `If-Match`.",
    "schema": {"type": "string"},
}


def declare_errors(made: Seed, domain: Domain, error_format: str) -> None:
    """Every error that an operation can answer is declared as it is answered."""
    declaration = _Declaration(made, domain, error_format)
    declaration.amend_declared()
    declaration.declare_missing()
    declaration.write()


def amend_errors(made: Seed, domain: Domain, error_format: str) -> None:
    """The errors that are declared are so as they are answered."""
    declaration = _Declaration(made, domain, error_format)
    declaration.amend_declared()
    declaration.write()


@dataclass
class Refusals:
    """What the platform answers besides, by operation and status, and when."""

    reasons: dict[str, dict[int, str]] = field(default_factory=dict)

    def add(self, operation: Operation, status: int, reason: str) -> None:
        self.reasons.setdefault(operation.id, {}).setdefault(status, reason)


def declare_refusals(made: Seed, domain: Domain, refusals: Refusals) -> None:
    """Declare refusals where they are not, as they are answered."""
    declaration = _Declaration(made, domain, domain.error_format)
    for operation, node, pointer in operations_of(made, domain):
        responses = node.get("responses")
        declared = responses if isinstance(responses, dict) else {}
        wanted = refusals.reasons.get(operation.id, {})
        if declared.keys() & {"4XX", "default"}:
            continue
        missing = {s: wanted[s] for s in sorted(wanted) if str(s) not in declared}
        if missing:
            reasons = "; ".join(f"{s} when {why}" for s, why in missing.items())
            made.add(
                (*pointer, "responses"),
                {str(status): declaration.response(status) for status in missing},
                f"{operation.id} also answers {reasons}",
            )
    declaration.write()


@dataclass(frozen=True)
class _Change:
    """What becomes of the content of a response that is declared.

    `replaced` is the part of the response that goes: nothing, all of its content, or
    one media type of it.
    """

    words: str
    content: Json
    replaced: Pointer | None = None


class _Declaration:
    """Collects the amendments, and the components that they refer to."""

    def __init__(self, made: Seed, domain: Domain, error_format: str) -> None:
        self.made = made
        self.domain = domain
        self.bodies = read_error_bodies(made.contract, domain)
        self.format = FORMATS.get(error_format)
        components = made.contract.effective.get("components")
        self.has_components = components is not None
        self.components = components if isinstance(components, dict) else {}
        self.schemas: dict[str, Json] = {}
        self.responses: dict[str, Json] = {}
        self._start = len(made.actions)

    def write(self) -> None:
        """Add the components before the actions that refer to them."""
        kinds = {"schemas": self.schemas, "responses": self.responses}
        parts: Json = {kind: added for kind, added in kinds.items() if added}
        if not parts:
            return
        words = "the errors that the service answers with"
        if self.has_components:
            self.made.add(("components",), parts, words)
        else:
            self.made.add((), {"components": parts}, words)
        self.made.actions.insert(self._start, self.made.actions.pop())

    def amend_declared(self) -> None:
        """Responses that are declared otherwise than they are answered."""
        grouped: dict[tuple[Pointer, str], tuple[_Change, list[Declared]]] = {}
        seen: set[Pointer] = set()
        for item in self.bodies.declared:
            change = None if item.at in seen else self._change(item)
            seen.add(item.at)
            if change:
                group = (item.at[:-1], f"{change.words} {change.replaced}")
                grouped.setdefault(group, (change, []))[1].append(item)
        for (parent, _), (change, items) in grouped.items():
            names = [str(item.at[-1]) for item in items]
            subject = ", ".join(names)
            if parent[:1] == ("paths",):
                subject = f"{items[0].operation} {subject}"
            if change.replaced:
                gone = f"{subject}: not answered as declared"
                self.made.remove(parent, names, change.replaced, gone)
            update: Json = {"content": change.content}
            self.made.add_to_each(parent, names, update, f"{subject}: {change.words}")

    def _change(self, item: Declared) -> _Change | None:
        """What has to be said about a response; None where it is said."""
        content = item.response.get("content")
        if self.format is None:
            return self._contract_change(item)
        if self.bodies.reader.holds(item.response, item.at, self.format):
            return None
        added = self._content(self.format)
        words = f"answered with {self.format.words}"
        if not content:
            return _Change(words, added)
        if self.format is PROBLEM:
            return self._problem_beside(item, words)
        return _Change(words, added, ("content",))

    def _contract_change(self, item: Declared) -> _Change | None:
        if item.body:
            return None
        if not item.reason:
            return _Change("answered with the usual error body", self._usual())
        return self._problem_beside(
            item, f"answered with {PROBLEM.words} as well: {item.reason}"
        )

    def _problem_beside(self, item: Declared, words: str) -> _Change:
        """A problem document beside what is declared, or instead of another one."""
        declared = item.response.get("content")
        is_taken = isinstance(declared, dict) and PROBLEM.media in declared
        replaced = ("content", PROBLEM.media) if is_taken else None
        return _Change(words, self._content(PROBLEM), replaced)

    def declare_missing(self) -> None:
        """Responses that are not declared at all."""
        for operation, node, pointer in operations_of(self.made, self.domain):
            responses = node.get("responses")
            declared = responses if isinstance(responses, dict) else {}
            if "default" in declared:
                continue
            self._declare_unchanged(operation, declared, pointer)
            if "4XX" in declared:
                continue
            missing = [s for s in _statuses(operation) if str(s) not in declared]
            if missing:
                reasons = "; ".join(f"{s} when {_REASONS[s]}" for s in missing)
                self.made.add(
                    (*pointer, "responses"),
                    {str(status): self.response(status) for status in missing},
                    f"{operation.id} also answers {reasons}",
                )

    def _declare_unchanged(
        self, operation: Operation, declared: dict[str, Json], pointer: Pointer
    ) -> None:
        """The answer without body, where a client has the item already."""
        is_read = is_about_item(operation) and operation.method == "get"
        if not is_read or operation.reply.status != 200 or "304" in declared:
            return
        added: dict[str, Json] = {"304": {"description": "Not Modified"}}
        shown = declared.get("200")
        if isinstance(shown, dict) and "$ref" not in shown:
            added["200"] = {"headers": {"ETag": _TAG}}
        self.made.add(
            (*pointer, "responses"),
            added,
            f"{operation.id} also answers 304 when the client knows the item already, "
            "by the ETag in `If-None-Match`",
        )

    def response(self, status: int) -> Json:
        """A reference to the response that errors of a status have in common."""
        title = _TITLES[status]
        existing = self.components.get("responses")
        made = {"description": title, "content": self._usual()}
        known = existing if isinstance(existing, dict) else {}
        for name, response in {**known, **self.responses}.items():
            if response == made:
                return {"$ref": f"#/components/responses/{_escaped(name)}"}
        kind = self.format or (None if self._has_usual() else PROBLEM)
        wanted = f"{kind.component if kind else 'Error'}{status}"
        name = free_name(existing, wanted)
        self.responses[name] = made
        return {"$ref": f"#/components/responses/{name}"}

    def _has_usual(self) -> bool:
        return self.bodies.default != self.bodies.reader.problem

    def _usual(self) -> Json:
        """The content of errors that the contract says nothing about."""
        if self.format or not self._has_usual():
            return self._content(self.format or PROBLEM)
        default = self.bodies.default
        schema = default.schema
        if not isinstance(schema, dict) or "$ref" not in schema:
            schema = self._component("Error", schema)
        return {default.media: {"schema": schema}}

    def _content(self, made: ErrorFormat) -> Json:
        return {made.media: {"schema": self._component(made.component, made.schema)}}

    def _component(self, wanted: str, schema: Json) -> Json:
        """A reference to a schema, which becomes a component if it is none yet."""
        existing = self.components.get("schemas")
        known = existing if isinstance(existing, dict) else {}
        for name, other in {**known, **self.schemas}.items():
            if other == schema:
                return {"$ref": f"#/components/schemas/{_escaped(name)}"}
        name = free_name({**known, **self.schemas}, wanted)
        self.schemas[name] = schema
        return {"$ref": f"#/components/schemas/{name}"}


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _statuses(operation: Operation) -> list[int]:
    """The errors that the platform answers an operation with."""
    found = []
    path = any(p.place == "path" for p in operation.parameters)
    if operation.schemes:
        found.append(401)
    if operation.roles:
        found.append(403)
    if path:
        found.append(404)
    answer = operation.answer
    if isinstance(answer, Storage) and answer.cursor:
        found.append(400)
    if operation.body:
        found += [400, 413, 415]
        stored = isinstance(answer, Storage) and answer.kind in (
            "create",
            "update",
            "replace",
        )
        if isinstance(answer, Storage) and stored:
            columns = answer.entity.columns
            given = answer.kind == "create" and answer.entity.key.generated != "integer"
            unique = any(column.unique for column in columns)
            if given or unique or answer.references:
                found.append(409)
    if operation.body or operation.parameters:
        found.append(422)
    if is_about_item(operation) and operation.method != "get":
        found.append(412)
    return sorted(found)
