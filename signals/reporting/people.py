"""The views of people and of where they are: markets, campaigns, suppressions.

Free text is left out (briefs, reasons, custom fields), and so are phone numbers and email addresses.
"""

from signals.reporting.parts import (
    CAMPAIGN_ID,
    CONTACT_ID,
    HAS_PHONE,
    IS_CALLABLE,
    IS_OFF_LIMITS,
    IS_SUPPRESSED,
    MARKET_ID,
    K,
    campaign_of,
    day_of,
    name_of,
    workspace_of,
)
from signals.reporting.shape import Column, View

WORKSPACES = View(
    "workspaces",
    "The workspace: one row.",
    "markets_workspace w",
    (
        Column("workspace", "w.slug", "Its name in addresses."),
        Column("name", "w.name", "The client's name."),
        Column("timezone", "w.timezone", "Its time zone. Every day in these views is a day of this zone."),
        Column("today", day_of("now()"), "Today's date there."),
    ),
)

CONTACTS = View(
    "contacts",
    "People, each once, whether or not they are in a campaign. Of an erased person only counts remain.",
    "markets_contact x",
    (
        Column("contact_id", "x.id", "Key of the person.", is_plain=True),
        Column("external_id", "x.external_id", "The key of the person in the client's own system; may be empty."),
        Column("full_name", "x.full_name", "The name."),
        Column("firm", "x.firm", "The firm; may be empty."),
        Column("title", "x.title", "The title; may be empty."),
        Column("seniority", "x.seniority", "The seniority; may be empty."),
        Column("city", "x.city", "The city; may be empty."),
        Column(
            "timezone",
            "coalesce(nullif(x.timezone, ''), x.inferred_timezone)",
            "The time zone as given, or else by number or city; may be empty.",
        ),
        Column("created_at", "x.created_at", "When the person was added."),
        Column("has_usable_phone", HAS_PHONE, "Whether there is a valid number that is not known to be wrong."),
        Column("is_suppressed", IS_SUPPRESSED, "Whether a suppression in force names the person, number or email."),
        Column("is_off_limits", IS_OFF_LIMITS, "Whether the client wants the person or the firm left alone now."),
        Column(
            "is_erased",
            "EXISTS (SELECT 1 FROM markets_erasure e WHERE e.workspace_id = x.workspace_id AND e.contact_id = x.id)",
            "Whether the data that identified the person was removed.",
        ),
    ),
)

MARKET_CONTACTS = View(
    "market_contacts",
    "The landscape of each market: a row for each person in it. A person may be in several.",
    "markets_marketcontact l",
    (
        Column("market_id", "l.market_id", "The market, as in markets."),
        Column("contact_id", "l.contact_id", CONTACT_ID),
        Column("added_at", "l.added_at", "When the person was added to the market."),
    ),
)

MEMBERS = View(
    "members",
    "People in campaigns. Contact Count is the number of those with is_current; a removed member's calls stay counted.",
    f"""campaigns_campaigncontact r
    LEFT JOIN markets_contact x ON x.workspace_id = r.workspace_id AND x.id = r.contact_id
    {campaign_of("r")}""",
    (
        Column("campaign_id", "r.campaign_id", CAMPAIGN_ID),
        Column("market_id", "p.market_id", MARKET_ID),
        Column("contact_id", "r.contact_id", CONTACT_ID),
        Column("added_at", "r.added_at", "When the person joined the campaign."),
        Column("removed_at", "r.removed_at", "When the person was removed; null for a member."),
        Column("is_current", "(r.removed_at IS NULL)", "Whether the person is a member: not removed."),
        Column("attempts", "r.attempt_count", f"Counted calls to the member in the campaign: each {K}."),
        Column("conversations", "r.conversation_count", "Those of the attempts that were conversations."),
        Column("is_called", "r.is_called", "Whether there was an attempt. Coverage counts those with is_current."),
        Column("is_reached", "r.is_reached", "Whether there was a conversation. Reach counts those with is_current."),
        Column("first_attempt_at", "r.first_attempt_at", "When the first counted call started."),
        Column("last_attempt_at", "r.last_attempt_at", "When the last counted call started."),
        Column("last_conversation_at", "r.last_conversation_at", "When the last conversation started."),
        Column("last_disposition", "r.last_disposition", "The disposition of the last call; empty before the first."),
        Column("callback_due_at", "r.callback_due_at", "When a call back is owed; null if none is."),
        Column("is_closed", "r.is_closed", "Whether a disposition ended the calls to the member in the campaign."),
        Column(
            "is_callable",
            IS_CALLABLE,
            "Callable: current, not closed, neither suppressed nor off-limits, with a usable phone number.",
        ),
        Column("assigned_to", name_of("r.assigned_to_id"), "The caller whose person the member is; null if anybody's."),
    ),
)

STATUS_CHANGES = View(
    "status_changes",
    "The steps of each campaign's life.",
    f"campaigns_statuschange h {workspace_of('h')}",
    (
        Column("status_change_id", "h.id", "Key of the step."),
        Column("campaign_id", "h.campaign_id", CAMPAIGN_ID),
        Column("from_status", "h.from_status", "The status before: draft, active or paused."),
        Column("to_status", "h.to_status", "The status since: active, paused or completed."),
        Column("changed_at", "h.changed_at", "When."),
        Column("changed_on", day_of("h.changed_at"), "The day of changed_at."),
    ),
)

SUPPRESSIONS = View(
    "suppressions",
    "Whom never to call. Numbers, addresses and reasons are in the portal only.",
    f"markets_suppression s {workspace_of('s')}",
    (
        Column("suppression_id", "s.id", "Key of the suppression."),
        Column("contact_id", "s.contact_id", "The person whom it names, as in contacts; null if it names none."),
        Column(
            "kind",
            "CASE WHEN s.phone_prefix <> '' THEN 'prefix' WHEN s.email_domain <> '' THEN 'domain' "
            "WHEN s.contact_id IS NOT NULL THEN 'person' WHEN s.phone_e164 <> '' THEN 'number' ELSE 'email' END",
            "person, number, email, prefix (all numbers that begin so) or domain (all addresses there).",
        ),
        Column("rule_id", "s.rule_id", "The prefix or domain because of which the person is suppressed, if one is."),
        Column("created_at", "s.created_at", "When it was entered."),
        Column("created_on", day_of("s.created_at"), "The day of created_at."),
        Column("lifted_at", "s.lifted_at", "When it was lifted; null while it is in force."),
        Column("is_in_force", "(s.lifted_at IS NULL)", "Whether it is in force."),
    ),
)

OF_PEOPLE = (WORKSPACES, CONTACTS, MARKET_CONTACTS, MEMBERS, STATUS_CHANGES, SUPPRESSIONS)
