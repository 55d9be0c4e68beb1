"""Whatever a manager writes leaves an event in the audit log, or a row that says who and when."""

import json
from copy import deepcopy

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from campaigns.lifecycle import change_status
from campaigns.models import Campaign
from markets.imports.presets.exchange import preset_to_json
from markets.models import AuditEvent, Contact, ImportJob, ImportPreset, MarketContact, User, Workspace
from tests.access_rows import ROWS, url_of
from tests.factories import CampaignFactory, MembershipFactory
from tests.firms import firm, shared_by_a_module
from tests.markets.audit.posting import EVENTS, posted

WRITES = [row for row in ROWS if "POST" in row.methods.split()]
LEAVE_NOTHING = {
    "audiences:explore": "shows people and writes nothing",
    "audiences:draft": "shows a rule that is being edited and writes nothing",
    "weekly_mail": "one's own mail",
    "mentions:mail": "one's own mail",
    "mentions:seen": "one's own mentions",
    "campaigns:skip": "frees one's own screen for an hour; whoever calls is recorded with the call",
    "campaigns:audience_check": "lets the portal compare at once what it compares every night",
    "imports:map": "a draft: nothing is imported before it is started, which is recorded",
    "imports:reread": "a draft, as above",
}
PAGES_OF = {
    "contacts:merge": ["contacts:duplicate"],
    "campaigns:audience_rule": ["campaigns:audience"],
    "campaigns:spread": ["campaigns:callers"],
    "meetings:change": ["meetings:detail"],
}
"""The pages that have the forms of what has none of its own."""
OUR_MODELS = [
    model for label in ("markets", "campaigns", "calls", "signals") for model in apps.get_app_config(label).get_models()
]


@pytest.fixture(scope="module")
def shared_firm(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker):
        yield firm("Lisbon", "ours")


@pytest.fixture
def ours(db, shared_firm):
    return deepcopy(shared_firm)


def paused_with_a_callback(ours):
    campaign = Campaign.objects.get(pk=ours.ids["campaign"])
    change_status(campaign=campaign, to="paused", by=None, reason="Holidays")
    ours.ids["owed"] = campaign.calls.filter(disposition="callback_requested").first().pk


def chosen_from_the_landscape(ours):
    duplicate = Contact.objects.get(pk=ours.ids["duplicate"])
    MarketContact.objects.create(workspace=ours.workspace, market_id=ours.ids["market"], contact=duplicate)


def with_a_draft(ours):
    ours.ids["campaign"] = CampaignFactory(market_id=ours.ids["market"], workspace=ours.workspace).pk


def in_state(state, **fields):
    return lambda ours: ImportJob.objects.filter(pk=ours.ids["import"]).update(state=state, **fields)


def with_a_spare_caller(ours):
    ours.ids["spare_caller"] = MembershipFactory(workspace=ours.workspace, role="caller").user.pk


def with_a_preset_file(ours):
    text = preset_to_json(ImportPreset.objects.get(pk=ours.ids["preset"]))
    ours.ids["preset_file"] = SimpleUploadedFile("monthly.json", text.encode())


def requiring_a_second_factor(ours):
    TOTP.activate(ours.manager, generate_totp_secret())
    Workspace.objects.filter(pk=ours.workspace.pk).update(requires_second_factor=True)


BEFORE = {
    "campaigns:callers": with_a_spare_caller,
    "campaigns:choose": chosen_from_the_landscape,
    "campaigns:tick": chosen_from_the_landscape,
    "campaigns:delete": with_a_draft,
    "campaigns:bulk_status": lambda ours: ours.ids.update(seen=f"{ours.ids['campaign']}:active"),
    "campaigns:report_freeze": lambda ours: ours.ids.update(campaign=ours.ids["reported"]),
    "callbacks:decide": paused_with_a_callback,
    "settings_second_factor": requiring_a_second_factor,
    "imports:start": in_state("draft", dry_run_report={}),
    "imports:stop": in_state("waiting"),
    "imports:undo": lambda ours: ours.ids.update({"import": ours.ids["ended_import"]}),
    "imports:preset_upload": with_a_preset_file,
}
"""What has to be so that the write is possible."""


def named_rows(user):
    """Where the user is named: model, key and field."""
    found = set()
    for model in OUR_MODELS:
        names = [field.attname for field in model._meta.concrete_fields if field.related_model is User]
        for row in model._default_manager.values("pk", *names) if names else []:
            found |= {(model.__name__, row["pk"], name) for name in names if row[name] == user.pk}
    return found


@pytest.mark.parametrize("row", WRITES, ids=lambda row: row.name)
def test_a_write_says_who_did_it(client, ours, row):
    BEFORE.get(row.name, lambda ours: None)(ours)
    client.force_login(ours.manager)
    url = url_of(row, "ours", ours.ids)
    pages = [url_of(page, "ours", ours.ids) for page in ROWS if page.name in PAGES_OF.get(row.name, ())]
    data = posted(client, row, url, ours.ids, pages)
    before, last = named_rows(ours.manager), AuditEvent.objects.latest("pk").pk

    answer = client.post(url, data)

    events = AuditEvent.objects.filter(pk__gt=last)
    assert list(events.values_list("action", flat=True)) == ([EVENTS[row.name]] if row.name in EVENTS else [])
    assert "lisbon" not in json.dumps(list(events.values("summary", "details"))).lower()
    assert answer.status_code in (200, 204, 302)
    assert bool(named_rows(ours.manager) - before) != (row.name in LEAVE_NOTHING)
