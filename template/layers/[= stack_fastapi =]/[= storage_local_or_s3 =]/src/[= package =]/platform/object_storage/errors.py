"""What goes wrong with objects, by the rule that was broken."""

from ..errors import BadGateway, NotFound, PayloadTooLarge, Unprocessable


class KeyRefused(Unprocessable):
    """A key is made of parts of letters, digits and `._-`, with slashes in between."""

    code = "object_key_refused"


class TypeRefused(Unprocessable):
    """A media type is `type/subtype`, with parameters perhaps."""

    code = "object_type_refused"


class ObjectTooLarge(PayloadTooLarge):
    """An object has at most so many bytes as the settings say."""

    code = "object_too_large"


class ObjectUnknown(NotFound):
    """Nothing was stored under the key."""

    code = "object_unknown"


class StorageFailed(BadGateway):
    """The storage did not do what it was asked."""

    code = "storage_failed"
