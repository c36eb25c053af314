"""The platform's own endpoints, and contracts that have theirs at the same places."""

from pathlib import Path

import pytest

from groundplan import project as projects_module
from groundplan.generate import generate
from groundplan.platform_paths import platform_path, taken
from groundplan.understanding import understand
from groundplan.workspace import ANSWERS, open_project

from .projects import Data, domain_of, small, written

OK: Data = {"200": {"description": "It."}}


def having(*paths: str, method: str = "get") -> Data:
    contract = small()
    for path in paths:
        names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
        contract["paths"][path] = {
            method: {
                "operationId": f"{method} {path}",
                "responses": OK,
                "parameters": [
                    {
                        "name": name,
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    }
                    for name in names
                ],
            }
        }
    return contract


@pytest.mark.parametrize(
    "contract",
    [
        having("/healthy", "/auth/logout", "/{code}"),
        having("/health", method="post"),
        having("/auth/register"),
    ],
)
def test_they_stay_where_nothing_is_in_their_way(
    tmp_path: Path, contract: Data
) -> None:
    assert platform_path(domain_of(tmp_path, contract)) == ""


def test_they_leave_the_place_to_the_contract(tmp_path: Path) -> None:
    domain = domain_of(tmp_path, having("/health", "/metrics/", "/docs"))
    assert platform_path(domain) == "/platform"
    assert taken(domain, "") == ["GET /health", "GET /metrics/", "GET /docs"]
    login = domain_of(tmp_path, having("/auth/login", method="post"))
    assert platform_path(login) == "/platform"


def test_the_next_place_may_be_taken_as_well(tmp_path: Path) -> None:
    domain = domain_of(tmp_path, having("/health", "/platform/health"))
    assert platform_path(domain) == "/platform2"


def test_what_is_known_at_a_place_does_not_move_back(tmp_path: Path) -> None:
    domain = domain_of(tmp_path, small())
    assert platform_path(domain, "/platform") == "/platform"


def test_tokens_come_from_where_the_login_is(tmp_path: Path) -> None:
    contract = having("/auth/login", method="post")
    contract["components"]["securitySchemes"] = {
        "key": {"type": "apiKey", "in": "header", "name": "X-Key"}
    }
    contract["security"] = [{"key": []}]
    _, _, overlay = understand(written(tmp_path, contract), None)
    assert overlay and "access tokens are credentials" in overlay


def test_they_move_when_a_contract_comes_to_have_their_places(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    answers = {
        "project_name": "Shop",
        "package": "shop",
        "contexts": ["it"],
        "auth": "jwt",
        "database": "sqlite",
        "observability": ["prometheus"],
    }
    projects_module.render(folder, answers)
    written(folder / "contracts", small())
    generate(open_project(folder))
    assert 'PLATFORM: Final = ""' in routing(folder)

    written(folder / "contracts", having("/health"))
    report = generate(open_project(folder))
    assert open_project(folder).platform_path == "/platform"
    assert "src/shop/platform/routing.py" in report.written
    assert 'PLATFORM: Final = "/platform"' in routing(folder)
    readme = (folder / "README.md").read_text("utf-8")
    assert "`/platform/health/live`" in readme
    assert (folder / ANSWERS).read_text("utf-8").count("platform_path: /platform") == 1
    assert generate(open_project(folder)).clean


def routing(folder: Path) -> str:
    return (folder / "src/shop/platform/routing.py").read_text("utf-8")
