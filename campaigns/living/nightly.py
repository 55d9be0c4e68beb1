"""What a long-running process does for living audiences."""

import time
from collections.abc import Iterator
from datetime import date

from campaigns.audience import RuleInvalid
from campaigns.living.proposals import due_campaigns, propose_if_due

CHECK_SECONDS = 60.0


class Nightly:
    """Proposes soon after midnight in each workspace. Looks for what is due at most once a minute."""

    def __init__(self) -> None:
        self._checked_at = -CHECK_SECONDS
        self._broken: set[tuple[int, date]] = set()

    def propose_audiences(self) -> Iterator[str]:
        """Yields a sentence for each campaign whose rule does not work any more, once a day."""
        if time.monotonic() - self._checked_at < CHECK_SECONDS:
            return
        self._checked_at = time.monotonic()
        for campaign in due_campaigns():
            key = (campaign.pk, campaign.workspace.today())
            if key in self._broken:
                continue
            try:
                propose_if_due(campaign)
            except RuleInvalid as problem:
                self._broken.add(key)
                yield f"No proposal for {campaign} ({campaign.workspace}): {problem}"
