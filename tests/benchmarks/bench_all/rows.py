"""One row of what seeded workspaces have nothing of, so that its pages can be visited."""

from datetime import timedelta
from secrets import token_hex

from django.core import signing
from django.core.files.base import ContentFile
from django.db import transaction

from calls.calendar_feed.links import make_link
from calls.callbacks.handover import remove_from_campaign
from campaigns.callers.services import add_callers
from campaigns.dispositions import Disposition
from campaigns.living import propose, set_living
from campaigns.notes.services import write_note
from campaigns.tags.services import tag_campaign, tag_contacts
from markets.models import Membership, Workspace
from markets.models.imports import OTHER_PERSON
from markets.workspaces.invitations import create_user, invite
from markets.workspaces.subscriptions import SALT, Subscription
from signals.sharing.links import share
from signals.sharing.market_document import MARKET_SECTIONS
from tests import factories

NAME = "Benchmark"


def tokens_of(workspace: Workspace, manager) -> dict[str, str]:
    """New links to what is shown without signing in."""
    market = workspace.markets.order_by("pk").first()
    _, path = invite(workspace=workspace, email=f"{token_hex(4)}@i.example", role="viewer", by=manager)
    _, token = share(
        thing=market,
        by=manager,
        label=NAME,
        expires_on=workspace.today() + timedelta(days=30),
        sections=MARKET_SECTIONS,
        shows_people=True,
        is_frozen=True,
    )
    membership = workspace.memberships.get(user=manager)
    return {
        "link_token": token,
        "invitation_token": path.rstrip("/").rpartition("/")[2],
        "calendar_token": make_link(membership=membership, by=manager),
        "mail_token": signing.dumps([membership.pk, next(iter(Subscription)).value], salt=SALT),
    }


@transaction.atomic
def complete(workspace: Workspace, manager) -> None:
    """Does nothing if it was done before."""
    if workspace.tags.filter(name=NAME).exists():
        return
    biggest = workspace.campaigns.filter(status="active").order_by("pk").first()
    contact = biggest.members.current().order_by("pk").first().contact
    tag_contacts(workspace=workspace, contacts=[contact], name=NAME, by=manager)
    tag_campaign(campaign=biggest, name=NAME, by=manager)
    write_note(workspace=workspace, text=f"@{manager.first_name} {NAME}", by=None, contact=contact)
    write_note(workspace=workspace, text=NAME, by=manager, campaign=biggest)
    workspace.tasks.create(title=NAME, contact=contact, campaign=biggest, owner=manager)
    workspace.off_limits.create(firm=f"{NAME} bank", reason=NAME)
    workspace.campaign_templates.create(name=NAME, goals={"meetings": 9})
    rule = {"version": 1, "match": "all", "conditions": [{"kind": "firm", "op": "is", "values": [contact.firm]}]}
    workspace.audiences.create(name=NAME, rule=rule, created_by=manager)
    _imports(workspace, manager, contact)
    workspace.workspace_exports.create(state="ready", file=ContentFile(b"PK", f"{NAME}.zip"), size=2, row_count=1)
    coverage = factories.active_campaign(
        workspace=workspace, market=biggest.market, name=f"{NAME} coverage", kind="coverage"
    )
    coverage.campaign_sources.create(workspace=workspace, source=biggest)
    set_living(campaign=coverage, rule=rule, by=manager)
    propose(coverage)
    leaving = create_user(email=f"leaving@bench-{workspace.slug}.example", password=None)
    Membership.objects.create(workspace=workspace, user=leaving, role="caller")
    factories.call(coverage, disposition=Disposition.CALLBACK_REQUESTED, caller=leaving)
    add_callers(campaign=coverage, users=[manager, leaving], by=manager)
    remove_from_campaign(campaign=coverage, user=leaving, by=manager)


def _imports(workspace: Workspace, manager, contact) -> None:
    factories.import_draft(workspace, "Email,Name", "somebody@f.example,Somebody", name=f"{NAME}.csv", by=manager)
    done = factories.ended_import(workspace, name=f"{NAME} earlier.csv", by=manager, rejected=1, created=1)
    done.rejections.create(workspace=workspace, line=3, code="email", message=NAME, cells=[NAME])
    done.rejections.create(workspace=workspace, line=4, code=OTHER_PERSON, message=NAME, cells=[NAME])
    done.notes.create(
        workspace=workspace, line=2, kind="left_out", field="email", contact=contact, file_value=NAME, message=NAME
    )
    workspace.import_presets.create(kind="people", header_key=NAME, name=NAME, options={"map": {"Email": "email"}})
