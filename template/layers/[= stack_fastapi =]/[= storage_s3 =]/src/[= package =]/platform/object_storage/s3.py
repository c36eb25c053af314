"""An object storage in a bucket of S3, or of a server that speaks like it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import Final, Protocol

import anyio
import httpx
from botocore.client import BaseClient  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]
from botocore.session import Session  # type: ignore[import-untyped]
from pydantic import SecretStr

from ..columns import utc_now
from ..errors import Unavailable
from ..logging import get_logger
from ..outgoing.calls import OutgoingCalls
from .errors import ObjectUnknown, StorageFailed
from .port import SignedDownload, SignedUpload, StoredObject
from .rules import check_key, check_upload, saved_as

# What the service signs for itself is used at once.
OWN_SECONDS: Final = 60

log = get_logger(__name__)


class StorageNotSetUp(Unavailable):
    """There is no bucket in the settings, or nobody to be there."""

    code = "storage_not_set_up"


class BucketSettings(Protocol):
    """What the storage needs of the settings."""

    @property
    def s3_bucket(self) -> str: ...
    @property
    def s3_region(self) -> str: ...
    @property
    def s3_url(self) -> str: ...
    @property
    def s3_public_url(self) -> str: ...
    @property
    def s3_access_key_id(self) -> str: ...
    @property
    def s3_secret_access_key(self) -> SecretStr: ...
    @property
    def storage_max_bytes(self) -> int: ...
    @property
    def storage_url_minutes(self) -> float: ...


class S3Storage:
    """An ObjectStorage whose URLs lead to the bucket.

    AWS's library signs, which needs no network; what the service asks the bucket for
    itself, it asks by URLs that it signs, as all outgoing calls.
    """

    def __init__(self, settings: BucketSettings, calls: OutgoingCalls) -> None:
        self._settings = settings
        self._calls = calls
        self._lifetime = timedelta(minutes=settings.storage_url_minutes)

    async def upload_url(
        self, key: str, *, content_type: str, size: int
    ) -> SignedUpload:
        """Let somebody store an object; see ObjectStorage."""
        check_upload(key, content_type, size, self._settings.storage_max_bytes)
        expires = self._expiry()
        url = await self._signed(
            "put_object", key, {"ContentType": content_type, "ContentLength": size}
        )
        return SignedUpload(url, expires, {"Content-Type": content_type})

    async def download_url(self, key: str) -> SignedDownload:
        """Let somebody read an object; see ObjectStorage."""
        check_key(key)
        expires = self._expiry()
        terms = {"ResponseContentDisposition": saved_as(key)}
        return SignedDownload(await self._signed("get_object", key, terms), expires)

    async def stat(self, key: str) -> StoredObject:
        """What is known of an object; see ObjectStorage."""
        check_key(key)
        answer = await self._ask("HEAD", "head_object", key)
        if answer.status_code == 404:
            raise ObjectUnknown("There is no such object")
        self._expect(answer, 200)
        return StoredObject(
            key,
            int(answer.headers["content-length"]),
            answer.headers["content-type"],
            parsedate_to_datetime(answer.headers["last-modified"]).astimezone(UTC),
        )

    async def delete(self, key: str) -> None:
        """Remove an object, if it is there."""
        check_key(key)
        self._expect(await self._ask("DELETE", "delete_object", key), 204, 404)

    async def _ask(self, method: str, operation: str, key: str) -> httpx.Response:
        url = await self._url(lambda: self._own, operation, key, {}, OWN_SECONDS)
        return await self._calls.send(method, url)

    def _expect(self, answer: httpx.Response, *statuses: int) -> None:
        if answer.status_code not in statuses:
            log.error("storage_failed", status=answer.status_code)
            raise StorageFailed("The storage refused")

    async def _signed(
        self, operation: str, key: str, terms: Mapping[str, str | int]
    ) -> str:
        """A URL for others, where they reach the bucket."""
        seconds = int(self._lifetime.total_seconds())
        return await self._url(lambda: self._public, operation, key, terms, seconds)

    async def _url(
        self,
        client: Callable[[], BaseClient],
        operation: str,
        key: str,
        terms: Mapping[str, str | int],
        seconds: int,
    ) -> str:
        place = {"Bucket": self._settings.s3_bucket, "Key": key}

        def sign() -> str:
            url: str = client().generate_presigned_url(
                operation, Params={**place, **terms}, ExpiresIn=seconds
            )
            return url

        try:
            # in a thread: it reads files at first, and asks for a role's credentials
            return await anyio.to_thread.run_sync(sign)
        except BotoCoreError as error:
            log.error("storage_not_set_up", reason=type(error).__name__)
            raise StorageNotSetUp("Objects cannot be stored") from None

    @cached_property
    def _own(self) -> BaseClient:
        return self._client(self._settings.s3_url)

    @cached_property
    def _public(self) -> BaseClient:
        public = self._settings.s3_public_url
        return self._client(public) if public else self._own

    def _client(self, url: str) -> BaseClient:
        """What signs for the bucket at a URL; it connects to nothing."""
        settings = self._settings
        if not settings.s3_bucket:
            log.error("storage_not_set_up", reason="S3_BUCKET")
            raise StorageNotSetUp("Objects cannot be stored")
        style = "path" if url else "virtual"
        return Session().create_client(
            "s3",
            region_name=settings.s3_region,
            endpoint_url=url or None,
            aws_access_key_id=settings.s3_access_key_id or None,
            aws_secret_access_key=settings.s3_secret_access_key.get_secret_value()
            or None,
            config=Config(signature_version="s3v4", s3={"addressing_style": style}),
        )

    def _expiry(self) -> datetime:
        return (utc_now() + self._lifetime).replace(microsecond=0)
