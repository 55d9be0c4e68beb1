"""Access to the admin, and its answers to hostile requests."""

import pytest
from django.contrib import admin
from django.db import transaction
from django.test import RequestFactory
from django.urls import URLPattern, reverse

from calls.models import Meeting
from campaigns.models import Campaign
from config.admin_permissions import OpsPermissions
from markets.models import Membership
from tests.config.admin_rows import MODELS, READ_ONLY, one_of_each, path
from tests.factories import UserFactory
from tests.thorough import some

HOSTILE = [
    "q=%00",
    "q=%FF%27%20OR%201=1",
    "q=" + "x" * 3000,
    "o=x",
    "o=-1.99999999999999999999",
    "p=abc",
    "p=999999999999999999999",
    "p=-1",
    "id__exact=abc",
    "id__exact=1e30",
    f"id__exact={10**30}",
    "id__in=1,abc",
    "pk=%00",
    "workspace__id__exact=zzz",
    f"workspace__id__exact={10**30}",
    "workspace__id__exact=1&workspace__id__exact=2",
    "workspace__isnull=perhaps",
    "created_at__gte=2026-02-30",
    "created_at__year=99999&created_at__month=13",
    "created_at__year=abc",
    "started_at__gte=never",
    "changed_at__year=0",
    "day__year=-1&day__month=x",
    "status__exact=%F0%9F%92%A3",
    "owner__password__startswith=a",
    "email__regex=(((((",
    "archived_at__isempty=x",
    "_popup=1&_to_field=password",
    "_facets=True",
    "all=",
    "e=1",
]
HOSTILE_INITIAL = [
    "workspace=zzz",
    f"workspace={10**30}",
    "market=%FF&kind=x&starts_on=2026-02-30",
    "_popup=1&_to_field=x",
]


@pytest.fixture
def rows(campaign, ops):
    return one_of_each(campaign, ops)


def admin_urls():
    """Every address of the admin, with 1 for each id in it."""

    def walk(patterns, prefix):
        for pattern in patterns:
            route = prefix + str(pattern.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
            if isinstance(pattern, URLPattern):
                yield route
            else:
                yield from walk(pattern.url_patterns, route)

    for route in walk(admin.site.get_urls(), "/admin/"):
        for app in ("markets", "campaigns", "calls", "signals") if "(?P<app_label>" in route else [""]:
            yield (
                route.replace("<path:object_id>", "1").replace("<id>", "1").replace("<path:content_type_id>", "1")
                if not app
                else f"/admin/{app}/"
            ).replace("(?P<url>.*)", "no/such/page")


def test_every_model_of_ours_has_its_page():
    assert set(admin.site._registry) == set(MODELS)


@pytest.mark.promise("P2")
def test_staff_without_a_second_factor_reach_no_address(client, db, rows, ops, figure):
    urls = sorted(set(admin_urls()))

    def reached():
        answers = {url: (client.get(url), client.post(url)) for url in urls}
        return [
            url
            for url, both in answers.items()
            if {(each.status_code, each.headers.get("Location")) for each in both}
            != {(302, reverse("mfa_activate_totp"))}
        ]

    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    without = reached()
    client.force_login(ops)
    control = [url for url in urls if client.get(url).status_code == 200]

    assert len(urls) > 90
    assert without == []
    assert len(control) > 40
    figure(
        f"staff without a second factor reached {len(without)} of {len(urls)} admin URLs",
        control=f"with one, {len(control)} of them showed a page",
    )


def test_the_second_factor_is_what_opens_the_admin(client, ops):
    """The control of the test above: the same walk would find the index open."""
    client.force_login(ops)

    assert client.get("/admin/").status_code == 200


def test_staff_without_a_second_factor_are_told_why(client, db):
    client.force_login(UserFactory(is_staff=True))

    client.get("/admin/")
    page = client.get(reverse("mfa_index"))

    assert "The admin takes a second factor" in page.content.decode()


def test_members_who_are_not_staff_find_nothing(as_manager, rows):
    answers = {url: as_manager.get(url).status_code for url in set(admin_urls())}

    assert {url: status for url, status in answers.items() if status != 404} == {}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_page_asks_by_itself_who_may_do_what(db, ops, model):
    """The site lets nobody else in; were one of its addresses forgotten, the page would refuse all the same."""
    page = admin.site._registry[model]

    def allowed(user):
        request = RequestFactory().get("/admin/")
        request.user = user
        asked = (page.has_module_permission, page.has_view_permission)
        changes = (page.has_add_permission, page.has_change_permission)
        return [may(request) for may in (*asked, *changes)]

    assert allowed(UserFactory(is_staff=True, is_superuser=True)) == [False] * 4
    assert allowed(ops) == [True, True, page.may_add, page.may_change]


def test_what_no_row_can_hold_is_refused_before_it_is_looked_up(as_ops, campaign):
    pages = path(Campaign, "changelist"), path(Campaign, "change", campaign.pk)

    assert [as_ops.get(page, {"name": "\0"}).status_code for page in pages] == [400, 400]
    assert as_ops.post(pages[1], {"status_changes-page": "²"}).status_code == 400


def test_strangers_are_sent_to_sign_in(client, rows):
    for url in set(admin_urls()):
        answer = client.get(url)
        assert answer.status_code == 302, url
        assert answer.headers["Location"].startswith(reverse("account_login") + "?next=/admin/"), url


def test_each_model_can_be_listed_searched_opened_and_added(as_ops, rows):
    for model in MODELS:
        listed = as_ops.get(path(model, "changelist"), {"q": "new"})
        opened = as_ops.get(path(model, "change", rows[model].pk))
        adding = as_ops.get(path(model, "add"))
        history = as_ops.get(path(model, "history", rows[model].pk))

        assert (listed.status_code, opened.status_code, history.status_code) == (200, 200, 200), model
        assert adding.status_code == (403 if model in READ_ONLY else 200), model
        assert as_ops.get(path(model, "changelist")).context["cl"].result_count >= 1, model


@pytest.mark.parametrize("third", some([0, 1, 2]))
def test_hostile_parameters_are_answered_without_an_error(as_ops, rows, third):
    as_ops.raise_request_exception = False
    urls = [f"{path(model, 'changelist')}?{query}" for model in MODELS for query in HOSTILE[third::3]]
    urls += [f"{path(model, 'add')}?{query}" for model in MODELS for query in HOSTILE_INITIAL[third::3]]

    answers = {url: as_ops.get(url).status_code for url in urls}

    assert {url: status for url, status in answers.items() if status >= 500} == {}


@pytest.mark.parametrize("model", [model for model in MODELS if model not in READ_ONLY], ids=lambda m: m.__name__)
def test_hostile_forms_are_answered_without_an_error(as_ops, rows, model):
    as_ops.raise_request_exception = False
    fields = [field.name for field in model._meta.concrete_fields]
    answers = {}
    for value in ("zzz", "-1", "9" * 30, "\x00", "2026-02-30", "\U0001f600" * 600):
        for url in (path(model, "add"), path(model, "change", rows[model].pk)):
            answers[url, value[:9]] = as_ops.post(url, dict.fromkeys(fields, value)).status_code

    assert {request: status for request, status in answers.items() if status >= 500} == {}


def test_the_search_of_pages_is_answered_without_an_error(as_ops, rows):
    for query in ("s=x&page=abc", "s=x&page=99", "s=%00", "s=new", ""):
        assert as_ops.get(f"/admin/search/?{query}").status_code < 500, query


@pytest.mark.promise("P12")
def test_nothing_with_a_history_is_deleted(as_ops, rows, figure, monkeypatch):
    for model in sorted(MODELS, key=lambda model: model is Membership):  # the one that may go comes last
        count = model.objects.count()
        answer = as_ops.post(path(model, "delete", rows[model].pk), {"post": "yes"})
        several = {"action": "delete_selected", "_selected_action": [rows[model].pk, "x"]}
        as_ops.post(path(model, "changelist"), several)

        gone = 1 if model is Membership else 0
        assert model.objects.count() == count - gone, model
        assert answer.status_code == (302 if gone else 403), model

    monkeypatch.setattr(OpsPermissions, "has_delete_permission", lambda page, request, obj=None: True)
    with transaction.atomic():
        answers = [as_ops.post(path(model, "delete", rows[model].pk), {"post": "yes"}) for model in MODELS[:12]]
        transaction.set_rollback(True)
    control = sum(answer.status_code != 403 for answer in answers)
    assert control > 6
    figure(
        f"0 of {len(MODELS)} kinds of rows deleted in the admin, but memberships",
        control=f"with permission to delete, {control} of {len(answers)} pages do more than refuse",
    )


def test_history_cannot_be_rewritten(as_ops, rows):
    for model in READ_ONLY - {Meeting}:
        before = model.objects.filter(pk=rows[model].pk).values().get()

        answer = as_ops.post(path(model, "change", rows[model].pk), {"reason": "x", "notes": "x", "call_count": 7})

        assert answer.status_code == 403, model
        assert model.objects.filter(pk=rows[model].pk).values().get() == before, model


def test_autocomplete_finds_people_and_survives_anything(as_ops, rows):
    field = {"app_label": "markets", "model_name": "marketcontact", "field_name": "contact"}

    found = as_ops.get("/admin/autocomplete/", {**field, "term": "Person"}).json()

    assert len(found["results"]) == 4
    for hostile in ({"page": "abc"}, {"page": "-1"}, {"field_name": "password"}, {"app_label": "x"}, {"term": "\0"}):
        assert as_ops.get("/admin/autocomplete/", {**field, "term": "x", **hostile}).status_code in (200, 400, 403, 404)


def test_the_admin_alone_may_run_what_it_needs(as_ops, client):
    policy = as_ops.get("/admin/").headers["Content-Security-Policy"]
    elsewhere = as_ops.get(reverse("mfa_index")).headers["Content-Security-Policy"]

    assert "'unsafe-eval'" in policy
    assert "script-src 'self' 'unsafe-eval';" in policy
    assert "unsafe" not in elsewhere


@pytest.mark.parametrize("page", ["²", "½", "9" * 5000, "१", "x", "-1", "\0"])
def test_no_page_of_an_inline_makes_a_500(as_ops, campaign, page):
    as_ops.raise_request_exception = False
    for url in (path(Campaign, "change", campaign.pk), path(Campaign, "add")):
        answers = [as_ops.post(url, {"status_changes-page": page}), as_ops.get(url, {"status_changes-page": page})]

        assert {answer.status_code for answer in answers} <= {200, 400, 409}
