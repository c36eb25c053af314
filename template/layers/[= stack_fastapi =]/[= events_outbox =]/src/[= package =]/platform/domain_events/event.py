"""What an event is: something that has happened to an item of a context."""

from abc import abstractmethod
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from ..job_queue.job import NAME


class Event(BaseModel):
    """Something that has happened; a context defines its own in its `events.py`.

    It is named `<context>.<what_has_happened>`. Consumers may get one that an older
    version published: fields that are new need a default.
    """

    model_config = ConfigDict(frozen=True)

    name: ClassVar[str]

    @property
    @abstractmethod
    def aggregate(self) -> str:
        """The item that it is about, in 200 characters; its events keep their order."""

    @classmethod
    def __pydantic_init_subclass__(cls, **options: object) -> None:
        """Raises ValueError where the name is missing or none."""
        super().__pydantic_init_subclass__(**options)
        name = getattr(cls, "name", "")
        if not NAME.fullmatch(name):
            raise ValueError(
                f"{cls.__name__}: an event is named <context>.<what_has_happened>,"
                f" not {name!r}"
            )
