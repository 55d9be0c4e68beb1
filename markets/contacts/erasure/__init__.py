"""Erases personal data of a contact from the tables and files of this app. signals.contacts.erasure starts it.

Rows that count are kept: the contact stays under another name. Only the former keys, which match imported rows, are
deleted.
"""

from markets.contacts.erasure.identity import ERASED_TEXT, Identity, clean_reason

__all__ = ["ERASED_TEXT", "Identity", "clean_reason"]
