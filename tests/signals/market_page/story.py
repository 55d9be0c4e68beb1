"""A market with much behind it: what happened in it up to three days, and the files of its lists at the end of each."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection
from django.urls import reverse

from calls.log.meetings import change_meeting
from calls.log.services import amend, record_many, void
from calls.log.validation import CallRefused, NewCall
from calls.models import Call, Meeting
from campaigns.dispositions import DISPOSITION_RULES, Disposition
from campaigns.lifecycle.transitions import change_status
from campaigns.membership import add_to_market, enroll, remove
from campaigns.models import Status
from markets.suppressions import services as suppressing
from signals.capture.services import NewSignal, capture_all
from signals.capture.vocabulary import VALUES, SignalType
from tests.factories import CampaignFactory, ContactFactory, MarketFactory, member_of
from tests.signals.market_page.files import Files, PageQuery, read_csv
from tests.signals.market_page.reader import Cells, cells_of

START, FIRST, SECOND, NOW = date(2025, 9, 14), date(2025, 11, 23), date(2026, 3, 15), date(2026, 4, 20)
NIGHTS = {
    "America/New_York": ("2025-11-02T06:00", "2026-03-08T07:00"),
    "Asia/Kathmandu": ("2025-11-02T18:15", "2026-03-08T18:15"),
    "Australia/Lord_Howe": ("2025-10-04T15:30", "2026-04-04T15:00"),
}
"""When the clocks change (UTC), back and forward; in Kathmandu, 5:45 from Greenwich, they never do."""
FIRMS = ["Adler LLP", "Birch & Co", "Cole Partners", "Dunn LLP", "Ewing", "Frost", "Gray", "Hale", "Iver", "Jung", ""]
CITIES = ["New York", "Boston", "Chicago", "Austin", ""]
SENIORITIES = ["Partner", "Counsel", "Associate", ""]
PLAIN = [
    each
    for each in Disposition
    if not (DISPOSITION_RULES[each].suppresses or DISPOSITION_RULES[each].makes_number_wrong)
]
LOGGED = [*4 * PLAIN, *Disposition]


def analyze_tables():
    """Analyzes the tables, as PostgreSQL does by itself after a minute. With the statistics of another test, which
    describe empty tables, it would compare each signal with every other."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE signals_signal, calls_call, campaigns_campaigncontact, campaigns_campaign")


class Story:
    """`files` holds the lists as exported at the end of each day; `cells` reads the page of a query."""

    def __init__(self, client, workspace, viewer, manager, zone: str):
        workspace.timezone = zone
        workspace.save()
        self.client, self.workspace, self.viewer, self.by = client, workspace, viewer, manager
        self.zone, self.chance = ZoneInfo(zone), Random(zone)
        self.nights = [datetime.fromisoformat(f"{each}+00:00") for each in NIGHTS[zone]]
        self.files: dict[date, Files] = {}
        for day, act in ((START, self.start), (FIRST, self.first), (SECOND, self.second), (NOW, self.third)):
            with self.on(day, time(18)):
                act()
            analyze_tables()
            if day != START:
                with self.on(day, time(23, 59, 59)):
                    self.files[day] = self.download()

    @contextmanager
    def on(self, day: date, hour: time = time(23, 59, 59)) -> Iterator[None]:
        """Stops the clock at that time in the workspace and signs the viewer in."""
        with time_machine.travel(datetime.combine(day, hour, self.zone), tick=False):
            self.client.force_login(self.viewer)
            yield

    # What happens

    def start(self):
        self.market = MarketFactory(workspace=self.workspace, practice_area="M&A", geography="New York")
        other = MarketFactory(workspace=self.workspace, practice_area="Tax")
        self.contacts = [self.person(self.market) for _ in range(44)]
        self.campaigns = [
            *(self.campaign("Autumn", 0, 20), self.campaign("Winter", 12, 30), self.campaign("Short", 5, 12)),
            self.campaign("Elsewhere", 8, 18, market=other),
        ]
        for contact in self.contacts[26:28]:
            member_of(self.draft("Planned"), contact)

    def person(self, market):
        firm = FIRMS[min(int(self.chance.expovariate(0.3)), len(FIRMS) - 1)]
        facts = {"seniority": self.chance.choice(SENIORITIES), "city": self.chance.choice(CITIES)}
        contact = ContactFactory(workspace=self.workspace, firm=firm, **facts)
        add_to_market(workspace_id=self.workspace.pk, market_id=market.pk, contacts=[contact.pk])
        return contact

    def draft(self, name, market=None):
        found = self.workspace.campaigns.filter(name=name).first()
        return found or CampaignFactory(workspace=self.workspace, market=market or self.market, name=name)

    def campaign(self, name, first, last, market=None):
        campaign = self.draft(name, market)
        for contact in self.contacts[first:last]:
            member_of(campaign, contact)
        change_status(campaign=campaign, to=Status.ACTIVE, by=self.by)
        return campaign

    def first(self):
        autumn, winter, short, _ = self.campaigns
        remove(
            campaign=autumn, contacts=[self.contacts[1].pk, self.contacts[2].pk], by=self.by, reason="Left the market"
        )
        for campaign in self.campaigns:
            self.log(campaign, 45, since=START)
        enroll(campaign=autumn, contacts=[self.contacts[2].pk], by=self.by)
        remove(campaign=winter, contacts=[self.contacts[13].pk], by=self.by, reason="Asked to wait")
        self.correct_calls(3)
        self.decide_meetings()
        change_status(campaign=short, to=Status.COMPLETED, by=self.by, reason="That was all")

    def second(self):
        """Late files for days before the first one, and all that is done to calls that were known then."""
        autumn, winter, *_ = self.campaigns
        for campaign in self.campaigns:
            self.log(campaign, 25, since=START)
        enroll(campaign=autumn, contacts=[self.contacts[1].pk], by=self.by)
        enroll(campaign=winter, contacts=[self.contacts[13].pk], by=self.by)
        remove(campaign=winter, contacts=[self.contacts[14].pk, self.contacts[29].pk], by=self.by, reason="Moved away")
        self.contacts += [self.person(self.market) for _ in range(5)]
        self.campaigns.append(self.campaign("Spring", 40, 49))
        self.correct_calls(5)
        self.capture_signals(self.sample_conversations(12))
        self.decide_meetings()
        suppressing.suppress(contact=self.contacts[3], by=self.by, reason="Asked by letter")
        change_status(campaign=winter, to=Status.PAUSED, by=self.by, reason="Holidays")

    def third(self):
        change_status(campaign=self.campaigns[1], to=Status.ACTIVE, by=self.by)
        for campaign in self.campaigns:
            self.log(campaign, 25, since=FIRST)
        self.correct_calls(5)
        self.capture_signals(self.sample_conversations(12))
        self.decide_meetings()
        enroll(campaign=self.campaigns[1], contacts=[self.contacts[14].pk, self.contacts[29].pk], by=self.by)
        remove(campaign=self.campaigns[4], contacts=[self.contacts[44].pk], by=self.by, reason="Left the market")
        self.contacts.append(self.person(self.market))

    def log(self, campaign, count, since):
        """A dialer's log; what the campaign was not Active for is refused."""
        people = [each.contact for each in campaign.members.select_related("contact").order_by("contact")]
        since = max(since, campaign.starts_on)
        made = record_many(campaign=campaign, new_calls=[self.call(people, since) for _ in range(count)])
        kept = [each for each in made if not isinstance(each, CallRefused)]
        self.capture_signals(
            [each for each in Call.objects.filter(pk__in=kept).order_by("pk") if self.chance.random() < 0.7]
        )

    def call(self, people, since):
        disposition, started_at = self.chance.choice(LOGGED), self.moment(since)
        is_promise, is_booked = (disposition == each for each in ("callback_requested", "meeting_booked"))
        return NewCall(
            contact=self.chance.choice(people),
            disposition=disposition,
            started_at=started_at,
            direction=self.chance.choice(["outbound"] * 7 + ["inbound"]),
            callback_at=started_at + timedelta(days=2) if is_promise else None,
            meeting_at=started_at + timedelta(hours=2) if is_booked else None,
        )

    def moment(self, since):
        """Before or after midnight, within a day and a half of a night when the clocks change, or at any hour."""
        today = self.workspace.today()
        day = since + timedelta(days=self.chance.randrange(1, (today - since).days))
        midnight = datetime.combine(day, time(), self.zone).timestamp()
        near = [midnight + self.chance.choice([-60, -1, 0, 1, 60]), midnight + self.chance.randrange(7, 22) * 3600]
        turn = self.chance.choice(self.nights).timestamp() + self.chance.randrange(-36 * 60, 36 * 60, 15) * 60
        if turn < datetime.combine(today, time(), self.zone).timestamp():
            near.append(turn)
        return datetime.fromtimestamp(self.chance.choice(near), self.zone)

    def capture_signals(self, calls):
        for campaign in self.campaigns:
            ours = [each for each in calls if each.campaign_id == campaign.pk and each.is_conversation]
            capture_all(
                campaign=campaign, signals_by_call=[(each.pk, self.draw_signals()) for each in ours], by=self.by
            )

    def draw_signals(self):
        types = [*self.chance.sample([*SignalType], 2), self.chance.choice(["movement_state", "firm_stability"])]
        return [NewSignal(type=each, value=self.chance.choice(VALUES[each])) for each in dict.fromkeys(types)]

    def sample_calls(self, count):
        calls = self.workspace.calls.filter(voided_at=None).select_related("campaign").order_by("pk")
        return self.chance.sample(list(calls), count)

    def sample_conversations(self, count):
        return [each for each in self.sample_calls(3 * count) if each.is_conversation][:count]

    def correct_calls(self, count):
        """Calls voided, moved to another time, turned into inbound ones, or come to something else."""
        for made in self.sample_calls(count):
            void(call=made, by=self.by, reason="Twice in the log")
        for made in self.sample_calls(count):
            self.amend(made, started_at=made.started_at - timedelta(days=self.chance.randrange(1, 20), hours=7))
        for made in self.sample_calls(count // 2):
            self.amend(made, direction="inbound")
        for made in self.sample_calls(2 * count):
            self.amend(made, disposition=Disposition.VOICEMAIL)

    def amend(self, made, **fields):
        """The call stays as it is if the campaign was not active then, or if it has signals and would be no
        conversation any more."""
        with suppress(CallRefused):
            amend(call=made, by=self.by, reason="Misheard", **fields)

    def decide_meetings(self):
        due = Meeting.objects.filter(workspace=self.workspace, status="scheduled", scheduled_at__isnull=False)
        for meeting in due.select_related("call__campaign").order_by("pk"):
            if to := self.chance.choice(["held", "no_show", "cancelled", ""]):
                change_meeting(meeting=meeting, to=to, by=self.by, reason="They said so")

    # Exports and pages

    @property
    def people(self):
        """The contacts with their current names, firms, seniorities and cities, which hold for every past day."""
        return self.files[NOW].landscape

    def download(self, **query) -> Files:
        """Exports every list as the viewer."""

        def rows(name, *ids, **of):
            address = reverse(name, args=[self.workspace.slug, *ids])
            return read_csv(self.client.get(address, {"_export": "csv", **query, **of}).getvalue().decode())

        campaigns, market = rows("campaigns:list", period="all"), str(self.market)
        keys = [row["Campaign key"] for row in campaigns if row["Market"] == market]
        return Files(
            rows("calls:list"),
            rows("signals:list"),
            rows("meetings:list"),
            campaigns,
            rows("contacts:list", market=self.market.pk),
            {key: rows("campaigns:members", key) for key in keys},
        )

    def cells(self, page_query: PageQuery) -> Cells:
        """The cells of the page."""
        address = reverse("markets:detail", args=[self.workspace.slug, self.market.pk])
        days = {"from": page_query.first, "to": page_query.last, "as_of": page_query.as_of}
        query = {name: day.isoformat() for name, day in days.items() if day}
        return cells_of(self.client.get(address, {"by": page_query.by, "period": "all", **query}).content.decode())

    def query(self, as_of: date | None = None, by: str = "firm", **days: date) -> PageQuery:
        now = datetime.combine(NOW, time(23, 59, 59), self.zone)
        return PageQuery(str(self.market), str(self.market.pk), self.zone, now, as_of=as_of, by=by, **days)
