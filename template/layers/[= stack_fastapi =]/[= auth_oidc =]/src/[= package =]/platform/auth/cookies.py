"""The cookies of browsers that log in, and whose requests they are taken from."""

from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlsplit

from fastapi import Request, Response

SERVICE: Final = (__package__ or "").partition(".")[0]
SAFE: Final = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Cookie:
    """A cookie that scripts cannot read.

    `strict` ones come with requests of our own pages only, others also when a page of
    somebody else leads here. Over https they belong to this very host.
    """

    name: str
    is_secure: bool
    same_site: Literal["strict", "lax"]

    def value(self, request: Request) -> str | None:
        """What a request has of it."""
        return request.cookies.get(self.name)

    def set(self, response: Response, value: str, seconds: int) -> None:
        """Give it to the browser."""
        response.set_cookie(
            self.name,
            value,
            max_age=seconds,
            path="/",
            secure=self.is_secure,
            httponly=True,
            samesite=self.same_site,
        )

    def clear(self, response: Response) -> None:
        """Take it from the browser."""
        self.set(response, "", 0)


class Cookies:
    """The cookies of a service that browsers know by a URL."""

    def __init__(self, public_url: str) -> None:
        parts = urlsplit(public_url)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        is_secure = parts.scheme == "https"
        prefix = "__Host-" if is_secure else ""
        self.session = Cookie(f"{prefix}{SERVICE}-session", is_secure, "strict")
        # the issuer's page leads back here
        self.login = Cookie(f"{prefix}{SERVICE}-login", is_secure, "lax")

    def is_own_page(self, request: Request) -> bool:
        """Whether a request that changes something comes from a page of this origin.

        Browsers say so. What says nothing is no browser, and has no cookie that
        somebody else could make it send.
        """
        if request.method in SAFE:
            return True
        if (fetched := request.headers.get("sec-fetch-site")) is not None:
            return fetched in ("same-origin", "none")
        return request.headers.get("origin") in (None, self._origin)
