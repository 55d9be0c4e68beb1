from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from campaigns.models import Campaign, CampaignTag
from config.db.expressions import RowCount
from markets.models import AuditAction, Contact, ContactTag, Tag, User, Workspace
from markets.models.tags import TagQuerySet
from markets.workspaces.audit import mention, record_event

MOST_SUGGESTED = 300
"""A page offers at most so many tags to choose from; others are typed."""


def get_or_create_tag(*, workspace: Workspace, name: str, by: User | None) -> Tag:
    """The tag of that name in any letter case, or a new one. Raises ValidationError for a name it cannot have."""
    name = " ".join(name.split())
    same = workspace.tags.named(name)
    if known := same.first():
        return known
    tag = Tag(workspace=workspace, name=name, created_by=by)
    tag.clean_fields(exclude=["workspace", "created_by"])
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError:  # somebody else has just created it
        return same.get()
    return tag


@transaction.atomic
def tag_contacts(*, workspace: Workspace, contacts: Iterable[Contact], name: str, by: User | None) -> Tag:
    tag = get_or_create_tag(workspace=workspace, name=name, by=by)
    rows = [ContactTag(workspace=workspace, contact=contact, tag=tag, added_by=by) for contact in contacts]
    ContactTag.objects.bulk_create(rows, ignore_conflicts=True)
    return tag


@transaction.atomic
def tag_campaign(*, campaign: Campaign, name: str, by: User | None) -> Tag:
    tag = get_or_create_tag(workspace=campaign.workspace, name=name, by=by)
    row = CampaignTag(workspace_id=campaign.workspace_id, campaign=campaign, tag=tag, added_by=by)
    CampaignTag.objects.bulk_create([row], ignore_conflicts=True)
    return tag


@transaction.atomic
def untag(subject: Contact | Campaign, tag: Tag, *, by: User | None) -> None:
    removed, _ = subject.tags.filter(tag=tag).delete()
    if removed:
        record_event(
            workspace=tag.workspace,
            user=by,
            action=AuditAction.TAGS_CHANGED,
            subject=subject,
            summary=f"Took {mention(tag)} off",
        )


@transaction.atomic
def rename_tag(*, tag: Tag, name: str, by: User | None) -> Tag:
    """Renames the tag. If another has that name, in any letter case, the two become that one, which is returned."""
    name = " ".join(name.split())
    tag = Tag.objects.select_for_update(no_key=True).get(workspace=tag.workspace_id, pk=tag.pk)
    other = tag.workspace.tags.named(name).exclude(pk=tag.pk).select_for_update(no_key=True).first()
    if other is None:
        tag.name = name
        tag.clean_fields(exclude=["workspace", "created_by"])
        try:
            with transaction.atomic():
                tag.save(update_fields=["name"])
        except IntegrityError:  # somebody else has just created one of that name
            return rename_tag(tag=tag, name=name, by=by)
        _record(AuditAction.TAG_RENAMED, "Renamed a tag", tag, by)
        return tag
    tag.contact_tags.filter(contact__in=other.contact_tags.values("contact")).delete()
    tag.contact_tags.update(tag=other)
    tag.campaign_tags.filter(campaign__in=other.campaign_tags.values("campaign")).delete()
    tag.campaign_tags.update(tag=other)
    tag.bulk_actions.update(tag=other)
    _record(AuditAction.TAG_RENAMED, f"Made the tag a part of {mention(other)}", tag, by)
    tag.delete()
    return other


@transaction.atomic
def delete_tag(*, tag: Tag, by: User | None) -> None:
    """Deletes the tag and takes it off every person and campaign."""
    people, campaigns = tag.contact_tags.count(), tag.campaign_tags.count()
    summary = f"Deleted a tag of {people:,} people and {campaigns:,} campaigns"
    _record(AuditAction.TAG_DELETED, summary, tag, by)
    tag.contact_tags.all().delete()
    tag.campaign_tags.all().delete()
    tag.bulk_actions.update(tag=None)
    tag.delete()


def _record(action: AuditAction, summary: str, tag: Tag, by: User | None) -> None:
    record_event(workspace=tag.workspace, user=by, action=action, summary=summary, subject=tag)


def offered_tags(subject: Contact | Campaign) -> list[Tag]:
    """The workspace's first tags by name and all of the subject's, each with `is_on`. One query."""
    own = subject.tags.filter(tag=OuterRef("pk"))
    tags = subject.workspace.tags.annotate(is_on=Exists(own)).order_by("-is_on", "name", "pk")
    return list(tags[:MOST_SUGGESTED])


def with_counts(tags: TagQuerySet) -> TagQuerySet:
    """Adds `people` and `campaigns`, how many have the tag."""
    here = {"workspace": OuterRef("workspace"), "tag": OuterRef("pk")}
    people, campaigns = ContactTag.objects.filter(**here), CampaignTag.objects.filter(**here)
    return tags.annotate(people=RowCount(people), campaigns=RowCount(campaigns))
