"""Exits with 0 if the portal on this machine answers: the health check of a container."""

import http.client
import os
import sys


def main() -> None:
    host, _, port = os.environ.get("PORTAL_BIND", "127.0.0.1:8000").rpartition(":")
    connection = http.client.HTTPConnection(host.replace("0.0.0.0", "127.0.0.1"), int(port), timeout=5)  # noqa: S104
    try:
        connection.request("GET", sys.argv[1] if len(sys.argv) > 1 else "/livez")
        status = connection.getresponse().status
    except OSError as error:
        sys.exit(f"The portal does not answer: {error}.")
    if status != http.client.OK:
        sys.exit(f"The portal answers with {status}.")


if __name__ == "__main__":
    main()
