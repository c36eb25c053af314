"""Signing keys that change while people are logged in."""

import pytest

from ..api import Api
from ..service import Database, Service, Stack


@pytest.mark.needs("registration", "token secret")
def test_keys_change(
    stack: Stack, api: Api, service: Service, database: Database
) -> None:
    """The key is exchanged; then the old one is dropped, as after a leak."""
    old, new = stack.secret, stack.secret[::-1]
    account = api.new_account()
    pair = api.log_in(account)
    said = service.log_text()
    both = {"JWT_SECRET": new, "JWT_ACCEPTED_SECRETS": old}
    with stack.service(database, both) as other:
        there = Api(other.base_url, stack.profile)
        assert there.me(pair.headers).status == 200
        assert there.me(there.log_in(account).headers).status == 200
        said += other.log_text()
    with stack.service(database, {"JWT_SECRET": new}) as other:
        there = Api(other.base_url, stack.profile)
        there.refused(there.me(pair.headers), 401)
        renewed = there.refresh(pair.refresh)
        assert renewed.status == 200, renewed
        assert there.me(there.pair(renewed).headers).status == 200
        said += other.log_text()
    secrets = (pair.access, pair.refresh, account.email, account.password, old, new)
    assert not [secret for secret in secrets if secret in said]
