"""Mutants that change nothing, each with its reason."""

import ast
import re
from functools import cache

from tests.source_code import ROOT

REASONS = {
    ("templates/imports/presets.html", 6): "The page is for managers alone.",
    ("templates/campaigns/panels/living.html", 13): "The link leads to a page for viewers.",
}
"""By path and line."""

FOUND = "The rows are named by ids that were found in the workspace before."
HANDED_IN = "Campaigns that were found in the workspace are handed in."
OF_CAMPAIGN = "Another condition takes the rows of the campaign, or of its calls or people, alone."
SAID_TWICE = "The condition that names a contact asks for the workspace itself."
CHECKED = "The id was checked to be of the workspace when the rule or the options were saved."
BOUND_IN = {
    **dict.fromkeys(
        [
            ("calls/callbacks/decisions.py", "decide"),
            ("calls/callbacks/handover.py", "hand_over"),
            ("calls/ingest/precedence.py", "_fetch_calls"),
            ("calls/ingest/precedence.py", "_fetch_creators"),
            ("calls/ingest/undo.py", "_remove_contacts"),
            ("calls/ingest/undo.py", "_campaigns_of"),
            ("calls/views/performance.py", "campaign_performance"),
            ("campaigns/views/campaigns.py", "campaign_context"),
            ("campaigns/forms/planning.py", "lock"),
            ("campaigns/importing.py", "_suppressed"),
            ("markets/contacts/merge.py", "lock_contacts"),
            ("markets/views/duplicates.py", "duplicate_list"),
            ("signals/campaign_feed/feed.py", "_own"),
            ("signals/report/differences.py", "differences"),
            ("signals/report/differences.py", "_grouped"),
            ("signals/report/facts.py", "_own"),
        ],
        FOUND,
    ),
    **dict.fromkeys(
        [("calls/callbacks/foresight.py", "foresee"), ("campaigns/callers/eligible.py", "of")],
        HANDED_IN,
    ),
    **dict.fromkeys(
        [
            ("campaigns/living/matching.py", "members_of"),
            ("campaigns/models/campaigns.py", "as_of"),
            ("calls/models/meetings.py", "as_of"),
            ("signals/campaign_feed/feed.py", "_imports_of_calls"),
            ("signals/market_page/page.py", "_meeting_outcomes"),
            ("signals/market_page/page.py", "market_intelligence"),
            ("signals/report/call_changes.py", "call_changes"),
            ("signals/report/facts.py", "_others"),
            ("signals/report/facts.py", "meetings"),
            ("signals/report/facts.py", "signals"),
            ("signals/report/facts.py", "interested_signals"),
            ("signals/report/facts.py", "earlier_movement"),
        ],
        OF_CAMPAIGN,
    ),
    **dict.fromkeys(
        [
            ("markets/contacts/merge.py", "move_suppressions"),
            ("signals/contacts/merge_preview.py", "_side"),
            ("signals/contacts/timeline.py", "_suppressions"),
            ("signals/contacts/timeline.py", "_off_limits"),
            ("signals/market_page/page.py", "history_of"),
        ],
        SAID_TWICE,
    ),
    **dict.fromkeys(
        [
            ("campaigns/importing.py", "for_job"),
            ("campaigns/importing.py", "campaign_of"),
            ("signals/campaign_feed/feed.py", "_imports_of_people"),
        ],
        CHECKED,
    ),
    (
        "calls/audience.py",
        "_meetings",
    ): "The rows of the scope are the workspace's.",
    (
        "signals/market_page/coverage.py",
        "_count_query",
    ): "The rows are those of one market.",
    ("campaigns/membership.py", "landscape_of"): "The people are those of one market.",
    ("markets/views/markets.py", "market_landscape"): "The people are those of one market.",
    ("markets/contacts/merge.py", "move_decisions"): "The decisions are those about the two people.",
}
"""By path and function: why a filter by workspace in it is a second one."""

AMONG = "It chooses among rows of the workspace, which it is given."
ONLY_WHETHER = "It asks only whether to look further; whoever looks further asks for the workspace."
WITHOUT_EFFECT = {
    ("calls/callbacks/handover.py", "decided ="): "Another workspace decides about other departures.",
    ("calls/derived/daily_counts.py", "changed ="): "The counts are matched by campaign with calls of the workspace.",
    ("calls/derived/daily_counts.py", "calls ="): "The counts are matched by campaign with rows of the workspace.",
    ("calls/derived/member_history.py", "valid ="): OF_CAMPAIGN,
    ("calls/filters.py", "booked ="): AMONG,
    (
        "calls/filters.py",
        "known =",
    ): "Attempts are numbered within a campaign, and it chooses among calls of the workspace.",
    ("calls/ingest/call_ids.py", "calls = Call.objects"): "The contacts are those of the workspace.",
    ("calls/metrics/attempts_and_hours.py", "campaign__in="): HANDED_IN,
    ("calls/metrics/comparison/courses.py", "calls ="): HANDED_IN,
    ("calls/queue/ranking.py", "campaign__in="): HANDED_IN,
    ("campaigns/audience/kinds/places.py", "begun ="): "The next line asks for rows of the workspace.",
    (
        "campaigns/audience/kinds/places.py",
        "contact__in=contacts",
    ): "The tags are those of the rule, checked when saved.",
    (
        "campaigns/audience/kinds/places.py",
        "scope.known('added_at')",
    ): "The tags are those of the rule, checked when it was saved.",
    ("campaigns/decisions.py", "contact_of_line"): FOUND,
    ("campaigns/follow_up/services.py", "for_market"): "The campaigns are those of one market.",
    ("campaigns/forms/follow_up.py", "for_market"): "The campaigns are those of one market.",
    ("campaigns/living/decisions.py", "pk__in=ids"): FOUND,
    ("campaigns/models/members.py", "of_workspace ="): "A member and its contact are of one workspace, by their key.",
    ("config/admin.py", "“isinstance(request.user, User)” is"): "Who has not signed in is not active either.",
    ("markets/custom_fields/writer.py", "contact__in=ids"): FOUND,
    ("markets/filters.py", "members ="): AMONG,
    ("markets/imports/contacts/decided.py", "preset=job.preset_id"): "The preset is the workspace's.",
    (
        "markets/imports/contacts/do_not_call.py",
        "jobs =",
    ): "The suppressions are the workspace's, and so are their imports.",
    ("markets/imports/contacts/matcher.py", ".exists()"): ONLY_WHETHER,
    ("markets/imports/contacts/matcher.py", "pk__in=ids"): FOUND,
    ("markets/imports/contacts/undo.py", "contact__in=ids"): FOUND,
    ("markets/imports/contacts/undo.py", "pk__in=ids"): FOUND,
    (
        "markets/models/history/merges.py",
        "keys__workspace",
    ): "A merge and its keys are of one workspace, and each is asked for.",
    ("markets/models/suppressions.py", "rule=OuterRef"): "A rule and those whom it covers are of one workspace.",
    ("markets/off_limits/services.py", ".exists()"): ONLY_WHETHER,
    ("markets/off_limits/services.py", "pk__in=people"): "The people are those of one import.",
    ("markets/search/matching.py", "contacts.model"): "Only the model is asked of it.",
    ("markets/suppressions/erased_keys.py", "in_force"): "The same key has another digest in each workspace.",
    ("markets/views/duplicates.py", "decision ="): FOUND,
    ("signals/audience.py", ").counted().current()"): SAID_TWICE,
    (
        "signals/sharing/views/shared_page.py",
        "request.method == 'HEAD'",
    ): "HEAD has no body and is no visit.",
    ("markets/suppressions/services.py", "in_force ="): FOUND,
    ("signals/models.py", "others = others.filter"): "The signals are those of one contact.",
    ("markets/views/duplicates.py", "matches ="): AMONG,
    ("calls/palette.py", "search.people"): FOUND,
    ("signals/retention/rules.py", "exclude(pk__in"): AMONG,
}
"""By path and a part of the statement or of what is changed: why nothing can come of the change."""


def reason_of(mutant) -> str:
    """Why no test can notice the mutant; empty if one has to."""
    known = REASONS.get((mutant.path, mutant.line), "") or without_effect(mutant)
    return known or bound_otherwise(mutant) or words_alone(mutant)


def without_effect(mutant) -> str:
    source = f"{mutant.what}\n{statement_at(mutant.path, mutant.line)}" if mutant.path.endswith(".py") else ""
    found = (why for (path, part), why in WITHOUT_EFFECT.items() if path == mutant.path and part in source)
    return next(found, "")


def bound_otherwise(mutant) -> str:
    """A filter by workspace beside another key that composite foreign keys confine to the workspace: campaign, contact,
    job and the like. The walk checks each statement for such a key, so that the filter serves the index alone. An id
    that comes from a request is no such key: there the filter must be noticed."""
    is_filter = mutant.what.endswith((" is of all workspaces", "() without workspace", "() without workspace_id"))
    is_filter |= mutant.what.endswith("__workspace")
    if not is_filter or mutant.executed == (0, 0):
        return ""
    if reason := BOUND_IN.get((mutant.path, function_at(mutant.path, mutant.line))):
        return reason
    source = statement_at(mutant.path, mutant.line)
    source = re.sub(r"order_by\([^()]*\)", "", source)
    if re.search(r"\bpk\b|pk__in|\bids?\b|get_object_or_404|in_bulk|request\.", source):
        return ""
    if re.search(KEYS, source):
        return "bound by another key of the workspace"
    return ""


def words_alone(mutant) -> str:
    """A condition of a template around words and fields: nothing that leads anywhere."""
    if mutant.executed != (0, 0):
        return ""
    lines = (ROOT / mutant.path).read_text().splitlines(keepends=True)
    text = "".join(lines[mutant.line - 1 :])
    text = text[text.index(mutant.what.split("“")[1].split("”")[0]) :]
    depth = 0
    for tag in re.finditer(r"{%-?\s*(if|elif|else|endif)\b", text):
        depth += tag[1] == "if"
        if depth == 0:
            shown = text[: tag.start()]
            return "" if re.search(r"<a\b|<form\b|<button\b|formaction|hx-|include", shown) else "shows words alone"
        depth -= tag[1] == "endif"
    return ""


KEYS = r"\b(\w+__)*(campaign|contact|job|market|call|meeting|report|proposal|tag|note|import_job|audience)(__in)?="


HEADS = {ast.If: "test", ast.For: "iter"}


@cache
def statements(path):
    tree = ast.parse((ROOT / path).read_text())
    simple = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and not hasattr(node, "body")]
    heads = [getattr(node, HEADS[type(node)]) for node in ast.walk(tree) if type(node) in HEADS]
    return [*simple, *heads]


@cache
def functions(path):
    return [node for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.FunctionDef)]


def function_at(path, line):
    around = [node for node in functions(path) if node.lineno <= line <= node.end_lineno]
    return min(around, key=lambda node: node.end_lineno - node.lineno).name if around else ""


def statement_at(path, line):
    around = [node for node in statements(path) if node.lineno <= line <= node.end_lineno]
    return ast.unparse(min(around, key=lambda node: node.end_lineno - node.lineno)) if around else ""
