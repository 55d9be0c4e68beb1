"""What the columns of a file can hold, as the forms of imports call it."""

from django.utils.translation import gettext_lazy as _

from markets.imports.fields import CUSTOM

FIELD_LABELS = {
    "external_id": _("External ID"),
    "profile_url": _("Profile URL"),
    "timezone": _("Time zone"),
    "call_id": _("Call ID"),
    "contact": _("Person called"),
    "started_at": _("Started at"),
    "talk_seconds": _("Talk time in seconds"),
    "callback_at": _("Call back at"),
    "meeting_at": _("Meeting at"),
    "country_code": _("Phone: country code"),
    "area_code": _("Phone: area code"),
    "phone_extension": _("Phone: extension"),
    "phone_prefix": _("Beginning of phone numbers"),
    "opted_out_at": _("Not to be called since"),
    CUSTOM: _("Custom field"),
    "billed_seconds": _("Billed seconds"),
    "caller": _("Caller"),
    "campaign": _("Campaign"),
    "city": _("City"),
    "contact_email": _("Contact email"),
    "contact_name": _("Contact name"),
    "contact_phone": _("Contact phone"),
    "created_at": _("Created at"),
    "direction": _("Direction"),
    "disposition": _("Disposition"),
    "do_not_call": _("Do not call"),
    "email": _("Email"),
    "email_domain": _("Email domain"),
    "firm": _("Firm"),
    "first_name": _("First name"),
    "full_name": _("Full name"),
    "last_name": _("Last name"),
    "lead_status": _("Lead status"),
    "lift_reason": _("Lift reason"),
    "lifted_at": _("Lifted at"),
    "notes": _("Notes"),
    "phone": _("Phone"),
    "reason": _("Reason"),
    "reported_at": _("Reported at"),
    "seniority": _("Seniority"),
    "started_date": _("Started date"),
    "started_time": _("Started time"),
    "title": _("Title"),
    "voided_at": _("Voided at"),
}


def field_label(field: str) -> str:
    return str(FIELD_LABELS.get(field) or field.replace("_", " ").capitalize())
