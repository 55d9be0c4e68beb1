"""Files whose format does not match their name, and unusual file names."""

import gzip
import json

from tests.hostile.files import HostileFile, raw, table

PEOPLE = "Name,Email\nAnn,ann@f.example\n"
UNKNOWN = {"refused": "None of the columns is known", "refused_in_browser": "say which columns hold at least one"}

KINDS = [
    raw("a PNG", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", refused="is a PNG image"),
    raw("a JPEG", b"\xff\xd8\xff\xe0\0\x10JFIF\0", refused="is a JPEG image"),
    raw("a PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", refused="is a PDF document"),
    raw("a gzip archive", gzip.compress(PEOPLE.encode()), refused="is a gzip archive"),
    raw("an RTF document", b"{\\rtf1\\ansi Ann}", refused="is an RTF document"),
    raw("a web page named as a workbook", b"\xef\xbb\xbf \n<HTML><table><tr><td>Name</table>", file_name="people.xls",
        refused="is a web page or an XML document"),
    raw("an XML document", b'<?xml version="1.0"?><people/>', refused="is a web page or an XML document"),
    raw("JSON in one line", json.dumps([{"Name": "Ann", "Email": "ann@f.example"}]).encode(), **UNKNOWN),
    raw("JSON in lines", json.dumps([{"Name": "Ann", "Email": "a@f.example"}], indent=1).encode(), **UNKNOWN),
    raw("lines of JSON", b'{"a": 1}\n{"a": 2}\n', rows=2, **UNKNOWN),
    raw("a script for a shell", b"#!/bin/sh\nrm -rf /\n", rows=1, **UNKNOWN),
    raw("a program", b"\x7fELF\2\1\1" + bytes(64), refused="NUL"),
    raw("a bare archive", b"PK\x05\x06" + bytes(18), refused="is an empty ZIP archive"),
    raw("a list with commas in one column", b"Name\n" + b"Ann,1\n", rows=1, rejected={2: "columns"},
        refused_in_browser="say which columns hold at least one"),
]  # fmt: skip


def named(about: str, file_name: str, **expected) -> HostileFile:
    about = f"a file name {about}"
    return table(about, "Name,Email", "Ann,ann@f.example", created=1, file_name=file_name, **expected)


NAMES = [
    named("of another folder", "../../../evil.csv"),
    named("of another folder of Windows", "..\\..\\evil.csv"),
    named("from the root", "/etc/cron.d/evil.csv"),
    named("of nothing but dots", "..", refused_in_browser="This field is required"),
    named("with a NUL sign", "ev\0il.csv"),
    named("of 300 signs", "x" * 300 + ".csv"),
    named("with a very long ending", "x." + "y" * 300),
    named("that is read from right to left", "people\u202evsc.exe"),
    named("that begins with a dot", ".htaccess"),
    named("of a device", "CON"),
    named("with line ends", "a\r\nSet-Cookie: x=1.csv"),
    named("with quotation marks", 'a";filename="b.html'),
    named("that is a formula", "=1+1.csv"),
    named("of blanks", "   "),
    named("with percent signs and slashes", "..%2f..%2fevil.csv"),
    named("with lone surrogates and emoji", "👩‍⚖️.csv"),
]

OTHERS = [*KINDS, *NAMES]
