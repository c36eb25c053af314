"""Access tokens that are not what they should be: 401, with the same words for each."""

import time
from collections.abc import Callable

import pytest

from .api import Api
from .client import Answer
from .tokens import Token, key_id, read_token

WRONG = "another secret of the same length, as somebody would guess it.."
HOUR = 3600

# Without the secret.
FORGED: dict[str, Callable[[Token], str]] = {
    "alg none, no signature": lambda t: str(
        Token(t.header | {"alg": "none"}, t.claims)
    ),
    "alg NONE": lambda t: str(Token(t.header | {"alg": "NONE"}, t.claims)),
    "alg none, signature kept": lambda t: str(t.headed(alg="none")),
    "no signature": lambda t: str(Token(t.header, t.claims)),
    "wrong key": lambda t: str(t.signed(WRONG)),
    "empty key": lambda t: str(t.signed("")),
    "wrong key, with an id": lambda t: str(t.headed(kid=key_id(WRONG)).signed(WRONG)),
    "key in the header": lambda t: str(
        t.headed(jwk={"kty": "oct", "k": "c2VjcmV0"}).signed("secret")
    ),
    "other claims": lambda t: str(t.saying(roles=["ADMIN"])),
    "other subject": lambda t: str(
        t.saying(sub="00000000-0000-4000-8000-000000000000")
    ),
    "two parts": lambda t: str(t).rpartition(".")[0],
    "four parts": lambda t: f"{t}.{t.signature}",
    "no token": lambda t: "nonsense",
    "nothing": lambda t: "",
    "a long one": lambda t: "a" * 8000,
}
# With it: all that is wrong is one thing.
WRONGLY_SIGNED: dict[str, Callable[[Token], Token]] = {
    "expired": lambda t: t.saying(exp=_now() - HOUR),
    "never expires": lambda t: t.saying(exp=None),
    "not yet valid": lambda t: t.saying(nbf=_now() + HOUR),
    "valid from nowhere": lambda t: t.saying(nbf=None),
    "other issuer": lambda t: t.saying(iss="somebody else"),
    "no issuer": lambda t: t.saying(iss=None),
    "other audience": lambda t: t.saying(aud="somebody else"),
    "no audience": lambda t: t.saying(aud=None),
    "no subject": lambda t: t.saying(sub=None),
    "subject that is none": lambda t: t.saying(sub="1"),
    "no roles": lambda t: t.saying(roles=None),
    "unknown key id": lambda t: t.headed(kid=key_id(WRONG)),
    "no key id": lambda t: t.headed(kid=None),
    "no access token": lambda t: t.headed(typ="JWT"),
    "of no type": lambda t: t.headed(typ=None),
}


def _now() -> int:
    return int(time.time())


@pytest.fixture(scope="module")
def token(api: Api) -> Token:
    """A token that is accepted."""
    pair = api.log_in(api.new_account())
    assert api.me(pair.headers).status == 200
    return read_token(pair.access)


def presented(api: Api, token: str) -> Answer:
    """What a request with the token is answered, which is looked at at once."""
    headers = {"authorization": f"Bearer {token}"}
    return api.client.send("GET", f"{api.own}/auth/me", headers=headers)


def is_refused(api: Api, answer: Answer) -> None:
    api.refused(answer, 401)
    assert answer.headers["www-authenticate"], answer
    for word in ("expired", "signature", "audience", "issuer", "kid", "alg"):
        assert word not in answer.text.lower(), answer


@pytest.mark.needs("login")
@pytest.mark.parametrize("name", FORGED)
def test_forged_tokens(api: Api, token: Token, name: str) -> None:
    """They open nothing."""
    is_refused(api, presented(api, FORGED[name](token)))


@pytest.mark.needs("login")
def test_credentials_of_other_kinds(api: Api, token: Token) -> None:
    """A token is taken from its header and by its scheme."""
    for scheme in ("", "Token ", "Bearer", "Digest "):
        is_refused(api, api.me({"authorization": f"{scheme}{token}"}))
    is_refused(api, api.me({"cookie": f"access_token={token}"}))
    is_refused(api, api.platform("GET", f"/auth/me?access_token={token}"))


@pytest.mark.needs("login", "token secret")
def test_our_signature_is_the_services(api: Api, token: Token) -> None:
    """Or the tests below would prove nothing."""
    again = token.saying(exp=_now() + HOUR, jti="a").signed(_secret(api))
    assert presented(api, str(again)).status == 200


@pytest.mark.needs("login", "token secret")
@pytest.mark.parametrize("name", WRONGLY_SIGNED)
def test_tokens_that_say_something_wrong(api: Api, token: Token, name: str) -> None:
    """The signature is right, and one thing is not."""
    wrong = WRONGLY_SIGNED[name](token).signed(_secret(api))
    is_refused(api, presented(api, str(wrong)))


@pytest.mark.needs("login", "token secret")
def test_algorithms_that_are_not_ours(api: Api, token: Token) -> None:
    """The right key does not help."""
    for algorithm, digest in (("HS384", "sha384"), ("HS512", "sha512")):
        wrong = token.headed(alg=algorithm).signed(_secret(api), digest)
        is_refused(api, presented(api, str(wrong)))


def _secret(api: Api) -> str:
    login = api.profile.login
    assert login
    return login.token_secret
