"""Contact files with cells meant to execute, to deceive or to break the import."""

from tests.hostile.files import table

SCRIPT = "<script>alert(1)</script>"
MARKUP = '"""><img src=x onerror=alert(1)>"'
FORMULAS = ("=cmd|' /C calc'!A0", "+1+cmd|'/C calc'!A0", "-2+3", "@SUM(1+1)", "=1+1", "\t=1+1", "\r=1+1", "＝1+1")
LONG = "x" * 300


def full(row: str, number: int) -> str:
    """The same text in every column that keeps texts, and an address of its own."""
    cell = f'"{row}"'
    return ",".join([f'"{row} {number}"', cell, cell, cell, cell, f"p{number}@f.example"])


EVERYWHERE = "Lead ID,Name,Firm,Title,City,Email"

MEANT_TO_RUN = [
    table(
        "formulas in every text", EVERYWHERE, *(full(text, number) for number, text in enumerate(FORMULAS)), rows=8,
        created=8, names=("=cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3", "=1+1"),
    ),
    table(
        "formulas where an address or a number is asked for", "Name,Email,Phone",
        *(f'Ann,"{text}",' for text in FORMULAS), *(f'Bob,,"{text}"' for text in FORMULAS), rows=16,
        rejected={2: "email", 3: "email", 4: "email", 5: "email", 6: "email", 7: "email", 8: "email", 10: "email",
                  11: "phone", 12: "phone", 13: "phone", 14: "phone", 15: "phone", 16: "phone", 17: "phone",
                  19: "phone"},
    ),
    table(
        "apostrophes", "Name,Email", "O'Brien,o@f.example", "'quoted',q@f.example", "'=1+1,f@f.example",
        "''=2+2,g@f.example", "',h@f.example", created=5, names=("O'Brien", "'quoted'", "=1+1", "'=2+2", "'"),
    ),
    table(
        "scripts in the header, the cells and the name", f"Name,Email,{SCRIPT}",
        f"{SCRIPT},s@f.example,{SCRIPT}", f"{MARKUP},m@f.example,{MARKUP}", f"{SCRIPT},{SCRIPT},x",
        created=2, rejected={4: "email"}, names=(SCRIPT,), file_name=f"{SCRIPT}.csv".replace("/", ""),
        mend=((f",{SCRIPT},x", ",t@f.example,x"),),
    ),
    table(
        "SQL", EVERYWHERE, *(full(text, number) for number, text in enumerate([
            "Robert'); DROP TABLE markets_contact;--", "' OR 1=1 --", "\\'; SELECT pg_sleep(9);--", "\\N", "\\.", "%s",
        ])), created=6, names=("Robert'); DROP TABLE markets_contact;--", "\\N", "\\."),
    ),
    table(
        "templates and expressions", EVERYWHERE, *(full(text, number) for number, text in enumerate([
            "{{ 7 * 7 }}", "{% load static %}", "${jndi:ldap://x.example/a}", "%(name)s", "{0.__class__}", "$(id)",
        ])), created=6, names=("{{ 7 * 7 }}", "{% load static %}"),
    ),
]  # fmt: skip

PHONES = [
    table(
        "numbers that Excel rounded", "Name,Phone", "Ann,4.47E+11", "Bob,1.2125550123E+10", 'Cy,"4,47E+11"',
        rejected={2: "phone", 3: "phone", 4: "phone"},
        mend=(("4.47E+11", "212 555 0101"), ("1.2125550123E+10", "212 555 0102"), ("4,47E+11", "212 555 0103")),
    ),
    table(
        "numbers as people write them", "Name,Phone", "Ann,(212) 555-0101 ext. 4", "Bob,1-800-FLOWERS",
        "Cy,２１２５５５０１０２", "Di,\u200e+1 212 555 0103\u202c", "Ed,tel:+12125550104", "Flo,٢١٢٥٥٥٠١٠٥",
        "Gus,12125550106.0", created=7,
    ),
    table(
        "what is no number", "Name,Phone", "Ann,call me", "Bob,0", "Cy,+", f"Di,{'1' * 60}", "Ed,n/a",
        "Flo,212 555 0101 / 212 555 0102", created=1, rejected=dict.fromkeys(range(2, 6), "phone") | {6: "no_key"},
    ),
]  # fmt: skip

SIGNS = [
    table(
        "signs that cannot be seen", "Name,Email", "An\u200bn Lee,ann@f.example", "Ann Lee,an\u200dn@f.example",
        "\u202eAnn\u202c Lee,ann\ufeff@f.example", "Ann\u00a0Lee,ann@f.example", created=1, unchanged=3,
        names=("Ann Lee",),
    ),
    table("a name of nothing that can be seen", "Name,Firm", "\u200b\u202e,Firm", "\u3164,Firm",
          rejected={2: "no_key"}, created=1),
    table(
        "letters and what they are made of", "Name,Email", "José,jose@f.example", "Jose\u0301,jose@f.example",
        "👩‍⚖️ Zoë,z@f.example", "Z" + "\u0301" * 100 + ",zalgo@f.example", created=3, unchanged=1, names=("José",),
    ),
    table(
        "names that fold alike", "Name,Firm", "Max Straße,Firm", "MAX STRASSE,FIRM", "ﬁona,Firm", "FIONA,firm",
        "İzmir,Firm", "i̇zmir,Firm", created=3, unchanged=3,
    ),
    table(
        "addresses that fold alike", "Name,Email", "Ann,ANN@F.example", "Ann,ａｎｎ@f.example", "Ann,ann@F.EXAMPLE ",
        created=1, unchanged=2,
    ),
    table(
        "odd addresses", "Name,Email", 'Ann,"""ann""@f.example"', "Bob,bob@bücher.example", "Cy,cy@[127.0.0.1]",
        'Di,"di@f.example; d@f.example"', "Ed,Ed <ed@f.example>", "Flo,flo@f", "Gus,gus@f..example", "Hy,@f.example",
        "Ida,ida@f.example\u2028Bcc: all", created=5, rejected=dict.fromkeys([7, 8, 9, 10], "email"),
    ),
]  # fmt: skip

LENGTHS = [
    table("a name of 300 signs", "Name,Email", f"{LONG},a@f.example", created=1),
    table("a name of a megabyte in pieces", "First name,Last name,Email",
          f"{'x' * 131_000},{'y' * 131_000},a@f.example", created=1),
    table("an address of 300 signs", "Name,Email", f"Ann,{LONG}@f.example", rejected={2: "email"},
          mend=((LONG, "ann"),)),
    table("an identifier of 300 signs", "Lead ID,Name", f"{LONG},Ann", rejected={2: "external_id"},
          mend=((LONG, "lead-9"),)),
    table("a name that grows when it is folded", "Name,Email", "ﷺ" * 150 + ",a@f.example", created=1),
    table("all that is too long at once", EVERYWHERE, ",".join([LONG * 9] * 5 + ["a@f.example"]), created=1),
]  # fmt: skip

PEOPLE = [
    table("the same person twice", "Name,Email", "Ann,ann@f.example", "Ann,ann@f.example", created=1, unchanged=1),
    table(
        "rows that contradict each other", "Name,Email,City", "Ann,ann@f.example,Rome", "Ann,ann@f.example,Paris",
        created=1, rejected={3: "contradiction"}, again=(),
    ),
    table(
        "a row that is two people at once", "Lead ID,Email", "A,ann@f.example", "B,bob@f.example", "A,bob@f.example",
        created=2, rejected={4: "two_people"}, mend=(("A,bob@f.example", "C,cy@f.example"),),
    ),
    table(
        "rows that tell nobody apart", "Name,Email,Firm", "Ann,,", ",,Firm", "Bob,,Firm", "N/A,N/A,N/A",
        created=1, rejected={2: "no_key", 3: "no_key", 5: "no_key"},
        mend=(("Ann,,", "Ann,ann@f.example,"), (",,Firm", "Cy,,Firm"), ("N/A,N/A,N/A", "Di,,Firm")),
    ),
    table("nobody whom anything tells apart", "Name,City", "Ann,Rome", "Bob,Rome",
          rejected={2: "no_key", 3: "no_key"}, refused_in_browser="say which columns hold at least one"),
    table(
        "time zones and web addresses that are none", "Email,Time zone,Profile URL", "a@f.example,Moon/Base,",
        "b@f.example,../../etc/passwd,", "c@f.example,,javascript:alert(1)", "d@f.example,,http://[",
        "e@f.example,,data:text/html;base64,x".replace(",x", "x"), created=5,
    ),
]  # fmt: skip

CELLS = [*MEANT_TO_RUN, *PHONES, *SIGNS, *LENGTHS, *PEOPLE]
