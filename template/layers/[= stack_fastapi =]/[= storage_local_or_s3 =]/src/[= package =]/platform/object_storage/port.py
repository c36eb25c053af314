"""What is asked of an object storage, wherever it keeps the bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class SignedUpload:
    """A PUT that the storage accepts until the URL expires.

    The headers belong to it: another type or size is refused.
    """

    url: str
    expires_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignedDownload:
    """A GET that the storage answers until the URL expires."""

    url: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StoredObject:
    """What is known of an object; the size is in bytes."""

    key: str
    size: int
    content_type: str
    modified_at: datetime


class ObjectStorage(Protocol):
    """Objects by key: `avatars/7f6e5d4c.png`. Their bytes do not pass through here.

    All raise KeyRefused for a key that is none, and StorageFailed or an error of
    outgoing calls where the storage does not answer.
    """

    async def upload_url(
        self, key: str, *, content_type: str, size: int
    ) -> SignedUpload:
        """Let somebody store so many bytes of this type under a key, or replace it.

        Raises ObjectTooLarge, TypeRefused.
        """
        ...

    async def download_url(self, key: str) -> SignedDownload:
        """Let somebody read an object, as a file to be saved; it need not be there."""
        ...

    async def stat(self, key: str) -> StoredObject:
        """What is known of an object; raises ObjectUnknown."""
        ...

    async def delete(self, key: str) -> None:
        """Remove an object, if it is there."""
        ...
