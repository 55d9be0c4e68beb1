"""Somebody with a browser without scripts: follows links and redirects, fills in forms, and keeps cookies."""

import http.client
import re
import time
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

REDIRECTS = 8


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """The forms of a page with what is filled in already, also by fields outside that name their form."""

    def __init__(self, text):
        super().__init__()
        self.by_id, self._form, self._select = {}, None, None
        self.feed(text)
        self.found = list(self.by_id.values())

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = given.get("id") or f"form {len(self.by_id)}"
            self._named(self._form).action = given.get("action", "")
        elif tag == "option" and self._select and "selected" in given:
            form, name = self._select
            form.fields[name] = given.get("value", "")
        elif tag in ("input", "textarea", "select") and given.get("name") and (given.get("form") or self._form):
            form, name = self._named(given.get("form") or self._form), given["name"]
            kind = given.get("type", tag)
            if tag == "select":
                self._select = form, name
            elif kind == "file":
                form.files.add(name)
            elif kind not in ("checkbox", "radio") or "checked" in given:
                form.fields.setdefault(name, given.get("value", ""))

    def handle_endtag(self, tag):
        if tag == "select":
            self._select = None
        elif tag == "form":
            self._form = None

    def _named(self, name):
        return self.by_id.setdefault(name, Form(""))


@dataclass
class Page:
    path: str
    status: int
    text: str

    @property
    def words(self):
        """Its text without markup."""
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", self.text)).split())

    def form(self, name):
        """The form with this field or this end of its address."""
        for each in Forms(self.text).found:
            if name in each.fields or name in each.files or each.action.endswith(name):
                return each
        raise AssertionError(f"{self.path} ({self.status}) has no form with {name}: {self.words[:600]}")


class Visitor:
    """Behind a proxy that ends TLS for `host` and passes on to `port` of this machine."""

    def __init__(self, port, host):
        self.port, self.host = port, host
        self.cookies = {}

    def request(self, method, path, body=None, kind=""):
        headers = {
            "Host": self.host,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": "192.0.2.7",
            "Origin": f"https://{self.host}",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if kind:
            headers["Content-Type"] = kind
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        return answer, Page(path, answer.status, text)

    def open(self, path, method="GET", body=None, kind=""):
        for _ in range(REDIRECTS):
            answer, page = self.request(method, path, body, kind)
            if answer.status not in (301, 302, 303):
                return page
            parts = urlsplit(urljoin(path, answer.headers["Location"]))
            path = parts._replace(scheme="", netloc="").geturl()
            method, body, kind = "GET", None, ""
        raise AssertionError(f"{path} redirects without end")

    def submit(self, page, form, *, file=None, **values):
        """Sends the form that `form` names, with `values` beside what is filled in."""
        found = page.form(form)
        fields = found.fields | values
        if not found.files:
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = multipart(fields, dict.fromkeys(found.files, file))
        return self.open(urljoin(page.path, found.action) or page.path, "POST", body, kind)


def multipart(fields, files):
    boundary = uuid4().hex
    parts = [f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    for name, (file_name, content) in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(f"{head}Content-Type: text/csv\r\n\r\n{content}\r\n")
    return ("".join(parts) + f"--{boundary}--\r\n").encode(), f"multipart/form-data; boundary={boundary}"


def code_of(secret):
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def wait_until(condition, seconds=60):
    until = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.2)
    return found
