"""Use cases of the notifications context."""

from .generated.operations import NotificationsOperations


class NotificationsService(NotificationsOperations):
    """The notifications context, as this team wants it.

    Override an operation to replace what is generated; own rules and calls to other
    contexts belong here.
    """
