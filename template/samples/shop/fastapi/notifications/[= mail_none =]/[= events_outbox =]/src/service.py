"""Use cases of the notifications context: messages to customers are kept."""

from ..platform.database import Database
from .contexts import Contexts
from .generated.operations import NotificationsOperations


class NotificationsService(NotificationsOperations):
    """Messages to customers, and whom they are for."""

    def __init__(self, database: Database, contexts: Contexts) -> None:
        super().__init__(database, contexts)
        self.contexts = contexts
