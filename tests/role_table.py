"""“Who may do what” of the specification (product.md, section 6) as a table, and what tries each of its cells."""

import re
from contextlib import contextmanager
from copy import deepcopy
from datetime import timedelta

from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils.timezone import now

from campaigns.models import Campaign
from tests import factories
from tests.access_rows import ROWS, url_of
from tests.isolation.walk import undone
from tests.markets.audit.posting import posted
from tests.markets.audit.states import BEFORE, PAGES_OF

YES, OWN = "yes", "own, same day"
VISITORS = ["anonymous", "outsider", "viewer", "caller", "manager", "ops"]
SEE = "see the workspace's pages, numbers, exports"
LOG = "log a call, capture signals, callbacks, meetings, repair a number"
VOID = "void or correct a call"
CREATE = "create markets and campaigns, change status, choose contacts, import, follow up"
SUPPRESS = "suppress someone"
LIFT = "lift a suppression, members and roles"
OPERATE = "workspaces, users, erasure"
KEEP_NOTES = "keep notes, tasks and tags of people (not in section 6: like calls)"
END = "bring an archived workspace back, or have it deleted (not in section 6: others cannot open it)"
GOVERN = "share, export a person, name tags and audiences, settings, the audit log (not in section 6: like members)"

TABLE = {
    SEE: (302, 404, YES, YES, YES, YES),
    LOG: (302, 404, 403, YES, YES, YES),
    VOID: (302, 404, 403, OWN, YES, YES),
    CREATE: (302, 404, 403, 403, YES, YES),
    SUPPRESS: (302, 404, 403, YES, YES, YES),
    LIFT: (302, 404, 403, 403, YES, YES),
    OPERATE: (302, 404, 404, 404, 404, YES),
    KEEP_NOTES: (302, 404, 403, YES, YES, YES),
    GOVERN: (302, 404, 403, 403, YES, YES),
    END: (302, 404, 404, 404, YES, YES),
}
"""What each visitor gets, in the order of VISITORS. An anonymous visitor is sent to sign in."""

ADDRESSES = {
    LOG: """campaigns:call campaigns:next campaigns:skip campaigns:hold signals:decide signals:correct meetings:change
        repairs:save contacts:repair""",
    VOID: "calls:void calls:undo calls:correct",
    CREATE: """markets:create markets:edit contacts:create contacts:edit contacts:quick_edit contacts:merge
        contacts:set_apart campaigns:create campaigns:edit campaigns:goals campaigns:copy campaigns:save_template
        campaigns:templates campaigns:template_create campaigns:template campaigns:template_delete campaigns:status
        campaigns:bulk_status campaigns:callers campaigns:remove_caller campaigns:priority selection:assign
        campaigns:spread campaigns:delete campaigns:follow_up campaigns:audience_rule campaigns:audience_edit
        campaigns:audience_check campaigns:audience_decide campaigns:choose campaigns:tick selection:add
        selection:remove
        campaigns:report_freeze callbacks:decide callbacks:hand_over imports:create imports:decide imports:map
        imports:reread imports:start imports:stop imports:undo imports:discard imports:presets imports:preset_upload
        imports:preset imports:preset_file""",
    SUPPRESS: "contacts:suppress suppressions:create off_limits:create selection:suppress selection:off_limits",
    OPERATE: """admin:workspace_changelist admin:workspace_add admin:workspace_change admin:user_changelist
        admin:user_add admin:user_change admin:membership_changelist admin:erasure_changelist admin:contact_erase""",
    LIFT: "suppressions:lift off_limits:lift team team_role team_remove invitation_revoke",
    KEEP_NOTES: """notes:contact notes:campaign tasks:create tasks:edit tasks:done tags:contact selection:change
        selection:actions selection:tag selection:untag""",
    GOVERN: """tokens token_revoke
        contacts:all audiences:create audiences:edit audiences:delete tags:rename tags:delete tags:campaign
        signals:rules shared:list shared:market shared:report shared:revoke audit settings retention
        workspace_exports workspace_export_file
        settings_second_factor settings_period first_steps sample_data archive webhooks:list webhooks:create
        webhooks:detail webhooks:edit webhooks:switch webhooks:delete webhooks:rotate webhooks:test webhooks:replay""",
    END: "archive_bring_back archive_delete archive_keep",
}
OF_THEIR_AUTHOR = {"notes:edit", "notes:delete", "views:change", "selection:undo"}
"""Tried in tests of campaigns.notes, campaigns.viewing and campaigns.bulk: like a call, but on any day."""
WHAT = {name: what for what, names in ADDRESSES.items() for name in names.split()}
# A new page is for everybody who sees the workspace, until the table says something else.
WHAT = {row.name: SEE for row in ROWS if row.name not in OF_THEIR_AUTHOR} | WHAT
INLINE = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
WORKSPACE = {"name": "New", "slug": "new", "timezone": "Europe/Lisbon", "phone_region": "PT"}
USER = {"email": "new@portal.example", "first_name": "New"}
FORMS_OF_THE_ADMIN = {
    "admin:workspace_add": WORKSPACE | INLINE,
    "admin:workspace_change": WORKSPACE | INLINE,
    "admin:user_add": USER | INLINE | {"usable_password": "false"},
    "admin:user_change": USER | INLINE | {"is_active": "on"},
    "admin:contact_erase": {"reason": "Request 204"},
}
WRITES_NOTHING = {
    "audiences:explore",
    "audiences:draft",
    "campaigns:hold",
    "calendar_link",
    "weekly_mail",
    "mentions:mail",
    "mentions:seen",
}
"""Pages, and what is only one's own: of a mail that ops staff do not get, nothing is written."""
OUR_TABLES = {
    model._meta.db_table
    for label in ("markets", "campaigns", "calls", "signals")
    for model in apps.get_app_config(label).get_models()
} - {"markets_auditevent"}
WRITING = re.compile(r'(?:INTO|UPDATE|DELETE FROM)\s+"?([a-z_]+)')


@contextmanager
def noting_writes():
    """The tables of our models to which statements write."""
    written = set()

    def note(execute, sql, params, many, context):
        written.update(set(WRITING.findall(sql)) & OUR_TABLES)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield written


class Request:
    """What a visitor sends to an address. `must_write` says that otherwise nothing was done."""

    def __init__(self, url, data=None, *, must_write=True):
        self.url, self.data = url, data
        # On PostgreSQL some rows are written by COPY, which is no statement that is seen here.
        self.must_write = must_write and data is not None and connection.vendor == "sqlite"

    def __str__(self):
        return f"{'GET' if self.data is None else 'POST'} {self.url}"

    def send(self, client):
        for each in (self.data or {}).values():
            if hasattr(each, "seek"):
                each.seek(0)
        return client.get(self.url) if self.data is None else client.post(self.url, self.data)

    def is_answered_with(self, expected, client):
        with undone(), noting_writes() as written:
            answer = self.send(client)
            if answer.streaming:
                answer.getvalue()
        if expected == YES:
            return answer.status_code in (200, 204, 302) and bool(written or not self.must_write)
        is_refused = answer.status_code == expected and not written
        return is_refused and (expected != 302 or answer["Location"].startswith(reverse("account_login")))


def requests_to(row, ours, manager):
    """Each method of the address, with what its form sends; of a list the export, too."""
    url = url_of(row, "ours", ours.ids)
    if "GET" in row.methods.split():
        yield Request(url)
        with undone():
            has_export = b"_export=csv" in manager.get(url).getvalue()
        if has_export:
            yield Request(f"{url}?_export=csv")
    if "POST" in row.methods.split():
        with undone():
            prepared = deepcopy(ours)
            BEFORE.get(row.name, lambda ours: None)(prepared)
            url = url_of(row, "ours", prepared.ids)
            pages = [url_of(page, "ours", prepared.ids) for page in ROWS if page.name in PAGES_OF.get(row.name, ())]
            with undone():
                data = posted(manager, row, url, prepared.ids, pages)
            yield Request(url, data, must_write=row.name not in WRITES_NOTHING)


def requests_to_calls(rows, ours, users, manager):
    """By whose call it is and when it was made, the voiding and the correction of such a call."""
    campaign = Campaign.objects.get(pk=ours.ids["campaign"])
    midnight, _ = ours.workspace.bounds(ours.workspace.today(), ours.workspace.today())
    another = factories.MembershipFactory(workspace=ours.workspace, role="caller").user
    for caller in (users["caller"], users["viewer"], another, users["manager"], None):
        for started_at in (now(), midnight - timedelta(minutes=1), now() - timedelta(days=30)):
            made = factories.call(campaign, caller=caller, started_at=started_at)
            ids = ours.ids | {"call": made.pk}
            is_own = caller == users["caller"] and started_at > midnight
            for row in rows:
                with undone():
                    data = posted(manager, row, url_of(row, "ours", ids), ids, [])
                yield Request(url_of(row, "ours", ids), data), is_own
                if "GET" in row.methods.split():
                    yield Request(url_of(row, "ours", ids)), is_own


def requests_to_the_admin(name, ours):
    """The list, and the page and the form of what ops staff do with one row."""
    model, _, page = name.removeprefix("admin:").partition("_")
    ids = {"workspace": ours.workspace.pk, "user": ours.ids["manager"], "contact": ours.ids["contact"]}
    url = reverse(f"admin:markets_{model}_{page}", args=[ids[model]] if page in ("change", "erase") else [])
    yield Request(url)
    if page != "changelist":
        yield Request(url, FORMS_OF_THE_ADMIN[name])


def cells_of(name, ours, users, clients):
    """Each request to an address, or to the admin, and whether the call that it names is the caller's own of today."""
    rows = [row for row in ROWS if row.name == name]
    if name in ADDRESSES[VOID].split():
        yield from requests_to_calls(rows, ours, users, clients["manager"])
    elif rows:
        yield from ((each, False) for row in rows for each in requests_to(row, ours, clients["manager"]))
    else:
        yield from ((each, False) for each in requests_to_the_admin(name, ours))


def tried(name, cells, clients):
    """How many cells there are, and those in which something else happens than the table says."""
    count, found = 0, []
    for request, is_own in cells:
        for visitor, told in zip(VISITORS, TABLE[WHAT[name]], strict=True):
            expected = told if told != OWN else YES if is_own else 403
            count += 1
            if not request.is_answered_with(expected, clients[visitor]):
                found.append(f"{request} by {visitor}: not {expected}")
    return count, found
