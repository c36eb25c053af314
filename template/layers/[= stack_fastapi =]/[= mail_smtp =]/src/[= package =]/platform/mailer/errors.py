"""Why a mail was not sent."""

from ..errors import Unavailable, Unprocessable


class MailRefused(Unprocessable):
    """The mail is wrong, or the server wants none like it: now and later."""

    code = "mail_refused"


class MailDelayed(Unavailable):
    """No server took the mail now; it may be tried again."""

    code = "mail_delayed"
