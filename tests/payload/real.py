"""Real packages on services of our own. OUTSOURCE_TEST_REAL names a folder with their source trees, or with the packages themselves."""

import os
import socket
import subprocess
import urllib.request
from pathlib import Path

from support import STANDINS, TESTS, interpreter

REAL = os.environ.get("OUTSOURCE_TEST_REAL", "")


def paths(packages):
    """What has to be on PYTHONPATH: the folder itself, and where in it the packages are."""
    found = [REAL]
    for package in packages:
        found += [str(path.parent.parent) for pattern in ("", "*/", "*/lib/")
                  for path in sorted(Path(REAL).glob(f"{pattern}{package}/__init__.py"))][:1]
    return found


def reason(packages, modules, more=()):
    """Why the tests are skipped; None when the modules can be imported."""
    if not REAL:
        return f"OUTSOURCE_TEST_REAL does not name a folder with {', '.join(packages)}"
    found = subprocess.run([interpreter(), "-B", "-c", f"import {', '.join(modules)}"], capture_output=True, text=True,
                           env={"PATH": os.environ["PATH"], "PYTHONPATH": ":".join([*paths(packages), *more]), "HOME": "/nonexistent"})
    return f"{', '.join(modules)} of {REAL} cannot be imported: {found.stderr.splitlines()[-1]}" if found.returncode else None


class RealServices:
    """Of a test: the services run, the packages know where, and what jobs upload has somewhere to go."""

    rses = {}

    def start_services(self, modules):
        for rse in {*self.rses.values(), "UC_OSG_USERDISK"}:
            (self.world / "rse" / rse).mkdir(parents=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        log = open(self.world / "services.log", "wb")
        self.addCleanup(log.close)
        server = subprocess.Popen([interpreter(), "-B", str(TESTS / "services.py"), str(self.port)], stdout=log,
                                  stderr=subprocess.STDOUT, env={**self.environment, "PYTHONPATH": ""})
        self.addCleanup(server.wait)
        self.addCleanup(server.kill)
        self.wait_for(self.answers, "the services")
        etc = Path(self._temporary, "rucio", "etc")
        etc.mkdir(parents=True)
        (etc / "rucio.cfg").write_text(
            f"[client]\nrucio_host = http://127.0.0.1:{self.port}\nauth_host = http://127.0.0.1:{self.port}\nauth_type = userpass\n"
            "username = someone\npassword = a-password-of-rucio\naccount = production\nrequest_retries = 1\nprotocol_stat_retries = 1\n")
        self.environment.update({"RUCIO_HOME": str(etc.parent), "TMPDIR": self._temporary, "PYTHONPATH": ":".join(modules),
                                 "http_proxy": ""})

    def answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ping", timeout=10):
                return True
        except OSError:
            return False

    def point_to_services(self, job):
        text = (job / ".xenon_config").read_text().replace("https://rundb.example.org", f"http://127.0.0.1:{self.port}")
        text = text.replace("mongo.example.org:27017", "127.0.0.1:9").replace("another-$SECRET-thing", "another-secret-thing")
        for ours, real in self.rses.items():
            text = text.replace(ours, real)
        (job / ".xenon_config").write_text(text)
        return job

    def modules_of_tests(self, *names):
        own = Path(self._temporary, "modules")
        own.mkdir()
        for name in names:
            (own / name).symlink_to(STANDINS / "shared" / name)
        return str(own)
