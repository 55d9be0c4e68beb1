"""Fields that no form has, sent with each form: whether anything comes of them."""

from collections import Counter

import time_machine
from django.apps import apps
from django.utils.timezone import now

from tests.isolation.walk import undone
from tests.role_table import Request, noting_writes, requests_to

EXTRA = {
    **dict.fromkeys(["is_staff", "is_superuser", "is_active", "historical", "voided_at", "archived_at"], "1"),
    **dict.fromkeys(["created_by", "created_by_id", "made_by", "caller", "by", "user", "owner_id", "id", "pk"], "1"),
    **dict.fromkeys(["call_count", "calls_made", "contact_count", "created", "row_count", "visits", "wins"], "999"),
    **{"workspace": "2", "workspace_id": "2", "state": "completed", "status": "completed", "role": "manager"},
    **{"created_at": "2001-01-01", "token": "x", "membership": "1", "sha256": "x", "document": "{}", "slug": "stolen"},
}
"""Columns of the database, among them those that decide who may do what."""
CHANGED = ["counts_changed_at", "called_changed_at", "reached_changed_at"]
RANDOM = {"id", "added_at", *CHANGED, "token_hash", "calendar_hash", "secret", "request_key", "file"}
"""What differs each time: the order of rows written at once, times that the database sets, secrets, names of files."""


def stored_by(request, client):
    """The status of the answer, and how often each row is in the tables that the request writes to."""
    with undone():
        with noting_writes() as written:
            found = Counter([request.send(client).status_code])
        for model in apps.get_models():
            if model._meta.db_table in written:
                names = [field.attname for field in model._meta.concrete_fields if field.attname not in RANDOM]
                found.update((model.__name__, repr(row)) for row in model._base_manager.values(*names))
        return set(found.items())


def followed(row, ours, client, *, overrides=False):
    """What a form does otherwise if it is sent with more fields; with `overrides` also in place of its own."""
    found = []
    with time_machine.travel(now(), tick=False):
        for request in requests_to(row, ours, client):
            if request.data is not None:
                data = request.data | EXTRA if overrides else EXTRA | request.data
                found += stored_by(Request(request.url, data), client) ^ stored_by(request, client)
    return found
