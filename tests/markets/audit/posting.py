"""What a manager posts to each URL of a workspace, so that something is written."""

from html.parser import HTMLParser

from django.core.files.uploadedfile import SimpleUploadedFile

ASKED = {"reason": "Asked for it"}
CHANGES = {
    "weekly_mail": {"weekly_mail": "no"},
    "markets:create": {"practice_area": "Tax", "geography": "Rome"},
    "markets:edit": {"geography": "Turin"},
    "contacts:create": {"full_name": "Ann Lee", "email": "ann@lee.example"},
    "contacts:edit": {"city": "Turin"},
    "contacts:quick_edit": {"firm": "North LLP"},
    "contacts:repair": {"phone": "+1 212 555 0177"},
    "contacts:suppress": ASKED,
    "contacts:merge": ASKED,
    "views:save": {"list": "contacts", "name": "Northerners", "query": "q=North"},
    "views:change": {"do": "rename", "name": "Northerners"},
    "selection:change": {"shown": "{duplicate}", "contact": "{duplicate}"},
    "selection:add": {"campaign": "{campaign}"},
    "selection:assign": {"in_campaign": "{campaign}", "to": "{manager}"},
    "selection:tag": {"name": "Alumni"},
    "selection:untag": {"tag": "{tag}"},
    "selection:suppress": {"whom": "person", **ASKED},
    "selection:off_limits": ASKED,
    "selection:remove": {"in_campaign": "{campaign}", **ASKED},
    "audiences:create": {"do": "save", "name": "Northerners", "rule-0-kind": "search", "rule-0-text": "North"},
    "audiences:edit": {"do": "save", "name": "Northerners"},
    "imports:create": {"kind": "people", "file": lambda: SimpleUploadedFile("a.csv", b"Email,Name\nann@b.example,Ann")},
    "imports:map": {"column-0": "email", "column-1": "firm"},
    "imports:decide": {"decision": "leave"},
    "imports:preset_upload": {"file": "{preset_file}"},
    "imports:preset": {"name": "Monthly"},
    "suppressions:create": {"phone": "+1 212 555 0177", **ASKED},
    "suppressions:lift": ASKED,
    "notes:edit": {"text": "Another note"},
    "notes:contact": {"text": "A note"},
    "notes:campaign": {"text": "A note"},
    "tasks:create": {"title": "Call back"},
    "tasks:edit": {"title": "Call back"},
    "tasks:done": {"done": "yes"},
    "mentions:mail": {"mail": "off"},
    "tags:rename": {"name": "Alumni"},
    "tags:contact": {"remove": "{tag}"},
    "tags:campaign": {"name": "Alumni"},
    "off_limits:create": {"firm": "North LLP", **ASKED},
    "off_limits:lift": ASKED,
    "campaigns:create": {"market": "{market}", "name": "Spring"},
    "campaigns:edit": {"name": "Spring"},
    "campaigns:goals": {"meetings_target": "12"},
    "campaigns:save_template": {"name": "Spring"},
    "campaigns:template_create": {"name": "Spring"},
    "campaigns:template": {"name": "Spring"},
    "campaigns:status": {"status": "paused", "seen": "active", **ASKED},
    "campaigns:bulk_status": {
        **{"to": "paused", "status": "paused", "campaign": "{campaign}", "seen_status": "{seen}"},
        **ASKED,
    },
    "campaigns:callers": {"users": "{spare_caller}"},
    "campaigns:priority": {"audience": "{audience}"},
    "campaigns:spread": {"which": "all"},
    "campaigns:follow_up": {"wanted": "chosen", "outcomes": "meeting_booked"},
    "campaigns:audience_rule": {"use": "off"},
    "campaigns:audience_edit": {"do": "save", "rule-0-kind": "search", "rule-0-text": "North"},
    "campaigns:audience_decide": {"everybody": "accept"},
    "campaigns:choose": {"contact": "{duplicate}", "do": "add"},
    "campaigns:tick": {"contact": "{contact}"},
    "campaigns:call": {"disposition": "no_answer", "outside_hours_reason": "Agreed"},
    "calls:void": ASKED,
    "calls:correct": {"talk_seconds": "30", **ASKED},
    "callbacks:decide": {"callbacks": "kept", "call": "{owed}"},
    "callbacks:hand_over": {"how": "evenly"},
    "meetings:change": {"to": "cancelled", **ASKED},
    "calendar_link": {"do": "make"},
    "repairs:save": {"phone": "+1 212 555 0177"},
    "signals:decide": {"decision": "accept"},
    "signals:correct": {"evidence": "Other words", "value": "Soft Listening"},
    "shared:market": {"label": "A client"},
    "shared:report": {"label": "A client"},
    "settings": {"holiday_country": "PT"},
    "archive_delete": {"name": "{name}"},
    "settings_period": {"default_period": "quarter"},
    "settings_second_factor": {"required": "0"},
    "sample_data": {"do": "remove"},
    "retention": {"notes_kept_months": "24", "confirmed": "on"},
    "webhooks:create": {"url": "https://crm.example/hooks", "on_call_recorded": "on"},
    "webhooks:edit": {"on_import_done": "on"},
    "webhooks:switch": {"to": "stop"},
    "tokens": {"name": "CRM", "scopes": "contacts:read"},
    "team": {"email": "new@team.example"},
    "team_role": {"role": "caller"},
}


EVENTS = {
    "archive": "workspace_archived",
    "archive_bring_back": "workspace_brought_back",
    "archive_delete": "deletion_requested",
    "archive_keep": "deletion_cancelled",
    "audiences:delete": "audience_deleted",
    "audiences:edit": "audience_changed",
    "callbacks:decide": "callbacks_decided",
    "callbacks:hand_over": "callbacks_handed_over",
    "calls:undo": "call_voided",
    "calendar_link": "link_made",
    "calls:void": "call_voided",
    "campaigns:audience_decide": "audience_decided",
    "campaigns:audience_edit": "living_audience_changed",
    "campaigns:audience_rule": "living_audience_changed",
    "campaigns:bulk_status": "status_changed",
    "campaigns:callers": "callers_changed",
    "campaigns:choose": "people_added",
    "campaigns:copy": "campaign_added",
    "campaigns:create": "campaign_added",
    "campaigns:delete": "campaign_deleted",
    "campaigns:edit": "campaign_changed",
    "campaigns:follow_up": "follow_up_created",
    "campaigns:goals": "campaign_changed",
    "campaigns:priority": "priority_changed",
    "campaigns:remove_caller": "caller_removed",
    "campaigns:spread": "people_assigned",
    "campaigns:status": "status_changed",
    "campaigns:template": "template_changed",
    "campaigns:template_create": "template_changed",
    "campaigns:template_delete": "template_changed",
    "contacts:create": "contact_added",
    "contacts:edit": "contact_changed",
    "contacts:merge": "contacts_merged",
    "contacts:quick_edit": "contact_changed",
    "contacts:repair": "contact_changed",
    "contacts:set_apart": "contacts_set_apart",
    "contacts:suppress": "suppression_added",
    "imports:decide": "import_row_decided",
    "imports:discard": "import_discarded",
    "imports:start": "import_started",
    "imports:stop": "import_stopped",
    "imports:undo": "import_undone",
    "invitation_revoke": "invitation_revoked",
    "markets:create": "market_added",
    "markets:edit": "market_changed",
    "notes:delete": "note_deleted",
    "notes:edit": "note_changed",
    "off_limits:create": "off_limits_added",
    "off_limits:lift": "off_limits_lifted",
    "repairs:save": "contact_changed",
    "retention": "setting_changed",
    "workspace_exports": "workspace_exported",
    "selection:add": "people_added",
    "selection:assign": "people_assigned",
    "selection:off_limits": "off_limits_added",
    "selection:remove": "people_removed",
    "selection:suppress": "suppression_added",
    "selection:tag": "tags_changed",
    "selection:undo": "bulk_action_undone",
    "selection:untag": "tags_changed",
    "settings": "setting_changed",
    "settings_period": "setting_changed",
    "settings_second_factor": "setting_changed",
    "first_steps": "setting_changed",
    "sample_data": "setting_changed",
    "shared:market": "link_made",
    "shared:report": "link_made",
    "shared:revoke": "link_revoked",
    "suppressions:create": "suppression_added",
    "suppressions:lift": "suppression_lifted",
    "tags:contact": "tags_changed",
    "tags:delete": "tag_deleted",
    "tags:rename": "tag_renamed",
    "tasks:create": "task_changed",
    "tasks:edit": "task_changed",
    "tokens": "token_issued",
    "token_revoke": "token_revoked",
    "team": "member_invited",
    "team_remove": "member_removed",
    "team_role": "role_changed",
    "webhooks:create": "webhook_added",
    "webhooks:edit": "webhook_changed",
    "webhooks:delete": "webhook_deleted",
    "webhooks:rotate": "webhook_changed",
    "webhooks:switch": "webhook_changed",
}
"""The event that each write leaves. The others leave rows that say who and when."""

TICKED = ("radio", "checkbox", "submit")


class _Forms(HTMLParser):
    """The fields of the forms that post to `url`, as the page has them."""

    def __init__(self, url: str):
        super().__init__()
        self.url, self.fields, self.is_ours, self.select, self.area = url, {}, False, None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        name = attrs.get("name")
        if tag == "form":
            self.is_ours = attrs.get("method", "").lower() == "post" and attrs.get("action", self.url) == self.url
        elif tag == "option" and self.select and self.is_ours:
            if "selected" in attrs or self.select not in self.fields:
                self.fields[self.select] = attrs.get("value", "")
        elif tag == "select":
            self.select = name
        elif tag == "textarea" and self.is_ours:
            self.area, self.fields[name] = name, ""
        elif tag == "input" and name and self.is_ours and (attrs.get("type") not in TICKED or "checked" in attrs):
            self.fields[name] = attrs.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.fields[self.area] += data

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.fields[self.area] = self.fields[self.area].removeprefix("\n")
            self.area = None


def posted(client, row, url, ids, pages):
    """The fields of the form on its own page, or on one of `pages`, with the changes."""
    fields = {}
    for page in [url] if "GET" in row.methods else pages:
        forms = _Forms(url)
        forms.feed(client.get(page).content.decode())
        fields = forms.fields or fields
    return fields | {name: _value(value, ids) for name, value in CHANGES.get(row.name, {}).items()}


def _value(value, ids):
    if callable(value):
        return value()
    return value if ids.get(value[1:-1]) is None else ids[value[1:-1]]
