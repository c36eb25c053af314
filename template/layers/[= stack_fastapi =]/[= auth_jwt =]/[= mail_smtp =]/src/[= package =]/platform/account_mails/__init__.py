"""Mails to accounts: a welcome, and the way to a new password."""
