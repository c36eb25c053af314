"""Contracts of somebody who means harm: what is written is data, never code."""

import ast
import builtins
import importlib.util
import itertools
import keyword
import re
import sys
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundplan import generate, names, source
from groundplan.errors import ContractError
from groundplan.workspace import Project

from .projects import Data, project, state

# Harmless names, one for each of the ways in which names are written down.
HARMLESS = ("Harmless name!", "harmless", "Harmless", "harm/less", "harm.less", "class")
HOSTILE = {
    "double quotes": '"a" + b',
    "single quotes": "'a' + b",
    "triple quotes": '"""\nimport os\n"""',
    "triple single quotes": "'''\nimport os\n'''",
    "a quote at the end": 'ends with "',
    "backslashes": "\\",
    "a backslash at the end": 'a\\"\\',
    "escapes": r"\x41\u0041\N{BULLET}\101\n",
    "lines": "a\nimport os\n\tb\r\nc",
    "separators of lines": "a\u2028import os\u2029b\x85c",
    "control characters": "a\x00b\x1b[31mc\x7fd\x08",
    "marks of direction": "a\u202eb\u2066c\u200fd\ufeffe",
    "template delimiters": "[= 1 + 1 =] [% raw %] [## x ##]",
    "other templates": "${x} {{ 7 * 7 }} {% x %} %s %(a)s {0} {a.b!r}",
    "an f-string": "{__import__('os').getcwd()}",
    "a call": "__import__('os').system('id')",
    "an injection": '" + str(__import__("os").getpid()) + "',
    "an injection for single quotes": "' + str(__import__('os').getpid()) + '",
    "a bracket": ")]}\nimport os\n#",
    "a comment": "# noqa\n#!/bin/sh",
    "a path": "../../../etc/passwd",
    "an absolute path": "/etc/passwd",
    "a path of Windows": "C:\\Windows\\..\\x",
    "a device": "CON.txt",
    "a keyword": "class",
    "a soft keyword": "match",
    "a builtin": "list",
    "a dunder": "__class__",
    "emoji": "\U0001f600",
    "letters of elsewhere": "имя 名前",
    "look-alikes": "\uff49\uff4d\uff50\uff4f\uff52\uff54 \uff41",
    "markup": "<script>alert(1)</script> [x](javascript:y) | `a` | ```\n# h",
    "TOML": '"\n[generation]\nmax = 1\n',
    "YAML": "a: b\n- !!python/object:os.system {}\n---\n# x",
    "Mermaid": '"]; click a "javascript:x"',
    "nothing": " ",
    "much": "a" * 10_000,
    "many words": "word " * 2_000,
    "a shell": "$(id) `id` ; rm -rf ~ | cat && x",
}


harmful = pytest.mark.xdist_group("hostile")  # what is harmless is made once for them


def contract(text: str, *, tagged: bool = True) -> Data:
    """A contract that has the text wherever a contract may have one."""
    segment = text[:500].translate(str.maketrans("{}?#", "()!!"))
    pattern = re.escape(text) if len(text) <= 100 else "a"
    key = text[:1000]  # libyaml's limit
    item = {
        "type": "object",
        "description": text,
        "required": ["id", key],
        "properties": {
            "id": {"type": "string"},
            key: {"type": "string", "description": text, "default": text},
            f"{key} 2": {"type": "string", "enum": [text, f"{text}."]},
            f"{key} 3": {"type": "string", "pattern": pattern},
            f"{key} 4": {"type": "object", "properties": {key: {"type": "integer"}}},
            f"{key} 5": {"type": "string", "x-unique": True, "maxLength": 20_000},
            "kind": {"$ref": "#/components/schemas/Kind"},
        },
        "example": {key: text},
    }
    body = {"content": {"application/json": {"schema": item}}, "required": True}
    reference = {"$ref": "#/components/schemas/Item"}
    one = {"content": {"application/json": {"schema": reference}}}
    many = {
        "content": {
            "application/json": {"schema": {"type": "array", "items": reference}}
        }
    }

    def operation(number: int, status: str, reply: Data) -> Data:
        return {
            "operationId": f"{text} {number}",
            "summary": text,
            "description": f"{text}\n\n{text}",
            "tags": [text] if tagged else [],
            "responses": {status: {"description": text} | reply},
        }

    query = {
        "name": text,
        "in": "query",
        "description": text,
        "schema": {"type": "string", "default": text},
        "example": text,
    }
    path_parameter = {
        "name": "id",
        "in": "path",
        "required": True,
        "description": text,
        "schema": {"type": "string", "pattern": pattern},
    }
    collection = f"/{segment}/x"
    other_header = {"name": f"X {text}", "in": "header", "schema": {"enum": [text]}}
    return {
        "openapi": "3.1.0",
        "info": {"title": text, "version": text, "description": text},
        "tags": [{"name": text, "description": text}],
        "paths": {
            collection: {
                "get": operation(1, "200", many) | {"parameters": [query]},
                "post": operation(2, "201", one) | {"requestBody": body},
            },
            f"{collection}/{{id}}": {
                "parameters": [path_parameter],
                "get": operation(3, "200", one),
                "patch": operation(4, "200", one) | {"requestBody": body},
                "delete": operation(5, "204", {}),
            },
            f"/other/{segment}": {
                "post": operation(6, "200", {"content": {key: {}}})
                | {"requestBody": body, "parameters": [other_header]}
            },
        },
        "components": {
            "schemas": {"Item": item, "Kind": {"enum": [text, "other"]}},
        },
    }


def unfiltered(document: Data) -> Data:
    """The contract with a list whose parameter is called like no property."""
    item = next(iter(document["paths"].values()))
    item["get"]["parameters"][0]["name"] = "elsewhere"
    return document


def generated(folder: Path, text: str, document: Data | None = None) -> Project:
    contexts = [names.context_name(text)]
    made = project(folder, document or contract(text), contexts=contexts)
    generate.generate(made)
    return made


def shape(folder: Path) -> "Counter[str]":
    """How many calls, imports and other code there is in all modules of a project."""
    counted: Counter[str] = Counter()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.expr | ast.stmt) and not isinstance(
                node, ast.Constant | ast.JoinedStr
            ):
                counted[type(node).__name__] += 1
    return counted


def loaded_names(folder: Path) -> set[str]:
    """What the modules of a project refer to by name."""
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


@dataclass(frozen=True)
class Harmless:
    """What the modules of harmless projects consist of."""

    shapes: list["Counter[str]"]
    names: set[str]


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Harmless:
    found = Harmless([], set())
    made = [(text, contract(text)) for text in HARMLESS]
    # tags without a word leave the contexts to the first parts of the paths
    made += [(text, contract(text, tagged=False)) for text in HARMLESS]
    # names that are too long for a property are no filters
    made += [(text, unfiltered(contract(text))) for text in HARMLESS]
    for text, document in made:
        folder = tmp_path_factory.mktemp("harmless") / "project"
        generated(folder, text, document)
        found.shapes.append(shape(folder))
        found.names.update(loaded_names(folder))
    return found


def check(folder: Path, text: str, harmless: Harmless) -> None:
    """Everything that is written from a text: inside, parsed, and only data."""
    made = generated(folder / "inside" / "project", text)
    outside = [path for path in folder.iterdir() if path.name != "inside"]
    assert outside == []
    assert [path.name for path in (folder / "inside").iterdir()] == ["project"]
    for path, content in state(made.folder).items():
        assert re.fullmatch(r"[A-Za-z0-9_./-]{1,200}", path), path
        assert all(len(part) < 80 for part in path.split("/")), path
        if path.endswith((".py", ".md", ".toml")):
            hidden = {
                c
                for c in content.decode()
                if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")
            }
            assert not hidden, path
    found = shape(made.folder)
    assert any(not found - known for known in harmless.shapes)
    new = loaded_names(made.folder) - harmless.names
    assert not new & set(dir(builtins)), new
    assert not any(keyword.iskeyword(name) for name in new)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in new), new
    settings_file = made.folder / "contracts" / "schemathesis.toml"
    toml = tomllib.loads(settings_file.read_text("utf-8"))
    assert set(toml) <= {"generation", "operations"}
    effective = made.folder / "contracts" / "effective.yaml"
    data = yaml.safe_load(effective.read_text("utf-8"))
    assert data["info"]["title"] == text
    page = (made.folder / "docs" / "contexts.md").read_text("utf-8")
    assert "<script" not in re.sub(r"`[^`\n]*`", "", page)
    assert page.count("```") % 2 == 0


@harmful
@pytest.mark.parametrize("case", HOSTILE)
def test_texts_stay_texts(tmp_path: Path, case: str, harmless: Harmless) -> None:
    check(tmp_path, HOSTILE[case], harmless)


folders = (f"{number}" for number in itertools.count())


@harmful
@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30))
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_stays_text(tmp_path: Path, harmless: Harmless, text: str) -> None:
    folder = tmp_path / next(folders)
    folder.mkdir()
    try:
        check(folder, text, harmless)
    except ContractError as error:
        assert error.hint


def import_schemas(folder: Path) -> object:
    """Import the schemas of the only context, with the platform's base of models."""
    (context,) = (folder / "src" / "shop").glob("*/generated/schemas.py")
    platform = folder / "src" / "shop" / "platform"
    platform.mkdir()
    for name in ("schemas.py", "fields.py", "formats.py"):
        (template,) = source.repository().glob(f"template/layers/**/platform/{name}")
        (platform / name).write_text(template.read_text("utf-8"), "utf-8")
    parts = context.relative_to(folder / "src").with_suffix("").parts
    for depth in range(1, len(parts)):
        package = folder.joinpath("src", *parts[:depth])
        spec = importlib.util.spec_from_loader(
            ".".join(parts[:depth]), loader=None, is_package=True
        )
        assert spec and spec.submodule_search_locations is not None
        spec.submodule_search_locations.append(str(package))
        sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    return importlib.import_module(".".join(parts))


@pytest.mark.parametrize(
    "case", ["an injection", "escapes", "a builtin", "a keyword", "much", "lines"]
)
def test_models_with_such_names_are_imported(
    tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = HOSTILE[case]
    made = generated(tmp_path / "project", text)
    kept = {name for name in sys.modules if name.partition(".")[0] == "shop"}
    before = state(tmp_path)
    try:
        module = import_schemas(made.folder)
    finally:
        for name in set(sys.modules) - kept:
            if name.partition(".")[0] == "shop":
                del sys.modules[name]
    item = module.Item  # type: ignore[attr-defined]
    read = item.model_validate(
        {"id": "1", text[:1000]: "a", f"{text[:1000]} 2": f"{text}."}
    )
    assert read.model_dump(mode="json")[text[:1000]] == "a"
    after = {p: c for p, c in state(tmp_path).items() if "/platform/" not in p}
    assert {p: c for p, c in after.items() if "__pycache__" not in p} == before


@pytest.mark.parametrize(
    "path", ["/{", "/}", "/{}", "/{a", "/{a}}", "/{{a}}", "/{0}", "/{a.b}", "no-slash"]
)
def test_paths_with_stray_braces_are_refused_or_read(tmp_path: Path, path: str) -> None:
    data = contract(HARMLESS[0])
    data["paths"] = {path: next(iter(data["paths"].values()))}
    try:
        made = project(tmp_path / "p", data)
        generate.generate(made)
    except ContractError as error:
        assert error.message.startswith("openapi.yaml")
    else:
        assert shape(made.folder)
