"""The exported lists of a workspace, and the query of a market's page."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Row = dict[str, str]


def read_csv(text: str) -> list[Row]:
    return list(csv.DictReader(io.StringIO(text)))


@dataclass
class Files:
    """What the lists of a workspace were exported as: all calls, signals and meetings, the campaigns, the landscape of
    one market, and the members of each of its campaigns by the campaign's key."""

    calls: list[Row]
    signals: list[Row]
    meetings: list[Row]
    campaigns: list[Row]
    landscape: list[Row]
    members: dict[str, list[Row]]


@dataclass(frozen=True)
class PageQuery:
    """The market, period, past day and dimension of a page, and when it is opened. Without `as_of` the page shows what
    is known at that moment."""

    market: str
    key: str
    zone: ZoneInfo
    moment: datetime
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    by: str = "firm"

    @property
    def today(self) -> date:
        return self.as_of or self.moment.astimezone(self.zone).date()

    @property
    def at(self) -> datetime:
        """The end of the day `as_of`, or the moment itself."""
        tomorrow = self.today + timedelta(days=1)
        return datetime.combine(tomorrow, time(), self.zone) if self.as_of else self.moment

    def includes(self, day: date) -> bool:
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
