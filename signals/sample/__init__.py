"""A fictional year of a client firm for trying the portal out: identical for the same `rng` and moment.

`build` first simulates a scenario in memory (people, campaigns, calls, signals) and then writes it through the portal's
own functions, so the workspace is one that real use could have produced. `build_bulk` makes large ones for benchmarks.
"""

from collections.abc import Callable
from datetime import datetime
from random import Random

from django.db import transaction

from markets.models import Workspace
from signals.sample.bulk import build_bulk
from signals.sample.calls import simulate_calls
from signals.sample.campaigns import plan_campaigns
from signals.sample.people import add_people
from signals.sample.scenario import Scenario, Size, Staff
from signals.sample.workspace import create_workspace
from signals.sample.writer import Writer

__all__ = ["Size", "Staff", "build", "build_bulk", "create_workspace"]


@transaction.atomic
def build(
    *,
    workspace: Workspace,
    staff: Staff,
    size: Size,
    rng: Random,
    moment: datetime,
    progress: Callable[[int], object] = lambda calls: None,
) -> None:
    """Fills an empty workspace with the year before `moment`.

    `progress` is called with the number of calls of each campaign written.
    """
    scenario = Scenario(workspace, staff, size, moment, rng)
    add_people(scenario)
    plan_campaigns(scenario)
    simulate_calls(scenario)
    Writer(scenario, progress).write()
