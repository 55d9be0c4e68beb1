"""A page asks the database the same number of questions for ten rows and for any number more."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.living import set_living
from campaigns.models import AudienceProposal, Campaign, CampaignContact
from campaigns.notes.services import write_note
from campaigns.tags.services import tag_campaign, tag_contacts
from markets.workspaces.audit import record_event
from signals.sharing.links import share
from tests.campaigns.living.building import PARTNERS
from tests.factories import MarketFactory, MembershipFactory, active_campaign, call, ended_import, member_of, signal

OF_THE_WORKSPACE = [
    *(
        "dashboard",
        "review",
        "markets:list",
        "campaigns:list",
        "contacts:list",
        "calls:list",
        "calls:callers",
        "signals:list",
    ),
    *("callbacks:list", "callbacks:tallies", "meetings:list", "repairs:list", "imports:list", "suppressions:list"),
    "shared:list",
    *("views:manage", "selection:actions", "queue", "audit", "audiences:list", "audiences:explore"),
    *("off_limits:list", "tags:list", "mentions:list", "tasks:list", "campaigns:templates"),
]
OF_A_CAMPAIGN = [
    "campaigns:choose",
    "campaigns:detail",
    "campaigns:members",
    "campaigns:queue",
    "campaigns:next",
    "campaigns:report",
    "campaigns:performance",
    *("campaigns:feed", "campaigns:callers", "campaigns:audience", "campaigns:audience_edit", "campaigns:follow_up"),
    "campaigns:goals",
]
DISPOSITIONS = ["callback_requested", "meeting_booked", "incorrect_number", "do_not_contact", "no_answer"]


def grow(market, campaign, rows):
    """So many more of everything: campaigns with a call and a signal each, people of one campaign, markets, imports."""
    first = campaign.members.order_by("pk").first().contact
    for number in range(rows):
        other = active_campaign(market=market, workspace=market.workspace)
        signal(call(other, disposition="future_potential"))
        contact = other.members.get().contact
        member_of(campaign, contact)
        call(campaign, contact, disposition=DISPOSITIONS[number % len(DISPOSITIONS)])
        call(campaign, first)
        MarketFactory(workspace=market.workspace)
        ended_import(market.workspace)
        share(thing=market, by=None, label="A client", expires_on=market.workspace.today(), sections=["figures"])
        conditions = [{"kind": "market", "markets": [market.pk]}, {"kind": "import", "imports": []}]
        rule = {"version": 1, "match": "all", "conditions": conditions}
        market.workspace.audiences.create(name=f"Audience {market.workspace.audiences.count()}", rule=rule)
        record_event(workspace=market.workspace, user=None, action="people_assigned", summary="Some", subject=other)
        grow_around(campaign, contact)


def grow_around(campaign, contact):
    """One more of what the people of a campaign write down and set up."""
    workspace = campaign.workspace
    another = MembershipFactory(workspace=workspace, role="caller").user
    campaign.callers.create(workspace=workspace, user=another)
    CampaignContact.objects.filter(campaign=campaign, contact=contact).update(assigned_to=another)
    name = f"Tag {workspace.tags.count()}"
    tag_contacts(workspace=workspace, contacts=[contact], name=name, by=another)
    tag_campaign(campaign=campaign, name=name, by=another)
    write_note(workspace=workspace, text="@Manager about them", by=another, contact=contact)
    write_note(workspace=workspace, text="@Manager about it", by=another, campaign=campaign)
    workspace.tasks.create(title="Find a number", contact=contact, campaign=campaign, owner=another)
    workspace.off_limits.create(firm=f"Firm {workspace.off_limits.count()}", reason="Client", created_by=another)
    workspace.saved_views.create(name=f"View {workspace.saved_views.count()}", list_name="contacts")
    workspace.bulk_actions.create(kind="add", campaign=campaign, people_count=1, done_by=another, undone_by=another)
    workspace.campaign_templates.create(name=f"Template {workspace.campaign_templates.count()}")
    proposal, _ = AudienceProposal.objects.get_or_create(
        workspace=workspace, campaign=campaign, superseded_at=None, defaults={"rule": PARTNERS}
    )
    proposal.changes.create(workspace=workspace, contact=contact, change="leave", reason="Seniority")


def statements(client, url):
    client.get(url)  # the first time a visit is noted
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url, follow=True)
    assert answer.status_code == 200
    return len(queries)


@pytest.mark.promise("P11")
def test_no_page_asks_more_the_more_rows_there_are(as_manager, manager, market, campaign, figure, monkeypatch):
    Campaign.objects.filter(pk=campaign.pk).update(kind="coverage")
    set_living(campaign=campaign, rule=PARTNERS, by=manager)
    active_campaign(market=market)
    urls = [reverse(name, args=["acme"]) for name in OF_THE_WORKSPACE]
    urls += [reverse(name, args=["acme", campaign.pk]) for name in OF_A_CAMPAIGN]
    urls += [
        reverse("markets:detail", args=["acme", market.pk]),
        reverse("markets:landscape", args=["acme", market.pk]),
    ]
    compared = "&".join(f"campaign={each.pk}" for each in market.campaigns.order_by("pk")[:5])
    urls += [f"{reverse('campaigns:compare', args=['acme'])}?{compared}"]
    urls += [f"{reverse('search', args=['acme'])}?q={text}" for text in ("a", "new campaign in m", "call next")]
    urls += [reverse("contacts:detail", args=["acme", campaign.members.order_by("pk").first().contact_id])]

    grow(market, campaign, 10)
    few = {url: statements(as_manager, url) for url in urls}
    grow(market, campaign, 30)  # a page shows 25: the rows of a hundred are no more
    many = {url: statements(as_manager, url) for url in urls}

    assert many == few
    of_search = {few[url] for url in urls if reverse("search", args=["acme"]) in url}  # it asks several kinds of rows
    assert max(set(few.values()) - of_search) <= 26  # one more at a weekend, for callbacks promised for it
    assert max(of_search) <= 28

    monkeypatch.setattr(Campaign, "__str__", lambda campaign: f"{campaign.name} {campaign.calls.count()}")
    careless = {url: statements(as_manager, url) for url in urls}
    control = [url for url in urls if careless[url] > many[url]]
    assert len(control) > 5
    figure(
        f"{len(urls)} pages ask the same {min(few.values())} to {max(few.values())} questions for 10 and for 40 rows",
        control=f"with a count in each campaign's name {len(control)} pages ask more, up to {max(careless.values())}",
    )
