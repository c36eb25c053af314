"""Wrong settings end the process with status 78, and a list of all that is wrong."""

import pytest

from ..service import Database, Stack

WEAK = "changeme-" * 8


def test_all_that_is_wrong_is_listed(stack: Stack, database: Database) -> None:
    """By the names of the variables, without any secret."""
    wrong = {"PORT": "eighty", "DATABASE_POOL_SIZE": "-1"}
    if stack.profile.login:
        wrong["JWT_SECRET"] = WEAK
    refusal = stack.refusal(database, wrong)
    assert refusal.status == 78, refusal
    for name in wrong:
        assert f"{stack.prefix}{name}" in refusal.output, refusal
    for secret in (stack.secret, WEAK):
        assert secret not in refusal.output, refusal
    assert "Traceback" not in refusal.output, refusal


@pytest.mark.needs("login")
def test_there_is_no_default_secret(stack: Stack, database: Database) -> None:
    """Production does not start without one."""
    refusal = stack.refusal(database, {}, without=("JWT_SECRET",))
    assert refusal.status == 78, refusal
    assert f"{stack.prefix}JWT_SECRET" in refusal.output, refusal
    assert "Traceback" not in refusal.output, refusal


@pytest.mark.needs("issuer")
@pytest.mark.parametrize("issuer", ["", "http://login.example.com", "login.example"])
def test_an_issuer_is_named_and_reached_safely(
    stack: Stack, database: Database, issuer: str
) -> None:
    """Production takes https, or what is on the same machine."""
    refusal = stack.refusal(database, {"OIDC_ISSUER": issuer})
    assert refusal.status == 78, refusal
    assert f"{stack.prefix}OIDC_ISSUER" in refusal.output, refusal
