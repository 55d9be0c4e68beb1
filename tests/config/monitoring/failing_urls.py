"""The portal with pages that fail, each with what somebody typed in its error."""

from django.core.exceptions import SuspiciousOperation
from django.db import transaction
from django.urls import path

from config.urls import urlpatterns as portal
from markets.models import Contact


def fail(request, token):
    typed = f"{request.GET.get('search')} {token}"
    try:
        raise LookupError(typed)
    except LookupError as error:
        raise ValueError(f"Nobody is called {typed}") from error


def fail_together(request, token):
    raise ExceptionGroup(token, [ValueError(token), KeyError(token)])


def repeat(request, pk):
    """Breaks a constraint of the database, whose error quotes the row."""
    row = Contact.objects.get(pk=pk)
    with transaction.atomic():
        Contact.objects.create(workspace=row.workspace, full_name=row.full_name, email=row.email)


def suspect(request, token):
    raise SuspiciousOperation(f"Someone sent {token}")


urlpatterns = [
    path("fail/<str:token>/", fail, name="fail"),
    path("together/<str:token>/", fail_together, name="together"),
    path("repeat/<int:pk>/", repeat, name="repeat"),
    path("suspect/<str:token>/", suspect, name="suspect"),
    *portal,
]
handler500 = "config.errors.failed"
