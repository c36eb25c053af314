"""The rules of idempotency keys, as errors."""

from ..errors import BadRequest, Conflict, Unprocessable


class InvalidKey(BadRequest):
    code = "idempotency_key_invalid"

    def __init__(self) -> None:
        super().__init__(
            "The Idempotency-Key has to be one text of 1 to 255 visible characters"
        )


class KeyReused(Unprocessable):
    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("The Idempotency-Key was sent with another request before")


class RequestInProgress(Conflict):
    code = "request_in_progress"

    def __init__(self) -> None:
        super().__init__(
            "The request with this Idempotency-Key is being carried out",
            headers={"Retry-After": "1"},
        )


class AnswerNotKept(Conflict):
    code = "answer_not_kept"

    def __init__(self) -> None:
        super().__init__(
            "The request was carried out; its answer was too large to be kept"
        )
