"""Who may see and do what (product.md, section 6), for every URL, method and role."""

import re
from copy import deepcopy
from uuid import uuid4

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.timezone import now

from calls.models import Call
from campaigns.models import Campaign, CampaignContact
from markets.models import Market
from tests import factories
from tests.access_rows import CANARY, METHODS, MISSING, ROLES, ROWS, Row, url_of
from tests.factories import call
from tests.firms import counts, firm, shared_by_a_module
from tests.role_table import noting_writes

OUTSIDE_WORKSPACES = {
    *("home", "invitation", "shared_page", "unsubscribe", "security_txt", "set_language"),
    *("api_docs", "api_document", "api_missing", "calendar"),
}
"""Covered by tests of their own: tests/markets/views/test_views.py, tests/markets/workspaces/test_invitations.py,
tests/markets/workspaces/test_subscriptions.py, tests/signals/sharing/test_shared_page.py and
tests/config/test_security_txt.py, tests/markets/accounts/test_languages.py, tests/calls/calendar_feed and
tests/config/test_api_docs.py."""

BY_TOKEN = {"api:calls"}
"""No role opens these, only a token: tests/calls/views/test_api.py tries every role, method and token, and
tests/markets/api/test_access.py each endpoint of the API."""


@pytest.fixture(scope="module")
def two_firms(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker):
        yield firm("Lisbon", "ours"), firm(CANARY, "theirs")


@pytest.fixture
def ours(db, two_firms):
    return deepcopy(two_firms[0])


@pytest.fixture
def other_firm(db, two_firms):
    return deepcopy(two_firms[1])


@pytest.fixture
def users(ours, outsider):
    def of(role):
        return factories.MembershipFactory(workspace=ours.workspace, role=role).user

    return {"outsider": outsider, "viewer": of("viewer"), "caller": of("caller"), "manager": ours.manager}


def expected(row: Row, method: str, role: str) -> set[int]:
    if role == "anonymous":
        return {302}
    if role == "outsider":
        return {404}
    if ROLES.index(role) < ROLES.index(row.role):
        return {403}
    if method not in row.methods.split():
        return {405}
    if row.name in ("calls:void", "calls:undo", "calls:correct") and role == "caller":
        return {403}  # the call is somebody else's
    if row.name in ("notes:edit", "notes:delete", "selection:undo") and role == "caller":
        return {403}  # the note, or the action, is somebody else's
    return {200} if method == "GET" else {200, 302, 400, 409}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_each_role_gets_what_it_may_and_nothing_else(client, ours, users, row):
    url = url_of(row, "ours", ours.ids)

    def request_as(role, method):
        client.logout()
        if role in users:
            client.force_login(users[role])
        answer = client.generic(method, url)
        assert answer.status_code in expected(row, method, role), (role, method, answer.status_code)
        if role == "anonymous":
            assert answer["Location"].startswith(reverse("account_login"))
        if role == "outsider":
            assert "Lisbon" not in answer.content.decode()
        return answer

    requests = [(role, method) for role in ROLES for method in METHODS]
    refused = [each for each in requests if expected(row, each[1], each[0]) <= {302, 403, 404, 405}]
    before = counts()
    for each in refused:
        request_as(*each)
    assert counts() == before
    for role, method in requests:
        if (role, method) not in refused:
            before = counts()
            answer = request_as(role, method)
            assert answer.status_code != 302 or role == "manager" or counts() == before, (role, method)


def test_a_foreign_id_answers_exactly_like_one_that_does_not_exist(client, ours, other_firm):
    client.force_login(ours.manager)
    missing = dict.fromkeys(ours.ids, MISSING)
    before = counts()
    for row in [row for row in ROWS if row.ids]:
        for method in row.methods.split():
            foreign = client.generic(method, url_of(row, "ours", other_firm.ids))
            unknown = client.generic(method, url_of(row, "ours", missing))

            assert foreign.status_code == unknown.status_code == 404, row.name
            assert foreign.content == unknown.content, row.name
            assert client.generic(method, url_of(row, "theirs", other_firm.ids)).status_code == 404, row.name
            assert client.generic(method, url_of(row, "no-such-firm", other_firm.ids)).status_code == 404, row.name
    assert counts() == before


@pytest.mark.parametrize("row", [row for row in ROWS if "GET" in row.methods], ids=lambda row: row.name)
def test_nothing_of_another_workspace_shows(client, ours, other_firm, row):
    client.force_login(ours.manager)
    for query in ("", "?_export=csv", "?q=Zan", "?q=a&sort=-name"):
        page = client.get(url_of(row, "ours", ours.ids) + query)

        body = page.getvalue().decode() if page.streaming else page.content.decode()
        assert CANARY.lower() not in body.lower().replace('value="zan"', "").replace("zan ×", ""), query
        if not query and not row.name.endswith(":create"):
            assert "Lisbon" in body, "the page shows nothing of its own either, so the test could not fail"


FOREIGN_FILTERS = [
    ("contacts:list", "market", "market"),
    ("contacts:list", "campaign_market", "market"),
    ("contacts:list", "imported_by", "import"),
    ("campaigns:list", "market", "market"),
    ("calls:list", "market", "market"),
    ("calls:list", "campaign", "campaign"),
    ("callbacks:list", "campaign", "campaign"),
    ("callbacks:list", "caller", "manager"),
    ("meetings:list", "campaign", "campaign"),
    ("repairs:list", "campaign", "campaign"),
    ("calls:callers", "market", "market"),
    ("calls:callers", "campaign", "campaign"),
    ("signals:list", "market", "market"),
    ("signals:list", "campaign", "campaign"),
    ("audit", "user", "manager"),
]


@pytest.mark.parametrize(("name", "parameter", "kind"), FOREIGN_FILTERS)
def test_a_filter_cannot_name_what_is_foreign(client, ours, other_firm, name, parameter, kind):
    client.force_login(ours.manager)
    url = reverse(name, args=["ours"])

    def table_for(pk):
        page = client.get(f"{url}?{parameter}={pk}").content.decode()
        table = page.split('id="table"')[1].split("</main>")[0]
        table = re.sub(r'name="csrfmiddlewaretoken"\s+value="\w+"', "", table)  # masked anew for each page
        given = rf'“{pk}”|{parameter}={pk}|value="{pk}" id="id_{parameter}"|name="{parameter}" value="{pk}"'
        return re.sub(given, "N", table)

    foreign, unknown = table_for(other_firm.ids[kind]), table_for(MISSING)

    assert 'data-metric="rows" value="0"' in foreign
    assert foreign == unknown


def test_forms_cannot_name_what_is_foreign(client, ours, other_firm):
    client.force_login(ours.manager)
    before = counts()
    campaign = {"name": "New", "kind": "validation", "market": other_firm.ids["market"]}
    stolen = [
        ("campaigns:create", (), campaign),
        ("campaigns:create", (), campaign | {"market": ours.ids["market"], "follows": other_firm.ids["campaign"]}),
        ("campaigns:create", (), campaign | {"market": ours.ids["market"], "owner": other_firm.manager.pk}),
        ("campaigns:choose", ("campaign",), {"contact": other_firm.ids["contact"]}),
        ("selection:change", (), {"contact": other_firm.ids["contact"], "shown": other_firm.ids["contact"]}),
    ]
    for name, ids, posted in stolen:
        answer = client.post(reverse(name, args=["ours", *(ours.ids[each] for each in ids)]), posted, follow=True)

        assert answer.status_code == 200
        assert CANARY not in answer.content.decode()
    assert counts() == before
    assert not CampaignContact.objects.exclude(removed_at=None).exists()


def test_posted_fields_that_no_form_has_are_ignored(client, ours, other_firm):
    client.force_login(ours.manager)
    extra = {"workspace": other_firm.workspace.pk, "status": "completed", "is_staff": "on", "created_at": now()}

    client.post(reverse("markets:create", args=["ours"]), {"practice_area": "Tax", "geography": "Rome"} | extra)
    market = Market.objects.get(practice_area="Tax")
    posted = {"name": "Extra", "kind": "validation", "market": market.pk} | extra
    client.post(reverse("campaigns:create", args=["ours"]), posted)

    campaign = Campaign.objects.get(name="Extra")
    assert (market.workspace, campaign.workspace, campaign.status) == (ours.workspace, ours.workspace, "draft")


def test_a_caller_voids_their_own_call_of_the_day_and_no_other(client, ours, users):
    campaign = Campaign.objects.get(pk=ours.ids["campaign"])
    own = call(campaign, caller=users["caller"], started_at=now(), request_key=uuid4())
    somebody_elses = call(campaign, caller=ours.manager, started_at=now())
    old = call(campaign, caller=users["caller"], started_at=now() - factories.timedelta(days=2))
    client.force_login(users["caller"])

    statuses = [
        client.post(reverse("calls:void", args=["ours", made.pk]), {"reason": "Mistake"}).status_code
        for made in (own, somebody_elses, old)
    ]

    assert statuses == [302, 403, 403]
    assert list(Call.objects.exclude(voided_at=None)) == [own]


def test_a_deactivated_user_is_outside(client, ours, users):
    client.force_login(users["viewer"])
    users["viewer"].is_active = False
    users["viewer"].save()
    assert client.get(reverse("dashboard", args=["ours"])).status_code == 302


CHANGES_ARCHIVED = {"archive", "archive_bring_back", "archive_delete", "archive_keep"}


def archive(ours):
    ours.workspace.archived_at = now()
    ours.workspace.save()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_an_archived_workspace_is_read_by_managers_and_written_by_nobody(client, ours, users, row):
    archive(ours)
    url, before = url_of(row, "ours", ours.ids), counts()
    for role in ("outsider", "viewer", "caller"):
        client.force_login(users[role])
        assert {client.generic(method, url).status_code for method in METHODS} == {404}, role

    client.force_login(users["manager"])
    with noting_writes() as written:
        if "GET" in row.methods.split():
            page = client.get(url)
            assert page.status_code == 200
            assert not page.streaming or page.getvalue()
        if "POST" in row.methods.split() and row.name not in CHANGES_ARCHIVED:
            refused = client.post(url)
            assert refused.status_code == 403
            assert "Lisbon Partners is archived, so nothing in it can be changed." in refused.content.decode()
    assert (counts(), written) == (before, set())


def test_the_control_an_active_workspace_is_written(client, ours):
    client.force_login(ours.manager)

    for name, ids in (("tasks:create", ()), ("campaigns:delete", (ours.ids["campaign"],))):
        assert client.post(reverse(name, args=["ours", *ids])).status_code in (200, 302, 409)
    with noting_writes() as written:
        client.get(reverse("dashboard", args=["ours"]))
    assert written == {"markets_membership"}


def test_staff_without_a_second_factor_see_no_workspace(client, ours):
    staff = factories.UserFactory(is_staff=True)
    client.force_login(staff)

    assert client.get(reverse("dashboard", args=["ours"])).status_code == 404


def test_ops_staff_see_every_workspace(client, ours, ops):
    client.force_login(ops)

    assert client.get(reverse("dashboard", args=["ours"])).status_code == 200


def named_urls(resolver: URLResolver, namespace: str = "") -> set[str]:
    names = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            names |= named_urls(pattern, inner)
        elif isinstance(pattern, URLPattern):
            names.add(f"{namespace}{pattern.name}")
    return names


def test_every_url_has_a_row():
    others = ("admin:", "account_", "mfa_", "api_v1:")
    names = {name for name in named_urls(get_resolver()) if not name.startswith(others)}

    assert names == {row.name for row in ROWS} | OUTSIDE_WORKSPACES | BY_TOKEN | ALLAUTH


ALLAUTH = {name for name in named_urls(get_resolver("allauth.urls")) if not name.startswith(("account_", "mfa_"))}
