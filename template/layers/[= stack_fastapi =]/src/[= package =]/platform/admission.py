"""What is decided of a request before its body is read: who may send it, for one."""

from abc import ABC, abstractmethod
from typing import Final, Generic, TypeVar, cast

from fastapi import Request

Admitted = TypeVar("Admitted")
ADMITTED: Final = "admitted"


class Admission(ABC, Generic[Admitted]):
    """A dependency that a JsonRoute asks before it reads a body, and once a request."""

    @abstractmethod
    async def admit(self, request: Request) -> Admitted:
        """What the dependency yields; raises what the request is refused with."""

    async def __call__(self, request: Request) -> Admitted:
        known = request.scope.get(ADMITTED)
        if known is not None and known[0] is self:
            return cast(Admitted, known[1])
        admitted = await self.admit(request)
        request.scope[ADMITTED] = (self, admitted)
        return admitted
