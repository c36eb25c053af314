"""The error bodies that a contract declares, and which of them an error can fill."""

from collections import Counter
from dataclasses import dataclass, field, replace

from .amendments import Seed, operations_of
from .contract import Contract
from .domain import Alias, Domain, Model
from .error_formats import CONTRACT, PROBLEM
from .error_reader import ErrorBody, ErrorReader
from .operations import ERROR_RESPONSE
from .reader import Json
from .schemas import Pointer


@dataclass(frozen=True)
class Declared:
    """An error response of an operation: of a status, of `4XX`, or the `default`.

    `body` is what the service answers with; None where the contract shows no content,
    and where no error fills what it shows, for a reason in words.
    """

    operation: str
    key: str
    at: Pointer
    response: dict[str, Json] = field(repr=False)
    body: ErrorBody | None
    reason: str = ""


@dataclass(frozen=True)
class ErrorBodies:
    """What errors are answered with: everywhere, and where an operation says more.

    `operations` has, by operation id, every error response of the operations that
    declare another body than `default` somewhere.
    """

    default: ErrorBody
    operations: dict[str, dict[str, ErrorBody]]
    declared: tuple[Declared, ...]
    reader: ErrorReader = field(repr=False)

    @property
    def models(self) -> dict[str, Model]:
        return self.reader.models

    @property
    def aliases(self) -> dict[str, Alias]:
        return self.reader.aliases

    @property
    def is_declared(self) -> bool:
        """Whether the contract declares bodies that errors can fill."""
        return any(item.body for item in self.declared)

    def body(self, operation: str, status: int) -> ErrorBody:
        """The body of an operation's error, as the service looks it up."""
        own = self.operations.get(operation, {})
        keys = (str(status), f"{status // 100}XX", "default")
        return next((own[key] for key in keys if key in own), self.default)


def read_error_bodies(contract: Contract, domain: Domain) -> ErrorBodies:
    """The error bodies of a contract and its domain."""
    reader = ErrorReader(contract)
    declared = tuple(_declared(reader, contract, domain))
    counted = Counter(item.body for item in declared if item.body)
    general = (body for body, _ in counted.most_common() if reader.is_general(body))
    default = next(general, reader.problem)
    by_operation: dict[str, dict[str, ErrorBody]] = {}
    for item in declared:
        body = item.body or (reader.problem if item.reason else default)
        by_operation.setdefault(item.operation, {})[item.key] = body
    special = {
        operation: dict(sorted(bodies.items()))
        for operation, bodies in by_operation.items()
        if any(body != default for body in bodies.values())
    }
    return ErrorBodies(default, special, declared, reader)


def understand_errors(
    contract: Contract, domain: Domain, error_format: str | None
) -> Domain:
    """The domain with its error format, which follows from the contract if not given.

    That is `contract` where it declares bodies that errors can fill, else `problem`.
    """
    if error_format not in (None, CONTRACT):
        return replace(domain, error_format=error_format)
    bodies = read_error_bodies(contract, domain)
    if error_format is None and not bodies.is_declared:
        return replace(domain, error_format=PROBLEM.name)
    return replace(domain, error_format=CONTRACT, error_bodies=bodies)


def _declared(
    reader: ErrorReader, contract: Contract, domain: Domain
) -> list[Declared]:
    """Every error response of every operation, in the order of the contract."""
    found = []
    for operation, node, pointer in operations_of(Seed(contract), domain):
        responses = node.get("responses")
        for key, entry in (responses if isinstance(responses, dict) else {}).items():
            if ERROR_RESPONSE.fullmatch(str(key)):
                at = (*pointer, "responses", key)
                response, at = contract.resolve(entry, at)
                hint = f"{operation.id} {str(key).lower()}"
                body, reason = reader.answer(response, at, str(key), hint)
                found.append(
                    Declared(operation.id, str(key), at, response, body, reason)
                )
    return found
