from tests.markets.imports.presets.shape import Shape

PEOPLE = {
    "vicidial-leads": Shape(
        [
            "lead_id,entry_date,status,user,vendor_lead_code,source_id,list_id,phone_code,phone_number,title,first_name,"
            "last_name,city,alt_phone,email,called_count",
            "31,2026-02-01 09:00:00,DNC,,V-7,,7,1,2125550170,Mr,Al,Ray,New York,2125550171,,4",
            "32,2026-02-01 09:00:00,NEW,,,,7,44,2079460107,Ms,Bo,Lee,London,,b@x.example,0",
        ],
        [
            {
                "external_id": "V-7",
                "first_name": "Al",
                "last_name": "Ray",
                "phone": "+1 2125550170 ::: +1 2125550171",
                "city": "New York",
                "lead_status": "DNC",
            },
            {
                "external_id": "32",
                "first_name": "Bo",
                "last_name": "Lee",
                "phone": "+44 2079460107",
                "email": "b@x.example",
                "city": "London",
                "lead_status": "NEW",
            },
        ],
    ),
    "hubspot-contacts": Shape(
        [
            "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Fax Number,Contact owner,"
            "Lead Status,Job Title,Primary Associated Company Name,City",
            "7,Al,Ray,a@x.example,,212 555 0170,212 555 0179,Mia,Open,Partner,Wolf LLP,Rome",
        ],
        [
            {
                "external_id": "7",
                "first_name": "Al",
                "last_name": "Ray",
                "email": "a@x.example",
                "phone": "212 555 0170",
                "lead_status": "Open",
                "title": "Partner",
                "firm": "Wolf LLP",
                "city": "Rome",
            }
        ],
    ),
    "salesforce-people": Shape(
        [
            "Contact ID,Salutation,First Name,Last Name,Title,Account Name,Mailing City,Phone,Mobile,Fax,Email,"
            "Do Not Call",
            "003A,Mr.,Al,Ray,Partner,Wolf LLP,Rome,,212 555 0170,212 555 0179,a@x.example,1",
        ],
        [
            {
                "external_id": "003A",
                "first_name": "Al",
                "last_name": "Ray",
                "title": "Partner",
                "firm": "Wolf LLP",
                "city": "Rome",
                "phone": "212 555 0170",
                "email": "a@x.example",
                "do_not_call": "1",
            }
        ],
    ),
    "pipedrive-people": Shape(
        [
            "Person - ID,Person - Name,Person - Organization,Person - Email - Work,Person - Email - Home,"
            "Person - Phone - Work,Person - Phone - Mobile,Person - Owner",
            "5,Al Ray,Wolf LLP,a@x.example,al@x.example,212 555 0170,212 555 0171,Mia",
        ],
        [
            {
                "external_id": "5",
                "full_name": "Al Ray",
                "firm": "Wolf LLP",
                "email": "a@x.example ::: al@x.example",
                "phone": "212 555 0170 ::: 212 555 0171",
            }
        ],
    ),
    "zoho-people": Shape(
        [
            "Record Id,Lead Owner,Company,First Name,Last Name,Designation,Email,Phone,Mobile,Fax,Lead Status,City",
            "zcrm_9,Mia,Wolf LLP,Al,Ray,Partner,a@x.example,212 555 0170,,212 555 0179,Contacted,Rome",
        ],
        [
            {
                "external_id": "zcrm_9",
                "firm": "Wolf LLP",
                "first_name": "Al",
                "last_name": "Ray",
                "title": "Partner",
                "email": "a@x.example",
                "phone": "212 555 0170",
                "lead_status": "Contacted",
                "city": "Rome",
            }
        ],
    ),
    "apollo-contacts": Shape(
        [
            "First Name,Last Name,Title,Company,Company Name for Emails,Email,Email Status,Seniority,Work Direct Phone,"
            "Home Phone,Mobile Phone,Corporate Phone,Person Linkedin Url,Website,City,Company City,Apollo Contact Id",
            "Al,Ray,Partner,Wolf LLP,Wolf,a@x.example,Verified,Partner,,212 555 0173,212 555 0171,212 555 0172,"
            "http://www.linkedin.com/in/al-ray,wolf.example,Rome,Milan,5f1",
        ],
        [
            {
                "external_id": "5f1",
                "first_name": "Al",
                "last_name": "Ray",
                "title": "Partner",
                "firm": "Wolf LLP",
                "email": "a@x.example",
                "seniority": "Partner",
                "phone": "212 555 0171 ::: 212 555 0172 ::: 212 555 0173",
                "profile_url": "http://www.linkedin.com/in/al-ray",
                "city": "Rome",
            }
        ],
    ),
    "linkedin-connections": Shape(
        [
            "First Name,Last Name,URL,Email Address,Company,Position,Connected On",
            "Al,Ray,https://www.linkedin.com/in/al-ray,,Wolf LLP,Partner,02 Mar 2026",
        ],
        [
            {
                "first_name": "Al",
                "last_name": "Ray",
                "profile_url": "https://www.linkedin.com/in/al-ray",
                "firm": "Wolf LLP",
                "title": "Partner",
            }
        ],
    ),
    "outlook-contacts": Shape(
        [
            "Titre;Prénom;Nom;Société;Titre1;Ville (bureau);Téléphone (bureau);Tél. mobile;Adresse de messagerie",
            "Mme;Zoé;Noël;Étude Noël;Associée;Lyon;04 72 00 00 01;06 12 00 00 01;zoe@x.example",
        ],
        [
            {
                "first_name": "Zoé",
                "last_name": "Noël",
                "firm": "Étude Noël",
                "title": "Associée",
                "city": "Lyon",
                "phone": "06 12 00 00 01 ::: 04 72 00 00 01",
                "email": "zoe@x.example",
            }
        ],
        ";",
    ),
    "google-contacts": Shape(
        [
            "Name Prefix,First Name,Middle Name,Last Name,Organization Name,Organization Title,E-mail 1 - Label,"
            "E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value,Website 1 - Value",
            "Dr,Al,,Ray,Wolf LLP,Partner,Work,,b@x.example ::: c@x.example,Work,212 555 0170,212 555 0171,",
        ],
        [
            {
                "first_name": "Al",
                "last_name": "Ray",
                "firm": "Wolf LLP",
                "title": "Partner",
                "email": "b@x.example ::: c@x.example",
                "phone": "212 555 0170 ::: 212 555 0171",
            }
        ],
    ),
}

PORTAL = {
    "portal-contacts": Shape(
        [
            "Name,Firm,Title,Seniority,City,Phone,Email,External ID,First name,Last name,Time zone,Profile URL,"
            "Further phones,Further emails,Created at,Person key",
            "Al Ray,Wolf LLP,,,,212 555 0170,a@x.example,7,Al,Ray,,,212 555 0171 ::: 212 555 0172,,2026-03-02,12",
        ],
        [
            {
                "external_id": "7",
                "full_name": "Al Ray",
                "first_name": "Al",
                "last_name": "Ray",
                "firm": "Wolf LLP",
                "email": "a@x.example",
                "phone": "212 555 0170 ::: 212 555 0171 ::: 212 555 0172",
            }
        ],
    ),
    "portal-members": Shape(
        [
            "Name,Firm,Attempts,Conversations,Last outcome,Last call,Callback,Title,Phone,Email,External ID,"
            "Profile URL,Added at,Removed at,Person key",
            "Al Ray,Wolf LLP,2,0,No Answer,2026-03-02,,Partner,212 555 0170,a@x.example,,,2026-03-01,,12",
        ],
        [
            {
                "full_name": "Al Ray",
                "firm": "Wolf LLP",
                "title": "Partner",
                "email": "a@x.example",
                "phone": "212 555 0170",
            }
        ],
    ),
    "portal-suppressions": Shape(
        [
            "Whom,People covered,Number,Email,Number prefix,Email domain,External ID,Person's number,Person's email,"
            "Reason,Since,By,Lifted,Why lifted",
            "Al Ray,,+12125550170,,,,7,,,Asked,2026-03-02 10:00:00+00:00,Mia,,",
        ],
        [
            {
                "contact_name": "Al Ray",
                "phone": "+12125550170",
                "external_id": "7",
                "reason": "Asked",
                "created_at": "2026-03-02 10:00:00+00:00",
            }
        ],
    ),
}

SUPPRESSIONS = {
    "ftc-complaints": Shape(
        [
            "Company_Phone_Number,Created_Date,Violation_Date,Consumer_City,Consumer_State,Consumer_Area_Code,Subject,"
            "Recorded_Message_Or_Robocall",
            "2025550171,2026-03-02 00:01:02,2026-03-01 10:00:00,Bath,Maine,207,Energy,Y",
        ],
        [{"phone": "2025550171", "reason": "Energy"}],
    ),
}
