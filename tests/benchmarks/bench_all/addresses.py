"""Which pages there are to visit: every URL of the resolver, with the row whose page costs most."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import URLResolver, get_resolver, reverse

from tests.access_rows import ROWS

ROLES = ["viewer", "caller", "manager"]
RULES = {row.name: row for row in ROWS}
OUTSIDE = {
    "home": (),
    "account_email": (),
    "account_change_password": (),
    "account_sessions": (),
    "mfa_index": (),
    "shared_page": ("link_token",),
    "unsubscribe": ("mail_token",),
    "calendar": ("calendar_token",),
    "invitation": ("invitation_token",),
}
"""Pages outside workspaces, with the ids that they take. They are visited as a manager."""
UNVISITED = {
    "api:calls": "takes calls with a token and shows nothing",
    "api_v1:": "answers tokens and shows no page",
    "api_docs": "is the same for everybody",
    "api_document": "is the same for everybody",
    "api_missing": "is the same for everybody",
    "account_": "signs in and out, confirms addresses and changes passwords, without a list",
    "mfa_": "sets up a second factor, without a list",
    "socialaccount_": "signs in through a provider",
    "saml_": "signs in through a provider",
    "openid_": "signs in through a provider",
    "usersessions_": "ends sessions; account_sessions lists them",
    "security_txt": "is a constant text",
    "set_language": "chooses a language and shows nothing",
    "admin:": "is for operations staff, who look at few rows",
}
"""By their name, or what it begins with, the URLs that are not visited, and why. A URL that takes no GET is none."""


@dataclass(frozen=True)
class Visit:
    page: str
    role: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    says: tuple[str, ...] = ()
    """What of the page is asked for. It has no ids, so it is the same on any database."""
    target: str = ""
    """The id of the element that htmx asks for, or nothing for the whole page."""

    @property
    def address(self) -> str:
        return f"{self.path}?{urlencode(self.query)}" if self.query else self.path

    @property
    def label(self) -> str:
        return " ".join([self.page, *self.says])

    @property
    def headers(self) -> dict[str, str]:
        return {"HX-Request": "true", "HX-Target": self.target} if self.target else {}

    def having(self, says: str, *query: tuple[str, str]) -> "Visit":
        kept = [pair for pair in self.query if pair[0] not in {name for name, _ in query}]
        return Visit(self.page, self.role, self.path, (*kept, *query), (*self.says, says))

    def swapping(self, target: str) -> "Visit":
        return Visit(self.page, self.role, self.path, self.query, (*self.says, f"#{target}"), target)


def names_of(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """The name of every URL, with its namespaces."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from names_of(each, f"{prefix}{each.namespace}:" if each.namespace else prefix)
        elif each.name:
            yield prefix + each.name


def unvisited(name: str) -> str:
    """Why a URL is not visited; nothing if it is."""
    if name in RULES or name in OUTSIDE:
        return ""
    return next((reason for begin, reason in UNVISITED.items() if name.startswith(begin)), "")


def all_pages(slug: str, ids: dict[str, int | str], role: str) -> Iterator[Visit]:
    """Each page that a role may open and that answers GET, as far as there is a row for it.

    Raises LookupError for a URL that neither tests.access_rows nor this module lists.
    """
    for name in dict.fromkeys(names_of()):
        if unvisited(name):
            continue
        if name in OUTSIDE:
            if role == "manager" and all(each in ids for each in OUTSIDE[name]):
                yield Visit(name, role, reverse(name, args=[ids[each] for each in OUTSIDE[name]]))
            continue
        if name not in RULES:
            raise LookupError(f"{name} is in no list: add it to tests.access_rows, or here to OUTSIDE or UNVISITED")
        row = RULES[name]
        is_allowed = ROLES.index(row.role) <= ROLES.index(role)
        if "GET" in row.methods.split() and is_allowed and all(each in ids for each in row.ids):
            yield Visit(name, role, reverse(name, args=[slug, *(ids[each] for each in row.ids)]))


def ids_of(workspace) -> dict[str, int | str]:
    """By the names in access_rows the row whose page costs most: the biggest of its kind, or the newest."""
    biggest = workspace.campaigns.annotate(size=Count("members")).order_by("-size", "name")
    campaign = biggest.filter(status="active").first() or biggest.first()
    known = workspace.signals.filter(contact__in=campaign.members.current().values("contact"))
    told = known.order_by().values("contact").annotate(n=Count("pk")).order_by("-n", "contact").first()
    member = campaign.members.current().order_by("-attempt_count", "pk").first()
    contact = told["contact"] if told else member.contact_id
    imports = workspace.imports.order_by("-pk")
    rows = {
        "market": campaign.market,
        "campaign": campaign,
        "coverage": biggest.filter(kind="coverage", audience_proposals__isnull=False).first(),
        "reported": biggest.filter(reports__isnull=False).first(),
        "duplicate": workspace.contacts.exclude(pk=contact).order_by("-pk").first(),
        "call": workspace.calls.order_by("-pk").first(),
        "meeting": workspace.meetings.order_by("-pk").first(),
        "signal": workspace.signals.order_by("-pk").first(),
        "import": imports.filter(state="draft").first(),
        "ended_import": imports.exclude(state="draft").first(),
        "preset": workspace.import_presets.first(),
        "audience": workspace.audiences.first(),
        "webhook": workspace.webhooks.first(),
        "workspace_export": workspace.workspace_exports.filter(state="ready").first(),
        "note": workspace.notes.order_by("-pk").first(),
        "task": workspace.tasks.order_by("-pk").first(),
        "template": workspace.campaign_templates.first(),
        "departure": workspace.audit_events.filter(action="caller_removed").order_by("-pk").first(),
    }
    ids: dict[str, int | str] = {name: row.pk for name, row in rows.items() if row} | {"contact": contact}
    if reported := rows["reported"]:
        report = reported.reports.latest("version")
        ids |= {"report": report.pk, "report_version": report.version}
    return ids
