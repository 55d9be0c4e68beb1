"""The portal as it is deployed: gunicorn with several processes at a Unix socket, behind nginx; and browsers that come
to it from different addresses of this machine."""

import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.drills.portals import ROOT
from tests.drills.ports import free_port

WORKERS, LONGEST = 4, 60
NGINX = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://unix:{folder}/portal.sock;
      proxy_set_header Host $host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
      proxy_set_header X-Forwarded-Proto https;
    }}
  }}
}}
"""
FORGED = {"X-Real-IP": "9.9.9.9", "Forwarded": "for=9.9.9.9", "X-Forwarded-Host": "evil.example"}


@contextmanager
def served(portal, *, guard=""):
    """The port of nginx. `guard` is the one to switch off, as tests.drills.production takes it."""
    with tempfile.TemporaryDirectory(prefix="drill-") as name:
        folder, port = Path(name), free_port()
        (folder / "metrics").mkdir()
        (folder / "nginx.conf").write_text(
            NGINX.format(folder=folder, port=port, user="user root;" if os.getuid() == 0 else "")
        )
        environment = portal.environment | {
            "DJANGO_SETTINGS_MODULE": "tests.drills.production",
            "LOCAL": "0",
            "DEBUG": "0",
            "DRILL_GUARD": guard,
            "WEB_CONCURRENCY": str(WORKERS),
            "PORTAL_BIND": f"unix:{folder}/portal.sock",
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
            "PYTHONPATH": str(ROOT),
        }
        environment.pop("SERVES_PAGES", None)
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "--preload", "config.wsgi"]
        nginx = ["nginx", "-p", name, "-c", str(folder / "nginx.conf"), "-e", str(folder / "nginx.log")]
        with (folder / "output").open("w") as output:
            processes = [
                subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
                for command in (gunicorn, nginx)
            ]
            try:
                _wait_until_it_answers(port, processes, folder / "output")
                yield port
            finally:
                for process in processes:
                    process.send_signal(signal.SIGTERM)
                for process in processes:
                    process.wait(LONGEST)


def _wait_until_it_answers(port, processes, output):
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        assert all(process.poll() is None for process in processes), output.read_text()[-3000:]
        try:
            if Browser(port).get("/accounts/login/")[0] == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise AssertionError(output.read_text()[-3000:])


class Browser:
    """Keeps cookies, and comes from one address; `forwarded_for` is what it claims."""

    def __init__(self, port, address="127.0.0.1"):
        self.port, self.address, self.cookies, self.token = port, address, {}, ""

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, fields, **headers):
        body = urlencode(fields | {"csrfmiddlewaretoken": self.token})
        return self.send("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"} | headers)

    def send(self, method, path, body=None, headers=None):
        """Status, text and where it leads to."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, LONGEST, (self.address, 0))
        usual = {
            "Host": "localhost",
            "Origin": "https://localhost",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        try:
            connection.request(method, path, body, usual | (headers or {}))
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if found := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', text):
            self.token = found[1]
        return response.status, text, urlsplit(response.headers.get("Location", "")).path

    def sign_in(self, email, password, forwarded_for=""):
        """“in”, “code” where a second factor is asked for, “wrong”, or “wait”."""
        if not self.token:
            self.get("/accounts/login/")
        headers = FORGED | {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
        status, text, where = self.post("/accounts/login/", {"login": email, "password": password}, **headers)
        if status == 302:
            return "code" if where == "/accounts/2fa/authenticate/" else "in"
        assert status == 200, (status, text[:500])
        return "wait" if "Too many failed sign-ins. Try again in" in text else "wrong"
