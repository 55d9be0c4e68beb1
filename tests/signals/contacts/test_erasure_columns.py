"""Every column that can hold a text is reached by an erasure, or listed here with the reason why it need not be.

A new column fails this test until somebody decides.
"""

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db.models import CharField, FileField, JSONField, TextField

from campaigns.contacts.rule_erasure import LABELS
from markets.contacts.erasure.imports import JOB_TEXTS, REPORTS
from signals.contacts import log_erasure
from signals.contacts.erasure import ALL_FREE_TEXTS

BY_STEPS = {
    "markets.Contact": "external_id full_name first_name last_name name_key firm title seniority email phone "
    "phone_e164 phone_extension phone_problem wrong_phone city timezone inferred_timezone profile_url profile_key",
    "markets.ContactChange": "before after reason",
    "markets.ContactMerge": "label fields replaced reason",
    "markets.ContactPoint": "typed phone_e164 extension",
    "markets.CustomField": "choices",
    "markets.DecidedIdentity": "external_id",
    "markets.FormerKey": "value name_key",
    "markets.IdempotencyKey": "key request_hash body",
    "markets.ImportJob": " ".join((*JOB_TEXTS, *REPORTS, "file")),
    "markets.ImportNote": "file_value stored_value message",
    "markets.ImportRejection": "code message cells",
    "markets.ImportedContact": "values",
    "markets.OffLimits": "reason requested_by lift_reason",
    "markets.Suppression": "phone_e164 email reason lift_reason",
    "markets.WorkspaceExport": "file",
    "markets.WebhookDelivery": "answer problem",
    "markets.WebhookEvent": "data",
    "campaigns.Audience": "rule",
    "campaigns.AudienceProposal": "rule",
    "campaigns.Campaign": "rule priority_rule",
    "campaigns.CampaignReport": "document",
    "campaigns.SavedView": "query",
    "campaigns.PeopleSelection": "queries",
    "campaigns.SharedLink": "document",
    "calls.Call": "dialled dialer_call_id",
    "sessions.Session": "session_data",
}
"""Columns that a step of signals.contacts.erasure erases by name."""

USERS = "about users of the portal, who are no contacts"
FIXED = "one of a few values, or made by the portal"
KEPT = {
    **dict.fromkeys(("markets.User", "markets.Invitation", "account.EmailAddress", "account.EmailConfirmation"), USERS),
    **dict.fromkeys(("mfa.Authenticator", "auth.Group", "usersessions.UserSession"), USERS),
    **dict.fromkeys(("socialaccount.SocialApp", "socialaccount.SocialAccount", "socialaccount.SocialToken"), USERS),
    **dict.fromkeys(("auth.Permission", "contenttypes.ContentType", "sites.Site"), FIXED),
    "campaigns.SavedView.columns": "names of columns",
    "campaigns.BulkAction.skipped": "how many people, by reason",
    "markets.Workspace": "the client firm itself",
    "markets.CachedValue": "counts of limits, keyed by hashes",
    "markets.Heartbeat": FIXED,
    "markets.TaskRun": FIXED,
    "markets.AuditEvent": "append-only and free of personal data of contacts, which tests/markets/workspaces checks",
    "markets.ErasedKey": "a keyed hash, which stops calls to somebody who is imported again",
    "markets.ApiToken.token_hash": "a hash of a random token",
    "markets.ApiToken.scopes": FIXED,
    "markets.Membership.calendar_hash": "a hash of a random token",
    "markets.CustomField.key": "letters of the first column name; renaming it would lose the values of others",
    "markets.ImportJob.sha256": "a hash of a whole file",
    "markets.ImportJob.lease_owner": "a process",
    "markets.ImportNote.field": FIXED,
    "markets.ImportPreset.header_key": "a hash of headers",
    "markets.OffLimits.firm": "a firm that the client wants left alone, which stays in force",
    "markets.Suppression.phone_prefix": "a rule about many numbers, which stays in force",
    "markets.Suppression.email_domain": "a rule about many addresses, which stays in force",
    "markets.ContactMerge.moved": "ids",
    "markets.WorkspaceExport.lease_owner": "a process",
    "markets.Webhook.url": "an address of another system",
    "markets.Webhook.kinds": FIXED,
    "markets.Webhook.secret": "a random secret, encrypted",
    "markets.Webhook.former_secret": "a random secret, encrypted",
    "markets.WebhookEvent.order_key": "a number",
    "markets.WebhookEvent.once_key": "numbers and a time",
    "markets.WebhookDelivery.order_key": "a number",
    "campaigns.SharedLink.sections": FIXED,
    "campaigns.SharedLink.period": FIXED,
    "campaigns.SharedLink.token_hash": "a hash of a random token",
    "campaigns.SharedLink.password_hash": "a hash of a password",
    "sessions.Session.session_key": "a random key",
    "calls.Call.caller_name": "the user or the agent of a dialer who made the call",
    "markets.SignInDomain.domain": "a domain of a client",
    "markets.SignInDomain.provider": "the name of a provider in the settings",
    "signals.Signal.value": FIXED,
    "signals.SignalSuggestion.value": FIXED,
    "signals.SignalSuggestion.rule": "the rule's own words",
}


def text_columns():
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.concrete_fields:
            if isinstance(field, CharField | TextField | JSONField | FileField) and not field.choices:
                yield f"{model._meta.label}.{field.name}"


def reached_columns():
    named = {f"{model}.{name}" for model, names in BY_STEPS.items() for name in names.split()}
    searched = {f"{model._meta.label}.{name}" for model, names in ALL_FREE_TEXTS.items() for name in names}
    labels = {f"{model._meta.label}.{name}" for model, name in LABELS}
    log = {f"{LogEntry._meta.label}.{name}" for name in (*log_erasure.FREE_TEXTS, "object_id")}
    return named | searched | labels | log


def is_kept(column):
    return column in KEPT or column.rpartition(".")[0] in KEPT


def test_every_text_column_is_erased_or_kept_for_a_reason():
    undecided = [column for column in text_columns() if column not in reached_columns() and not is_kept(column)]

    assert undecided == []


def test_no_column_is_both_erased_and_kept_and_none_of_the_list_is_gone():
    columns, reached = set(text_columns()), reached_columns()

    assert [column for column in reached if is_kept(column)] == []
    assert reached - columns == set()
    assert {column for column in KEPT if column.count(".") == 2} - columns == set()
