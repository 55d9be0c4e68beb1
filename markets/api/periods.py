"""Numbers over a period, and as of a past day."""

from datetime import date

from ninja import Schema
from pydantic import Field

from config.ui.periods import FIRST_DAY, LAST_DAY, Period
from markets.api.responses import invalid
from markets.models import Workspace


class PeriodQuery(Schema):
    """Which days the numbers are of, and as of when."""

    first: date | None = Field(None, alias="from", description="The first day that counts.", examples=["2026-01-01"])
    last: date | None = Field(None, alias="to", description="The last day that counts.", examples=["2026-03-31"])
    as_of: date | None = Field(
        None, description="A past day: the numbers are what was known at its end.", examples=["2026-03-31"]
    )

    def period(self, workspace: Workspace) -> Period:
        """Raises Problem for days that are out of order or have not come."""
        for name, day in (("from", self.first), ("to", self.last), ("as_of", self.as_of)):
            if day and not FIRST_DAY <= day <= LAST_DAY:
                raise invalid([(name, f"Give a day from {FIRST_DAY} to {LAST_DAY}.")])
        today = workspace.today()
        if self.as_of and self.as_of > today:
            raise invalid([("as_of", "That day has not come.")])
        as_of = self.as_of if self.as_of and self.as_of < today else None
        period = Period(self.first, self.last).with_as_of(as_of)
        if period.first and period.last and period.first > period.last:
            raise invalid([("from", "The period starts after it ends, or after the day as of which it is asked.")])
        return period


class MetricsOut(Schema):
    """The numbers of section “Metrics” in the glossary. A rate is from 0 to 1, and null where it divides by 0."""

    contact_count: int = Field(description="People in campaigns, each once.", examples=[50])
    called: int = Field(description="Those of them who were called.", examples=[38])
    reached: int = Field(description="Those of them who were spoken with.", examples=[21])
    calls_made: int = Field(description="Counted calls.", examples=[120])
    conversations: int = Field(examples=[28])
    meetings_booked: int = Field(examples=[6])
    signals_captured: int = Field(examples=[41])
    connection_rate: float | None = Field(description="conversations / calls_made", examples=[0.2333])
    coverage: float | None = Field(description="called / contact_count", examples=[0.76])
    reach: float | None = Field(description="reached / called", examples=[0.5526])
