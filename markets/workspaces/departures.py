"""What apps above this one do when somebody may no longer call in a workspace: they were removed, or their role is too
low now. Each registers it in its `apps.py`."""

from collections.abc import Callable

from markets.models import AuditEvent, User, Workspace

type DepartureStep = Callable[[Workspace, User, User | None], AuditEvent | None]

_steps: list[DepartureStep] = []


def register(step: DepartureStep) -> None:
    """`step(workspace, user, by)` runs in the transaction of the departure and returns what it recorded, if any."""
    _steps.append(step)


def run_departure_steps(workspace: Workspace, user: User, by: User | None) -> list[AuditEvent]:
    return [event for step in _steps if (event := step(workspace, user, by))]
