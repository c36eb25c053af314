"""What mails to accounts say, in plain text; what is in braces is filled in."""

from typing import Final

RESET_SUBJECT: Final = "Set a new password"
RESET_TEXT: Final = """\
Somebody, most likely you, asked to set a new password for the account with the
address {email}. For {minutes} minutes, and once, you can do so here:

{link}

If it was not you, there is nothing to do: your password stays as it is.
"""

WELCOME_SUBJECT: Final = "Welcome"
WELCOME_TEXT: Final = """\
Your account is ready. You log in with this address, {email}, and the
password that you have chosen.

If it was not you who registered, somebody has mistyped an address. They cannot
read this mail, and you can take the account over by setting a new password.
"""
