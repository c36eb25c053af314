"""Objects in a folder: the bytes in one file, what is known of them in another."""

import json
import os
from collections.abc import AsyncIterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import anyio

from ..columns import utc_now
from ..errors import BadRequest
from .errors import ObjectUnknown
from .port import StoredObject


@dataclass(frozen=True, slots=True)
class KeptObject:
    """An object and the file that its bytes are in."""

    known: StoredObject
    file: Path


class ObjectFolder:
    """Keeps objects under the digests of their keys: no key is ever a path."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def find(self, key: str) -> KeptObject:
        """An object; raises ObjectUnknown."""
        return await anyio.to_thread.run_sync(self._read, key)

    async def store(
        self, key: str, content_type: str, size: int, chunks: AsyncIterable[bytes]
    ) -> None:
        """Keep what comes, as a whole or not at all; replaces what was there.

        Raises BadRequest where it has another size.
        """
        place = self._place(key)
        await anyio.to_thread.run_sync(lambda: place.mkdir(parents=True, exist_ok=True))
        file = place / uuid4().hex
        try:
            written = 0
            async with await anyio.open_file(file, "xb") as output:
                async for chunk in chunks:
                    written += len(chunk)
                    if written > size:
                        break
                    await output.write(chunk)
            if written != size:
                raise BadRequest("The body has another size than was signed")
            known = StoredObject(key, size, content_type, utc_now())
            await anyio.to_thread.run_sync(self._publish, place, known, file)
        except BaseException:
            file.unlink(missing_ok=True)
            raise

    async def remove(self, key: str) -> None:
        """Forget an object, if there is one."""
        await anyio.to_thread.run_sync(self._remove, key)

    def _place(self, key: str) -> Path:
        digest = sha256(key.encode()).hexdigest()
        return self._folder / digest[:2] / digest[2:]

    def _read(self, key: str) -> KeptObject:
        place = self._place(key)
        try:
            told = json.loads((place / "object.json").read_text("utf-8"))
        except FileNotFoundError:
            raise ObjectUnknown("There is no such object") from None
        modified = datetime.fromtimestamp(told["modified"], UTC)
        known = StoredObject(key, told["size"], told["type"], modified)
        return KeptObject(known, place / told["file"])

    def _publish(self, place: Path, known: StoredObject, file: Path) -> None:
        """Name the new bytes in one step, and drop the old ones."""
        told = {
            "key": known.key,
            "file": file.name,
            "size": known.size,
            "type": known.content_type,
            "modified": known.modified_at.timestamp(),
        }
        draft = place / f"{file.name}.json"
        draft.write_text(json.dumps(told), "utf-8")
        with suppress(ObjectUnknown):
            old = self._read(known.key).file
            os.replace(draft, place / "object.json")
            old.unlink(missing_ok=True)
            return
        os.replace(draft, place / "object.json")

    def _remove(self, key: str) -> None:
        place = self._place(key)
        with suppress(ObjectUnknown):
            old = self._read(key).file
            (place / "object.json").unlink(missing_ok=True)
            old.unlink(missing_ok=True)
        with suppress(OSError):
            # somebody may be storing it anew
            place.rmdir()
