"""Generation: who owns a file, what a second run does, and that it is deterministic."""

import ast
import shutil
from collections import Counter
from pathlib import Path

import black
import pytest
import yaml
from black.mode import TargetVersion

from groundplan import generate, workspace
from groundplan.decisions import Decisions
from groundplan.domain import WRITTEN, Stub
from groundplan.errors import ContractError, ProjectError
from groundplan.generate import plan
from groundplan.render import HEADER
from groundplan.understanding import understand
from groundplan.workspace import Owner, Project, open_project

from .projects import Data, generated, library, operation, project, shelf, small, state

SERVICE = "src/shop/books/service.py"
STUBS = "tests/books/generated/test_stubs.py"
SCHEMAS = "src/shop/books/generated/schemas.py"


@pytest.fixture(scope="session")
def library_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library as it is generated first; not to be changed."""
    folder = tmp_path_factory.mktemp("library") / "project"
    generated(folder, library())
    return folder


@pytest.fixture(scope="session")
def shelf_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A smaller one; not to be changed."""
    folder = tmp_path_factory.mktemp("shelf") / "project"
    generated(folder, shelf())
    return folder


@pytest.fixture
def opened(shelf_project: Path, tmp_path: Path) -> Project:
    """A copy of it."""
    folder = tmp_path / "project"
    shutil.copytree(shelf_project, folder)
    return open_project(folder)


def test_every_path_has_one_owner(tmp_path: Path) -> None:
    files = list(plan(project(tmp_path / "p", library())))
    counted = Counter(str(file.path).lower() for file in files)
    assert [path for path, count in counted.items() if count > 1] == []
    owners = {str(file.path): file.owner for file in files}
    assert owners[SCHEMAS] is Owner.DERIVED
    assert owners["contracts/effective.yaml"] is Owner.DERIVED
    assert owners[STUBS] is Owner.DERIVED
    assert owners[SERVICE] is Owner.SEEDED
    assert owners["src/shop/books/routes.py"] is Owner.SEEDED
    assert owners["contracts/overlay.yaml"] is Owner.SEEDED
    assert owners["migrations/books/versions/0001_initial.py"] is Owner.APPENDED
    assert owners["migrations/books/tables.yaml"] is Owner.DERIVED


def test_derived_files_say_so_and_others_do_not(tmp_path: Path) -> None:
    for file in plan(project(tmp_path / "p", shelf())):
        derived = file.owner is Owner.DERIVED
        assert ("not edited by hand" in file.text[:200]) == derived, file.path
        assert file.text.endswith("\n"), file.path
        assert not file.path.is_absolute()
        assert ".." not in file.path.parts


def test_what_is_written_is_what_was_planned(opened: Project) -> None:
    (opened.folder / "src/shop/books/routes.py").unlink()
    generate.generate(opened)
    planned = {str(file.path) for file in plan(opened)}
    before = {"contracts/openapi.yaml", "contracts/overlay.yaml", workspace.ANSWERS}
    locks = {"requirements.lock", "requirements-dev.lock"}
    appended = {path for path in state(opened.folder) if path.startswith("migrations/")}
    assert set(state(opened.folder)) == planned | before | locks | appended


def test_every_module_compiles_and_is_formatted(library_project: Path) -> None:
    mode = black.Mode(target_versions={TargetVersion.PY311})
    for path in library_project.rglob("*.py"):
        text = path.read_text("utf-8")
        compile(text, str(path), "exec")
        assert black.format_str(text, mode=mode) == text, path
        assert text.strip(), path


def test_a_second_run_writes_nothing(opened: Project) -> None:
    before = state(opened.folder)
    report = generate.generate(opened)
    assert report.clean
    assert report.kept
    assert state(opened.folder) == before


def test_the_same_contract_gives_the_same_bytes(
    library_project: Path, tmp_path: Path
) -> None:
    generated(tmp_path / "again", library())
    assert state(tmp_path / "again") == state(library_project)


class TestDrift:
    def test_a_derived_file_that_was_edited_is_reported_and_restored(
        self, opened: Project
    ) -> None:
        path = opened.folder / SCHEMAS
        text = path.read_text("utf-8")
        path.write_text(text + "# mine\n", encoding="utf-8")
        edited = state(opened.folder)
        checked = generate.generate(opened, write=False)
        assert checked.written == [SCHEMAS]
        assert not checked.clean
        assert state(opened.folder) == edited
        assert generate.generate(opened).written == [SCHEMAS]
        assert path.read_text("utf-8") == text

    def test_a_derived_file_that_is_missing_is_written(self, opened: Project) -> None:
        (opened.folder / SCHEMAS).unlink()
        assert generate.generate(opened, write=False).written == [SCHEMAS]
        assert generate.generate(opened).written == [SCHEMAS]

    def test_a_changed_contract_changes_what_follows_from_it(
        self, opened: Project
    ) -> None:
        contract = shelf()
        title = contract["components"]["schemas"]["NewBook"]["properties"]["title"]
        title["minLength"] = 2
        opened.contract.write_text(yaml.safe_dump(contract, sort_keys=False), "utf-8")
        written = generate.generate(opened).written
        assert SCHEMAS in written
        assert "contracts/effective.yaml" in written
        assert not any(path.startswith("migrations/") for path in written)


class TestSeeded:
    def test_what_the_team_edited_is_left_alone(self, opened: Project) -> None:
        for name in (SERVICE, "src/shop/books/routes.py", "contracts/overlay.yaml"):
            with (opened.folder / name).open("a", encoding="utf-8") as file:
                file.write("# ours\n")
        before = state(opened.folder)
        assert generate.generate(opened).clean
        assert state(opened.folder) == before

    def test_a_migration_is_never_touched(self, opened: Project) -> None:
        versions = opened.folder / "migrations" / "books" / "versions"
        (versions / "0001_initial.py").rename(versions / "0001_renamed.py")
        assert generate.generate(opened).clean

    def test_a_missing_one_is_written_again(self, opened: Project) -> None:
        (opened.folder / SERVICE).unlink()
        assert generate.generate(opened).written == [SERVICE]


class TestStale:
    def test_derived_files_of_old_are_removed(self, opened: Project) -> None:
        old = opened.folder / "src/shop/gone/generated"
        old.mkdir(parents=True)
        for name in ("schemas.py", "port.py"):
            (old / name).write_text(f"# {HEADER}\n", encoding="utf-8")
        checked = generate.generate(opened, write=False)
        assert checked.removed == [
            "src/shop/gone/generated/port.py",
            "src/shop/gone/generated/schemas.py",
        ]
        assert (old / "port.py").exists()
        assert generate.generate(opened).removed == checked.removed
        assert not (opened.folder / "src/shop/gone").exists()

    def test_what_somebody_put_there_is_kept(self, opened: Project) -> None:
        own = opened.folder / "src/shop/books/generated/own.py"
        own.write_text("# by hand\n", encoding="utf-8")
        assert generate.generate(opened).clean
        assert own.exists()

    def test_the_tests_of_an_entity_go_with_it(self, opened: Project) -> None:
        contract = shelf()
        for path in [p for p in contract["paths"] if p.startswith("/books/{")]:
            del contract["paths"][path]
        opened.contract.write_text(yaml.safe_dump(contract), encoding="utf-8")
        opened.overlay.unlink()
        decisions = Decisions.parse(drops=["books"])
        report = generate.generate(opened, decisions=decisions)
        assert "tests/books/generated/test_books.py" in report.removed
        assert generate.generate(opened).clean


class TestOverrides:
    def write(self, opened: Project, body: str) -> None:
        text = (opened.folder / SERVICE).read_text("utf-8")
        (opened.folder / SERVICE).write_text(text + body, encoding="utf-8")

    def test_a_stub_that_is_written_is_no_stub(self, opened: Project) -> None:
        assert "/reservations" in (opened.folder / STUBS).read_text("utf-8")
        self.write(
            opened,
            "\n    async def reserve_book(self, book_id: str, body: object) -> None:\n"
            "        pass\n",
        )
        report = generate.generate(opened)
        assert STUBS in report.written
        assert "/reservations" not in (opened.folder / STUBS).read_text("utf-8")
        page = (opened.folder / "docs/contexts.md").read_text("utf-8")
        assert "| `reserveBook` | `service.py` |" in page
        _, domain = generate.understand_project(opened)
        answer = operation(domain, "reserveBook").answer
        assert isinstance(answer, Stub)
        assert answer.code == WRITTEN
        assert generate.generate(opened).clean

    @pytest.mark.parametrize("body", ["\n    def x(:\n", "\0"])
    def test_a_service_that_is_being_written_is_no_obstacle(
        self, opened: Project, body: str
    ) -> None:
        self.write(opened, body)
        assert generate.generate(opened).clean


class TestRefusals:
    def refused(self, opened: Project, error: type[Exception], words: str) -> None:
        before = state(opened.folder)
        with pytest.raises(error, match=words):
            generate.generate(opened)
        assert state(opened.folder) == before

    def test_a_broken_contract_changes_nothing(self, opened: Project) -> None:
        opened.contract.write_text("openapi: 3.1.0\n", encoding="utf-8")
        self.refused(opened, ContractError, "openapi.yaml")

    def test_a_broken_overlay_changes_nothing(self, opened: Project) -> None:
        opened.overlay.write_text(
            "overlay: 1.0.0\nactions:\n- {target: x, update: 1}\n", encoding="utf-8"
        )
        self.refused(opened, ContractError, "overlay.yaml:3: .*is not JSONPath")

    def test_security_without_login_is_refused(self, tmp_path: Path) -> None:
        made = project(tmp_path / "p", shelf(), auth="none")
        self.refused(made, ContractError, "declares security, but auth is none")

    @pytest.mark.parametrize(
        "package", ["../../outside", "/tmp/outside", "a/b", "a.b", "", "a b", 3, None]
    )
    def test_answers_with_a_path_as_package_are_refused(
        self, tmp_path: Path, package: object
    ) -> None:
        project(tmp_path, small())
        answers: Data = {"package": package, "contexts": ["it"], "auth": "none"}
        (tmp_path / workspace.ANSWERS).write_text(yaml.safe_dump(answers), "utf-8")
        with pytest.raises(ProjectError, match="package"):
            open_project(tmp_path)

    @pytest.mark.parametrize("name", [SCHEMAS, "src/shop/books/generated", "docs"])
    def test_a_link_that_leads_out_is_refused(
        self, opened: Project, tmp_path: Path, name: str
    ) -> None:
        outside = tmp_path / "outside"
        path = opened.folder / name
        if path.is_dir():
            shutil.move(path, outside)
        else:
            outside.write_text("mine")
            path.unlink()
        path.symlink_to(outside)
        kept = state(tmp_path)
        with pytest.raises(ProjectError, match="leads out of the project"):
            generate.generate(opened)
        assert state(tmp_path) == kept

    def test_a_folder_without_answers_is_no_project(self, tmp_path: Path) -> None:
        with pytest.raises(ProjectError, match="groundplan new"):
            open_project(tmp_path)


UNLUCKY = """
    router dt list Port port response body request self class body_ found created
    path_of values_of authenticated problems Depends Body BooksPort BooksClient
    BooksOperations BooksService BookRow Book database contexts uuid4 mapped_column
    utc_now Base metadata
    """.split()


def test_no_module_hides_what_it_imports(tmp_path: Path) -> None:
    contract = shelf()
    schemas = contract["components"]["schemas"]
    paths = contract["paths"]
    paths["/books"]["post"]["parameters"] = [
        {"name": name, "in": "query", "schema": {"type": "string"}} for name in UNLUCKY
    ]
    for name in UNLUCKY:
        if name not in schemas:
            schemas[name] = {"type": "object", "properties": {"a": {}}}
        schema = {"$ref": f"#/components/schemas/{name}"}
        schemas["NewBook"]["properties"][name] = schema
        content = {"application/json": {"schema": schema}}
        operation = {"tags": ["books"], "operationId": name}
        reply = {"responses": {"200": {"description": "x", "content": content}}}
        paths[f"/books/{{bookId}}/{name}"] = {
            "parameters": paths["/books/{bookId}"]["parameters"],
            "post": operation | reply | {"requestBody": {"content": content}},
        }
    del schemas["NewBook"]["properties"]["Book"]
    made = project(tmp_path / "p", contract)
    for file in plan(made):
        if file.path.suffix == ".py":
            tree = ast.parse(file.text)
            compile(file.text, str(file.path), "exec")
            assert not hidden(tree.body), file.path
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    fields = [n for n in node.body if isinstance(n, ast.AnnAssign)]
                    assert not assigned([*fields]) & imported(tree.body), file.path


def imported(body: list[ast.stmt]) -> set[str]:
    return {
        alias.asname or alias.name
        for node in body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def assigned(body: list[ast.stmt]) -> set[str]:
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return {node.name for node in body if isinstance(node, named)} | {
        target.id
        for node in body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }


def hidden(body: list[ast.stmt]) -> set[str]:
    """What a module imports and then calls something else."""
    return imported(body) & assigned(body)


def test_a_body_of_one_value_is_no_query_parameter(tmp_path: Path) -> None:
    contract = small()
    content = {"application/json": {"schema": {"type": "string"}}}
    contract["paths"]["/it"]["put"] = {
        "requestBody": {"content": content, "required": True},
        "responses": {"204": {"description": "x"}},
    }
    files = {str(f.path): f.text for f in plan(project(tmp_path / "p", contract))}
    assert "body: Annotated[str, Body()]" in files["src/shop/it/generated/routes.py"]


def test_a_context_without_entities_has_no_tables(opened: Project) -> None:
    assert not (opened.folder / "src/shop/statistics/generated/model.py").exists()
    assert not (opened.folder / "migrations/statistics").exists()


def test_contexts_import_only_ports_of_each_other(library_project: Path) -> None:
    for path in library_project.glob("src/shop/*/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.level:
                assert (node.module or "").split(".")[0] not in (
                    "books",
                    "members",
                    "statistics",
                ), path
            if isinstance(node, ast.ImportFrom | ast.Import):
                assert not ast.unparse(node).startswith(("import shop", "from shop"))


def test_examples_of_models_that_hold_themselves_are_small(tmp_path: Path) -> None:
    own = {"$ref": "#/components/schemas/Own"}
    contract = shelf()
    contract["components"]["schemas"]["Own"] = {
        "type": "object",
        "properties": {f"p{n}": own for n in range(12)},
    }
    contract["components"]["schemas"]["NewBook"]["properties"]["own"] = own
    made = project(tmp_path / "p", contract)
    assert max(len(file.text) for file in plan(made)) < 100_000


def test_documents_are_what_they_claim(library_project: Path) -> None:
    effective = yaml.safe_load(
        (library_project / "contracts/effective.yaml").read_text("utf-8")
    )
    made, _, _ = understand(
        library_project / "contracts/openapi.yaml",
        library_project / "contracts/overlay.yaml",
    )
    assert effective == made.effective
    page = (library_project / "docs/contexts.md").read_text("utf-8")
    for identifier in ("listBooks", "reserveBook", "statistics"):
        assert f"`{identifier}`" in page
