"""docs/operations/production.md as a script: its blocks marked `drill`, in folders of their own."""

import os
import re
import shlex
import subprocess
from pathlib import Path

from config.environment import environment
from tests.drills.portals import ROOT

PAGE = ROOT / "docs" / "operations" / "production.md"
FOLDERS = ("/srv/portal", "/etc/portal", "/var/lib/portal", "/var/backups/portal", "/usr/local/bin")
OTHERS = {"VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "SERVES_PAGES", "PORTAL_PASSWORD"}
REPOSITORY = "https://code.example/client-portal.git"


def blocks(page=PAGE):
    """The blocks to run by the heading that they stand under."""
    found, heading = [], ""
    for part in re.split(r"^(## [^\n]*|```sh drill\n.*?^```)$", page.read_text(), flags=re.MULTILINE | re.DOTALL):
        if part.startswith("## "):
            heading = part.removeprefix("## ")
        elif part.startswith("```sh drill"):
            found.append((heading, part.removeprefix("```sh drill\n").removesuffix("```")))
    return found


class Machine:
    """Runs what the guide says, with its folders moved into `folder`."""

    def __init__(self, folder):
        self.folder, self.children = folder, []
        self.log = folder / "log"
        for each in ("/usr/local/bin", "/srv", "/etc", "/var/lib", "/var/backups"):
            self.path(each).mkdir(parents=True)
        # Without the settings of the tests, which a machine would not have.
        kept = {name: value for name, value in os.environ.items() if name not in {*environment.settings, *OTHERS}}
        self.environment = kept | {
            "PATH": f"{self.path('/usr/local/bin')}:{os.environ['PATH']}",
            "PORTAL_HOME": str(self.path("/srv/portal")),
            "PORTAL_SETTINGS": str(self.path("/etc/portal/portal.env")),
            "PORTAL_USER": subprocess.check_output(["id", "-un"], text=True).strip(),  # noqa: S607
        }

    def path(self, path):
        return self.folder / path.lstrip("/")

    def here(self, text):
        """The text with the folders of this machine instead of those of the guide."""
        for each in FOLDERS:
            text = text.replace(each, str(self.path(each)))
        user = self.environment["PORTAL_USER"]
        return text.replace(REPOSITORY, str(ROOT)).replace("PORTAL_USER=root", f"PORTAL_USER={user}")

    def run(self, script):
        """Stops at the first command that fails, and returns what was printed."""
        home = self.path("/srv/portal")
        done = subprocess.run(  # noqa: S602
            f"set -eu\n{self.here(script)}",
            shell=True,
            executable="/bin/bash",
            cwd=home if home.exists() else self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        assert done.returncode == 0, f"{script}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
        return done.stdout

    def settings(self, file, **changed):
        """Edits a file of settings, as the guide asks for."""
        path = self.path(file)
        lines = [line for line in path.read_text().splitlines() if line.partition("=")[0] not in changed]
        path.write_text("\n".join([*lines, *(f"{name}={value}" for name, value in changed.items())]) + "\n")

    def start(self, unit, **given):
        """Starts the process of a systemd unit."""
        text = self.here((ROOT / "deploy" / "systemd" / unit).read_text())
        lines = [line.partition("=") for line in text.splitlines() if "=" in line]
        service = {name: value for name, _, value in lines}
        files = [value for name, _, value in lines if name == "EnvironmentFile"]
        # systemd passes over a file that begins with a hyphen and does not exist.
        found = [Path(name.removeprefix("-")) for name in files if not name.startswith("-") or Path(name[1:]).exists()]
        settings = (line.partition("=") for path in found for line in path.read_text().splitlines())
        settings = {name: value for name, _, value in settings if name and not name.startswith("#")}
        with self.log.open("a") as output:
            child = subprocess.Popen(
                shlex.split(service["ExecStart"]),
                cwd=service["WorkingDirectory"],
                env=self.environment | settings | given,
                stdout=output,
                stderr=output,
            )
        self.children.append(child)

    def stop(self):
        for child in self.children:
            child.terminate()
        for child in self.children:
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
