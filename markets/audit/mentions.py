"""The rows that events mention, with their current names and links to their pages."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from markets.audit.sentences import SENTENCES
from markets.models import AuditEvent, User, Workspace

MENTION = re.compile(r"\[([a-z]+) (\d+)\]")


@dataclass(frozen=True)
class Kind:
    """What rows of a kind are called, where they are found in a workspace, their page by name, and what one is called
    that is gone."""

    label: str | Promise
    rows: Callable[[Workspace], QuerySet[Any]]
    page: str = ""
    gone: str | Promise = ""


KINDS: Mapping[str, Kind] = {
    "user": Kind(_("Member"), lambda workspace: User.objects.all()),
    "invitation": Kind(_("Invitation"), lambda workspace: workspace.invitations.all()),
    "market": Kind(_("Market"), lambda workspace: workspace.markets.all(), "markets:detail"),
    "contact": Kind(_("Person"), lambda workspace: workspace.contacts.all(), "contacts:detail", _("Merged person")),
    "suppression": Kind(_("Do-not-call entry"), lambda workspace: workspace.suppressions.select_related("contact")),
    "offlimits": Kind(_("Off-limits entry"), lambda workspace: workspace.off_limits.select_related("contact")),
    "tag": Kind(_("Tag"), lambda workspace: workspace.tags.all(), gone=_("Deleted tag")),
    "importjob": Kind(_("Import"), lambda workspace: workspace.imports.all(), "imports:detail", _("Discarded import")),
    "importpreset": Kind(_("Preset"), lambda workspace: workspace.import_presets.all(), gone=_("Deleted preset")),
    "campaign": Kind(
        _("Campaign"), lambda workspace: workspace.campaigns.all(), "campaigns:detail", _("Deleted campaign")
    ),
    "campaigntemplate": Kind(
        _("Template"), lambda workspace: workspace.campaign_templates.all(), gone=_("Deleted template")
    ),
    "audience": Kind(_("Audience"), lambda workspace: workspace.audiences.all(), gone=_("Deleted audience")),
    "task": Kind(_("Task"), lambda workspace: workspace.tasks.all()),
    "call": Kind(_("Call"), lambda workspace: workspace.calls.select_related("contact"), "calls:detail"),
    "meeting": Kind(
        _("Meeting"), lambda workspace: workspace.meetings.select_related("call__contact"), "meetings:detail"
    ),
    "sharedlink": Kind(_("Shared link"), lambda workspace: workspace.shared_links.defer("document")),
    "webhook": Kind(_("Webhook"), lambda workspace: workspace.webhooks.kept(), "webhooks:detail", _("Deleted webhook")),
    "apitoken": Kind(_("API token"), lambda workspace: workspace.api_tokens.all()),
}


@dataclass(frozen=True)
class Part:
    """A piece of a sentence. `url` is where it leads, if it is a mention with a page."""

    text: str
    url: str = ""


def name_events(workspace: Workspace, events: Iterable[AuditEvent]) -> None:
    """Sets `parts`, the sentence, `subject`, and `token`, by which it was done, of the events of one page, in one query
    for each kind of row."""
    events = list(events)
    ids: defaultdict[str, set[int]] = defaultdict(set)
    for event in events:
        for kind, key in mentions(event):
            ids[kind].add(key)
    names = {
        (kind, row.pk): str(row)
        for kind in ids.keys() & KINDS.keys()
        for row in KINDS[kind].rows(workspace).filter(pk__in=ids[kind])
    }
    for event in events:
        event.token = names.get(("apitoken", _token_of(event)), "")  # type: ignore[attr-defined]
        event.parts = list(_parts(workspace, SENTENCES.in_language(event.summary), names))  # type: ignore[attr-defined]
        subject = (event.subject_kind, event.subject_id or 0)
        event.subject = _part(workspace, *subject, names) if subject[0] in KINDS else None  # type: ignore[attr-defined]


def mentions(event: AuditEvent) -> Iterator[tuple[str, int]]:
    """The kind and the id of each row that an event names."""
    if event.subject_id:
        yield event.subject_kind, event.subject_id
    if token := _token_of(event):
        yield "apitoken", token
    for kind, key in MENTION.findall(event.summary):
        yield kind, int(key)


def _token_of(event: AuditEvent) -> int:
    return int(event.details.get("api_token", 0))


def plain_sentence(event: AuditEvent) -> str:
    """The sentence with rows as kind and id, for exports, which outlive the names."""
    return MENTION.sub(r"\1 \2", event.summary)


def _parts(workspace: Workspace, summary: str, names: Mapping[tuple[str, int], str]) -> Iterator[Part]:
    end = 0
    for found in MENTION.finditer(summary):
        yield Part(summary[end : found.start()])
        yield _part(workspace, found[1], int(found[2]), names)
        end = found.end()
    yield Part(summary[end:])


def _part(workspace: Workspace, kind: str, key: int, names: Mapping[tuple[str, int], str]) -> Part:
    known, name = KINDS.get(kind), names.get((kind, key))
    if known is None:
        return Part(f"{kind} {key}")
    # A merged person's page leads to whoever they are part of now.
    is_linked = known.page and (name or kind == "contact")
    return Part(
        name or f"{known.gone or known.label} {key}",
        reverse(known.page, args=[workspace.slug, key]) if is_linked else "",
    )


def users_of_log(workspace: Workspace) -> QuerySet[User]:
    """Whoever did something here, former members too, by name. An index answers for each user."""
    users = User.objects.filter(Exists(workspace.audit_events.order_by().filter(user=OuterRef("pk"))))
    return users.order_by("first_name", "last_name", "email")
