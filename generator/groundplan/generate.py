"""Writes what follows from the contract into a generated project.

Every file has one owner: *derived* files are overwritten, *seeded* ones are written
where they are missing and are the team's from then on, *appended* ones (migrations) are
never touched again.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path, PurePosixPath

from . import documents, migrations, pins, source
from .contract import Contract, amended, load
from .depth import deeper
from .domain import WRITTEN, Context, Domain, Stub
from .errors import ContractError, ProjectError
from .fastapi_code import ContextCode
from .fastapi_tests import derived_tests
from .infer import infer
from .reader import parse, read
from .render import HEADER, Templates, all_formatted
from .seed import seed
from .service_document import service_document

ANSWERS = ".copier-answers.yml"
_PORT_IMPORT = re.compile(r"^from \.\.(\w+)\.generated\.port import", re.MULTILINE)


class Owner(Enum):
    """Who may change a file after it was first written."""

    DERIVED = "derived"
    SEEDED = "seeded"
    APPENDED = "appended"


@dataclass(frozen=True)
class File:
    """A file to be written, relative to the project."""

    path: PurePosixPath
    text: str
    owner: Owner


@dataclass(frozen=True)
class Project:
    """A generated project: its folder and what its answers say."""

    folder: Path
    package: str
    contexts: tuple[str, ...]
    auth: str

    @property
    def contract(self) -> Path:
        return self.folder / "contracts" / "openapi.yaml"

    @property
    def overlay(self) -> Path:
        return self.folder / "contracts" / "overlay.yaml"


@dataclass
class Report:
    """What a run changed, or would change."""

    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: int = 0

    @property
    def clean(self) -> bool:
        return not (self.written or self.removed)


def open_project(folder: Path) -> Project:
    """The project in a folder. Raises ProjectError where there is none."""
    path = folder / ANSWERS
    if not path.is_file():
        raise ProjectError(
            f"{folder}: no {ANSWERS} here",
            "Run it in the root of a project made by `groundplan new`.",
        )
    answers = read(path, ANSWERS).data
    package, contexts = answers.get("package"), answers.get("contexts")
    if (
        not isinstance(package, str)
        or not package.isidentifier()
        or not isinstance(contexts, list)
    ):
        raise ProjectError(
            f"{path}: `package` or `contexts` is missing or wrong",
            "Restore the file from version control.",
        )
    return Project(
        folder,
        package,
        tuple(str(context) for context in contexts),
        str(answers.get("auth", "none")),
    )


def understand(
    contract: Path, overlay: Path | None
) -> tuple[Contract, Domain, str | None]:
    """A contract, its domain, and the text of its first overlay if it has none yet."""
    if overlay is not None:
        loaded = load(contract, overlay)
        return loaded, infer(loaded), None
    bare = load(contract)
    text = OVERLAY_HEADER + documents.dump(seed(bare, infer(bare)))
    whole = amended(bare, parse(text, "overlay.yaml"))
    return whole, infer(whole), text


OVERLAY_HEADER = """\
# What the contract leaves open: an OpenAPI Overlay over openapi.yaml. Yours to edit;
# `make generate` applies it and writes effective.yaml.
"""


def generate(
    project: Project,
    *,
    write: bool = True,
    understood: tuple[Contract, Domain] | None = None,
) -> Report:
    """Bring a project in line with its contract; `write=False` only reports drift.

    `understood` is what its contract and overlay are, where that is known.
    Raises ContractError and ProjectError, and then has changed nothing.
    """
    files = plan(project, understood)
    _refuse_links(project, files)
    report = Report()
    for file in files:
        target = project.folder / file.path
        current = target.read_text("utf-8") if target.is_file() else None
        if current == file.text or (
            current is not None and file.owner is not Owner.DERIVED
        ):
            report.kept += 1
            continue
        report.written.append(str(file.path))
        if write:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8", newline="\n")
    planned = {str(file.path) for file in files}
    for stale in _derived_files(project):
        relative = stale.relative_to(project.folder).as_posix()
        if relative not in planned:
            report.removed.append(relative)
            if write:
                stale.unlink()
                _remove_empty(stale.parent, project.folder)
    return report


def _refuse_links(project: Project, files: list[File]) -> None:
    """A project came with somebody's clone: nothing outside of it is written."""
    root = project.folder.resolve()
    for file in files:
        if not (root / file.path).resolve().is_relative_to(root):
            raise ProjectError(
                f"{file.path}: leads out of the project", "Remove the symbolic link."
            )


@deeper()
def plan(
    project: Project, understood: tuple[Contract, Domain] | None = None
) -> list[File]:
    """Every file that the contract of a project asks for."""
    files = list(_planned(project, understood))
    code = [n for n, file in enumerate(files) if file.path.suffix == ".py"]
    texts = all_formatted([files[n].text for n in code])
    for number, text in zip(code, texts, strict=True):
        files[number] = replace(files[number], text=text)
    return files


def _planned(
    project: Project, understood: tuple[Contract, Domain] | None
) -> Iterator[File]:
    sample = not project.contract.is_file()
    contract_file = (
        source.sample_folder() / "openapi.yaml" if sample else project.contract
    )
    overlay: Path | None = project.overlay if project.overlay.is_file() else None
    overlay_text = None
    if sample:
        yield _file("contracts/openapi.yaml", _text(contract_file), Owner.SEEDED)
        if overlay is None:
            overlay_text = sample_overlay(project.auth)
            contract = amended(load(contract_file), parse(overlay_text, "overlay.yaml"))
            domain = infer(contract)
        else:
            contract, domain, _ = understand(contract_file, overlay)
    elif understood:
        contract, domain = understood
    else:
        contract, domain, overlay_text = understand(contract_file, overlay)
    if overlay_text is not None:
        yield _file("contracts/overlay.yaml", overlay_text, Owner.SEEDED)
    check_fit(project, contract, domain)
    domain = _with_overrides(project, domain, sample)
    calls = {c.name: _calls(project, c.name, sample) for c in domain.contexts}
    templates = Templates(source.contexts_folder())
    yield _file("contracts/effective.yaml", documents.effective(domain))
    yield _file("contracts/schemathesis.toml", documents.contract_test(domain))
    yield _file("docs/contexts.md", documents.contexts_page(domain, calls))
    for name, text in service_document(domain).items():
        yield _file(f"src/{project.package}/generated/{name}", text)
    for context in domain.contexts:
        yield from _context_files(project, templates, domain, context, sample)
    yield from _locks(project)


def understand_project(project: Project) -> tuple[Contract, Domain]:
    """The contract of a project and its domain, with what `service.py` answers."""
    overlay = project.overlay if project.overlay.is_file() else None
    contract, domain, _ = understand(project.contract, overlay)
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
            "Add `--set auth=jwt`, or remove the security in contracts/overlay.yaml.",
        )
    names = tuple(context.name for context in domain.contexts)
    if set(names) != set(project.contexts):
        listed = ", ".join(names)
        raise ProjectError(
            f"the contract has the contexts {listed}; the project was made for "
            f"{', '.join(project.contexts)}",
            f"Renew the wiring first: `copier update --data 'contexts=[{listed}]'`.",
        )


def sample_overlay(auth: str) -> str:
    """The sample's overlay, with what the answers leave out of it."""
    folder = source.sample_folder()
    text = _text(folder / "overlay.yaml")
    extra = folder / f"overlay.auth_{auth}.yaml"
    return text + _text(extra) if extra.is_file() else text


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
    written = _sample_sources(context.name) if sample else {}
    for name, text in code.seeded().items():
        text = written.pop(f"src/{name}", "") or text
        yield _file(f"{package}/{name}", text, Owner.SEEDED)
    for name, text in written.items():
        kind, _, rest = name.partition("/")
        folder = package if kind == "src" else f"tests/{context.name}"
        yield _file(f"{folder}/{rest}", text, Owner.SEEDED)
    tests = f"tests/{context.name}/generated"
    for name, text in derived_tests(templates, domain, context).items():
        yield _file(f"{tests}/{name}", text)
    versions = f"migrations/{context.name}/versions"
    if context.entities and not any((project.folder / versions).glob("*.py")):
        yield _file(
            f"{versions}/0001_initial.py", migrations.initial(context), Owner.APPENDED
        )


def _locks(project: Project) -> Iterator[File]:
    """The lock files, where there are none yet: with the versions tested here."""
    if (project.folder / "requirements.lock").is_file():
        return
    for name, text in pins.locks(project.folder, pins.load()).items():
        yield _file(name, text, Owner.SEEDED)


def _sample_sources(context: str) -> dict[str, str]:
    """The sample's hand-written files of a context: `src/...` and `tests/...`."""
    folder = source.sample_folder() / "fastapi" / context
    return {
        path.relative_to(folder).as_posix(): _text(path)
        for path in sorted(folder.rglob("*.py"))
    }


def _with_overrides(project: Project, domain: Domain, sample: bool) -> Domain:
    """The domain with the stubs that `service.py` already answers marked so."""
    contexts = []
    for context in domain.contexts:
        service = project.folder / "src" / project.package / context.name / "service.py"
        text = _text(service) if service.is_file() else ""
        if sample and not text:
            text = _sample_sources(context.name).get("src/service.py", "")
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
    texts = [_text(path) for path in sorted(folder.glob("*.py"))]
    if sample and not texts:
        texts = list(_sample_sources(context).values())
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


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
