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
    "Email address", "Work email", "Business email", "Email 1", "Primary email", "E-mail 1 - Value", "Contact email",
    "Lead email", "Office email", "E-Mail-Adresse", "E-Mail geschäftlich", "E-Mail (geschäftlich)", "E-Mail 1 - Wert",
    "Adresse de messagerie", "Adresse e-mail", "Courriel", "Adresse électronique", "E-mail 1 - Valeur", "Mél",
    "Dirección de correo electrónico", "Correo electrónico", "Correo", "E-mail 1 - Valor", "Indirizzo e-mail",
    "Email - Work", "E-mail 2 address", "Email 2", "E-mail 2 - Value", "E-Mail 2: Adresse", "E-Mail 2 - Wert",
    "Adresse de messagerie 2", "Dirección de correo electrónico 2", "Secondary email", "Tertiary email", "Other email",
    "E-mail 3 address", "Email 3", "E-mail 3 - Value", "Personal email", "Home email", "Email - Home", "Email - Other",
)  # fmt: skip
PHONES = (
    "Phone number", "Direct phone", "Direct dial", "Direct line", "Direct number", "Work direct phone", "Direct",
    "Durchwahl", "Ligne directe", "Teléfono directo",
    "Mobile", "Mobile phone", "Mobile phone number", "Mobile number", "Cell", "Cell phone", "Cell number",
    "Phone - Mobile", "Mobiltelefon", "Mobil", "Handy", "Handynummer", "Tél. mobile", "Téléphone mobile",
    "Téléphone portable", "Portable", "Teléfono móvil", "Móvil", "Celular",
    "Business phone", "Work phone", "Office phone", "Phone - Work", "Phone 1 - Value", "Phone 1", "Primary phone",
    "Telephone", "Telephone number", "Tel", "Contact phone", "Lead phone", "Telefon geschäftlich", "Telefon Firma",
    "Telefon", "Telefonnummer", "Telefon 1 - Wert", "Téléphone (bureau)", "Tél. (bureau)", "Téléphone bureau",
    "Téléphone professionnel", "Téléphone", "Tél", "Numéro de téléphone", "Téléphone 1 - Valeur",
    "Teléfono del trabajo", "Número de teléfono del trabajo", "Teléfono (trabajo)", "Teléfono", "Número de teléfono",
    "Teléfono 1 - Valor", "Telefono",
    "Business phone 2", "Phone 2 - Value", "Phone 2", "Phone 3 - Value", "Phone 3", "Alt phone", "Other phone",
    "Phone - Other", "Telefon geschäftlich 2", "Weiteres Telefon", "Telefon 2 - Wert", "Téléphone 2 (bureau)",
    "Tél. 2 (bureau)", "Téléphone 2 - Valeur", "Teléfono del trabajo 2", "Teléfono 2 - Valor", "Corporate phone",
    "Company phone", "Company main phone", "Telefon (Zentrale)", "Hauptrufnummer Firma", "Téléphone société",
    "Teléfono principal de la compañía", "Home phone", "Phone - Home", "Home phone 2", "Home", "Telefon privat",
    "Telefon (privat)", "Téléphone (domicile)", "Tél. (domicile)", "Particular", "Teléfono particular",
    "Número de teléfono particular",
)  # fmt: skip
"""In order of preference: the person's own number, then the mobile, the firm's, and the home number. Never a fax."""
COUNTRY_CODES = ("Phone code", "Phone country code", "Calling code", "Dialing code", "Dialling code", "Country prefix")
AREA_CODES = ("Phone area code", "NPA", "Area", "Vorwahl", "Indicatif", "Prefijo")

SEPARATOR = " ::: "
"""Between several values in one cell, as Google writes it, and between values joined from several columns."""
JOINED = frozenset({"phone", "email", "contact"})
"""Fields that keep the values of all their columns."""
NUMBER_CODES = ("country_code", "area_code")
"""Parts of a phone number that may have columns of their own."""
GUESSED_FROM_ONE_COLUMN = frozenset({"external_id", "title", "profile_url", "call_id", "campaign"})
"""Fields whose aliases may mean something else where a better column exists: “Title” beside “Job title” is Mr or Ms."""
GUESSED_IF_ALONE = frozenset({"number", "callerid", "dnc", "donotcall", "donotcalllist", "unsubscribed"})
"""Headers, as match_key has them, that are guessed only where the field has no better column."""


def looks_like_number(key: str) -> bool:
    """Whether a column of that name (as match_key has it) holds phone numbers."""
    return any(word in key for word in ("phone", "number", "dial", "tel")) or key in ("to", "from", "dst", "src")


CUSTOM = "custom"
"""Columns that are kept as custom fields: of people, all with a name that no other field takes."""
CONTACT_FIELDS: dict[str, tuple[str, ...]] = {
    "external_id": EXTERNAL_IDS,
    "full_name": (
        "Name", "Contact name", "Contact full name", "Lead name", "Prospect name", "Person", "Display name",
        "Vollständiger Name", "Ansprechpartner", "Nom complet", "Nom", "Nombre completo", "Nombre", "Contact",
        "Person - Name",
    ),
    "first_name": (
        "Given name", "Forename", "Vorname", "Prénom", "Nombre de pila", "Primer nombre", "Person - First name",
    ),
    "last_name": (
        "Surname", "Family name", "Nachname", "Familienname", "Zuname", "Nom de famille", "Apellidos", "Apellido",
        "Person - Last name",
    ),
    "email": EMAILS,
    "phone": PHONES,
    "firm": (
        "Firm name", "Company", "Company name", "Organisation", "Organization", "Organisation name",
        "Organization name", "Organization 1 - Name", "Account", "Account name", "Company / Account",
        "Primary associated company name", "Primary associated company", "Associated company name",
        "Associated company", "Current company", "Employer", "Law firm", "Firma", "Unternehmen", "Firmenname",
        "Kanzlei", "Organisationsname", "Name der Organisation", "Organisation 1 - Name", "Société", "Entreprise",
        "Cabinet", "Nom de l'organisation", "Organisation 1 - Nom", "Empresa", "Compañía", "Organización",
        "Nombre de la organización", "Organización 1 - Nombre", "Despacho",
    ),
    "title": (
        "Job title", "Title", "Position", "Role", "Organization title", "Organization 1 - Title", "Current position",
        "Current title", "Account title", "Berufsbezeichnung", "Stellenbezeichnung", "Funktion", "Jobtitel",
        "Titel der Organisation", "Poste", "Fonction", "Titre du poste", "Intitulé du poste", "Titre1", "Titre 2",
        "Titre (2)", "Titre de l'organisation", "Cargo", "Puesto", "Título de la organización",
    ),
    "seniority": ("Seniority level", "Employment seniority", "Job level", "Management level", "Level"),
    "city": (
        "Town", "Business city", "Work city", "Mailing city", "Address city", "Billing address city",
        "Address 1 - City", "Primary city", "Person city", "Ort", "Stadt", "Ort geschäftlich", "Adresse 1 - Ort",
        "Ville", "Ville (bureau)", "Adresse 1 - Ville", "Ciudad", "Ciudad de trabajo", "Ciudad del trabajo",
        "Dirección 1 - Ciudad", "Home city", "Ort privat", "Ville (domicile)",
    ),
    "timezone": ("Time zone name", "TZ", "Zeitzone", "Fuseau horaire", "Zona horaria"),
    "profile_url": (
        "Profile", "LinkedIn", "LinkedIn URL", "LinkedIn profile", "LinkedIn profile URL", "Person LinkedIn URL",
        "Contact LinkedIn profile URL", "Profile link", "Website", "Website 1 - Value", "Web page", "URL",
    ),
    "country_code": COUNTRY_CODES,
    "area_code": AREA_CODES,
    "phone_extension": ("Extension", "Phone ext", "Ext", "Work phone extension", "Business phone extension"),
    "do_not_call": (
        "DNC", "Do not contact", "Do not call status", "Has opted out of calls", "Call opt out", "Opted out of calls",
        "Has opted out of call", "Phone opt out", "Opt out", "Opted out", "Unsubscribed from all", "Nicht anrufen",
        "Ne pas appeler", "No llamar",
    ),
    "lead_status": ("Contact status", "Prospect status", "Status"),
    "opted_out_at": ("Opt out date", "Opted out on", "Do not call date", "DNC date", "Do not call since"),
    CUSTOM: (),
}  # fmt: skip
"""The fields of a contact, each with its aliases in order of preference. The six before CUSTOM are parts of others, or
say that the person must not be called.

“Job title” precedes the field's own name: in a file with both columns, “Title” is Mr or Ms.
"""

SUPPRESSION_FIELDS: dict[str, tuple[str, ...]] = {
    "phone": (
        "DNC number", "DNC phone", "DNC phone number", "Do not call number", "Suppressed phone", "Suppressed number",
        "Blocked number", "Opted out phone", *PHONES, "Number", "Caller ID", "DNC", "Do not call", "Do not call list",
        "Company phone number",
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
    "country_code": COUNTRY_CODES,
    "area_code": AREA_CODES,
    "phone_prefix": ("Number prefix", "Blocked prefix"),
    "email_domain": ("Blocked domain", "Suppressed domain", "Unsubscribed domain"),
    "created_at": ("Since",),
    "lifted_at": ("Lifted", "Lifted on"),
    "lift_reason": ("Why lifted",),
    "contact_name": ("Whom",),
    "contact_phone": ("Person's number",),
    "contact_email": ("Person's email",),
}  # fmt: skip
"""The fields of an entry in a do-not-call list, each with its aliases in order of preference."""
