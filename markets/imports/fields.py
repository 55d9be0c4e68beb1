"""The fields that columns of a file can be mapped to, and the headers that common exports use for them."""

EXTERNAL_IDS = (
    "External identifier",
    "Vendor lead code",
    "Lead ID",
    "Contact ID",
    "Record ID",
    "Record ID - Contact",
    "Contact ID (18)",
    "Lead ID (18)",
    "Person ID",
    "Candidate ID",
    "Prospect ID",
    "Customer ID",
    "Bioguide ID",
    "ID",
)
EMAILS = (
    "Email address",
    "Work email",
    "Business email",
    "Email 1",
    "Primary email",
    "E-mail 1 - Value",
    "Contact email",
    "Lead email",
    "Office email",
    "Email 2",
    "E-mail 2 address",
    "E-mail 2 - Value",
    "Personal email",
    "Home email",
)
PHONES = (
    "Phone number",
    "Direct phone",
    "Direct dial",
    "Direct line",
    "Direct number",
    "Work direct phone",
    "Direct",
    "Mobile",
    "Mobile phone",
    "Mobile phone number",
    "Mobile number",
    "Cell",
    "Cell phone",
    "Cell number",
    "Business phone",
    "Work phone",
    "Office phone",
    "Phone 1 - Value",
    "Phone 1",
    "Primary phone",
    "Telephone",
    "Telephone number",
    "Tel",
    "Contact phone",
    "Lead phone",
    "Business phone 2",
    "Phone 2 - Value",
    "Phone 2",
    "Alt phone",
    "Other phone",
    "Corporate phone",
    "Company phone",
    "Company main phone",
    "Home phone",
    "Home phone 2",
    "Home",
)
"""In order of preference: the person's own number, then the firm's, then the home number. Never a fax."""

CONTACT_FIELDS: dict[str, tuple[str, ...]] = {
    "external_id": EXTERNAL_IDS,
    "full_name": ("Name", "Contact name", "Contact full name", "Lead name", "Prospect name", "Person", "Display name"),
    "first_name": ("Given name", "Forename"),
    "last_name": ("Surname", "Family name"),
    "email": EMAILS,
    "phone": PHONES,
    "firm": (
        "Firm name", "Company", "Company name", "Organisation", "Organization", "Organisation name",
        "Organization name", "Organization 1 - Name", "Account", "Account name", "Company / Account",
        "Primary associated company name", "Primary associated company", "Associated company name",
        "Associated company", "Current company", "Employer", "Law firm",
    ),
    "title": (
        "Job title", "Title", "Position", "Role", "Organization title", "Organization 1 - Title", "Current position",
        "Current title", "Account title",
    ),
    "seniority": ("Seniority level", "Employment seniority", "Job level", "Management level", "Level"),
    "city": (
        "Town", "Business city", "Work city", "Mailing city", "Address city", "Billing address city",
        "Address 1 - City", "Primary city", "Person city", "Home city",
    ),
    "timezone": ("Time zone name", "TZ"),
    "profile_url": (
        "Profile", "LinkedIn", "LinkedIn URL", "LinkedIn profile", "LinkedIn profile URL", "Person LinkedIn URL",
        "Contact LinkedIn profile URL", "Profile link", "Website", "Website 1 - Value", "Web page", "URL",
    ),
}  # fmt: skip
"""The fields of a contact, each with its aliases in order of preference.

“Job title” precedes the field's own name: in a file with both columns, “Title” is Mr or Ms.
"""

SUPPRESSION_FIELDS: dict[str, tuple[str, ...]] = {
    "phone": (
        "DNC number", "DNC phone", "DNC phone number", "Do not call number", "Suppressed phone", "Suppressed number",
        "Blocked number", "Opted out phone", *PHONES, "Number", "Caller ID", "DNC", "Do not call", "Do not call list",
    ),
    "email": (
        "Unsubscribed email", "Unsubscribed email address", "Opted out email", "Opt out email", "Suppressed email",
        "Blocked email", *EMAILS, "E-mail", "Unsubscribed",
    ),
    "external_id": EXTERNAL_IDS,
    "reason": (
        "Suppression reason", "Unsubscribe reason", "Opt out reason", "DNC reason", "Why", "Comment", "Comments",
        "Note", "Notes", "Source",
    ),
}  # fmt: skip
"""The fields of an entry in a do-not-call list, each with its aliases in order of preference."""
