"""Writes what follows from the contract into a generated project.

Every file has one owner: *derived* files are overwritten, *seeded* ones are written
where they are missing and are the team's from then on, *appended* ones (migrations) are
never touched again.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from . import documents, fit, migrations, pins, source
from .caching import cached, caching_module
from .contract import Contract, load
from .decisions import Decisions
from .depth import deeper
from .domain import WRITTEN, Context, Domain, Stub
from .errors import ContractError, GroundplanError, ProjectError
from .fastapi_code import ContextCode
from .fastapi_errors import FOLDER as ERRORS_FOLDER
from .fastapi_errors import error_files
from .fastapi_tests import derived_tests
from .growth import Growth, adopted, grown
from .infer import base_path
from .limit_module import limit_module
from .platform_paths import platform_path
from .reader import Document, Json, parse, read
from .render import HEADER, Templates, all_formatted
from .rewire import Remainder, remainders, renewed
from .sample import sample as first_sample
from .sample import sample_path, sample_sources
from .scopes import scoped
from .service_document import service_document
from .understanding import understand
from .version_module import version_module
from .workspace import ANSWERS, File, Owner, Project

_PORT_IMPORT = re.compile(r"^from \.\.(\w+)\.generated\.port import", re.MULTILINE)


@dataclass
class Report:
    """What a run changed, or would change."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: int = 0
    misfits: list[fit.Misfit] = field(default_factory=list)
    remainders: list[Remainder] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.written or self.removed)


def generate(
    project: Project,
    *,
    write: bool = True,
    understood: tuple[Contract, Domain, str | None] | None = None,
    decisions: Decisions | None = None,
    grow: bool = True,
    adopt: bool = False,
) -> Report:
    """Bring a project in line with its contract; `write=False` only reports drift.

    `understood` is what its contract and overlay are, where that is known; without
    `grow` the overlay is taken as it is, with `adopt` it gets all that a first one
    would have now. Raises ContractError, ProjectError, and
    UndecidedError where a change of tables needs decisions; then nothing has changed.
    """
    notes: list[str] = []
    files = plan(project, understood, decisions, notes, grow=grow, adopt=adopt)
    _refuse_obstacles(project, files)
    planned = {str(file.path): file.text for file in files}
    change = fit.change_of(project.folder, project.package, planned)
    misfits = fit.misfits(project.folder, project.package, change)
    report = Report(misfits=misfits, notes=notes)
    for file in files:
        target = project.folder / file.path
        current = target.read_text("utf-8", "replace") if target.is_file() else None
        if current == file.text or (
            current is not None and file.owner not in (Owner.DERIVED, Owner.MERGED)
        ):
            report.kept += 1
            continue
        report.written.append(str(file.path))
        if write:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8", newline="\n")
    for stale in _derived_files(project):
        relative = stale.relative_to(project.folder).as_posix()
        if relative not in planned:
            report.removed.append(relative)
            if write:
                stale.unlink()
                _remove_empty(stale.parent, project.folder)
    for context in project.contexts:
        if context not in change.after:
            report.remainders += remainders(
                project.folder,
                project.package,
                context,
                report.removed,
                change.successor(context),
            )
    return report


def _refuse_obstacles(project: Project, files: list[File]) -> None:
    """Raise ProjectError where a file cannot be, or would be somebody else's.

    A project came with somebody's clone: nothing outside of it is written.
    """
    root = project.folder.resolve()
    for file in files:
        if not (root / file.path).resolve().is_relative_to(root):
            raise ProjectError(
                f"{file.path}: leads out of the project", "Remove the symbolic link."
            )
        if (root / file.path).is_dir():
            raise ProjectError(
                f"{file.path}: is a folder, where a file has to be",
                "Rename the folder.",
            )


@deeper()
def plan(
    project: Project,
    understood: tuple[Contract, Domain, str | None] | None = None,
    decisions: Decisions | None = None,
    notes: list[str] | None = None,
    *,
    grow: bool = True,
    adopt: bool = False,
) -> list[File]:
    """Every file that the contract of a project asks for; `notes` gets what to know."""
    notes = [] if notes is None else notes
    told = decisions or Decisions()
    files = list(_planned(project, understood, told, notes, grow, adopt))
    ours = [n for n, file in enumerate(files) if file.owner is not Owner.MERGED]
    code = [n for n in ours if files[n].path.suffix == ".py"]
    texts = all_formatted([files[n].text for n in code])
    for number, text in zip(code, texts, strict=True):
        files[number] = replace(files[number], text=text)
    return files


def _planned(
    project: Project,
    understood: tuple[Contract, Domain, str | None] | None,
    decisions: Decisions,
    notes: list[str],
    grow: bool,
    adopt: bool,
) -> Iterator[File]:
    sample = not project.contract.is_file()
    contract_file = (
        source.sample_folder() / "openapi.yaml" if sample else project.contract
    )
    overlay: Path | None = project.overlay if project.overlay.is_file() else None
    overlay_text = None
    before = _last_effective(project)
    if sample:
        yield _file("contracts/openapi.yaml", _text(contract_file), Owner.SEEDED)
    if understood:
        contract, domain, overlay_text = understood
    elif sample and overlay is None:
        contract, domain, overlay_text = first_sample(project.choices, project.ways)
    elif sample:
        contract, domain, _ = understand(contract_file, overlay, *project.ways)
    elif overlay and (adopt or (grow and before)):
        bare, document = load(contract_file, check=False), read(overlay)
        growth = _growth(project, bare, document, None if adopt else before)
        if growth:
            yield _file("contracts/overlay.yaml", growth.text, Owner.MERGED)
            notes += (f"contracts/overlay.yaml gained: {w}" for w in growth.words)
            document = parse(growth.text, overlay.name)
        contract, domain, _ = understand(bare, document, *project.ways)
    else:
        contract, domain, overlay_text = understand(
            contract_file, overlay, *project.ways
        )
    if overlay_text is not None:
        yield _file("contracts/overlay.yaml", overlay_text, Owner.SEEDED)
    notes += (f"contracts/{one.place}: {one.message}" for one in contract.idle)
    check_fit(project, contract, domain)
    last = before.effective if before else contract.source.data
    changes = changed_answers(project, domain, last)
    rewired = renewed(project.folder, ANSWERS, changes) if changes else {}
    project = replace(project, contexts=tuple(c.name for c in domain.contexts))
    domain = _with_overrides(project, domain, sample)
    domain = scoped(domain) if project.auth == "oidc" else domain
    calls = {c.name: _calls(project, c.name, sample) for c in domain.contexts}
    templates = Templates(source.contexts_folder())
    yield _file("contracts/effective.yaml", documents.effective(domain))
    yield _file("contracts/schemathesis.toml", documents.contract_test(domain))
    yield _file("docs/contexts.md", documents.contexts_page(domain, calls))
    if domain.error_bodies:
        for name, text in error_files(templates, domain.error_bodies).items():
            path = f"src/{project.package}/{ERRORS_FOLDER}/{name}"
            yield _file(path, text)
    modules = service_document(domain) | version_module(domain) | limit_module(domain)
    for name, text in modules.items():
        yield _file(f"src/{project.package}/generated/{name}", text)
    if project.choices & {"cache_memory", "cache_redis"}:
        for name, text in caching_module(cached(contract, domain)).items():
            yield _file(f"src/{project.package}/generated/{name}", text)
    for context in domain.contexts:
        yield from _context_files(project, templates, domain, context, sample)
    tables = migrations.Migrations(project.folder, domain, decisions)
    for file in tables.files():
        owner = Owner.APPENDED if file.is_revision else Owner.DERIVED
        yield _file(file.path, file.text, owner)
    yield from _locks(project)
    for path, text in rewired.items():
        yield File(PurePosixPath(path), text, Owner.MERGED)


def _growth(
    project: Project, bare: Contract, overlay: Document, before: Contract | None
) -> Growth | None:
    """What the overlay gains: all that it lacks, or what is new since `before`."""
    text = _text(project.overlay)
    if before is None:
        return adopted(bare, overlay, text, project.error_format)
    return grown(bare, overlay, text, before, project.error_format)


def _last_effective(project: Project) -> Contract | None:
    """The effective contract as it was last written, if it can be read."""
    try:
        return load(project.effective, check=False)
    except GroundplanError:
        return None  # not there, or with the marks of a merge in it: it is derived


def changed_answers(
    project: Project, domain: Domain, before: Mapping[str, Json]
) -> dict[str, "str | list[str]"]:
    """The answers that the contract gives, where they are not those recorded.

    `before` is the contract that the recorded ones are from.
    """
    contexts = [context.name for context in domain.contexts]
    changes: dict[str, str | list[str]] = {}
    if contexts != [*project.contexts]:
        changes["contexts"] = contexts
    place = platform_path(domain, project.platform_path)
    if place != project.platform_path:
        changes["platform_path"] = place
    if project.base_path == base_path(before) != domain.base_path:
        changes["base_path"] = domain.base_path
    return changes


def understand_project(project: Project) -> tuple[Contract, Domain]:
    """The contract of a project and its domain, with what `service.py` answers."""
    overlay = project.overlay if project.overlay.is_file() else None
    contract, domain, _ = understand(project.contract, overlay, *project.ways)
    return contract, _with_overrides(project, domain, sample=False)


def check_fit(project: Project, contract: Contract, domain: Domain) -> None:
    """Refuse a contract that the answers of a project do not fit."""
    if domain.secured and project.auth == "none":
        raise ContractError(
            (
                contract.place("security")
                if "security" in contract.source.data
                else contract.source.name
            ),
            "declares security, but auth is none",
            "Remove the security in contracts/overlay.yaml, or let people log in: "
            "`groundplan update --set auth=jwt`, or auth=oidc with an issuer.",
        )


def _context_files(
    project: Project,
    templates: Templates,
    domain: Domain,
    context: Context,
    sample: bool,
) -> Iterator[File]:
    package = f"src/{project.package}/{context.name}"
    code = ContextCode(templates, domain, context)
    for name, text in code.derived().items():
        yield _file(f"{package}/generated/{name}", text)
    written = sample_sources(context.name, project.choices) if sample else {}
    for name, text in code.seeded().items():
        text = written.pop(f"src/{name}", "") or text
        yield _file(f"{package}/{name}", text, Owner.SEEDED)
    for name, text in written.items():
        path = sample_path(project.package, context.name, name)
        yield _file(path, text, Owner.SEEDED)
    tests = f"tests/{context.name}/generated"
    for name, text in derived_tests(templates, domain, context).items():
        yield _file(f"{tests}/{name}", text)


def _locks(project: Project) -> Iterator[File]:
    """The lock files, where there are none yet: with the versions tested here."""
    if (project.folder / "requirements.lock").is_file():
        return
    for name, text in pins.locks(project.folder, pins.load()).items():
        yield _file(name, text, Owner.SEEDED)


def _with_overrides(project: Project, domain: Domain, sample: bool) -> Domain:
    """The domain with the stubs that `service.py` already answers marked so."""
    contexts = []
    for context in domain.contexts:
        service = project.folder / "src" / project.package / context.name / "service.py"
        text = _code(service) if service.is_file() else ""
        if sample and not text:
            written = sample_sources(context.name, project.choices)
            text = written.get("src/service.py", "")
        defined = _methods(text)
        operations = tuple(
            (
                replace(operation, answer=Stub(WRITTEN, "service.py"))
                if isinstance(operation.answer, Stub) and operation.name in defined
                else operation
            )
            for operation in context.operations
        )
        contexts.append(replace(context, operations=operations))
    return replace(domain, contexts=tuple(contexts))


def _calls(project: Project, context: str, sample: bool) -> list[str]:
    """The contexts whose ports the team's code of a context imports."""
    folder = project.folder / "src" / project.package / context
    texts = [_code(path) for path in sorted(folder.glob("*.py")) if path.is_file()]
    if sample and not texts:
        texts = list(sample_sources(context, project.choices).values())
    found = {name for text in texts for name in _PORT_IMPORT.findall(text)}
    return [name for name in project.contexts if name in found]


def _methods(text: str) -> set[str]:
    """The names of the methods that a module's classes define."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return set()
    return {
        node.name
        for owner in tree.body
        if isinstance(owner, ast.ClassDef)
        for node in owner.body
        if isinstance(node, ast.AsyncFunctionDef)
    }


def _derived_files(project: Project) -> Iterator[Path]:
    """The derived files that are there now."""
    for pattern in (
        f"src/{project.package}/*/generated/*.py",
        f"src/{project.package}/generated/*.py",
        "tests/*/generated/*.py",
    ):
        for path in sorted(project.folder.glob(pattern)):
            if HEADER in path.read_text("utf-8", "replace")[:200]:
                yield path


def _remove_empty(folder: Path, stop: Path) -> None:
    while folder != stop and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _file(path: str, text: str, owner: Owner = Owner.DERIVED) -> File:
    if not text.endswith("\n"):
        text += "\n"
    return File(PurePosixPath(path), text, owner)


def _code(path: Path) -> str:
    """The team's code, of which nothing is known: it may be no text at all."""
    return path.read_text("utf-8", "replace")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
