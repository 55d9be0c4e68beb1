"""Creates and deletes the workspace of a sample with its users."""

from django.db import transaction
from django.db.models import ProtectedError

from markets.lifecycle.deletion import delete_own_row, delete_rows
from markets.models import Membership, Role, User, Workspace
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
    """Deletes the workspace with all its rows, and the users of the domain to whom no other row refers."""
    delete_rows(workspace)
    delete_own_row(workspace)
    for user in User.objects.filter(email__in=[f"{handle}@{domain}" for handle, *_ in SAMPLE_USERS]):
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError:
            user.is_active = True
            user.save(update_fields=["is_active"])
