"""What the suite has to know of a service: nothing about what it is made of."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

import yaml

ERRORS = ("problem", "envelope", "flat", "contract")
STYLES = ("none", "uri", "header", "media-type")

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]
Part = TypeVar("Part")


class ProfileError(ValueError):
    """A profile that the suite cannot follow; the text names the place."""


@dataclass(frozen=True)
class Login:
    """How the suite gets in.

    With `register`, it makes accounts of its own; otherwise it uses `email` and
    `password`. `token_secret` is the HS256 secret of the access tokens, where the
    suite may have it: it then signs tokens that must be refused.

    With `issuer`, logins and tokens are those of an OpenID Connect issuer, which gives
    everybody tokens by the password grant, and signs what it is asked to at `/sign`.
    """

    register: bool = True
    email: str = ""
    password: str = ""
    token_secret: str = ""
    issuer: str = ""


@dataclass(frozen=True)
class Versioning:
    """How a request says which version of the contract it means; `version` is asked."""

    style: str = "none"
    version: str = "1"
    header: str = "X-API-Version"


@dataclass(frozen=True)
class Listing:
    """What a list takes, by the names of its query parameters, and how it answers.

    `items` and `total` are the ways to them in an answer, as lists of keys. `sort`
    takes the name of a field; `sort_field` is one whose values differ.
    """

    items: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    limit: str = ""
    usual: int = 0
    maximum: int = 0
    page: str = ""
    first_page: int = 1
    cursor: str = ""
    next_cursor: tuple[str, ...] = ()
    sort: str = ""
    sort_field: str = ""
    order: str = ""


@dataclass(frozen=True)
class Collection:
    """Items that the suite may create, change and delete.

    `distinct` says how the values of a field differ from item to item: a text in which
    `{}` becomes a number, or the least and the greatest integer. `key` is the property
    that names an item in its path, `conflict` whether two items may not share the
    distinct values, `open` the methods that need no login, `methods` those of an item,
    `change` what PATCH or PUT may set, and `integer` a field that holds one.
    """

    path: str
    body: dict[str, Json]
    distinct: dict[str, "str | list[int]"] = field(default_factory=dict)
    key: str = "id"
    conflict: bool = False
    required: str = ""
    integer: str = ""
    open: tuple[str, ...] = ()
    methods: tuple[str, ...] = ("GET",)
    change: dict[str, Json] = field(default_factory=dict)
    list: Listing = field(default_factory=Listing)


@dataclass(frozen=True)
class Forbidden:
    """An operation that a new account may not use: the answer is 403."""

    method: str
    path: str
    body: Json = None


@dataclass(frozen=True)
class Profile:
    """The service under test.

    `cursors` is another collection, whose list is asked for by cursor.
    """

    errors: str
    collection: Collection
    cursors: Collection | None = None
    platform_path: str = ""
    login: Login | None = None
    metrics: bool = False
    documentation: bool = True
    origins: tuple[str, ...] = ()
    body_bytes: int = 1_048_576
    forbidden: Forbidden | None = None
    versioning: Versioning = field(default_factory=Versioning)

    def features(self) -> set[str]:
        """What tests may need, as far as this service has it."""
        collection, listing, login = self.collection, self.collection.list, self.login
        found = {
            "login": login is not None,
            "passwords": login is not None and not login.issuer,
            "registration": login is not None and login.register,
            "token secret": login is not None and bool(login.token_secret),
            "issuer": login is not None and bool(login.issuer),
            "metrics": self.metrics,
            "documentation": self.documentation,
            "origins": bool(self.origins),
            "forbidden": self.forbidden is not None,
            "closed writes": login is not None and "POST" not in collection.open,
            "closed reads": login is not None and "GET" not in collection.open,
            "change": bool(collection.change and self.change_method),
            "delete": "DELETE" in collection.methods,
            "conflict": collection.conflict,
            "integer": bool(collection.integer),
            "required": bool(collection.required),
            "limit": bool(listing.limit),
            "total": bool(listing.total),
            "pages": bool(listing.limit and listing.page),
            "cursors": self.cursors is not None,
            "sort": bool(listing.sort and listing.sort_field),
            "order": bool(listing.order),
        }
        return {name for name, is_there in found.items() if is_there}

    @property
    def change_method(self) -> str:
        """How a part of an item is changed: PATCH, else PUT with the whole."""
        methods = self.collection.methods
        return next((name for name in ("PATCH", "PUT") if name in methods), "")


def load_profile(path: Path) -> Profile:
    """Read a profile (YAML or JSON). Raises ProfileError, which names the place."""
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ProfileError(f"{path} cannot be read: {error}") from error
    try:
        return profile_from(data)
    except ProfileError as error:
        raise ProfileError(f"{path}: {error}") from error


def profile_from(data: object) -> Profile:
    """The profile that a document describes. Raises ProfileError."""
    found = _mapping(data, "profile")
    found["collection"] = _collection(found.get("collection"), "collection")
    if found.get("cursors") is not None:
        found["cursors"] = cursors = _collection(found["cursors"], "cursors")
        if not (
            cursors.list.cursor and cursors.list.limit and cursors.list.next_cursor
        ):
            raise ProfileError("cursors.list needs cursor, limit and next_cursor")
    for name, kind in (
        ("login", Login),
        ("forbidden", Forbidden),
        ("versioning", Versioning),
    ):
        if found.get(name) is not None:
            found[name] = _part(kind, found[name], name)
    profile = _part(Profile, found, "profile")
    _one_of(profile.errors, ERRORS, "errors")
    _one_of(profile.versioning.style, STYLES, "versioning.style")
    login = profile.login
    is_known = login is None or login.issuer or (login.email and login.password)
    if login and not login.register and not is_known:
        raise ProfileError("login needs `register: true`, or `email` and `password`")
    if login and login.issuer and (login.register or login.token_secret):
        raise ProfileError("login.issuer needs `register: false` and no token_secret")
    for path in (profile.collection.path, profile.platform_path or "/"):
        if not path.startswith("/"):
            raise ProfileError(f"{path!r} is no path: it has to begin with /")
    for name, rule in profile.collection.distinct.items():
        if isinstance(rule, str) and not re.fullmatch(r"[^{}]*\{\}[^{}]*", rule):
            raise ProfileError(f"collection.distinct.{name} needs one {{}}")
    return profile


def _collection(data: object, place: str) -> Collection:
    found = _mapping(data, place)
    if "list" in found:
        found["list"] = _part(Listing, found["list"], f"{place}.list")
    return _part(Collection, found, place)


def _mapping(data: object, place: str) -> dict[str, object]:
    if not isinstance(data, Mapping):
        raise ProfileError(f"{place} has to be a mapping")
    return {str(name): value for name, value in data.items()}


def _part(kind: type[Part], data: object, place: str) -> Part:
    """A part of the profile, with lists as tuples where the part has tuples."""
    given = _mapping(data, place)
    known = {item.name: str(item.type) for item in fields(kind)}  # type: ignore[arg-type]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise ProfileError(f"{place}: no such key: {', '.join(unknown)}")
    for name, value in given.items():
        if known[name].startswith("tuple") and isinstance(value, list):
            given[name] = tuple(str(item) for item in value)
    try:
        return kind(**given)
    except TypeError as error:
        missing = re.findall(r"'(\w+)'", str(error))
        raise ProfileError(f"{place} needs {', '.join(missing)}") from error


def _one_of(value: str, allowed: tuple[str, ...], place: str) -> None:
    if value not in allowed:
        raise ProfileError(f"{place} has to be one of {', '.join(allowed)}")
