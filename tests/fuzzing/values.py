"""What a client may send for any parameter or field, and bodies that are no form or no JSON."""

VALUES = [
    "",
    "-",
    "--name",
    "-1",
    "0",
    "1e9",
    "NaN",
    "9" * 30,
    "9" * 5000,
    "\x00",
    "a\x00b",
    "%00",
    "2026-02-30",
    "0000-00-00",
    "9999-12-31",
    "0001-01-01",
    "owner__password",
    "__class__",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "{{ 7 }}",
    "ø" * 300,
    "\U0001f600",
    "../../etc/passwd",
    "x" * 15_000,
]
"""Each third of them has some of every kind."""

REPEATED = [("1", "x"), ("", "\x00"), ("a",) * 50]
"""A key that is sent several times."""

MORE_VALUES: list[str | tuple[str, ...]] = [
    *REPEATED,
    *(
        "null",
        "None",
        "true",
        "[]",
        "{}",
        "[1]",
        '{"a":1}',
        "Infinity",
        "1e400",
        "0x7f",
        "1_000",
        "１２",
        "²",
        "૧",
        "1.5",
    ),
    *("2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "00", "+1", "1e-9", ".", ","),
    *("24:00", "23:59:60", "2026-13-01", "2026-06-31T25:61", "2026-03-08T02:30", "9999-12-31T23:59:59Z", "T", "now"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-02-30T09:00:00Z", "99999-01-01"),
    *("'", '"', "`", '" OR ""="', "1; DROP TABLE calls_call", "%", "_", "%s", "%(a)s", "{0}", "${7*7}", "(((((", "[a-"),
    *("owner__password__startswith", "-workspace__slug", "pk__in", "id__regex", "__proto__", "-" * 200, "-sort", "--"),
    *("\\", "/", "//evil.example", "javascript:alert(1)", "file:///etc/passwd", "http://[", "http://[::1", "a@b@c"),
    *("\r\nSet-Cookie: a=b", "\t", "\x0b", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffe", "\u202egnp.exe"),
    *("a\u0300" * 200, "\U0010ffff", "İ", "ß", "ﬀ", "𝟙", "ſ", " ", "\u3000", "x" * 20_000, "é" * 7_000),
]

RAW_QUERIES = ["%ff", "sort=%ff%fe", "q=%ed%a0%80", "a[]=1&a[b]=2", "&&&=;=", "=", "q=%", "page=%C3%28", "?" * 50]
"""Query strings that no browser sends: wrong encodings, brackets, half an escape."""

FORM, JSON = "application/x-www-form-urlencoded", "application/json"
MANY_FIELDS = "&".join(f"a{number}=1" for number in range(1500)).encode()
BODIES: list[tuple[bytes, str]] = [
    *((b"a=%ff%fe&name=\xff", FORM), (b"name=x", f"{FORM}; charset=utf-16"), (b"name=x", f"{FORM}; charset=nonsense")),
    *((MANY_FIELDS, FORM), (b"x" * 3_000_000, FORM), (b"\x00" * 100, FORM), (b"", ""), (b"name=x", "text/plain")),
    *((b"{", JSON), (b"[]", JSON), (b"null", JSON), (b"\xff\xfe{}", JSON), (b"[" * 5000, JSON), (b'{"a":1e999}', JSON)),
    *((b'{"calls":"x"}', JSON), (b'{"calls":[1,null,[]]}', JSON), (b'{"calls":[{}]}', f"{JSON}; charset=utf-16")),
    *((b'{"calls":[{"call_id":"\\ud800"}]}', JSON), (b'{"a":1,"a":2}', JSON), (b"NaN", JSON), (b"<a/>", "text/xml")),
    *(
        (b"--x", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n", "multipart/form-data"),
        (b"", "multipart/form-data"),
    ),
    (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="\x00"\r\n\r\nx\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    (
        b'--x\r\nContent-Disposition: form-data; name="q"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n',
        "multipart/form-data; boundary=x",
    ),
    (b"name=x", "multipart/form-data; boundary=" + "x" * 500),
]
"""A body and its content type."""
