"""Makes the workspace of a sample with its users, and takes it away again."""

from django.apps import apps
from django.db import transaction
from django.db.models import ProtectedError

from markets.models import Membership, Role, User, Workspace
from markets.workspaces.invitations import create_user
from signals.sample.story import Staff

CAST = (
    ("viewer", Role.VIEWER, "Vivian", "Ashgrove"),
    ("caller", Role.CALLER, "Calvin", "Redfern"),
    ("caller2", Role.CALLER, "Corinne", "Osgood"),
    ("manager", Role.MANAGER, "Mara", "Lockhart"),
)


@transaction.atomic
def open_workspace(*, slug: str, name: str, domain: str, password: str) -> tuple[Workspace, Staff]:
    """An empty workspace with a viewer, two callers and a manager. Users who are there already keep their password."""
    workspace = Workspace.objects.create(slug=slug, name=name, timezone="America/New_York", phone_region="US")
    users = {}
    for handle, role, first, last in CAST:
        email = f"{handle}@{domain}"
        user = User.objects.filter(email=email).first() or create_user(
            email=email, password=password, first_name=first, last_name=last
        )
        Membership.objects.create(workspace=workspace, user=user, role=role)
        users[handle] = user
    return workspace, Staff(users["manager"], (users["caller"], users["caller2"]))


@transaction.atomic
def erase_workspace(workspace: Workspace, *, domain: str) -> None:
    """Takes away the workspace with all its rows, and those users of the domain who left no trace elsewhere.

    Only on a database that checks foreign keys at the end of the transaction, as SQLite does: the rows go table by
    table, past the ORM, which rightly refuses to delete what carries history.
    """
    for model in apps.get_models():
        if any(field.name == "workspace" for field in model._meta.concrete_fields):
            rows = model._base_manager.filter(workspace=workspace)
            rows._raw_delete(using=rows.db)
    workspaces = Workspace.objects.filter(pk=workspace.pk)
    workspaces._raw_delete(using=workspaces.db)
    for user in User.objects.filter(email__in=[f"{handle}@{domain}" for handle, *_ in CAST]):
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError:
            user.is_active = True
            user.save(update_fields=["is_active"])
