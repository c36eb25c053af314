"""Tokens of an issuer: 401 with the same words for whatever is wrong with one."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable

import pytest

from .api import Api
from .profile import Json
from .test_tokens import is_refused, presented
from .tokens import Token, read_token

pytestmark = pytest.mark.needs("issuer")

HOUR = 3600
# All that is wrong is one thing: of the header, or of the claims.
WRONG: dict[str, Callable[[Token], Token]] = {
    "expired": lambda t: t.saying(exp=_now() - HOUR),
    "never expires": lambda t: t.saying(exp=None),
    "not yet valid": lambda t: t.saying(nbf=_now() + HOUR),
    "other issuer": lambda t: t.saying(iss="https://login.example.com"),
    "no issuer": lambda t: t.saying(iss=None),
    "other audience": lambda t: t.saying(aud="somebody else"),
    "no audience": lambda t: t.saying(aud=None),
    "no subject": lambda t: t.saying(sub=None),
    "unknown key id": lambda t: t.headed(kid="somebody else's"),
    "ID token": lambda t: t.headed(typ="JWT").saying(nonce="a"),
    "of another type": lambda t: t.headed(typ="logout+jwt"),
}


def _now() -> int:
    return int(time.time())


@pytest.fixture(scope="module")
def token(api: Api) -> Token:
    """A token that is accepted."""
    pair = api.log_in(api.new_account())
    assert api.me(pair.headers).status == 200
    return read_token(pair.access)


def test_the_signature_is_the_issuers(api: Api, token: Token) -> None:
    """Or the tests below would prove nothing."""
    again = api.signed(token.header, token.claims | {"jti": "a"})
    assert presented(api, again).status == 200


@pytest.mark.parametrize("name", WRONG)
def test_tokens_that_say_something_wrong(api: Api, token: Token, name: str) -> None:
    """The signature is right, and one thing is not."""
    wrong = WRONG[name](token)
    is_refused(api, presented(api, api.signed(wrong.header, wrong.claims)))


def test_a_public_key_is_no_secret(api: Api, token: Token) -> None:
    """What everybody can read signs nothing."""
    assert api.profile.login
    for secret in (api.profile.login.issuer, _text(token.header), "secret"):
        wrong = token.headed(alg="HS256").signed(secret)
        is_refused(api, presented(api, str(wrong)))


def test_who_comes_first_gets_an_account_that_stays(api: Api) -> None:
    """The same one with every token."""
    account = api.new_account()
    first, second = (api.me(api.log_in(account).headers) for _ in range(2))
    assert first.status == 200 and first.object["email"] == account.email
    assert first.object["id"] == second.object["id"]


def test_a_login_begins_at_the_issuer(api: Api) -> None:
    """With PKCE, for a path of this service, and with a cookie for the way back."""
    assert api.profile.login
    begun = api.platform("GET", "/auth/login?return_to=/orders")
    assert begun.status == 302, begun
    url = begun.headers["location"]
    assert url.startswith(api.profile.login.issuer)
    for part in (
        "response_type=code",
        "code_challenge_method=S256",
        "state=",
        "nonce=",
    ):
        assert part in url
    assert "httponly" in begun.headers["set-cookie"].lower()
    api.refused(api.platform("GET", "/auth/login?return_to=//elsewhere"), 422)
    api.refused(api.platform("GET", "/auth/callback?code=a&state=b"), 400)


def _text(value: Json) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode()
