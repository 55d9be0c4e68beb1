"""What a bulk action did, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from campaigns.bulk import records
from campaigns.models import BulkAction
from config.ui.formats import number

Kind = BulkAction.Kind


def describe(action: BulkAction) -> str:
    """Such as “48 people added to Interview. 2 skipped: on the do-not-call list.”"""
    return " ".join([did(action), *skipped(action)])


def did(action: BulkAction) -> str:
    count = action.people_count
    if not count:
        return _("Nobody was changed.")
    names = {"count": number(count), "campaign": action.campaign, "tag": action.tag or _("a deleted tag")}
    match action.kind:
        case Kind.ADD:
            text = ngettext("%(count)s person added to %(campaign)s.", "%(count)s people added to %(campaign)s.", count)
        case Kind.REMOVE:
            text = ngettext(
                "%(count)s person removed from %(campaign)s; their calls stay counted.",
                "%(count)s people removed from %(campaign)s; their calls stay counted.",
                count,
            )
        case Kind.ASSIGN:
            text = ngettext(
                "%(count)s person assigned in %(campaign)s.", "%(count)s people assigned in %(campaign)s.", count
            )
        case Kind.TAG:
            text = ngettext("%(count)s person tagged “%(tag)s”.", "%(count)s people tagged “%(tag)s”.", count)
        case Kind.UNTAG:
            text = ngettext(
                "Tag “%(tag)s” removed from %(count)s person.", "Tag “%(tag)s” removed from %(count)s people.", count
            )
        case Kind.SUPPRESS:
            text = ngettext(
                "%(count)s person is on the do-not-call list now.",
                "%(count)s people are on the do-not-call list now.",
                count,
            )
        case _other:
            text = ngettext("%(count)s person is off-limits now.", "%(count)s people are off-limits now.", count)
    return text % names


WHY_SKIPPED: Mapping[str, Promise] = {
    records.OUTSIDE: gettext_lazy("%(count)s skipped: not in the campaign’s market."),
    records.MEMBER: gettext_lazy("%(count)s skipped: in the campaign already."),
    records.NO_MEMBER: gettext_lazy("%(count)s skipped: not in the campaign."),
    records.SAME_CALLER: gettext_lazy("%(count)s skipped: assigned so already."),
    records.HAS_TAG: gettext_lazy("%(count)s skipped: tagged already."),
    records.HAS_NO_TAG: gettext_lazy("%(count)s skipped: without the tag."),
    records.SUPPRESSED: gettext_lazy("%(count)s skipped: on the do-not-call list."),
    records.OFF_LIMITS: gettext_lazy("%(count)s skipped: off-limits."),
}


def skipped(action: BulkAction) -> list[str]:
    """A sentence for each reason."""
    return [str(WHY_SKIPPED[reason]) % {"count": number(count)} for reason, count in action.skipped.items()]


def undone(action: BulkAction) -> str:
    count, left = action.undone_count, action.left_count
    for_whom = ngettext("Undone for %(count)s person.", "Undone for %(count)s people.", count)
    sentences = [for_whom % {"count": number(count)}]
    if left:
        text = ngettext(
            "%(count)s person was changed since and stays as they are.",
            "%(count)s people were changed since and stay as they are.",
            left,
        )
        sentences.append(text % {"count": number(left)})
    return " ".join(sentences)
