"""An import of our own export gives the same list: nothing changes in its workspace, and an empty one gets it all."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import now

from calls.log.services import void
from calls.models import Call
from markets.contacts.normalization import normalise
from markets.models import Contact, ContactPoint, ImportJob
from markets.suppressions.services import lift
from tests.commands import run_command
from tests.config.ui.lists.test_exports import content
from tests.factories import (
    CampaignFactory,
    ContactFactory,
    MarketFactory,
    MembershipFactory,
    SuppressionFactory,
    WorkspaceFactory,
    active_campaign,
    call,
    member,
)

PEOPLE = (
    *("external_id", "full_name", "first_name", "last_name", "email", "phone", "phone_e164", "firm", "title"),
    *("seniority", "city", "timezone", "profile_url"),
)


@pytest.fixture
def elsewhere(workspace):
    """A market of another workspace."""
    empty = WorkspaceFactory(slug="elsewhere")
    return MarketFactory(workspace=empty, practice_area="M&A", geography="New York")


@pytest.fixture
def export(client, workspace, tmp_path):
    """Writes a list of the workspace to a file, as a viewer gets it."""

    def write(slug, name, kind, *args):
        user = MembershipFactory(workspace=type(workspace).objects.get(slug=slug), role="viewer").user
        client.force_login(user)
        path = tmp_path / f"{name.replace(':', '-')}-{slug}.{kind}"
        path.write_bytes(content(client.get(reverse(name, args=[slug, *args]), {"_export": kind})))
        return path

    return write


def outcome(**expected):
    """The counts of the newest import, without zeros."""
    job = ImportJob.objects.latest("pk")
    assert {name: count for name, count in job.counts.items() if count and name != "enrolled"} == expected
    return job


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_people_come_back_with_everything_they_had(export, workspace, market, elsewhere, kind):
    typed = {
        "external_id": "007",
        "first_name": "Ann",
        "last_name": "O'Lee",
        "full_name": "=Ann O'Lee",
        "email": "ann@x.example",
        "phone": "+1 212 555 0142",
        "firm": "Wolf; Lee",
        "title": "Partner",
        "seniority": "Senior",
        "city": "Rome",
        "timezone": "Europe/Rome",
        "profile_url": "https://www.linkedin.com/in/ann-lee",
    }
    for fields in (typed, {"full_name": "Bob", "firm": "Ray"}, {"email": "cy@x.example"}):
        parsed = normalise(fields, region="US")
        Contact.objects.create(workspace=workspace, **getattr(parsed, "fields", parsed))
    ann = Contact.objects.get(external_id="007")
    for position, (point, value) in enumerate([("phone", "+1 212 555 0143"), ("email", "ann@y.example")]):
        ContactPoint.objects.create(
            workspace=workspace,
            contact=ann,
            kind=point,
            typed=value,
            position=position,
            phone_e164="+12125550143" if point == "phone" else "",
        )
    path = export("acme", "contacts:list", kind)

    out = run_command("import_contacts", path, "--workspace", "acme", "--market", str(market))
    assert "Recognised: Client Portal contacts" in out
    outcome(rows=3, unchanged=3)
    run_command("import_contacts", path, "--workspace", "elsewhere", "--market", str(elsewhere))
    outcome(rows=3, created=3)

    assert people(elsewhere.workspace) == people(workspace)


def people(workspace):
    points = ContactPoint.objects.filter(workspace=workspace).values_list(
        "contact__email", "kind", "typed", "phone_e164"
    )
    return sorted(workspace.contacts.values_list(*PEOPLE)), sorted(points)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_calls_come_back_also_those_without_an_id_and_voided_ones(export, workspace, elsewhere, kind):
    mia = MembershipFactory(workspace=workspace, role="caller", user__email="mia@x.example").user
    campaign = active_campaign(1, market__workspace=workspace, name="Spring")
    ann = member(campaign, external_id="A", full_name="Ann").contact
    bob = member(campaign, email="bob@x.example", full_name="Bob").contact
    for contact, fields in (
        (ann, {"disposition": "no_answer", "caller": mia}),
        (ann, {"disposition": "callback_requested", "callback_at": now() + timedelta(days=3), "talk_seconds": 95}),
        (bob, {"disposition": "voicemail", "notes": "=one\ntwo", "dialer_call_id": "d-1", "caller_name": "Pat"}),
        (bob, {"disposition": "not_interested"}),
    ):
        made = call(campaign, contact, started_at=now() - timedelta(days=2), **fields)
    void(call=made, by=None, reason="A test")
    path = export("acme", "calls:list", kind)
    other = CampaignFactory(market=elsewhere, name="Spring")
    member(other, external_id="A", full_name="Ann")
    member(other, email="bob@x.example", full_name="Bob")

    words = ["--campaign", "Spring", "--historical"]
    out = run_command("import_calls", path, "--workspace", "acme", *words)
    assert "Recognised: Client Portal calls" in out
    outcome(rows=4, unchanged=4)
    run_command("import_calls", path, "--workspace", "elsewhere", *words)
    outcome(rows=4, created=4)
    run_command("import_calls", path, "--workspace", "elsewhere", *words)
    outcome(rows=4, unchanged=4)

    assert calls_of(elsewhere.workspace) == calls_of(workspace)


def calls_of(workspace):
    return sorted(
        (
            str(each.contact),
            each.started_at,
            each.disposition,
            each.direction,
            each.talk_seconds or 0,
            each.notes,
            each.callback_at or each.started_at,
            each.caller.email if each.caller else each.caller_name,
            each.voided_at is None,
        )
        for each in Call.objects.filter(workspace=workspace).select_related("contact", "caller")
    )


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_suppressions_come_back_and_lifted_ones_stay_lifted(export, workspace, elsewhere, kind):
    ann = ContactFactory(workspace=workspace, external_id="A", email="ann@x.example")
    SuppressionFactory(workspace=workspace, contact=ann, email=ann.email)
    lifted = SuppressionFactory(workspace=workspace, contact=None, email="bob@x.example")
    lift(suppression=lifted, by=None, reason="A mistake")
    path = export("acme", "suppressions:list", kind)
    ContactFactory(workspace=elsewhere.workspace, external_id="A", email="ann@x.example")

    for slug, counts in (("acme", {"unchanged": 2}), ("elsewhere", {"created": 2}), ("elsewhere", {"unchanged": 2})):
        out = run_command("import_suppressions", path, "--workspace", slug)
        assert "Recognised: Client Portal suppressions" in out
        outcome(rows=2, **counts)

    assert suppressions_of(elsewhere.workspace) == suppressions_of(workspace)


def suppressions_of(workspace):
    found = workspace.suppressions.values_list("contact__external_id", "email", "reason", "lifted_at", "created_at")
    return sorted(map(str, found))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_members_of_a_campaign_come_back(export, workspace, elsewhere, kind):
    campaign = active_campaign(1, market__workspace=workspace, name="Spring")
    member(campaign, external_id="A", full_name="Ann Lee", firm="Wolf", email="ann@x.example", phone="+12125550142")
    path = export("acme", "campaigns:members", kind, campaign.pk)
    again = ["--campaign", "Spring", "--create"]

    run_command(
        "import_contacts", path, "--workspace", "acme", "--market", str(campaign.market), "--campaign", "Spring"
    )
    assert outcome(rows=2, unchanged=2).enrolled == 0
    out = run_command("import_contacts", path, "--workspace", "elsewhere", "--market", str(elsewhere), *again)
    assert "Recognised: Client Portal campaign members" in out
    assert outcome(rows=2, created=2).enrolled == 2

    assert members_of(elsewhere.workspace) == members_of(workspace)


def members_of(workspace):
    fields = ("external_id", "full_name", "firm", "email", "phone")
    return sorted(workspace.contacts.filter(campaign_contacts__isnull=False).values_list(*fields))
