"""Error bodies as code: what is written, and that names of a contract stay data."""

import ast
from pathlib import Path

import pytest

from groundplan import generate, workspace

from .projects import Data, project, small
from .test_hostile import HOSTILE

TEXT = {"type": "string"}
GENERATED = Path("src", "shop", "platform", "generated")


def contract(key: str, text: str) -> Data:
    """A contract that has a text wherever an error body may have one."""
    made = small()
    operation = made["paths"]["/it"]["get"]
    operation["operationId"] = text
    listed = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["field", f"{key} c"],
            "properties": {
                "field": TEXT,
                f"{key} c": {"enum": [text]},
            },
        },
    }
    body = {
        "type": "object",
        "description": text,
        "required": ["code", "message", f"{key} a"],
        "properties": {
            "code": {"enum": [text, "OTHER"], "example": text},
            "error": {"type": "string", "example": text},
            "message": {"type": "string", "description": text, "example": text},
            "status": {"type": "string", "example": text},
            f"{key} a": {"const": text},
            f"{key} b": {"type": "object", "properties": {key: TEXT}},
            "errors": listed,
        },
    }
    for status in ("404", "4XX", "default"):
        operation["responses"][status] = {
            "description": text,
            "content": {"application/json": {"schema": body}},
        }
    content = {f"application/json; a={key}": {"schema": TEXT}, key: {"schema": TEXT}}
    operation["responses"]["409"] = {"description": text, "content": content}
    return made


def bodies_of(folder: Path, made: Data) -> ast.Module:
    """The module of error bodies that a contract becomes."""
    generate.generate(project(folder, made, error_format="contract"))
    return ast.parse((folder / GENERATED / "error_bodies.py").read_text("utf-8"))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_a_contract_says_is_data(
    tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # laid out by black it would be the same code, seconds later
    monkeypatch.setattr(generate, "all_formatted", lambda texts: list(texts))
    module = bodies_of(tmp_path, contract(text[:1000], text))
    assert names(module, ast.Load) <= names(module, ast.Store) | GIVEN
    attributes = {n.attr for n in ast.walk(module) if isinstance(n, ast.Attribute)}
    assert attributes <= SAID
    modules = {n.module for n in ast.walk(module) if isinstance(n, ast.ImportFrom)}
    assert modules <= {"collections.abc", "typing", "error_report", "error_schemas"}
    assert not any(isinstance(n, ast.Import | ast.JoinedStr) for n in ast.walk(module))
    ast.parse((tmp_path / GENERATED / "error_schemas.py").read_text("utf-8"))


GIVEN = {"str", "list", "dict", "report", "field", "text"}
SAID = set("""
    among code entries field_messages fields full_text get message messages name
    pointer request_id status text title upper
    """.split())


def names(module: ast.Module, context: type[ast.expr_context]) -> set[str]:
    """The names that a module uses, or that it has: assigned, defined, imported."""
    found = {
        node.id
        for node in ast.walk(module)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }
    if context is ast.Store:
        for node in module.body:
            if isinstance(node, ast.FunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.ImportFrom):
                found |= {alias.name for alias in node.names}
    return found


def test_the_code_reads_as_written_by_hand(tmp_path: Path) -> None:
    made = small()
    made["components"]["schemas"]["Failure"] = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {
            "code": {"type": "integer"},
            "message": TEXT,
            "fields": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"name": TEXT, "message": TEXT},
                },
            },
        },
    }
    reference = {"schema": {"$ref": "#/components/schemas/Failure"}}
    made["paths"]["/it"]["get"]["responses"]["404"] = {
        "description": "There is none.",
        "content": {"application/json": reference},
    }
    bodies_of(tmp_path, made)
    text = (tmp_path / GENERATED / "error_bodies.py").read_text("utf-8")
    assert """
def failure(report: ErrorReport) -> Failure:
    \"\"\"What Failure says of an error.\"\"\"
    return Failure(
        code=report.status,
        message=report.text,
        fields_=[
            FailureFieldsItem(name=field.name, message=field.message)
            for field in report.fields
        ],
    )
""" in text
    assert "DEFAULT: Final = FAILURE" in text


def test_other_formats_have_none_of_it(tmp_path: Path) -> None:
    made = project(tmp_path, contract("a", "b"), error_format="contract")
    generate.generate(made)
    assert (tmp_path / GENERATED).is_dir()
    answers = tmp_path / workspace.ANSWERS
    answers.write_text(answers.read_text().replace(": contract", ": flat"))
    generate.generate(workspace.open_project(tmp_path))
    assert not (tmp_path / GENERATED).exists()
