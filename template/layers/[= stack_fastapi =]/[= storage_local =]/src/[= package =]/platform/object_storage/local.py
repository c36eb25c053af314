"""An object storage in a folder, behind endpoints of this service."""

from collections.abc import AsyncIterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from pydantic import SecretStr

from ..columns import utc_now
from ..routing import PLATFORM
from .folder import KeptObject, ObjectFolder
from .port import SignedDownload, SignedUpload, StoredObject
from .rules import check_key, check_upload
from .signing import UrlRefused, UrlSigner


class FolderSettings(Protocol):
    """What the storage needs of the settings."""

    @property
    def storage_folder(self) -> Path: ...
    @property
    def storage_public_url(self) -> str: ...
    @property
    def root_path(self) -> str: ...
    @property
    def storage_secret(self) -> SecretStr: ...
    @property
    def storage_max_bytes(self) -> int: ...
    @property
    def storage_url_minutes(self) -> float: ...


class LocalStorage:
    """An ObjectStorage whose URLs lead to this service."""

    def __init__(self, settings: FolderSettings) -> None:
        self._folder = ObjectFolder(settings.storage_folder)
        public = f"{settings.storage_public_url}{settings.root_path}"
        self._signer = UrlSigner(
            settings.storage_secret.get_secret_value(), f"{public}{PLATFORM}/storage"
        )
        self._most_bytes = settings.storage_max_bytes
        self._lifetime = timedelta(minutes=settings.storage_url_minutes)

    async def upload_url(
        self, key: str, *, content_type: str, size: int
    ) -> SignedUpload:
        """Let somebody store an object; see ObjectStorage."""
        check_upload(key, content_type, size, self._most_bytes)
        expires = self._expiry()
        terms = {"type": content_type, "size": str(size)}
        url = self._signer.url("PUT", key, int(expires.timestamp()), terms)
        return SignedUpload(url, expires, {"Content-Type": content_type})

    async def download_url(self, key: str) -> SignedDownload:
        """Let somebody read an object; see ObjectStorage."""
        check_key(key)
        expires = self._expiry()
        url = self._signer.url("GET", key, int(expires.timestamp()), {})
        return SignedDownload(url, expires)

    async def stat(self, key: str) -> StoredObject:
        """What is known of an object; see ObjectStorage."""
        check_key(key)
        return (await self._folder.find(key)).known

    async def delete(self, key: str) -> None:
        """Remove an object, if it is there."""
        check_key(key)
        await self._folder.remove(key)

    async def put(
        self,
        key: str,
        query: Mapping[str, str],
        content_type: str | None,
        chunks: AsyncIterable[bytes],
    ) -> None:
        """Take the upload that a URL allows; raises UrlRefused, BadRequest."""
        self._signer.check("PUT", key, query, utc_now().timestamp())
        if content_type != query["type"]:
            raise UrlRefused("The URL was signed for another media type")
        await self._folder.store(key, query["type"], int(query["size"]), chunks)

    async def get(self, key: str, query: Mapping[str, str]) -> KeptObject:
        """The object that a URL leads to; raises UrlRefused, ObjectUnknown."""
        self._signer.check("GET", key, query, utc_now().timestamp())
        return await self._folder.find(key)

    def _expiry(self) -> datetime:
        return (utc_now() + self._lifetime).replace(microsecond=0)
