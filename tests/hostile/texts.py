"""Text files whose encoding, lines, quotation marks, delimiters or headers are not as one would wish."""

import codecs

from tests.hostile.files import raw, table

HEADER = "Name,Email"
ANN, BOB = "Ann Lee,ann@f.example", "Bob Ray,bob@f.example"
ZOE = "Zoë Müller,zoe@f.example"
JOSE = "José Núñez,jose@f.example"

ENCODINGS = [
    table("a mark of UTF-8", HEADER, ANN, ZOE, mark=codecs.BOM_UTF8, created=2, names=("Zoë Müller",)),
    table("two marks of UTF-8", HEADER, ANN, ZOE, mark=codecs.BOM_UTF8 * 2, created=2, names=("Zoë Müller",)),
    table("UTF-16 with a mark", HEADER, ANN, ZOE, encoding="utf-16", created=2, names=("Zoë Müller",)),
    table("UTF-16 LE without a mark", HEADER, ANN, ZOE, encoding="utf-16-le", created=2, names=("Zoë Müller",)),
    table("UTF-16 BE without a mark", HEADER, ANN, ZOE, encoding="utf-16-be", created=2, names=("Zoë Müller",)),
    raw(
        "UTF-16 cut in the middle of a sign", f"{HEADER}\n{ANN}".encode("utf-16")[:-1], refused="is not text in utf-16"
    ),
    table("UTF-32 with a mark", HEADER, ANN, ZOE, encoding="utf-32", created=2, names=("Zoë Müller",)),
    table("UTF-32 without a mark", HEADER, ANN, encoding="utf-32-le", refused="NUL sign"),
    table("Windows-1252", HEADER, ANN, JOSE, encoding="cp1252", created=2, names=("José Núñez",)),
    table("Windows-1251", HEADER, "Иван Петров,i@f.example", encoding="cp1251", created=1, names=("Иван Петров",)),
    table("Shift JIS", HEADER, "山田太郎,y@f.example", encoding="shift_jis", created=1, names=("山田太郎",)),
    table("Mac Roman", HEADER, ANN, JOSE, encoding="mac_roman", created=2, names=("José Núñez",)),
    raw(
        "one byte in the last line that is not UTF-8, as all else is",
        f"{HEADER}\n{ZOE}\n{JOSE}\n".encode() + b"Ren\xe9e,r@f.example\n",
        refused="Line 4 of people.csv is not text in UTF-8",
    ),
    raw("bytes that are no text", f"{HEADER}\n{ANN}\n".encode() + b"\xff\xfe\x00\xd8\xff\x81\x8d\n", refused="Line 3"),
    raw("half a sign at the end", f"{HEADER}\n{ZOE}\nZo".encode() + b"\xc3", refused="Line 3"),
    table("surrogates", HEADER, ZOE, "A\ud800,a@f.example", refused="Line 3 of people.csv is not text in UTF-8"),
    raw("a NUL sign", f"{HEADER}\nA\0nn,ann@f.example\n".encode(), refused="Line 2 of people.csv has a NUL sign"),
    raw("UTF-7", b"Name,Email\n+AD0-cmd,ann@f.example\n", rows=1, created=1, names=("+AD0-cmd",)),
]

LINES = [
    raw("nothing at all", b"", refused="is empty"),
    table("a header alone", HEADER),
    raw("a header without an end of line", HEADER.encode()),
    raw("only blank lines", b"\n \n,,,\r\n\t\n", refused="is empty"),
    table("blank lines between the rows", "", "", HEADER, "", ANN, " , ", ",", "\t", BOB, "", rows=2, created=2),
    table("line ends of old Macs", HEADER, ANN, BOB, end="\r", created=2),
    raw("line ends of every kind", f"{HEADER}\r\n{ANN}\r{BOB}\n{ZOE}\r\r\n\n".encode(), rows=3, created=3),
    table("line ends that only Unicode knows", HEADER, "A\u2028nn\x85Lee\x0b\x0c,ann@f.example", rows=1, created=1),
    raw("a last row without an end of line", f"{HEADER}\n{ANN}".encode(), rows=1, created=1),
    table("a cell as long as may be", f"{HEADER},Notes", f"{ANN},{'x' * 131_072}", created=1),
    table(
        "a cell one sign too long",
        f"{HEADER},Notes",
        f"{ANN},{'x' * 131_073}",
        BOB + ",",
        rejected={2: "columns"},
        created=1,
    ),
    table("a line of 5 MB", HEADER, ANN, "x," * 2_500_000, refused="Line 3 of people.csv is longer than 1,000,000"),
    table("a row over very many lines", HEADER, '"' + "x\n" * 200_000 + '",', rows=1, refused="more than 131,072"),
]

QUOTES = [
    table("a quotation mark left open in the last row", HEADER, ANN, 'Bob,"bob@f.example', created=1,
          rejected={3: "columns"}, again=("email",), mend=((',"""bob@f.example"', ",bob@f.example"),)),
    table("a quotation mark left open in the middle", HEADER, 'Ann,"ann@f.example', BOB, ZOE, created=2,
          rejected={2: "columns"}, again=("email",)),
    table("a quotation mark left open and closed by another", HEADER, 'Ann,"ann@f.example', 'Bob,"bob@f.example"', ANN,
          created=2, rejected={2: "columns"}, again=("email",)),
    table("quotation marks inside a cell", HEADER, 'Ann "Tippy" Lee,ann@f.example', created=1,
          names=('Ann "Tippy" Lee',)),
    table("doubled quotation marks", HEADER, '"Ann ""Tippy"" Lee",ann@f.example', created=1,
          names=('Ann "Tippy" Lee',)),
    table("lines and delimiters in quotation marks", HEADER, '"Lee, Ann\r\n;\tJr.",ann@f.example', BOB, created=2,
          names=("Lee, Ann ; Jr.",)),
    table("a blank before a quotation mark", HEADER, 'Ann, "ann@f.example"', rejected={2: "email"},
          mend=((' ""ann@f.example""', "ann@f.example"),)),
]  # fmt: skip

DELIMITERS = [
    table("semicolons", "Name;Email;Notes", "Lee, Ann;ann@f.example;a,b,c,d", created=1, names=("Lee, Ann",)),
    table("tabs", "Name\tEmail", "Lee, Ann\tann@f.example", created=1, names=("Lee, Ann",), file_name="people.tsv"),
    table("bars", "Name|Email", "Lee, Ann|ann@f.example", created=1, names=("Lee, Ann",)),
    table("a hint for Excel", "sep=;", "Name;Email", "Lee, Ann;ann@f.example", rows=1, created=1),
    table("a hint that is wrong", "sep=;", HEADER, ANN, rows=1, refused="None of the columns is known",
          refused_in_browser="say which columns hold at least one"),
    table(
        "rows too short and too long", f"{HEADER},City", ANN, "Bob,bob@f.example,Rome", f"{ZOE},Rome,Italy", "Cy",
        created=1, rejected={2: "columns", 4: "columns", 5: "columns"},
        again=("columns", "no_key"), mend=(("Rome,Italy,4", "Rome,4"), ("Cy,,", "Cy,cy@f.example,")),
    ),
]  # fmt: skip

WIDE = [f"Column {n}" for n in range(1000)]
HEADERS = [
    table("two columns of one name", f"{HEADER},Email", f"{ANN},", f"{BOB},x", created=2),
    table("columns that differ in letter case alone", "Name,Email,EMAIL,e-mail", f"{ANN},x,y", created=1),
    table("columns without a name", ",Name,,Email,", f"1,Ann,2,{'ann@f.example'},3", created=1),
    table("signs that cannot be seen in the header", "N\u200bame,\u202eEm\u00adail", ANN, created=1),
    table(
        "101 columns", ",".join(["Email", *WIDE[:100]]), "ann@f.example" + "," * 100, created=1,
        refused_in_browser="has 101 columns; at most 100 are read",
    ),
    table("1,001 columns", ",".join(["Email", *WIDE]), "ann@f.example" + "," * 1000, refused="has 1,001 columns"),
    table(
        "a header of 10,000 signs", f"{HEADER},{'x' * 10_000}", f"{ANN},x", created=1,
        refused_in_browser="a name of 10,000 characters",
    ),
    table("a first row without a header", ANN, BOB, rows=2, created=2),
    table("the reasons of an earlier refusal", f"{HEADER},Rejected: line,Rejected: code,Rejected: why",
          f"{ANN},7,email,“no” is not an address", BOB, "Cy,no,3", rejected={4: "email"}, created=2,
          mend=((",no,", ",cy@f.example,"),)),
    table("the notes that LinkedIn puts first", "Notes:", '"Some are missing, ""for a reason""."', "", HEADER, ANN,
          rows=1, created=1),
]  # fmt: skip

TEXTS = [*ENCODINGS, *LINES, *QUOTES, *DELIMITERS, *HEADERS]
