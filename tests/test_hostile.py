"""Nothing a client sends makes a 500, and what is refused is said in a sentence."""

import re
from copy import deepcopy

import pytest
from django.urls import reverse

from tests.access_rows import MISSING, ROWS, url_of
from tests.factories import call, signal
from tests.firms import counts, firm, shared_by_a_module
from tests.fuzzing.values import VALUES
from tests.reading import metric
from tests.thorough import some

PARAMETERS = """
    sort page per_page _export period from to as_of q status kind market campaign state campaign_market direction
    disposition caller caller_name nobody counted type value firm imported_by seen waited moved rule since action user
    link audience in_campaign in_market attempt weekday hour became off_limits off_limits_by tag unseen template whose
    columns up down view
""".split()
FIELDS = """
    practice_area geography seniority firm_tier full_name first_name last_name email phone firm title city timezone
    profile_url external_id reason market name kind brief starts_on ends_on owner follows status seen contact everybody
    disposition notes callback_at meeting_at started_at talk_seconds direction request_key movement_state
    movement_state_evidence role on_duplicate historical results encoding delimiter column-0 column-1 file to at
    version new_phone outside_hours_reason then most_attempts rest_days decision weekly_mail renewals holiday_country
    label expires_on sections shows_people password remove text mail do start shown rule-match rule-0-match rule-1-kind
    rule-1-values rule-0-0-0-0-kind holiday_region requested_by last_day whom calls_from calls_until calls_on_weekends
    with_people coverage_target coverage_due meetings_target meetings_due template due_on done next among audience
    campaign confidence conversation_access conversation_access_evidence conversations_due conversations_target days
    evidence firm_stability firm_stability_evidence header_line header_lines how last_line leave_out more
    motivation_driver motivation_driver_evidence no_header outcomes period preview q relationship_permission
    relationship_permission_evidence rule tag timing_window timing_window_evidence use users keeps_notes keeps_uncalled
    required notes_kept_months uncalled_kept_months value wanted which call seen_status rule-0-kind rule-0-negated
    rule-0-op rule-0-text rule-0-values script_opening script_questions script_objections script_close calls_per_day
    list query shared default_period in_campaign in_market url description delivery on_call_recorded on_signal_captured
    on_meeting_booked on_callback_due on_status_changed on_contact_suppressed on_import_done on_report_frozen scopes
""".split()


@pytest.fixture(scope="module")
def one_firm(django_db_setup, django_db_blocker):
    with shared_by_a_module(django_db_blocker):
        yield firm("Lisbon", "ours")


@pytest.fixture
def ours(client, db, one_firm):
    ours = deepcopy(one_firm)
    client.force_login(ours.manager)
    return ours


# Each third of the values has some of every kind: the test command tries one of them.
THIRDS = some([0, 1, 2])


@pytest.mark.parametrize("third", THIRDS)
@pytest.mark.parametrize("row", [row for row in ROWS if "GET" in row.methods], ids=lambda row: row.name)
def test_no_query_makes_a_500(client, ours, row, third):
    url = url_of(row, "ours", ours.ids)
    page = client.get(url)
    has_table = not page.streaming and "table-holder" in page.content.decode()
    for value in VALUES[third::3]:
        # A filter that cannot be read shows no rows, so a list is sorted, paged and searched without one, too.
        of_a_list = [dict.fromkeys(["sort", "page", "q"], value)] if has_table else []
        for query in [dict.fromkeys(PARAMETERS, value), *of_a_list]:
            answer = client.get(url, query, follow=True)  # a list redirects to the address without empty values

            assert answer.status_code in (200, 400, 404), (value[:40], answer.status_code)
            if not answer.streaming:
                assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize("third", THIRDS)
@pytest.mark.parametrize("row", [row for row in ROWS if "POST" in row.methods], ids=lambda row: row.name)
def test_no_form_makes_a_500_or_writes_half(client, ours, row, third):
    url = url_of(row, "ours", ours.ids)
    for value in VALUES[third::3]:
        # A form of all fields with the longest value would be refused for its size alone.
        for fields in [FIELDS] if len(value) < 10_000 else [FIELDS[::2], FIELDS[1::2]]:
            answer = client.post(url, dict.fromkeys(fields, value))

            assert answer.status_code in (200, 302, 400, 404, 409), (value[:40], answer.status_code)


@pytest.mark.parametrize("pk", [0, MISSING, 10**18, 10**30])
def test_no_id_makes_a_500(client, ours, pk):
    for row in [row for row in ROWS if row.ids]:
        for method in row.methods.split():
            answer = client.generic(method, url_of(row, "ours", dict.fromkeys(ours.ids, pk)))

            assert answer.status_code == 404, (row.name, method)


@pytest.mark.parametrize(
    "slug", ["%00", "our%00s", "%FF", "ours%20", "OURS", "%2e", "%2f", "x" * 300, "1e9", "-", "øurs"]
)
def test_no_workspace_by_another_name_makes_a_500(client, ours, slug):
    for name in ("dashboard", "contacts:list", "campaigns:create", "api:calls"):
        url = reverse(name, args=["ours"]).replace("ours", slug, 1)

        assert client.get(url).status_code in (401, 404)
        assert client.post(url).status_code in (401, 404)


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_logout", "socialaccount_login_error"])
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_no_address_to_go_on_to_makes_a_500(client, ours, name, is_signed_in):
    if not is_signed_in:
        client.logout()
    for address in ("http://[", "//[::1", "http://[x]/", "\\\\evil.example", "javascript:alert(1)", "\x00"):
        answer = client.get(reverse(name), {"next": address})

        assert answer.status_code == 401 if name == "socialaccount_login_error" else answer.status_code in (200, 302)
        assert address not in answer.get("Location", "")


LISTS = [
    *("markets:list", "contacts:list", "contacts:merges", "campaigns:list", "audiences:list"),
    *("calls:list", "calls:callers", "signals:list", "imports:list", "suppressions:list"),
    *("signals:suggestions", "signals:rules"),
    *("callbacks:list", "meetings:list", "repairs:list", "audit", "shared:list"),
]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("sort=owner__password", "There is no column “owner__password” to sort by"),
        ("page=zero", "There is no page “zero”"),
        ("page=99", "There is no page “99”; this list has 1 page"),
        ("_export=exe", "There is no export as “exe”"),
    ],
)
def test_garbage_gets_a_sentence(client, ours, query, sentence):
    for name in LISTS:
        page = client.get(f"{reverse(name, args=['ours'])}?{query}")

        assert sentence in page.content.decode(), name


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("calls:list", "market=abc"),
        ("calls:list", "from=2026-02-30"),
        ("calls:list", "as_of=2026-02-30"),
        ("signals:list", "as_of=2199-12-31"),
        ("contacts:list", "as_of=1899-12-31"),
        ("meetings:list", "as_of=2026-02-30"),
        ("calls:list", "disposition=spoke"),
        ("calls:list", "attempt=11"),
        ("calls:list", "weekday=8"),
        ("calls:list", "hour=24"),
        ("calls:list", "became=postponed"),
        ("campaigns:list", "status=resting"),
        ("signals:list", "type=mood"),
        ("signals:suggestions", "state=perhaps"),
        ("signals:rules", "type=mood"),
        ("contacts:list", "state=asleep"),
        ("imports:list", "state=resting"),
        ("imports:list", "kind=spam"),
        ("callbacks:list", "state=broken"),
        ("callbacks:list", "from=2026-02-30"),
        ("meetings:list", "status=postponed"),
        ("meetings:list", "moved=perhaps"),
        ("repairs:list", "state=lost"),
        ("shared:list", "state=lent"),
        ("audit", "action=flown"),
        ("audit", "link=none"),
        ("audit", "from=2026-02-30"),
        ("calls:list", "since=yesterday"),
        ("signals:list", "since=9999-12-31T23:59:59-14:00"),
        ("campaigns:list", "since=0001-01-01T00:00:00"),
        ("meetings:list", "since=2026-02-30T09:00:00Z"),
    ],
)
def test_a_filter_that_cannot_be_read_shows_no_rows_and_says_so(client, ours, name, query):
    page = client.get(f"{reverse(name, args=['ours'])}?{query}")

    assert "cannot be filtered by" in page.content.decode()
    assert query.split("=")[1] in page.content.decode()
    assert metric(page, "rows") == 0


@pytest.mark.parametrize(
    "query",
    [
        *("period=fortnight", "from=2026-02-30", "from=2026-03-01&to=2026-01-01"),
        *("as_of=2026-02-30", "as_of=2199-12-31", "as_of=%00", "as_of=2020-01-31&from=2020-02-01"),
    ],
)
def test_a_period_that_cannot_be_read_is_said(client, ours, query):
    page = client.get(f"{reverse('dashboard', args=['ours'])}?{query}")

    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()


def test_any_page_can_be_asked_as_of_a_day_before_there_was_anything(client, ours):
    for row in [row for row in ROWS if "GET" in row.methods]:
        answer = client.get(url_of(row, "ours", ours.ids), {"as_of": "2001-01-31"})

        assert answer.status_code in (200, 302), row.name


def test_an_export_is_safe_to_open_in_a_spreadsheet(client, ours):
    from campaigns.models import Campaign

    campaign = Campaign.objects.get(pk=ours.ids["campaign"])
    made = call(campaign, disposition="future_potential", notes='=HYPERLINK("http://evil.example")')
    signal(made, evidence="@SUM(1+1)")

    for name in ("calls:list", "signals:list"):
        body = client.get(reverse(name, args=["ours"]) + "?_export=csv").getvalue().decode()
        assert "'=HYPERLINK" in body or "'@SUM" in body
        assert ",=HYPERLINK" not in body
        assert ",@SUM" not in body


def test_nothing_is_written_by_reading(client, ours):
    before = counts()
    for row in ROWS:
        if "GET" in row.methods:
            client.get(url_of(row, "ours", ours.ids))

    assert counts() == before


@pytest.mark.parametrize("third", THIRDS)
def test_no_token_and_no_query_makes_a_500_of_a_shared_link(client, ours, third):
    client.logout()
    page = client.get(reverse("shared_page", args=[ours.token]))
    assert page.status_code == 200
    for value in VALUES[third::3]:
        if value and "/" not in value:
            assert client.get(reverse("shared_page", args=[value])).status_code == 404, value[:40]
        answer = client.get(reverse("shared_page", args=[ours.token]), dict.fromkeys(PARAMETERS, value))
        assert answer.status_code == 200
        assert "<script" not in answer.content.decode()


POSTED = re.compile(r"<form[^>]*method=.post.*?</form>", re.DOTALL)
NAMED = re.compile(r"<(?:input|select|textarea|button)\b[^>]*?\bname=[\"']([^\"']+)")
OTHER_FORMS = {"csrfmiddlewaretoken", "login", "password", "remember", "language"}
OF_A_ROW = re.compile(r"rule-[\d-]+|row-.*|column-\d+")
"""Fields whose names count rows or columns; some of them are among FIELDS."""


def test_every_field_of_a_form_is_tried(client, ours):
    fields = set()
    for row in [row for row in ROWS if "GET" in row.methods]:
        page = client.get(url_of(row, "ours", ours.ids), follow=True)
        if not page.streaming:
            fields |= {name for form in POSTED.findall(page.content.decode()) for name in NAMED.findall(form)}

    unknown = fields - set(FIELDS) - OTHER_FORMS
    assert sorted(name for name in unknown if not OF_A_ROW.match(name)) == []
