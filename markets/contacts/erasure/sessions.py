"""Erases a person from sessions, which keep messages until a page has shown them."""

import json

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from markets.contacts.erasure.identity import Identity

KEPT = ("_auth_", "account_")
"""What begins like this signs a user in, and names nobody else."""


def erase_sessions(identity: Identity) -> None:
    """Removes the values that name the person. The data are encoded, so each session is read.

    Sessions belong to users of any workspace: where one names somebody of the same name, it loses a message.
    """
    for session in Session.objects.iterator(chunk_size=500):
        data = session.get_decoded()
        if not data:  # of a former SECRET_KEY: nobody can use it any more, or read here whom it names
            session.delete()
            continue
        kept = {
            key: value
            for key, value in data.items()
            if key.startswith(KEPT) or not identity.is_in_text(json.dumps(value, ensure_ascii=False, default=str))
        }
        if kept != data:
            session.session_data = SessionStore().encode(kept)
            session.save(update_fields=["session_data"])
