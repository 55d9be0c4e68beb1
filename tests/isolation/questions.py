"""What code asks about a workspace besides its pages: navigation, news, rules, retention, names of rows.

Each asks about the firm that it is given, and returns the answer.
"""

from datetime import timedelta

from django.utils.timezone import now

from calls import derived
from calls.derived.daily_counts import recounted_as_of
from calls.log.wrong_numbers import wrong_number_calls
from calls.models import CampaignDay, CampaignHour
from calls.models.corrections import values_before_corrections
from campaigns.audience.names import Names
from campaigns.forms.rules.choices import RuleChoices
from campaigns.living.proposals import due_campaigns
from campaigns.lookup import NotFound, get_campaign, get_market
from campaigns.notes import digest
from config.ui.periods import Period
from markets.audit.mentions import KINDS
from markets.custom_fields.shown import shown_values
from markets.imports.files.expiry import expire_drafts, expire_rejections, old_drafts, old_rejections
from markets.imports.presets.sources import find_preset, known_preset
from markets.imports.readers import FileRefused
from markets.models import Contact, OffLimits, Role, Suppression
from markets.models.suppressions import names_contact
from markets.workspaces.access import Access, navigation_counts
from signals.capture.current import contacts_with_wrong_signals, current_differences
from signals.market_page.movement import moves
from signals.suggestions.services import suggestions_of_latest_call
from signals.workspace_page.dashboard import callbacks_due
from signals.workspace_page.whats_new import counts_since
from tests.access_rows import CANARY
from tests.isolation.jobs import campaign_of, person

FOREIGN_MARKET = f"{CANARY} law -- {CANARY} city"
SITE = "https://portal.example"


def ids(rows):
    return sorted(rows.order_by().values_list("pk", flat=True))


def refusal_of(ask):
    try:
        return ask()
    except (NotFound, FileRefused) as refused:
        return str(refused)


def which_rows_can_events_name(firm):
    return {name: ids(kind.rows(firm.workspace)) for name, kind in KINDS.items() if name != "user"}


def what_does_the_navigation_count(firm):
    membership = firm.workspace.memberships.get(user=firm.manager)
    return navigation_counts(Access(firm.workspace, Role.MANAGER, membership)) | {"workspaces": None}


def what_is_new(firm):
    return counts_since(firm.workspace, now() - timedelta(days=2))


def which_callbacks_are_due(firm):
    return [each.pk for each in callbacks_due(firm.workspace, now() + timedelta(days=9))]


def which_numbers_are_wrong(firm):
    return ids(wrong_number_calls(firm.workspace))


def who_moved(firm):
    day = firm.workspace.today() - timedelta(days=2)
    period = Period(None, day)
    return [each.pk for each in moves(firm.workspace, None, firm.workspace.signals.counted().current(), period).newest]


def which_signals_are_stored_wrongly(firm):
    return list(current_differences(firm.workspace)), contacts_with_wrong_signals(firm.workspace)


def which_numbers_are_stored_wrongly(firm):
    return derived.check(firm.workspace)


def what_did_corrections_change(firm):
    return values_before_corrections(firm.workspace, now())


def what_was_counted_by_a_day(firm):
    day = firm.workspace.today() - timedelta(days=1)
    return [recounted_as_of(model, firm.workspace, day) for model in (CampaignDay, CampaignHour)]


def what_can_rules_name(firm):
    names = Names(firm.workspace)
    return names.campaigns, names.markets, names.tags, names.imports, {k: f.pk for k, f in names.custom_fields.items()}


def what_can_be_chosen_in_rules(firm):
    choices = RuleChoices(firm.workspace)
    return choices.campaigns, choices.markets, choices.tags, choices.imports, list(choices.custom_fields)


def which_campaigns_need_a_proposal(firm):
    return [each.pk for each in due_campaigns(firm.workspace)]


def which_markets_and_campaigns_are_there(firm):
    return [
        refusal_of(lambda: get_market(firm.workspace, FOREIGN_MARKET)),
        refusal_of(lambda: get_market(firm.workspace, "nowhere")),
        refusal_of(lambda: get_campaign(firm.workspace, f"{CANARY} campaign")),
        refusal_of(lambda: get_campaign(firm.workspace, "Lisbon campaign").pk),
    ]


def which_presets_are_there(firm):
    return [
        refusal_of(lambda: find_preset(firm.workspace, "people", f"{CANARY} preset")),
        known_preset(firm.workspace, "people", [CANARY]),
    ]


def what_do_mails_of_mentions_say(firm):
    return [digest.send(membership=each, site=SITE) for each in digest.due(firm.workspace)]


def which_uploads_and_rejections_are_old(firm):
    workspace = firm.workspace
    workspace.imports.update(created_at=now() - timedelta(days=900))
    workspace.imports.exclude(finished_at=None).update(finished_at=now() - timedelta(days=900))
    old = ids(old_drafts(workspace)), ids(old_rejections(workspace))
    return old, expire_drafts(workspace), expire_rejections(workspace)


def who_must_not_be_called(firm):
    contact = person(firm)
    entry = OffLimits(workspace=firm.workspace, firm=contact.firm, firm_key=contact.firm.lower())
    return (
        ids(Contact.objects.filter(workspace=firm.workspace).suppressed()),
        ids(Contact.objects.filter(workspace=firm.workspace).off_limits()),
        ids(campaign_of(firm).members.callable()),
        ids(Suppression.objects.filter(names_contact(contact))),
        ids(OffLimits.objects.naming(contact)),
        ids(Contact.objects.named_by(entry)),
    )


def what_is_known_in_own_fields(firm):
    return shown_values(person(firm))


def what_is_suggested_after_a_call(firm):
    return [each.suggestion.pk for each in suggestions_of_latest_call(workspace=firm.workspace, by=firm.manager)]


QUESTIONS = [
    *(which_rows_can_events_name, what_does_the_navigation_count, what_is_new, which_callbacks_are_due, who_moved),
    *(which_numbers_are_wrong, which_signals_are_stored_wrongly, which_numbers_are_stored_wrongly),
    *(what_did_corrections_change, what_was_counted_by_a_day, what_can_rules_name, what_can_be_chosen_in_rules),
    *(which_campaigns_need_a_proposal, which_markets_and_campaigns_are_there, which_presets_are_there),
    *(what_do_mails_of_mentions_say, which_uploads_and_rejections_are_old, who_must_not_be_called),
    *(what_is_known_in_own_fields, what_is_suggested_after_a_call),
]
