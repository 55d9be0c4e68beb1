"""Puts a tag on many people, or takes it off."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from campaigns.bulk.records import HAS_NO_TAG, HAS_TAG, begin, finish, insert_people, of_person
from campaigns.models import BulkAction, BulkActionPerson
from campaigns.tags.services import get_or_create_tag
from config.db import bulk
from markets.models import ContactTag, Tag, User, Workspace
from markets.workspaces.audit import mention


@transaction.atomic
def tag_people(*, workspace: Workspace, contacts: Collection[int], name: str, by: User | None) -> BulkAction:
    """Raises ValidationError for a name that no tag can have."""
    tag = get_or_create_tag(workspace=workspace, name=name, by=by)
    chosen = begin(workspace=workspace, kind=BulkAction.Kind.TAG, contacts=contacts, by=by, tag=tag)
    chosen.skip(HAS_TAG, Exists(of_person(ContactTag.objects.filter(tag=tag))))
    constants = {"tag_id": tag.pk, "added_at": chosen.action.done_at, "added_by_id": by.pk if by else None}
    _insert_tags(chosen.action, {}, constants)
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
    action.people.filter(Exists(tagged)).delete()
    _insert_tags(action, {"added_by_id": "user_before_id", "added_at": "moment_before"}, {"tag_id": action.tag_id})
    return action.people.count()


def _insert_tags(action: BulkAction, copied: Mapping[str, str], constants: Mapping[str, Any]) -> None:
    """Tags everyone in the action, except people whom somebody else is tagging at the same moment."""
    copied = {"workspace_id": "workspace_id", "contact_id": "contact_id", **copied}
    people = {"workspace_id": action.workspace_id, "action_id": action.pk}
    bulk.insert_from(BulkActionPerson, ContactTag, copied=copied, constants=constants, **people)
