"""Scopes of a contract, and what becomes of them in routes."""

from pathlib import Path

import pytest
import yaml

from groundplan.domain import Domain
from groundplan.scopes import scoped
from groundplan.understanding import understand

CONTRACT = """
openapi: 3.1.0
info: {title: Shelf, version: "1"}
paths:
  /books:
    get:
      operationId: listBooks
      tags: [books]
      responses: {"200": {description: all}}
components:
  securitySchemes:
    login: {type: openIdConnect, openIdConnectUrl: https://login.example/.well-known/x}
    grant:
      type: oauth2
      flows:
        clientCredentials:
          tokenUrl: https://login.example/token
          scopes: {"books:read": read, "admin": all}
    token: {type: http, scheme: bearer}
    key: {type: apiKey, in: header, name: X-Key}
"""


def domain_of(folder: Path, security: str) -> Domain:
    contract = yaml.safe_load(CONTRACT)
    contract["paths"]["/books"]["get"]["security"] = yaml.safe_load(security)
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(contract), "utf-8")
    return understand(path, None)[1]


@pytest.mark.parametrize(
    ("security", "scopes"),
    [
        ("[]", ()),
        ("[{login: []}]", ()),
        ('[{login: ["books:read"]}]', (("books:read",),)),
        ('[{grant: ["books:read", admin]}]', (("books:read", "admin"),)),
        ('[{grant: [admin]}, {login: ["books:read"]}]', (("admin",), ("books:read",))),
        ("[{grant: [admin]}, {login: []}]", ()),
        ("[{grant: [admin]}, {token: []}]", ()),
        ("[{token: [admin]}]", ()),
        ("[{grant: [admin]}, {key: []}]", (("admin",),)),
    ],
)
def test_an_alternative_has_scopes(
    tmp_path: Path, security: str, scopes: tuple[tuple[str, ...], ...]
) -> None:
    domain = domain_of(tmp_path, security)
    [operation] = [o for c in domain.contexts for o in c.operations]
    assert operation.scopes == ()
    [operation] = [o for c in scoped(domain).contexts for o in c.operations]
    assert operation.scopes == scopes
