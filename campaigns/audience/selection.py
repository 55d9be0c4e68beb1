"""Who is ticked for a campaign, by user. It survives paging, sorting and filtering, and ends when people are added."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import now

from campaigns.audience.rule import Rule
from campaigns.bulk.members import record_added
from campaigns.membership import enroll, landscape_of, not_member_of
from campaigns.models import BulkAction, Campaign, SelectedContact, Status
from config.db import bulk
from markets.models import User
from markets.models.landscape import ContactQuerySet

MAX_REASON = 500


@dataclass(frozen=True)
class Selection:
    campaign: Campaign
    user: User

    @property
    def rows(self) -> QuerySet[SelectedContact]:
        return self.campaign.selected_contacts.filter(user=self.user)

    @property
    def people(self) -> ContactQuerySet:
        """Those ticked who can still be added: in the landscape and not in the campaign."""
        ticked = Exists(self.rows.filter(contact=OuterRef("pk")))
        return landscape_of(self.campaign).filter(ticked, not_member_of(self.campaign))

    def count(self) -> int:
        return self.people.order_by().count()

    def among(self, contacts: Collection[int]) -> set[int]:
        """Those of `contacts` that are ticked."""
        return set(self.rows.filter(contact__in=contacts).values_list("contact", flat=True))

    def set(self, *, shown: Collection[int], ticked: Collection[int]) -> None:
        """What a page said: of those it showed only the ticked ones stay."""
        unticked = set(shown) - set(ticked)
        if unticked:
            self.rows.filter(contact__in=unticked).delete()
        if ticked:
            here = landscape_of(self.campaign).filter(pk__in=set(ticked))
            self.add(set(here.values_list("pk", flat=True)))

    @transaction.atomic
    def add(self, contacts: Collection[int]) -> None:
        campaigns = self.campaign.workspace.campaigns.select_for_update(no_key=True)
        campaigns.get(pk=self.campaign.pk)  # two requests tick the same people
        known = set(self.rows.values_list("contact", flat=True))
        moment = now()
        bulk.insert(
            SelectedContact,
            ["workspace_id", "campaign_id", "user_id", "contact_id", "selected_at"],
            (
                (self.campaign.workspace_id, self.campaign.pk, self.user.pk, contact, moment)
                for contact in sorted(set(contacts) - known)
            ),
        )

    def clear(self) -> None:
        self.rows.delete()


@transaction.atomic
def enroll_by_rules(*, campaign: Campaign, contacts: Collection[int], by: User, rules: Collection[Rule]) -> BulkAction:
    """Adds people to the campaign, see reasons the rules found them. A Draft without a rule takes the first one.

    Whoever was added is no longer ticked. Raises CampaignClosed.
    """
    reasons: dict[int, list[str]] = {}
    for rule in rules:
        for contact, texts in rule.reasons(campaign.workspace, contacts).items():
            reasons.setdefault(contact, []).extend(texts)
    joined = {contact: "; ".join(dict.fromkeys(each))[:MAX_REASON] for contact, each in reasons.items()}
    moment = now()
    added = enroll(campaign=campaign, contacts=contacts, by=by, reasons=joined, moment=moment)
    for rule in list(rules)[:1]:
        Campaign.objects.filter(pk=campaign.pk, rule__isnull=True, status=Status.DRAFT).update(rule=rule.as_json())
    action = record_added(campaign=campaign, contacts=added, by=by, moment=moment)
    if action.pk:
        Selection(campaign, by).rows.filter(contact__in=action.people.values("contact")).delete()
    return action
