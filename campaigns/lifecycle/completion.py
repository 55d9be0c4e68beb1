"""What apps above this one do when a campaign is completed. Each registers it in its `apps.py`."""

from collections.abc import Callable

from campaigns.models import Campaign, StatusChange

type CompletionStep = Callable[[Campaign, StatusChange], None]

_steps: list[CompletionStep] = []


def register(step: CompletionStep) -> None:
    """`step` runs in the transaction that completes a campaign, after its status has changed."""
    _steps.append(step)


def run_completion_steps(campaign: Campaign, change: StatusChange) -> None:
    for step in _steps:
        step(campaign, change)
