"""Calling hours: when a campaign's people may be called, by their own clocks.

Between two hours of the day (8:00 to 21:00 unless the campaign says otherwise), on the working days of the week
there unless the campaign calls at weekends. A callback that was promised for a weekend is made at that weekend.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache, lru_cache, reduce
from operator import or_
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Func, Q, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext as _

from calls.queue.weekends import is_weekend, is_weekend_anywhere
from campaigns.models import Campaign
from config.ui.dates import weekday
from markets.models import Contact, Workspace
from markets.models.workspaces import timezone_names

QUARTER_HOUR_SECONDS = 15 * 60
"""All time zones now in use are offset by whole quarters of an hour, so results can be cached per quarter."""
NO_ZONE = "-"
FARTHEST_WEST, FARTHEST_EAST = timedelta(hours=-12), timedelta(hours=14)
LONGEST_WEEKEND = timedelta(days=2, hours=1)
"""A weekend on which clocks are put back has an hour more."""


@dataclass(frozen=True, slots=True)
class CallingHours:
    """Calls begin from `opens` to before `closes`, hours of the day."""

    opens: int = 8
    closes: int = 21
    on_weekends: bool = False

    @classmethod
    def of(cls, campaign: Campaign) -> "CallingHours":
        return cls(campaign.calls_from, campaign.calls_until, campaign.calls_on_weekends)

    def __str__(self) -> str:
        return _("%(first)s:00 to %(last)s:00") % {"first": self.opens, "last": self.closes}

    def are_open(self, zone: ZoneInfo, moment: datetime, promised_at: datetime | None = None) -> bool:
        """Whether people in the zone may be called; `promised_at` is the time of a callback that is due."""
        local = moment.astimezone(zone)
        if not self.opens <= local.hour < self.closes:
            return False
        if self.on_weekends or not is_weekend(local, zone.key):
            return True
        return promised_at is not None and promised_at >= _start_of_weekend(local, zone.key)

    def next_opening(self, zone: ZoneInfo, moment: datetime) -> datetime:
        """The next time after `moment` at which calling hours begin in the zone."""
        local = moment.astimezone(zone)
        day = local.date() if local.hour < self.opens else local.date() + timedelta(days=1)
        while not self.on_weekends and is_weekend(day, zone.key):
            day += timedelta(days=1)
        return datetime.combine(day, time(self.opens), tzinfo=zone)

    def warning(self, contact: Contact, moment: datetime, *, is_now: bool = True) -> str:
        """A warning about a call to the contact at that time: now, or as typed."""
        local = local_time(contact, moment)
        zone = zone_of(contact).key
        if is_now:
            time_there = _("It is %(weekday)s at %(time)s where %(person)s is (%(zone)s)")
        else:
            time_there = _("The call starts on %(weekday)s at %(time)s where %(person)s is (%(zone)s)")
        if is_weekend(local, zone) and not self.on_weekends:
            hours = _("people are called on weekdays from %(hours)s.")
        else:
            hours = _("people are called from %(hours)s.")
        values = {"weekday": weekday(local), "time": f"{local:%-H:%M}", "person": contact, "zone": zone}
        return f"{time_there % values}; {hours % {'hours': self}}"


def _start_of_weekend(local: datetime, zone: str) -> datetime:
    first = local.date()
    while is_weekend(first - timedelta(days=1), zone):
        first -= timedelta(days=1)
    return datetime.combine(first, time(), tzinfo=local.tzinfo)


def zone_of(contact: Contact) -> ZoneInfo:
    """The contact's time zone as given or inferred, or the workspace's if it is unknown."""
    return zone_by_name(contact.timezone or contact.inferred_timezone, contact.workspace)


def zone_by_name(name: str, workspace: Workspace) -> ZoneInfo:
    return ZoneInfo(name) if name in timezone_names() else workspace.zone


def zone_name(contact: str = "") -> Coalesce:
    """The name of the contact's zone, blank if it is unknown. `contact` is the lookup path to the contact."""
    return Coalesce(NullIf(f"{contact}timezone", Value("")), f"{contact}inferred_timezone")


def local_time(contact: Contact, moment: datetime) -> datetime:
    return moment.astimezone(zone_of(contact))


def are_open_in_workspace(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> bool:
    """Whether any of the campaigns calls people now who are where the workspace is."""
    return any(CallingHours.of(each).are_open(workspace.zone, moment) for each in campaigns)


def within_hours(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> Q:
    """`CallingHours.are_open` as a Q on members of the campaigns. It is never null, so that it may be negated."""
    groups = sorted({CallingHours.of(each) for each in campaigns}, key=str)
    each_by_itself = (
        Q(
            campaign__calls_from=hours.opens,
            campaign__calls_until=hours.closes,
            campaign__calls_on_weekends=hours.on_weekends,
        )
        & _open(workspace, hours, moment)
        for hours in groups
    )
    usual = (
        reduce(or_, each_by_itself) if len(groups) > 1 else _open(workspace, next(iter(groups), CallingHours()), moment)
    )
    promised = _promised_for_the_weekend(workspace, campaigns, moment)
    return usual | Q(pk__in=promised) if promised else usual


def _open(workspace: Workspace, hours: CallingHours, moment: datetime) -> Q:
    is_open, quarter = hours.are_open(workspace.zone, moment), int(moment.timestamp()) // QUARTER_HOUR_SECONDS
    differs = _is_in(_zones(hours, not is_open, quarter))
    return ~differs if is_open else differs


def _promised_for_the_weekend(workspace: Workspace, campaigns: Collection[Campaign], moment: datetime) -> list[int]:
    """The keys of members who may be called now because their callback was promised for this weekend. They are few, and
    none from Monday to Wednesday, when nothing is queried."""
    hours = {each.pk: CallingHours.of(each) for each in campaigns if not each.calls_on_weekends}
    if not hours or not any(is_weekend_anywhere(moment + offset) for offset in (FARTHEST_WEST, FARTHEST_EAST)):
        return []
    due = workspace.campaign_contacts.filter(
        campaign__in=hours, callback_due_at__gt=moment - LONGEST_WEEKEND, callback_due_at__lte=moment
    )
    return [
        pk
        for pk, campaign, promised_at, zone in due.values_list(
            "pk", "campaign", "callback_due_at", zone_name("contact__")
        )
        if hours[campaign].are_open(zone_by_name(zone, workspace), moment, promised_at)
    ]


def _is_in(names: str) -> Q:
    template = f"%(expressions)s IN ({names})"
    return Q(Func(zone_name("contact__"), template=template, output_field=BooleanField()))


@lru_cache(maxsize=16)
def _zones(hours: CallingHours, is_open: bool, quarter: int) -> str:
    """SQL that lists the zones within (or outside) the hours in that quarter of an hour, counted since 1970.

    The names are constants of the time zone database. As parameters, hundreds of them would take longer to bind than
    the query takes to plan.
    """
    moment = datetime.fromtimestamp(quarter * QUARTER_HOUR_SECONDS, tz=UTC)
    return _quoted(zone.key for zone in _all_zones() if hours.are_open(zone, moment) == is_open)


def _quoted(names: Iterable[str]) -> str:
    """Never an empty list, which SQL does not know."""
    return ", ".join(f"'{name}'" for name in [*names, NO_ZONE])


@cache
def _all_zones() -> list[ZoneInfo]:
    """Cached, because reading all zones from disk would dominate the time of a page."""
    return [ZoneInfo(name) for name in sorted(timezone_names())]
