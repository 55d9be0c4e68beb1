"""Compares a workspace with its copy: every page and every export as a manager sees them, ids and slug set aside."""

import re
from itertools import zip_longest

from django.conf import settings
from django.test import Client

from config.db import bulk
from markets.models import Workspace
from signals.portability.contents import exported_models, tenant_models
from tests.benchmarks.bench_all.addresses import RULES, all_pages, ids_of
from tests.benchmarks.bench_all.offers import exports, read

DIFFERENT = {
    "audit": "has one more event, of the import",
    "shared:list": "has links, which are not in the file",
    "team": "has invitations, which are not in the file",
    "tokens": "has API tokens, which are not in the file",
    "webhooks:detail": "is of a webhook, which is not in the file",
    "webhooks:edit": "is of a webhook, which is not in the file",
    "webhooks:list": "has webhooks, which are not in the file",
    "workspace_export_file": "is of an export, which is not in the file",
    "workspace_exports": "has exports, which are not in the file",
}
"""Pages that differ as they should, and why."""
SECRETS = re.compile(r'name="(?:csrfmiddlewaretoken|request_key|version|seen)"\s+value="[^"]*"|rule=[\w-]+')
"""What is made anew for each answer, and what has ids in it that cannot be read: versions of forms, rules in links."""
FAR_APART = 10_000_000
"""Ids of the copy are further from those of the original than any number on a page."""


def move_ids_apart():
    for place, model in enumerate(tenant_models()):
        if model._meta.pk.name == "id":
            bulk.reserve_ids(model, FAR_APART + 1_000 * place)


def first_ids(workspace):
    """By model, the first id."""
    found = {"markets.Workspace": workspace.pk}
    for model in exported_models():
        if model is not Workspace and model._meta.pk.name == "id":
            key = model._base_manager.filter(workspace=workspace).order_by("pk").values_list("pk", flat=True).first()
            found[model._meta.label] = key or 0
    return found


def offsets(original, copy):
    """By how much the ids of each table differ."""
    new = first_ids(copy)
    return {new[label] - first for label, first in first_ids(original).items()}


def texts_differ(label, one, other, shifts):
    """Where two texts first differ otherwise than by ids: a list of nothing, or of both places."""
    ours, theirs = (re.split(r"(\d+)", text) for text in (one, other))
    for place, (a, b) in enumerate(zip_longest(ours, theirs, fillvalue="")):
        is_id = a.isdecimal() and b.isdecimal() and int(b) - int(a) in shifts
        if a != b and not is_id:
            same = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), 0)
            said = [
                "".join([*each[:place], each[place][:same]])[-80:] + "|" + each[place][same:][:80]
                for each in (ours, theirs)
            ]
            return [(label, *said)]
    return []


class Reader:
    """Opens pages of a workspace as a manager."""

    def __init__(self, workspace, user):
        self.workspace = workspace
        self.client = Client(headers={"host": "localhost", "x-forwarded-proto": "https"})
        self.client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])

    def pages(self):
        pages = all_pages(self.workspace.slug, ids_of(self.workspace), "manager")
        return [visit for visit in pages if visit.page in RULES and visit.page not in DIFFERENT]

    def text(self, visit):
        """What the page says, without what is made anew for each answer."""
        answer = self.client.get(visit.address, follow=True, headers=visit.headers)
        parts = answer.streaming_content if answer.streaming else [answer.content]
        text = b"".join(parts).decode("utf-8", "replace")
        said = re.sub(rf"(/w/|%2Fw%2F|workspace:){self.workspace.slug}\b", r"\1SLUG", SECRETS.sub("", text))
        return f"{answer.status_code} {said}"


def compare(original, copy, user, pages=()):
    """These pages, or every one, and their exports as CSV. Returns the number of both and what differs."""
    shifts = offsets(original, copy)
    readers = [Reader(each, user) for each in (original, copy)]
    visited = [[each for each in reader.pages() if not pages or each.page in pages] for reader in readers]
    assert [each.page for each in visited[0]] == [each.page for each in visited[1]]
    opened, files, found = 0, 0, []
    for visits in zip(*visited, strict=True):
        texts = [reader.text(visit) for reader, visit in zip(readers, visits, strict=True)]
        opened += 1
        found += texts_differ(visits[0].label, *texts, shifts)
        offered = [files_of(visit, text) for visit, text in zip(visits, texts, strict=True)]
        for some in zip(*offered, strict=True):
            files += 1
            texts = [reader.text(visit) for reader, visit in zip(readers, some, strict=True)]
            found += texts_differ(some[0].label, *texts, shifts)
    return opened, files, found


def files_of(visit, text):
    """The exports that a page offers, as CSV. Workbooks have the same rows."""
    offers = read(visit.path, text.replace("/w/SLUG/", f"/w/{visit.path.split('/')[2]}/"))
    return [each for each in exports(visit, offers) if "csv" in each.label]
