"""Where signed URLs lead: bytes in and out, past the JSON of everything else."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, status
from fastapi.responses import FileResponse

from ..error_format import error_responses
from ..routing import PLATFORM
from ..web import allow_bodies
from .local import LocalStorage
from .rules import saved_as

BYTES = {"*/*": {"schema": {"type": "string", "format": "binary"}}}
QUERY = [
    {"name": name, "in": "query", "required": True, "schema": {"type": "string"}}
    for name in ("expires", "signature")
]

router = APIRouter(prefix=f"{PLATFORM}/storage", tags=["platform"])


def install_uploads(app: FastAPI, most_bytes: int) -> None:
    """Let uploads be larger than other bodies."""
    allow_bodies(app, f"{router.prefix}/", most_bytes)


async def _storage(request: Request) -> LocalStorage:
    storage: LocalStorage = request.app.state.wiring.object_storage
    return storage


Storage = Annotated[LocalStorage, Depends(_storage)]


@router.put(
    "/{key:path}",
    operation_id="platformUploadObject",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=error_responses(400, 403, 413),
    openapi_extra={
        "requestBody": {"required": True, "content": BYTES},
        "parameters": QUERY,
    },
)
async def upload(key: str, request: Request, storage: Storage) -> None:
    """Store the body under the key that the URL was signed for."""
    content_type = request.headers.get("content-type")
    await storage.put(key, request.query_params, content_type, request.stream())


@router.get(
    "/{key:path}",
    operation_id="platformDownloadObject",
    response_class=FileResponse,
    responses={**error_responses(403, 404), 200: {"content": BYTES}},
    openapi_extra={"parameters": QUERY},
)
async def download(key: str, request: Request, storage: Storage) -> FileResponse:
    """Send the object that the URL was signed for, as a file to be saved."""
    kept = await storage.get(key, request.query_params)
    return FileResponse(
        kept.file,
        media_type=kept.known.content_type,
        headers={
            "content-disposition": saved_as(key),
            "content-security-policy": "sandbox; default-src 'none'",
        },
    )
