"""What answers add to a contract: how callers name a version, and what protects it.

It follows from the contract, its overlay and the answers alone and is written nowhere
but into the effective contract, so that the answers can be changed for life.
"""

from dataclasses import replace

from . import documents
from .amendments import Seed, operations_of
from .api_versions import (
    BY_REQUEST,
    HEADER,
    NAMES_VERSION,
    VERSION_KEY,
    major,
    unversioned,
    version_in_base,
    version_of,
    versions_of,
    without_version,
)
from .contract import Contract, completed
from .domain import Domain, Operation
from .entities import shape
from .error_bodies import understand_errors
from .errors import ContractError
from .infer import base_path, infer
from .protections import protect, unlimited
from .reader import Json, parse
from .seed import overlay_of
from .seed_errors import Refusals, declare_refusals
from .walk import Pointer


def versioned(
    contract: Contract,
    error_format: str | None,
    versioning: str,
    rate_limit: str = "none",
    idempotency: str = "none",
) -> tuple[Contract, Domain]:
    """A contract with what the answers add to it, and its domain."""
    domain = understand_errors(contract, infer(contract), error_format)
    domain = replace(
        domain, versioning=versioning, rate_limit=rate_limit, idempotency=idempotency
    )
    made = Seed(contract)
    refusals = Refusals()
    if versioning == "uri":
        _number_servers(made, domain)
    elif versioning in BY_REQUEST:
        _refuse_ambiguous(contract, domain)
        _forget_servers(made, domain)
        _declare(made, domain, versioning, refusals)
    protect(made, domain, refusals)
    declare_refusals(made, domain, refusals)
    if made.actions:
        chosen = {
            "api_versioning": versioning,
            "rate_limit": rate_limit,
            "idempotency": idempotency,
        }
        name = ", ".join(f"{k}={v}" for k, v in chosen.items() if v != "none")
        text = documents.dump(overlay_of(made.actions))
        contract = completed(contract, parse(text, name))
        domain = understand_errors(contract, infer(contract), domain.error_format)
        domain = replace(
            domain,
            versioning=versioning,
            rate_limit=rate_limit,
            idempotency=idempotency,
        )
    unchecked = (*domain.unchecked, *unlimited(domain))
    return contract, replace(domain, unchecked=unchecked)


def _number_servers(made: Seed, domain: Domain) -> None:
    """Where nothing names the version yet, the path of the servers does."""
    contract = made.contract.effective
    paths = (o.path for c in domain.contexts for o in c.operations)
    if version_in_base(domain.base_path) is not None or any(
        version_of(path) is not None for path in paths
    ):
        return
    number = major(contract)
    words = f"callers name version {number} in the path, as info.version has it"
    servers = contract.get("servers")
    if not isinstance(servers, list) or not servers:
        made.add((), {"servers": [{"url": f"/v{number}"}]}, words)
        return
    for at, url in enumerate(_urls(servers)):
        new = f"{url.rstrip('/')}/v{number}"
        made.add(("servers", at), {"url": new}, f"{url}: {words}")


def _forget_servers(made: Seed, domain: Domain) -> None:
    """What callers name in the request is no part of the servers' path any more."""
    contract = made.contract.effective
    number = version_in_base(domain.base_path)
    if number is None or versions_of(contract, domain.base_path).heads:
        return
    servers = contract.get("servers")
    for at, url in enumerate(_urls(servers if isinstance(servers, list) else [])):
        new = without_version(url)
        if new != url and base_path({"servers": [{"url": new}]}) != base_path(
            {"servers": [{"url": url}]}
        ):
            words = f"{url}: callers name version {number} in the request"
            made.add(("servers", at), {"url": new}, words)
    words = f"version {number} has the paths that name none"
    made.add((), {VERSION_KEY: number}, words)


def _urls(servers: list[Json]) -> list[str]:
    return [
        str(server.get("url", "")) if isinstance(server, dict) else ""
        for server in servers
    ]


def _declare(made: Seed, domain: Domain, versioning: str, refusals: Refusals) -> None:
    """Say how a version is named, and what a caller gets who names none of them."""
    contract = made.contract.effective
    versions = versions_of(contract, domain.base_path)
    listed = ", ".join(map(str, versions.served))
    info = contract.get("info")
    said = info.get("description") if isinstance(info, dict) else None
    how = "Accept: application/json;v=" if versioning == "media-type" else f"{HEADER}: "
    told = (
        f"**Versions.** A request names the version of the API that it means by "
        f"`{how}{versions.served[-1]}`; it may leave that out. Served: {listed}."
    )
    if versions.heads:
        told += (
            " The version in a path says the same, and is left out where the request "
            "names it."
        )
    text = f"{said.rstrip()}\n\n{told}\n" if isinstance(said, str) and said else told
    made.add(("info",), {"description": text}, "how callers name a version is told")
    named: set[Pointer] = set()
    for operation, _, pointer in operations_of(made, domain):
        number = version_of(operation.path) if versions.heads else versions.served[0]
        if number is None:
            continue
        refusals.add(operation, 400, "it names a version that is not served")
        path = pointer[:-1]
        if versioning != "header" or path in named or _takes_header(operation):
            continue
        named.add(path)
        _name_parameter(made, operation, path, number)


def _takes_header(operation: Operation) -> bool:
    wires = (p.wire.lower() for p in operation.parameters if p.place == "header")
    return HEADER.lower() in wires


def _name_parameter(
    made: Seed, operation: Operation, pointer: Pointer, number: int
) -> None:
    """Declare the header for all operations of a path."""
    bare = unversioned(operation.path)
    told = f"The version that is meant: {number}"
    if bare != operation.path:
        told += f". With it, the path is `{bare}` as well"
    parameter: Json = {
        "name": HEADER,
        "in": "header",
        "description": f"{told}.",
        # a header is text: `01` is no version
        "schema": {"type": "string", "enum": [str(number)]},
        NAMES_VERSION: True,
    }
    words = f"{operation.path} is of version {number}, which {HEADER} names"
    made.add(pointer, {"parameters": [parameter]}, words)


def _refuse_ambiguous(contract: Contract, domain: Domain) -> None:
    """Refuse two paths that are one without the version, where only one has it."""
    operations = [o for c in domain.contexts for o in c.operations]
    bare = {shape(o.path): o for o in operations if version_of(o.path) is None}
    for operation in operations:
        other = bare.get(shape(unversioned(operation.path)))
        if other is None or version_of(operation.path) is None:
            continue
        raise ContractError(
            contract.place("paths", operation.path),
            f"{operation.path} and {other.path} are the same path for a caller who "
            "names the version in the request",
            f"Give {other.path} a version too, or choose api_versioning=uri.",
        )
