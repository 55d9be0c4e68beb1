from django.db.models import QuerySet
from django.utils.timezone import now

from campaigns.models import Task
from markets.models import User, Workspace


def set_done(*, task: Task, is_done: bool, by: User | None) -> bool:
    """Marks a task as done or open again. Returns False if it was so already: who was first stays."""
    fields = {"done_at": now(), "done_by": by} if is_done else {"done_at": None, "done_by": None}
    unchanged = Task.objects.filter(workspace=task.workspace_id, pk=task.pk, done_at__isnull=is_done)
    return bool(unchanged.update(**fields))


def possible_owners(workspace: Workspace) -> QuerySet[User]:
    """The members of the workspace who can sign in."""
    members = User.objects.filter(memberships__workspace=workspace, is_active=True)
    return members.order_by("first_name", "last_name", "email")


def open_tasks(tasks: QuerySet[Task]) -> QuerySet[Task]:
    return tasks.filter(done_at=None).select_related("owner", "contact", "campaign__market")
