"""Puts a tag on many people, or takes it off."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.bulk.records import HAS_NO_TAG, HAS_TAG, begin, finish, insert_people, of_person
from campaigns.models import BulkAction
from campaigns.tags.services import get_or_create_tag
from markets.models import ContactTag, Tag, User, Workspace
from markets.workspaces.audit import mention

BATCH = 5_000


@transaction.atomic
def tag_people(*, workspace: Workspace, contacts: Collection[int], name: str, by: User | None) -> BulkAction:
    """Raises ValidationError for a name that no tag can have."""
    tag = get_or_create_tag(workspace=workspace, name=name, by=by)
    chosen = begin(workspace=workspace, kind=BulkAction.Kind.TAG, contacts=contacts, by=by, tag=tag)
    chosen.skip(HAS_TAG, Exists(of_person(ContactTag.objects.filter(tag=tag))))
    ContactTag.objects.bulk_create(
        (
            ContactTag(workspace=workspace, contact_id=contact, tag=tag, added_at=chosen.action.done_at, added_by=by)
            for contact in chosen.ids()
        ),
        batch_size=BATCH,
        ignore_conflicts=True,  # somebody else tags one of them at this moment
    )
    return finish(chosen, f"Put {mention(tag)} on {{}}")


@transaction.atomic
def untag_people(*, workspace: Workspace, contacts: Collection[int], tag: Tag, by: User | None) -> BulkAction:
    chosen = begin(workspace=workspace, kind=BulkAction.Kind.UNTAG, contacts=contacts, by=by, tag=tag)
    chosen.skip(HAS_NO_TAG, ~Exists(of_person(ContactTag.objects.filter(tag=tag))))
    rows = ContactTag.objects.filter(workspace=workspace, tag=tag, contact__in=chosen.people.values("contact"))
    before = list(rows.order_by("contact").values_list("contact", "added_by", "added_at"))
    rows.delete()
    chosen.people.delete()
    insert_people(chosen.action, ((contact, user, None, moment) for contact, user, moment in before))
    return finish(chosen, f"Took {mention(tag)} off {{}}")


def take_off_again(action: BulkAction) -> int:
    rows = ContactTag.objects.filter(workspace=action.workspace_id, tag=action.tag_id, added_at=action.done_at)
    return rows.filter(contact__in=action.people.values("contact")).delete()[0]


def put_on_again(action: BulkAction) -> int:
    if action.tag_id is None:  # deleted since
        return 0
    tagged = ContactTag.objects.filter(tag=action.tag_id, workspace=OuterRef("workspace"), contact=OuterRef("contact"))
    free = list(action.people.filter(~Exists(tagged)))
    ContactTag.objects.bulk_create(
        (
            ContactTag(
                workspace_id=action.workspace_id,
                contact_id=person.contact_id,
                tag_id=action.tag_id,
                added_by_id=person.user_before_id,
                added_at=person.moment_before or action.done_at,
            )
            for person in free
        ),
        batch_size=BATCH,
        ignore_conflicts=True,
    )
    return len(free)
