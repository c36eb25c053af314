"""Paths that differ in the names of their parameters only are read as one."""

from pathlib import Path

from groundplan.infer import infer

from .projects import Data, loaded, small

OK: Data = {"200": {"description": "It."}}


def key(name: str) -> Data:
    """A parameter of a path."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def joined(folder: Path, contract: Data) -> tuple[Data, list[str]]:
    """The paths as they are read, and what is said about them."""
    read = loaded(folder, contract)
    infer(read)
    paths = read.effective["paths"]
    assert isinstance(paths, dict)
    return paths, [remark.message for remark in read.remarks]


def test_paths_that_differ_in_names_are_one(tmp_path: Path) -> None:
    contract = small()
    contract["components"]["parameters"] = {"Y": key("y")}
    page: Data = {"name": "page", "in": "query", "schema": {"type": "integer"}}
    contract["paths"] = {
        "/a/{x}": {
            "parameters": [key("x")],
            "get": {"operationId": "one", "responses": OK},
        },
        "/a/{y}": {
            "parameters": [page],
            "put": {
                "operationId": "two",
                "parameters": [{"$ref": "#/components/parameters/Y"}],
                "responses": OK,
            },
        },
        "/a/{z}/b": {"get": {"parameters": [key("z")], "responses": OK}},
    }
    paths, remarks = joined(tmp_path, contract)
    assert remarks == ["`/a/{y}` is the same path as `/a/{x}`"]
    assert [*paths] == ["/a/{x}", "/a/{z}/b"]
    one = paths["/a/{x}"]["get"]["parameters"]
    two = paths["/a/{x}"]["put"]["parameters"]
    assert [parameter["name"] for parameter in one] == ["x"]
    assert [parameter["name"] for parameter in two] == ["page", "x"]


def test_names_that_change_places_do_so_once(tmp_path: Path) -> None:
    contract = small()
    contract["paths"] = {
        "/a/{x}/{y}": {"get": {"parameters": [key("x"), key("y")], "responses": OK}},
        "/a/{y}/{x}": {
            "parameters": [key("y") | {"description": "first"}, key("x")],
            "put": {"responses": OK},
        },
    }
    paths, _ = joined(tmp_path, contract)
    parameters = paths["/a/{x}/{y}"]["put"]["parameters"]
    assert [one["name"] for one in parameters if "description" in one] == ["x"]
    assert sorted(one["name"] for one in parameters) == ["x", "y"]


def test_parameters_that_are_referred_to_are_all_kept(tmp_path: Path) -> None:
    contract = small()
    kinds = {
        name: {"name": name, "in": "query", "schema": {"type": "integer"}}
        for name in ("page", "limit", "size")
    }
    contract["components"]["parameters"] = kinds
    refs = [{"$ref": f"#/components/parameters/{name}"} for name in kinds]
    contract["paths"] = {
        "/a/{x}": {"get": {"parameters": [key("x")], "responses": OK}},
        "/a/{y}": {
            "parameters": [refs[0], refs[1], key("y")],
            "put": {"parameters": [refs[2], refs[1]], "responses": OK},
        },
    }
    paths, _ = joined(tmp_path, contract)
    parameters = paths["/a/{x}"]["put"]["parameters"]
    assert [one for one in parameters if "$ref" in one] == [refs[0], refs[2], refs[1]]
    assert [one["name"] for one in parameters if "name" in one] == ["x"]


def test_what_two_paths_both_have_stays(tmp_path: Path) -> None:
    contract = small()
    contract["paths"] = {
        "/a/{x}": {"get": {"parameters": [key("x")], "responses": OK}},
        "/a/{y}": {"get": {"parameters": [key("y")], "responses": OK}},
    }
    paths, _ = joined(tmp_path, contract)
    assert [*paths] == ["/a/{x}", "/a/{y}"]
