"""What a contract says: the contract as amended, its domain, and its first overlay."""

from collections.abc import Callable, Sequence
from pathlib import Path

from . import documents
from .amendments import Seed
from .contract import Contract, amended, load
from .domain import Domain
from .error_bodies import understand_errors
from .infer import infer
from .reader import Document, Json, parse, read
from .seed import overlay_of, seed
from .seed_contexts import join_entities
from .seed_fields import start_fields
from .seed_patterns import leave_patterns
from .seed_replies import declare_replies, declare_success
from .versioning import versioned

# What decides who answers an operation, each on top of those before.
DECISIONS: tuple[Callable[[Seed, Domain], None], ...] = (
    declare_success,
    declare_replies,
    start_fields,
    join_entities,
)

OVERLAY_HEADER = """\
# What the contract leaves open: an OpenAPI Overlay over openapi.yaml. Yours to edit;
# `make generate` applies it and writes effective.yaml.
"""


def understand(
    contract: Path | Contract,
    overlay: Path | Document | None,
    error_format: str | None = None,
    versioning: str = "none",
    rate_limit: str = "none",
    idempotency: str = "none",
) -> tuple[Contract, Domain, str | None]:
    """A contract, its domain, and the text of its first overlay if it has none yet.

    Without an error format, it is the one that suits the contract. `versioning` is the
    answer to `api_versioning`; the others are called as their questions are.
    """
    added = versioning, rate_limit, idempotency
    bare = contract if isinstance(contract, Contract) else load(contract, check=False)
    if overlay is not None:
        document = read(overlay) if isinstance(overlay, Path) else overlay
        return *versioned(amended(bare, document), error_format, *added), None
    bare.check()
    basis, domain, before = answered(bare)
    domain = understand_errors(basis, domain, error_format)
    made = seed(basis, domain, domain.error_format, before)
    text = OVERLAY_HEADER + documents.dump(made)
    whole = amended(bare, parse(text, "overlay.yaml"))
    return *versioned(whole, domain.error_format, *added), text


def answered(
    bare: Contract, given: Sequence[Json] = ()
) -> tuple[Contract, Domain, list[Json]]:
    """A contract with what decides who answers, its domain, and all its amendments.

    Those that are `given` come first.
    """
    actions = [*given]
    made = Seed(_with(bare, actions, check=False))
    leave_patterns(made)  # they would be refused
    actions += made.actions
    basis = _with(bare, actions)
    domain = infer(basis)
    for decide in DECISIONS:
        made = Seed(basis)
        decide(made, domain)
        if made.actions:
            actions += made.actions
            basis = _with(bare, actions)
            domain = infer(basis)
    return basis, domain, actions


def _with(bare: Contract, actions: list[Json], *, check: bool = True) -> Contract:
    if not actions:
        return bare
    text = documents.dump(overlay_of(actions))
    return amended(bare, parse(text, "overlay.yaml"), check=check)
