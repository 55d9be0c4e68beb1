"""An invented year of one client firm, for trying the portal out: the same for the same `rng` and moment.

First the story is made up in memory (people, missions, calling, hearing), then it is written through the functions that
the pages use (writing), so that a workspace made here is one that could have come about.
"""

from collections.abc import Callable
from datetime import datetime
from random import Random

from django.db import transaction

from markets.models import Workspace
from signals.sample.bulk_workspace import gather
from signals.sample.calls import make_calls
from signals.sample.campaigns import invent_missions
from signals.sample.people import invent_people
from signals.sample.story import Size, Staff, Story
from signals.sample.workspace import open_workspace
from signals.sample.writer import Writer

__all__ = ["Size", "Staff", "build", "gather", "open_workspace"]


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
    """Fills an empty workspace with the year before `moment`. `progress` hears how many calls were just written."""
    story = Story(workspace, staff, size, moment, rng)
    invent_people(story)
    invent_missions(story)
    make_calls(story)
    Writer(story, progress).write()
