from django.db import connection

from calls import derived
from calls.metrics.definitions import totals
from markets.models import Contact


def current_totals(workspace):
    return totals(workspace, None)


def is_consistent(workspace):
    """Whether every foreign key resolves and every stored count equals a recount."""
    connection.check_constraints()
    return derived.check(workspace) == []


def reloaded(contact):
    return Contact.objects.get(pk=contact.pk)
