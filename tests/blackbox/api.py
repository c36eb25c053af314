"""The service as a caller knows it: errors, logins and items."""

from dataclasses import dataclass
from itertools import count
from random import SystemRandom
from typing import Any
from uuid import uuid4

import httpx

from .client import Answer, Body, Client
from .errors import check_error
from .profile import Collection, Json, Profile

PASSWORD = "Long-enough-1"
Headers = dict[str, str]


@dataclass(frozen=True)
class Account:
    """Who logs in."""

    email: str
    password: str

    @property
    def credentials(self) -> dict[str, Json]:
        """The body of a login."""
        return {"email": self.email, "password": self.password}


@dataclass(frozen=True)
class Pair:
    """What a login has given."""

    access: str
    refresh: str

    @property
    def headers(self) -> Headers:
        """What a request of this login carries."""
        return {"authorization": f"Bearer {self.access}"}


class Api:
    """A service at a base URL, as its profile describes it.

    `secrets` are those that the suite has sent or been given: they turn up nowhere.
    """

    def __init__(
        self, base_url: str, profile: Profile, login: Pair | None = None
    ) -> None:
        self.profile = profile
        self.client = Client(base_url, profile.versioning)
        self.secrets: set[str] = set()
        self.own = profile.platform_path
        # from a random one on: runs do not meet
        self._numbers = count(SystemRandom().randrange(10**8, 9 * 10**8))
        self._login = login

    def close(self) -> None:
        """End all connections."""
        self.client.close()

    def platform(
        self,
        method: str,
        path: str,
        body: Body = None,
        headers: Headers | None = None,
    ) -> Answer:
        """Call one of the endpoints that every service has, below the platform path."""
        return self.client.request(method, self.own + path, body, headers)

    def call(
        self,
        method: str,
        path: str,
        body: Body = None,
        headers: Headers | None = None,
    ) -> Answer:
        """Call an operation of the contract, logged in where there is a login."""
        sent = self.caller() | (headers or {})
        return self.client.request(method, path, body, sent, versioned=True)

    def refused(
        self, answer: Answer, status: int | None = None, code: str | None = None
    ) -> None:
        """The answer is an error in the service's format."""
        check_error(answer, self.profile.errors, status, code)
        assert not [secret for secret in self.secrets if secret in answer.text], answer

    def is_ready(self) -> bool:
        """Whether it listens and has what it needs."""
        try:
            return self.platform("GET", "/health/ready").status == 200
        except ConnectionError:
            return False

    # logins

    def new_account(self) -> Account:
        """An account that nobody else uses; the given one where none can be made."""
        login = self.profile.login
        assert login
        if login.issuer:
            return Account(f"{uuid4().hex}@example.com", PASSWORD)
        if not login.register:
            self.secrets.add(login.password)
            return Account(login.email, login.password)
        account = Account(f"{uuid4().hex}@example.com", PASSWORD)
        self.secrets.add(account.password)
        answer = self.platform("POST", "/auth/register", account.credentials)
        assert answer.status == 201, answer
        return account

    def log_in(self, account: Account) -> Pair:
        """Exchange credentials for tokens."""
        assert self.profile.login
        if self.profile.login.issuer:
            return self.issued(account)
        answer = self.platform("POST", "/auth/login", account.credentials)
        assert answer.status == 200, answer
        return self.pair(answer)

    def issued(self, account: Account) -> Pair:
        """Tokens of the issuer for somebody, by the password grant."""
        form = {"grant_type": "password", "client_id": "suite"}
        form |= {"username": account.email, "password": account.password}
        body = self._ask_issuer("/token", data=form)
        pair = Pair(str(body["access_token"]), str(body["refresh_token"]))
        self.secrets |= {pair.access, pair.refresh}
        return pair

    def signed(self, header: dict[str, Json], claims: dict[str, Json]) -> str:
        """A token with the issuer's signature, whatever it says."""
        body = self._ask_issuer("/sign", json={"header": header, "claims": claims})
        return str(body["token"])

    def _ask_issuer(self, path: str, **content: Any) -> dict[str, Json]:
        assert self.profile.login
        url = self.profile.login.issuer + path
        answer = httpx.post(url, trust_env=False, **content)
        assert answer.status_code == 200, answer.text
        found: dict[str, Json] = answer.json()
        return found

    def pair(self, answer: Answer) -> Pair:
        """The tokens in an answer, which are secrets from now on."""
        body = answer.object
        pair = Pair(str(body["accessToken"]), str(body["refreshToken"]))
        self.secrets |= {pair.access, pair.refresh}
        return pair

    def refresh(self, token: str) -> Answer:
        """Ask for new tokens."""
        return self.platform("POST", "/auth/refresh", {"refreshToken": token})

    def me(self, headers: Headers) -> Answer:
        """Ask who is calling."""
        return self.platform("GET", "/auth/me", headers=headers)

    def caller(self) -> Headers:
        """What an ordinary request carries: a login, where there is one."""
        login = self.login()
        return login.headers if login else {}

    def login(self) -> Pair | None:
        """The login of ordinary requests; made when it is asked for first."""
        if self.profile.login and self._login is None:
            self._login = self.log_in(self.new_account())
        return self._login

    # items

    @property
    def items(self) -> Collection:
        """The collection that may be written to."""
        return self.profile.collection

    def new_body(self) -> dict[str, Json]:
        """A valid body, unlike all others so far."""
        body = dict(self.items.body)
        for name, rule in self.items.distinct.items():
            number = next(self._numbers)
            if isinstance(rule, str):
                body[name] = rule.format(number)
            else:
                least, most = rule
                body[name] = least + number % (most - least + 1)
        return body

    def create(self, body: dict[str, Json] | None = None) -> tuple[str, Answer]:
        """Create an item; gives its path too."""
        answer = self.call("POST", self.items.path, body or self.new_body())
        assert answer.status == 201, answer
        return self.path_of(answer), answer

    def path_of(self, item: Answer) -> str:
        """The path of an item, by its key."""
        key = item.object[self.items.key]
        return f"{self.items.path.rstrip('/')}/{key}"

    def change(
        self, path: str, body: dict[str, Json], headers: Headers | None = None
    ) -> Answer:
        """Change an item, the way the service has it; `body` is what it was made of."""
        method = self.profile.change_method
        sent = self.items.change if method == "PATCH" else body | self.items.change
        return self.call(method, path, sent, headers)
