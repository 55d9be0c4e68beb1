"""Creates and deletes the workspace of a sample with its users."""

from django.apps import apps
from django.db import connection, transaction
from django.db.models import ProtectedError

from config.db.append_only import removable
from markets.models import Membership, Role, User, Workspace
from markets.models.history.audit import MAINTENANCE
from markets.workspaces.invitations import create_user
from signals.sample.scenario import Staff

SAMPLE_USERS = (
    ("viewer", Role.VIEWER, "Vivian", "Ashgrove"),
    ("caller", Role.CALLER, "Calvin", "Redfern"),
    ("caller2", Role.CALLER, "Corinne", "Osgood"),
    ("manager", Role.MANAGER, "Mara", "Lockhart"),
)


@transaction.atomic
def create_workspace(*, slug: str, name: str, domain: str, password: str) -> tuple[Workspace, Staff]:
    """An empty workspace with a viewer, two callers and a manager. Existing users keep their passwords."""
    workspace = Workspace.objects.create(slug=slug, name=name, timezone="America/New_York", phone_region="US")
    users = {}
    for handle, role, first, last in SAMPLE_USERS:
        email = f"{handle}@{domain}"
        user = User.objects.filter(email=email).first() or create_user(
            email=email, password=password, first_name=first, last_name=last
        )
        Membership.objects.create(workspace=workspace, user=user, role=role)
        users[handle] = user
    return workspace, Staff(users["manager"], (users["caller"], users["caller2"]))


@transaction.atomic
def delete_workspace(workspace: Workspace, *, domain: str) -> None:
    """Deletes the workspace with all its rows, and the users of the domain to whom no other row refers.

    Needs a database that checks foreign keys at the end of the transaction, as SQLite does: rows are deleted table by
    table, bypassing the ORM, which rightly refuses to delete rows that history refers to.
    """
    models = [model for model in apps.get_models() if any(f.name == "workspace" for f in model._meta.concrete_fields)]
    with removable(MAINTENANCE, None), connection.cursor() as cursor:
        for model in models:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608
        table = connection.ops.quote_name(Workspace._meta.db_table)
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [workspace.pk])  # noqa: S608
    for user in User.objects.filter(email__in=[f"{handle}@{domain}" for handle, *_ in SAMPLE_USERS]):
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError:
            user.is_active = True
            user.save(update_fields=["is_active"])
