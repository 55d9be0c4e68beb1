"""An OpenID Connect provider on this machine, that signs in whoever it was told to."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from config.identity_providers import IdentityProvider


@contextmanager
def running_provider():
    """Yields the provider; its `person` are the claims about whoever signs in next."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.person, server.asked = {}, []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def address(server):
    return f"http://127.0.0.1:{server.server_address[1]}"


def use(server, settings, domains="acme.example"):
    """The portal's settings with this provider as `acme`."""
    url = f"http://portal:secret@127.0.0.1:{server.server_address[1]}/#name=Acme&domains={domains}"
    provider = IdentityProvider.parse("acme", url)
    settings.IDENTITY_PROVIDERS = {"acme": provider}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [provider.as_oidc()]}}


def sign_in(client, server, **person):
    """Signs in at the provider as a browser would, and returns the portal's last answer."""
    server.person = person
    start = client.post("/accounts/oidc/acme/login/")
    query = parse_qs(urlsplit(start.url).query)
    return client.get("/accounts/oidc/acme/login/callback/", {"code": "once", "state": query["state"][0]}, follow=True)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        base = address(self.server)
        if self.path.startswith("/.well-known/"):
            self.answer(
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/authorize",
                    "token_endpoint": f"{base}/token",
                    "userinfo_endpoint": f"{base}/userinfo",
                    "jwks_uri": f"{base}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
            )
        elif self.path == "/userinfo":
            self.answer(self.server.person)
        else:
            self.answer({"keys": []})

    def do_POST(self):
        body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.server.asked.append(body)
        self.answer({"access_token": "token", "token_type": "Bearer", "expires_in": 60})

    def answer(self, data):
        body = json.dumps(data).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass
