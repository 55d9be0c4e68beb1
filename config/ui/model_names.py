"""The names of models and their fields in the language of the page: Django derives most of them from the code, which no
translation can find, and a name that is written out would need a migration."""

from collections.abc import Iterable

from django.db.models import Model
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _


def translate_names(models: Iterable[type[Model]]) -> None:
    """Called once, when all models are loaded. What migrations know of the models stays as it is."""
    for model in models:
        meta = model._meta
        for field in (*meta.local_fields, *meta.local_many_to_many):
            field.verbose_name = gettext_lazy(str(field.verbose_name))
        plural, meta.verbose_name = str(meta.verbose_name_plural), gettext_lazy(str(meta.verbose_name))
        meta.verbose_name_plural = gettext_lazy(plural)


# fmt: off
NAMES = (
    _("absence"), _("absences"), _("accepted at"), _("action"), _("active"), _("added at"), _("added by"),
    _("added reason"), _("address"), _("after"), _("answer"), _("API token"), _("API tokens"), _("archived at"),
    _("assigned to"), _("attempt count"), _("attempted at"), _("attempts"), _("audience"), _("audience proposal"),
    _("audience proposals"), _("audiences"), _("audit event"), _("audit events"), _("beat at"), _("before"), _("body"),
    _("brief"), _("bulk action"), _("bulk action person"), _("bulk action persons"), _("bulk actions"), _("cache key"),
    _("cached value"), _("cached values"), _("calendar hash"), _("calendar made at"), _("call"), _("call count"),
    _("call id"), _("call on Saturdays and Sundays"), _("call report"), _("call reports"), _("callback at"),
    _("callback decided at"), _("callback decided by"), _("callback decision"), _("callback due at"),
    _("callback requested count"), _("called changed at"), _("caller"), _("caller name"), _("calls"),
    _("calls a day for each caller"), _("calls from"), _("calls from, hour of the day"), _("calls on weekends"),
    _("calls until"), _("calls until, hour of the day"), _("campaign"), _("campaign caller"), _("campaign callers"),
    _("campaign contact"), _("campaign contacts"), _("campaign day"), _("campaign days"), _("campaign goal"),
    _("campaign goals"), _("campaign hour"), _("campaign hours"), _("campaign report"), _("campaign reports"),
    _("campaign source"), _("campaign sources"), _("campaign tag"), _("campaign tags"), _("campaign template"),
    _("campaign templates"), _("campaigns"), _("captured at"), _("captured by"), _("cells"), _("change"),
    _("changed at"), _("changed by"), _("checkpoint"), _("choices"), _("city"), _("code"), _("columns"),
    _("confidence"), _("contact"), _("contact change"), _("contact changes"), _("contact merge"), _("contact merges"),
    _("contact point"), _("contact points"), _("contact tag"), _("contact tags"), _("contacts"),
    _("conversation count"), _("corrected at"), _("corrected by"), _("correction"), _("corrections"),
    _("counts changed at"), _("created"), _("created at"), _("created by"), _("current campaign"),
    _("current changed at"), _("custom"), _("custom field"), _("custom fields"), _("data"), _("date joined"), _("day"),
    _("days between attempts"), _("decided at"), _("decided by"), _("decided identities"), _("decided identity"),
    _("decision"), _("default period"), _("default view"), _("default views"), _("delete after"), _("deleted at"),
    _("deleted rows"), _("deletion requested by"), _("description"), _("details"), _("dialer's call ID"), _("dialled"),
    _("digest"), _("direction"), _("disagreements"), _("disposition"), _("do not call"), _("do not contact count"),
    _("document"), _("doing"), _("domain"), _("done at"), _("done by"), _("dry run report"), _("due at"), _("due on"),
    _("edited at"), _("email"), _("email address"), _("email domain"), _("ended at"), _("ends on"), _("enrolled"),
    _("erased at"), _("erased by"), _("erased key"), _("erased key salt"), _("erased keys"), _("erasure"),
    _("erasures"), _("event"), _("evidence"), _("expires"), _("expires at"), _("extension"), _("external ID"),
    _("failing since"), _("failure"), _("field"), _("field mask"), _("fields"), _("figures"), _("file"), _("file name"),
    _("file value"), _("finished at"), _("firm"), _("firm key"), _("firm tier"), _("first attempt at"), _("first name"),
    _("first recorded at"), _("first steps hidden at"), _("follows"), _("format description"), _("former key"),
    _("former keys"), _("former secret"), _("former secret until"), _("from status"), _("from time"), _("fulfilled at"),
    _("full name"), _("future potential count"), _("gatekeeper count"), _("geography"), _("goals"), _("groups"),
    _("happened at"), _("has shown interest"), _("header"), _("header key"), _("heard at"), _("heartbeat"),
    _("heartbeat at"), _("heartbeats"), _("high"), _("holiday country"), _("holiday region"), _("hour"), _("ID"),
    _("idempotency key"), _("idempotency keys"), _("import"), _("import job"), _("import note"), _("import notes"),
    _("import preset"), _("import presets"), _("import rejection"), _("import rejections"), _("imported contact"),
    _("imported contacts"), _("imports"), _("incomplete"), _("incorrect number count"), _("inferred timezone"),
    _("invitation"), _("invitations"), _("invited by"), _("is active"), _("is called"), _("is closed"),
    _("is do not call"), _("is enrolled"), _("is hidden"), _("is left out"), _("is living"), _("is placed"),
    _("is reached"), _("job"), _("key"), _("kind"), _("kinds"), _("label"), _("language"), _("last attempt at"),
    _("last call at"), _("last conversation at"), _("last disposition"), _("last login"), _("last name"),
    _("last seen at"), _("last used at"), _("lease owner"), _("lease until"), _("leased by"), _("leased until"),
    _("lift reason"), _("lifted at"), _("lifted by"), _("line"), _("list"), _("low"), _("machine"), _("made at"),
    _("made by"), _("mailed at"), _("mailed week"), _("market"), _("market contact"), _("market contacts"),
    _("markets"), _("maximum attempts"), _("meeting"), _("meeting booked count"), _("meeting change"),
    _("meeting changes"), _("meeting count"), _("meetings"), _("membership"), _("memberships"), _("mention"),
    _("mentions"), _("merge"), _("merged at"), _("merged by"), _("merged contact's ID"), _("merged person"),
    _("message"), _("moment before"), _("most attempts"), _("moved"), _("name"), _("name key"), _("no answer count"),
    _("not duplicate"), _("not duplicates"), _("not interested count"), _("note"), _("notes"), _("notes kept months"),
    _("off limits"), _("off-limits"), _("once key"), _("options"), _("order key"), _("outcome"),
    _("outside hours reason"), _("owner"), _("password"), _("password hash"), _("paused until"), _("people count"),
    _("people selection"), _("people selections"), _("period"), _("person fields"), _("phone"), _("phone (E.164)"),
    _("phone extension"), _("phone prefix"), _("phone problem"), _("phone region"), _("pid"), _("pk"), _("position"),
    _("practice area"), _("preset"), _("previous visit at"), _("priority rule"), _("problem"), _("process"),
    _("profile key"), _("profile URL"), _("proposal"), _("proposed change"), _("proposed changes"), _("provider"),
    _("queries"), _("query"), _("queued at"), _("reached changed at"), _("reason"), _("recorded at"), _("rejected"),
    _("removed at"), _("removed by"), _("removed reason"), _("replaced"), _("report"), _("reported at"),
    _("request hash"), _("request key"), _("requested at"), _("requested by"), _("requires second factor"),
    _("rest days"), _("returned at"), _("returned by"), _("revoked at"), _("revoked by"), _("role"), _("row count"),
    _("rows"), _("rule"), _("sample rows"), _("saved view"), _("saved views"), _("scheduled at"), _("scopes"),
    _("script: close"), _("script: objections"), _("script: opening"), _("script: questions"), _("search text"),
    _("secret"), _("sections"), _("seen at"), _("selected at"), _("selected contact"), _("selected contacts"),
    _("selected person"), _("selected persons"), _("selection"), _("seniority"), _("sha256"), _("shared link"),
    _("shared links"), _("shows people"), _("sign in domain"), _("sign in domains"), _("signal"), _("signal count"),
    _("signal suggestion"), _("signal suggestions"), _("signals"), _("size"), _("skipped"), _("skipped lines"),
    _("slug"), _("source"), _("staff status"), _("started at"), _("starts on"), _("state"), _("status"),
    _("status change"), _("status changes"), _("status code"), _("stored value"), _("subject id"), _("subject kind"),
    _("suggested at"), _("summary"), _("superseded at"), _("superuser status"), _("suppression"), _("suppressions"),
    _("tag"), _("tags"), _("talk seconds"), _("target"), _("task"), _("task run"), _("task runs"), _("tasks"),
    _("text"), _("time zone"), _("title"), _("to status"), _("to time"), _("token"), _("token hash"), _("type"),
    _("typed"), _("uncalled kept months"), _("unchanged"), _("undo report"), _("undone at"), _("undone by"),
    _("undone count"), _("updated"), _("updated at"), _("updated by"), _("user"), _("user after"), _("user before"),
    _("user permissions"), _("users"), _("value"), _("values"), _("version"), _("view"), _("voicemail count"),
    _("void reason"), _("voided at"), _("voided by"), _("wants mention mail"), _("wants weekly mail"), _("webhook"),
    _("webhook deliveries"), _("webhook delivery"), _("webhook event"), _("webhook events"), _("webhooks"), _("words"),
    _("workspace"), _("workspace export"), _("workspace exports"), _("workspaces"), _("written at"), _("written by"),
    _("wrong phone"),
)
# fmt: on
"""All of them, for the catalogue."""
