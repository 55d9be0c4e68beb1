"""Files whose table is hard to find: lines around it, rows that are broken, archives around the file."""

import io
import zipfile

from tests.hostile.files import HostileFile, raw, table

HEADER = "Name,Email"
ANN, BOB = "Ann,ann@f.example", "Bob,bob@f.example"
SHEET = f"{HEADER}\n{ANN}\n{BOB}\n"
UNKNOWN = {"refused": "None of the columns is known", "refused_in_browser": "say which columns hold at least one"}
FOOTER = "Copyright (c) 2026 a CRM. All rights reserved."
STORM = 500


def packed(about: str, parts: dict[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED, **expected) -> HostileFile:
    return HostileFile(about, lambda: archive_of(parts, method), file_name="people.zip", **expected)


def archive_of(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def altered(about: str, old: bytes, new: bytes, **expected) -> HostileFile:
    """An archive of one table with some of its bytes replaced, wherever they are."""

    def make() -> bytes:
        content = archive_of({"people.csv": SHEET})
        assert old in content
        return content.replace(old, new)

    return HostileFile(about, make, file_name="people.zip", **expected)


def link_to(target: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("people.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, target)
    return out.getvalue()


AROUND = [
    raw("ten thousand lines above the header", b"A line of a report\n" * 10_000 + SHEET.encode(), rows=10_002,
        **UNKNOWN),
    raw("a million lines below the table", f"{SHEET}\n{FOOTER}\n".encode() + b"x y\n" * 1_000_000,
        refused="more than 10,000 lines below its table"),
    raw("a report with lines above and below", f"Leads\n\nAs of 2026-11-27\n\n{SHEET}\n\n\nLeads\n{FOOTER}\n".encode(),
        rows=2, created=2),
    table("totals", HEADER, ANN, BOB, "Total,2", rows=2, created=2),
    table("a total in the middle", HEADER, ANN, "Total,2", BOB, created=2, rejected={3: "email"},
          mend=(("Total,2", "Cy,cy@f.example"),)),
    table("people who are called as what ends a report", f"{HEADER},City", "Total,total@f.example,Rome",
          "Sum,sum@f.example,5", "Count,count@f.example,", created=3, names=("Total", "Sum", "Count")),
    table("a number in the last row that is a person's", "Firm,Name,Phone", "Total,Ann,212 555 0101",
          "Total,,2125550102", created=2),
    table("a row of one cell after a blank line", HEADER, ANN, "", "cy@f.example", created=1, rejected={4: "columns"},
          again=("no_key",), mend=(("cy@f.example,", "Cy,cy@f.example"),)),
    raw("numbers without a header", b"2125550101\n(212) 555-0102\n+12125550103\n", kind="suppressions", rows=3,
        created=3),
    raw("area codes and numbers without a header", b"212,5550101\n212,555-0102\n", kind="suppressions", rows=2,
        created=2),
    raw("a first line of numbers and a header below", f"2125550101,x\n{SHEET}".encode(), rows=3,
        **UNKNOWN),
    table("a title that could be a header", "Name", HEADER, ANN, BOB, rows=2, created=2),
    table("no header but titles", "Name;;", "Ann;x;y", rows=1, rejected={2: "no_key"},
          refused_in_browser="say which columns hold at least one"),
]  # fmt: skip

QUOTES = [
    table("a nickname in quotation marks that are not doubled", HEADER, '"Ann "Tippy" Lee",ann@f.example', BOB,
          created=2, names=('Ann "Tippy" Lee', "Bob")),
    table("quotation marks that leave a doubt", HEADER, '"Lee, "Tippy" Ann",ann@f.example', BOB, created=1,
          rejected={2: "columns"}),
    table("two stray quotation marks with rows between them", "Name,Firm,Title,City,Email",
          'Ann,F,"P,Rome,ann@f.example', "Bob,F,P,Rome,bob@f.example", 'Cy,F,5",Rome,cy@f.example', created=2,
          rejected={2: "columns"}, again=()),
    table("lines that each open a quotation mark", HEADER, *['"y'] * STORM, BOB, created=1,
          rejected=dict.fromkeys(range(2, STORM + 2), "columns"), again=("no_key",) * STORM),
    table("lines that open one and close the one before", HEADER, *['x","y'] * STORM, '"z"z', BOB, created=1,
          rejected=dict.fromkeys(range(2, STORM + 3), "columns"), again=("email", *("email",) * (STORM - 1), "no_key")),
    table("a quotation mark left open for a thousand rows", HEADER, 'Ann,"ann@f.example',
          *(f"P{n},p{n}@f.example" for n in range(1_000)), created=1_000, rejected={2: "columns"}, again=("email",)),
]  # fmt: skip

ARCHIVES = [
    packed("a table in an archive", {"__MACOSX/._people.csv": "x", ".DS_Store": b"\0", "in/people.csv": SHEET}, rows=2,
           created=2),
    packed("a table in an archive under a path out of it", {"../../../tmp/evil.csv": SHEET}, rows=2, created=2),
    packed("a table in an archive under a path from the root", {"/etc/cron.d/evil.csv": SHEET}, rows=2, created=2),
    packed("an archive with two tables", {"people.csv": SHEET, "other.xlsx": "x"},
           refused="holds several tables: “people.csv”, “other.xlsx”"),
    packed("an archive with a script as a name", {"a.csv": SHEET, "<script>alert(1)</script>.csv": "x"},
           refused="holds several tables"),
    packed("an archive with the same name twice over", {"a/people.csv": SHEET, "b/people.csv": SHEET},
           refused="holds several tables"),
    packed("an archive of an archive", {"people.zip": archive_of({"people.csv": SHEET})},
           refused="is a ZIP archive without a table in it"),
    packed("an archive of an archive that is named as a table", {"people.csv": archive_of({"people.csv": SHEET})},
           refused="is a ZIP archive, not a workbook"),
    packed("an archive of pictures", {"me.jpg": b"\xff\xd8\xff"}, refused="is a ZIP archive without a table in it"),
    packed("a picture that is named as a table in an archive", {"me.csv": b"\xff\xd8\xff"}, refused="is a JPEG image"),
    packed("a bomb in an archive", {"people.csv": "Name\n" + "x" * 5_000_000}, refused="more tightly than a table"),
    packed("an archive packed in another way", {"people.csv": SHEET}, method=zipfile.ZIP_LZMA, rows=2, created=2),
    packed("nothing in an archive", {"people.csv": ""}, refused="is empty"),
    HostileFile("a link in an archive", lambda: link_to("/etc/passwd"), file_name="people.zip", **UNKNOWN),
    altered("an archive with a password", b"PK\x01\x02\x14\x03\x14\0\0", b"PK\x01\x02\x14\x03\x14\0\1",
            refused="protected with a password"),
    altered("an archive packed in an unknown way", b"\x08\0", b"\x63\0", refused="is damaged"),
    HostileFile("an archive of a table cut in half", lambda: archive_of({"people.csv": SHEET})[:60],
                file_name="people.zip", refused="is damaged"),
]  # fmt: skip

TABLES = [*AROUND, *QUOTES, *ARCHIVES]
