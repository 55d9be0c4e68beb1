import re

import pytest

from markets.imports.fields import CONTACT_FIELDS, SUPPRESSION_FIELDS
from markets.imports.files.rejects import REJECT_COLUMNS
from markets.imports.mapping import ColumnMapping, Layer, header_key
from markets.imports.readers import FileRefused, TabularFile
from tests.files import csv_file


def read(header, **options):
    """Which columns each field is read from, in order of preference."""
    return ColumnMapping(header, CONTACT_FIELDS, **options).headers_by_field


def test_ragged_rows_are_for_the_import_to_refuse(tmp_path):
    table = TabularFile(csv_file(tmp_path, "Name,Firm", "a", "b,c,d"))
    columns = ColumnMapping(table.header, CONTACT_FIELDS)

    assert [columns.width_error(cells) for _, cells in table] == [
        "The row has 1 cells, but the header names 2 columns.",
        "The row has 3 cells, but the header names 2 columns.",
    ]


def test_surplus_cells_are_ignored_if_they_are_blank():
    columns = ColumnMapping(["Name", "Firm"], CONTACT_FIELDS)

    assert [columns.width_error(["a", "b", *surplus]) for surplus in ([], ["", " "])] == ["", ""]
    assert columns.width_error(["a", "b", "", "c"])


def test_a_header_that_says_the_same_needs_no_map():
    columns = ColumnMapping(["E-Mail", "FULL NAME", "Company name", "Shoe size", ""], CONTACT_FIELDS)

    assert columns.mapped == {"E-Mail": "email", "FULL NAME": "full_name", "Company name": "firm"}
    assert columns.unmapped == ["column 5, which has no name"]
    assert columns.fields_by_position == ["email", "full_name", "firm", "custom", ""]


def test_the_fields_own_name_precedes_other_names_and_they_are_in_the_order_of_their_list():
    header = ["Home phone", "Mobile", "Phone", "Family name", "Surname"]

    assert read(header) == {"last_name": ["Surname", "Family name"], "phone": ["Phone", "Mobile", "Home phone"]}


def test_all_numbers_and_addresses_of_a_row_are_kept_in_order_of_preference():
    columns = ColumnMapping(["Home phone", "Mobile", "Email 2", "Email 1"], CONTACT_FIELDS)

    assert columns.pick(["1", "2", "c@x.example", ""]) == {"email": "c@x.example", "phone": "2 ::: 1"}
    assert columns.pick(["1", " ", "", ""]) == {"email": "", "phone": "1"}


def test_of_other_fields_the_first_column_with_a_value_counts():
    columns = ColumnMapping(["Account name", "Company", "Name"], CONTACT_FIELDS)

    firms = [columns.pick([account, company, "Ann"])["firm"] for account, company in (("A", "B"), ("A", " "), ("", ""))]
    assert firms == ["B", "A", ""]


def test_an_order_of_preference_can_be_said():
    header = ["Old", "New", "Firm", "Name"]
    columns = ColumnMapping(header, CONTACT_FIELDS, explicit=["New=firm", "Old=firm"])

    assert columns.headers_by_field == {"full_name": ["Name"], "firm": ["New", "Old"]}
    assert columns.pick(["a", "'=b", "c", "Ann"])["firm"] == "=b"
    assert columns.fields_by_position == ["firm", "firm", "custom", "full_name"]


def test_a_layer_counts_where_nobody_said_otherwise_and_the_rest_is_guessed():
    header = ["Ref", "Who", "House", "Town", "Email", "Mobile"]
    layer = Layer({"full_name": ["Who", "Name"], "firm": ["House"], "external_id": ["Ref"]}, ignored=["Mobile"])
    columns = ColumnMapping(header, CONTACT_FIELDS, explicit=["House=title", "Ref="], layers=[layer])

    assert columns.mapped == {"Who": "full_name", "House": "title", "Town": "city", "Email": "email"}
    assert columns.unknown_positions == []


def test_a_word_that_decides_nothing_gives_way_to_another_column():
    header = ["Answered", "Tag", "Name", "Firm"]
    columns = ColumnMapping(
        header, CONTACT_FIELDS, explicit=["Answered=title", "Tag=title"], undecided={"title": ["Yes"]}
    )

    titles = [columns.pick([*cells, "", ""])["title"] for cells in (("No", "x"), ("yes", "x"), ("yes", ""))]
    assert titles == ["No", "x", "yes"]


@pytest.mark.parametrize(
    ("country", "area", "number", "joined"),
    [
        ("44", "", "2079460142", "+44 2079460142"),
        ("0044", "", "020 7946 0142", "+44 020 7946 0142"),
        ("GB", "", "020 7946 0142", "+44 020 7946 0142"),
        ("999", "", "2125550142", "2125550142"),
        ("1", "212", "555-0142", "+1 212 555-0142"),
        ("", "212", "5550142", "212 5550142"),
        ("", "212", "(212) 555-0142", "(212) 555-0142"),
        ("1", "212", "+44 20 7946 0142", "+44 20 7946 0142"),
        ("1", "212", "", ""),
        ("1", "212", "call me", "call me"),
    ],
)
def test_codes_in_columns_of_their_own_are_joined_with_the_number(country, area, number, joined):
    columns = ColumnMapping(["Country code", "Area code", "Phone", "Name"], CONTACT_FIELDS)

    assert columns.pick([country, area, number, "Ann"]) == {"full_name": "Ann", "phone": joined}


def test_the_first_name_beside_it_says_what_a_name_is():
    assert read(["Vorname", "Name"]) == {"first_name": ["Vorname"], "last_name": ["Name"]}
    assert read(["Prénom", "Nom"]) == {"first_name": ["Prénom"], "last_name": ["Nom"]}
    assert read(["Nombre", "Apellidos"]) == {"first_name": ["Nombre"], "last_name": ["Apellidos"]}
    assert read(["Nom", "Société"]) == {"full_name": ["Nom"], "firm": ["Société"]}
    assert read(["First name", "Name"]) == {"full_name": ["Name"], "first_name": ["First name"]}


def test_what_is_said_wins_over_what_is_guessed():
    columns = ColumnMapping(["Email", "Login=mail", "ID"], CONTACT_FIELDS, explicit=["Login=mail=email", "Email=city"])

    assert columns.mapped == {"Email": "city", "Login=mail": "email", "ID": "external_id"}
    assert columns.pick(["a", "b", "c"]) == {"city": "a", "email": "b", "external_id": "c"}


@pytest.mark.parametrize(
    ("explicit", "sentence"),
    [
        (["Shoe=email"], "no column “Shoe”. Its columns are: “A”, “B”"),
        (["A=shoe"], "“shoe” is not a field. The fields are: external_id, full_name"),
        (["A=email", "A=phone"], "“A” is to be both email and phone"),
        (["A=email", "A="], "“A” is to be email and not to be read"),
        (["A"], "write “header=field”"),
        (["=email"], "write “header=field”"),
        ([], "None of the columns is known: “A”, “B”"),
    ],
)
def test_a_map_that_cannot_be_is_refused(explicit, sentence):
    with pytest.raises(FileRefused, match=sentence):
        ColumnMapping(["A", "B"], CONTACT_FIELDS, explicit=explicit)


def test_a_column_can_be_left_out(tmp_path):
    columns = ColumnMapping(["Email", "Phone", "Mobile"], CONTACT_FIELDS, explicit=["Phone="])

    assert columns.mapped == {"Email": "email", "Mobile": "phone"}
    assert columns.unmapped == ["Phone"]


def test_what_was_chosen_column_by_column_is_not_guessed_at():
    columns = ColumnMapping(["Email", "", "Phone"], CONTACT_FIELDS, chosen=["", "email", "phone"])

    assert columns.fields_by_position == ["", "email", "phone"]
    assert columns.pick(["a", "b", "c"]) == {"email": "b", "phone": "c"}
    assert columns.unmapped == ["Email"]


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        (["email"], "1 columns were chosen, but the file has 2"),
        (["shoe", ""], "“shoe” is not a field"),
        (["", ""], "None of the columns is known"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(chosen, sentence):
    with pytest.raises(FileRefused, match=sentence):
        ColumnMapping(["A", "B"], CONTACT_FIELDS, chosen=chosen)


EXPORTS = {
    "HubSpot contacts": (
        "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Fax Number,Contact owner,Lead Status,"
        "Job Title,Primary Associated Company Name,City,Website URL",
        "external_id=Record ID first_name=First Name last_name=Last Name email=Email "
        "phone=Phone Number|Mobile Phone Number firm=Primary Associated Company Name title=Job Title city=City "
        "lead_status=Lead Status",
    ),
    "Salesforce leads": (
        "Lead ID,Salutation,First Name,Last Name,Title,Company / Account,Street,City,Email,Mobile,Phone,Fax,Lead Owner",
        "external_id=Lead ID first_name=First Name last_name=Last Name title=Title firm=Company / Account city=City "
        "email=Email phone=Phone|Mobile",
    ),
    "Salesforce contacts": (
        "Contact ID,First Name,Last Name,Title,Account Name,Mailing City,Home Phone,Mobile,Fax,Email",
        "external_id=Contact ID first_name=First Name last_name=Last Name title=Title firm=Account Name "
        "city=Mailing City phone=Mobile|Home Phone email=Email",
    ),
    "Outlook": (
        "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business Street,Business City,"
        "Home City,Assistant's Phone,Business Fax,Business Phone,Business Phone 2,Home Fax,Home Phone,Mobile Phone,"
        "E-mail 2 Address,E-mail Address,E-mail Display Name,Web Page",
        "first_name=First Name last_name=Last Name firm=Company title=Job Title city=Business City|Home City "
        "phone=Mobile Phone|Business Phone|Business Phone 2|Home Phone email=E-mail Address|E-mail 2 Address "
        "profile_url=Web Page",
    ),
    "Google, old": (
        "Name,Given Name,Additional Name,Family Name,Notes,E-mail 1 - Type,E-mail 1 - Value,Phone 2 - Value,"
        "Phone 1 - Type,Phone 1 - Value,Address 1 - City,Organization 1 - Name,Organization 1 - Title,"
        "Website 1 - Value",
        "full_name=Name first_name=Given Name last_name=Family Name email=E-mail 1 - Value "
        "phone=Phone 1 - Value|Phone 2 - Value city=Address 1 - City firm=Organization 1 - Name "
        "title=Organization 1 - Title profile_url=Website 1 - Value",
    ),
    "Google, new": (
        "First Name,Middle Name,Last Name,Organization Name,Organization Title,E-mail 1 - Label,E-mail 1 - Value,"
        "Phone 1 - Label,Phone 1 - Value,Address 1 - City",
        "first_name=First Name last_name=Last Name firm=Organization Name title=Organization Title "
        "email=E-mail 1 - Value phone=Phone 1 - Value city=Address 1 - City",
    ),
    "LinkedIn connections": (
        "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
        "first_name=First Name last_name=Last Name profile_url=URL email=Email Address firm=Company title=Position",
    ),
    "Sales Navigator": (
        "Full Name,Job Title,Company Name,Company Phone,Direct Phone,Work Email,Personal Email,Seniority Level,"
        "LinkedIn Profile URL,Location",
        "full_name=Full Name title=Job Title firm=Company Name phone=Direct Phone|Company Phone "
        "email=Work Email|Personal Email "
        "seniority=Seniority Level profile_url=LinkedIn Profile URL",
    ),
    "EspoCRM": (
        "id,salutationName,firstName,lastName,accountName,title,emailAddress,phoneNumber,addressCity,createdAt",
        "external_id=id first_name=firstName last_name=lastName firm=accountName title=title email=emailAddress "
        "phone=phoneNumber city=addressCity",
    ),
    "VICIdial": (
        "lead_id,vendor_lead_code,source_id,list_id,phone_code,phone_number,first_name,middle_initial,last_name,"
        "address1,city,state,alt_phone,email,security_phrase,comments",
        "external_id=vendor_lead_code phone=phone_number|alt_phone first_name=first_name last_name=last_name city=city "
        "email=email country_code=phone_code",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_the_exports_of_the_usual_programs_need_no_map(name):
    header, wanted = EXPORTS[name]
    found = re.findall(r"(\w+)=([^=]+?)(?= \w+=|$)", wanted)

    assert read(header.split(",")) == {field: columns.strip().split("|") for field, columns in found}


def test_a_fax_is_never_a_phone():
    assert "phone" not in read(["Email", "Fax", "Business Fax", "Home Fax", "Fax number", "Fax phone"])


def test_connections_of_linkedin_are_read_below_their_notes(tmp_path):
    header = EXPORTS["LinkedIn connections"][0]
    row = "Ann,Lee,https://people.example/ann,,Smith,Partner,31 Jan 2026"
    table = TabularFile(csv_file(tmp_path, "Notes:", '"When exporting, some may be missing."', "", header, row))

    picked = [ColumnMapping(table.header, CONTACT_FIELDS).pick(cells) for _, cells in table]

    assert [(each["first_name"], each["firm"], each["title"]) for each in picked] == [("Ann", "Smith", "Partner")]


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["DNC number", "Why"], ["phone", "reason"]),
        (["Do not call"], ["phone"]),
        (["Unsubscribed email", "Unsubscribe reason", "Date"], ["email", "reason", ""]),
        (["Phone", "Email", "Contact ID", "Do not call"], ["phone", "email", "external_id", ""]),
    ],
)
def test_lists_of_who_is_not_to_be_called_are_known(header, fields):
    assert ColumnMapping(header, SUPPRESSION_FIELDS).fields_by_position == fields


def test_a_header_is_known_again_whatever_its_order_and_letters():
    key = header_key(["First Name", "E-mail", "Phone"])

    assert key == header_key(["phone", "first_name", "Email"])
    assert key == header_key(["E-mail", "Phone", "First Name", *REJECT_COLUMNS])
    assert key != header_key(["First Name", "E-mail"])


def test_why_rows_were_rejected_is_no_column_of_theirs():
    columns = ColumnMapping(["Email", "City", *REJECT_COLUMNS], CONTACT_FIELDS)

    assert columns.unmapped == []
    assert [columns.width_error(["x"] * count) == "" for count in range(1, 7)] == [False, True, True, True, True, False]
