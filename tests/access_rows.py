"""Every URL of a workspace with the role, the methods and the ids that it takes."""

from dataclasses import dataclass

from django.urls import reverse

ROLES = ["anonymous", "outsider", "viewer", "caller", "manager"]
METHODS = ["GET", "POST", "PUT", "DELETE"]
CANARY = "Zanzibar"
MISSING = 2_000_000_000


@dataclass(frozen=True)
class Row:
    """A URL of a workspace, the lowest role that may use it, the methods it knows and the ids it takes."""

    name: str
    role: str
    methods: str = "GET"
    ids: tuple[str, ...] = ()


ROWS = [
    Row("dashboard", "viewer"),
    Row("review", "viewer"),
    Row("weekly_mail", "viewer", "POST"),
    Row("markets:list", "viewer"),
    Row("markets:create", "manager", "GET POST"),
    Row("markets:detail", "viewer", ids=("market",)),
    Row("markets:edit", "manager", "GET POST", ids=("market",)),
    Row("markets:landscape", "viewer", ids=("market",)),
    Row("contacts:list", "viewer"),
    Row("contacts:create", "manager", "GET POST"),
    Row("contacts:detail", "viewer", ids=("contact",)),
    Row("contacts:history", "viewer", ids=("contact",)),
    Row("contacts:edit", "manager", "GET POST", ids=("contact",)),
    Row("contacts:repair", "caller", "POST", ids=("contact",)),
    Row("contacts:suppress", "caller", "POST", ids=("contact",)),
    Row("contacts:duplicates", "viewer"),
    Row("contacts:duplicate", "viewer", ids=("contact", "duplicate")),
    Row("contacts:merge", "manager", "POST", ids=("contact", "duplicate")),
    Row("contacts:set_apart", "manager", "POST", ids=("contact", "duplicate")),
    Row("contacts:merges", "viewer"),
    Row("audiences:list", "viewer"),
    Row("audiences:create", "manager", "GET POST"),
    Row("audiences:explore", "viewer", "GET POST"),
    Row("audiences:draft", "viewer", "POST"),
    Row("audiences:edit", "manager", "GET POST", ids=("audience",)),
    Row("audiences:count", "viewer", ids=("audience",)),
    Row("audiences:delete", "manager", "POST", ids=("audience",)),
    Row("imports:list", "viewer"),
    Row("imports:create", "manager", "GET POST"),
    Row("imports:decisions", "viewer"),
    Row("imports:decide", "manager", "POST", ids=("undecided",)),
    Row("imports:detail", "viewer", ids=("import",)),
    Row("imports:map", "manager", "GET POST", ids=("import",)),
    Row("imports:reread", "manager", "POST", ids=("import",)),
    Row("imports:start", "manager", "POST", ids=("import",)),
    Row("imports:stop", "manager", "POST", ids=("import",)),
    Row("imports:undo", "manager", "GET POST", ids=("import",)),
    Row("imports:discard", "manager", "POST", ids=("import",)),
    Row("imports:rejects", "viewer", ids=("import",)),
    Row("imports:notes", "viewer", ids=("ended_import",)),
    Row("imports:presets", "manager"),
    Row("imports:preset_upload", "manager", "GET POST"),
    Row("imports:preset", "manager", "GET POST", ids=("preset",)),
    Row("imports:preset_file", "manager", ids=("preset",)),
    Row("suppressions:list", "viewer"),
    Row("suppressions:create", "caller", "GET POST"),
    Row("suppressions:lift", "manager", "POST", ids=("suppression",)),
    Row("notes:detail", "viewer", "GET POST", ids=("note",)),
    Row("notes:delete", "caller", "POST", ids=("note",)),
    Row("notes:contact", "caller", "POST", ids=("contact",)),
    Row("notes:campaign", "caller", "POST", ids=("campaign",)),
    Row("mentions:list", "viewer"),
    Row("mentions:seen", "viewer", "POST"),
    Row("mentions:mail", "viewer", "POST"),
    Row("tags:list", "viewer"),
    Row("tags:rename", "manager", "POST", ids=("tag",)),
    Row("tags:delete", "manager", "POST", ids=("tag",)),
    Row("tags:contact", "caller", "POST", ids=("contact",)),
    Row("tags:campaign", "manager", "POST", ids=("campaign",)),
    Row("off_limits:list", "viewer"),
    Row("off_limits:create", "caller", "GET POST"),
    Row("off_limits:lift", "manager", "POST", ids=("off_limits",)),
    Row("campaigns:list", "viewer"),
    Row("campaigns:create", "manager", "GET POST"),
    Row("campaigns:detail", "viewer", ids=("campaign",)),
    Row("campaigns:report", "viewer", ids=("campaign",)),
    Row("campaigns:report_version", "viewer", ids=("reported", "report_version")),
    Row("campaigns:report_freeze", "manager", "POST", ids=("campaign",)),
    Row("campaigns:performance", "viewer", ids=("campaign",)),
    Row("campaigns:edit", "manager", "GET POST", ids=("campaign",)),
    Row("campaigns:status", "manager", "POST", ids=("campaign",)),
    Row("campaigns:delete", "manager", "POST", ids=("campaign",)),
    Row("campaigns:follow_up", "manager", "GET POST", ids=("campaign",)),
    Row("campaigns:audience", "viewer", ids=("campaign",)),
    Row("campaigns:audience_rule", "manager", "POST", ids=("campaign",)),
    Row("campaigns:audience_check", "manager", "POST", ids=("campaign",)),
    Row("campaigns:audience_decide", "manager", "POST", ids=("campaign",)),
    Row("campaigns:members", "viewer", ids=("campaign",)),
    Row("campaigns:choose", "manager", "GET POST", ids=("campaign",)),
    Row("campaigns:tick", "manager", "POST", ids=("campaign",)),
    Row("campaigns:remove", "manager", "POST", ids=("campaign",)),
    Row("campaigns:call", "caller", "GET POST", ids=("campaign", "contact")),
    Row("campaigns:next", "caller", ids=("campaign",)),
    Row("campaigns:skip", "caller", "POST", ids=("campaign", "contact")),
    Row("campaigns:hold", "caller", "POST", ids=("campaign", "contact")),
    Row("campaigns:queue", "viewer", ids=("campaign",)),
    Row("queue", "viewer"),
    Row("calls:list", "viewer"),
    Row("calls:callers", "viewer"),
    Row("calls:detail", "viewer", ids=("call",)),
    Row("calls:void", "caller", "POST", ids=("call",)),
    Row("calls:correct", "caller", "GET POST", ids=("call",)),
    Row("callbacks:list", "viewer"),
    Row("callbacks:tallies", "viewer"),
    Row("meetings:list", "viewer"),
    Row("meetings:detail", "viewer", ids=("meeting",)),
    Row("meetings:change", "caller", "POST", ids=("meeting",)),
    Row("meetings:ics", "viewer", ids=("meeting",)),
    Row("repairs:list", "viewer"),
    Row("repairs:save", "caller", "POST", ids=("contact",)),
    Row("signals:list", "viewer"),
    Row("signals:suggestions", "viewer"),
    Row("signals:decide", "caller", "POST", ids=("suggestion",)),
    Row("signals:rules", "manager"),
    Row("signals:correct", "caller", "GET POST", ids=("signal",)),
    Row("shared:list", "manager"),
    Row("shared:market", "manager", "GET POST", ids=("market",)),
    Row("shared:report", "manager", "GET POST", ids=("report",)),
    Row("shared:revoke", "manager", "POST", ids=("link",)),
    Row("audit", "manager"),
    Row("settings", "manager", "GET POST"),
    Row("team", "manager", "GET POST"),
    Row("team_role", "manager", "POST", ids=("membership",)),
    Row("team_remove", "manager", "POST", ids=("membership",)),
    Row("invitation_revoke", "manager", "POST", ids=("invitation",)),
]


def url_of(row: Row, slug: str, ids: dict[str, int]) -> str:
    return reverse(row.name, args=[slug, *(ids[each] for each in row.ids)])
