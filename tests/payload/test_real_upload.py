"""Uploads with the real utilix, admix and Rucio client, on services of our own: OUTSOURCE_TEST_REAL names a folder with their
source trees (or with the packages themselves); skipped with the reason without it."""

import json
import os
import random
import signal
import socket
import subprocess
import time
import unittest
import urllib.request
import zlib
from pathlib import Path

import test_programs
from required import needs
from support import RUN, STANDINS, TESTS, interpreter

REAL = os.environ.get("OUTSOURCE_TEST_REAL", "")
PACKAGES = ("utilix", "admix", "rucio")
RSES = {"PEAKLETS_USERDISK": "UC_OSG_USERDISK", "RECORDS_USERDISK": "UC_DALI_USERDISK"}


def paths():
    """What has to be on PYTHONPATH: the folder itself, and where in it the packages are."""
    found = [REAL]
    for package in PACKAGES:
        found += [str(path.parent.parent) for pattern in ("", "*/", "*/lib/")
                  for path in sorted(Path(REAL).glob(f"{pattern}{package}/__init__.py"))][:1]
    return found


def reason():
    if not REAL:
        return "OUTSOURCE_TEST_REAL does not name a folder with utilix, admix and rucio"
    found = subprocess.run([interpreter(), "-c", "import utilix, rucio.client.uploadclient"], capture_output=True, text=True,
                           env={"PATH": os.environ["PATH"], "PYTHONPATH": ":".join(paths()), "HOME": "/nonexistent"})
    return found.returncode and f"utilix or rucio of {REAL} cannot be imported: {found.stderr.splitlines()[-1]}"


@needs(reason())
class RealUploadTest(test_programs.ProgramTest):
    def setUp(self):
        super().setUp()
        for rse in RSES.values():
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
        # Of the stand-ins, only strax and straxen, and what those are made of.
        own = Path(self._temporary, "modules")
        own.mkdir()
        for name in ("world.py", "straxen", "pip"):
            (own / name).symlink_to(STANDINS / "shared" / name)
        etc = Path(self._temporary, "rucio", "etc")
        etc.mkdir(parents=True)
        (etc / "rucio.cfg").write_text(
            f"[client]\nrucio_host = http://127.0.0.1:{self.port}\nauth_host = http://127.0.0.1:{self.port}\nauth_type = userpass\n"
            "username = someone\npassword = a-password-of-rucio\naccount = production\nrequest_retries = 1\nprotocol_stat_retries = 1\n")
        self.environment.update({"RUCIO_HOME": str(etc.parent), "TMPDIR": self._temporary,
                                 "PYTHONPATH": ":".join([str(own), str(STANDINS / "strax_fake"), *paths()])})
        del self.environment["http_proxy"]
        self.environment["http_proxy"] = ""

    def answers(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/ping", timeout=10):
                return True
        except OSError:
            return False

    def stage(self, name, program, inputs=()):
        job = super().stage(name, program, inputs)
        text = (job / ".xenon_config").read_text().replace("https://rundb.example.org", f"http://127.0.0.1:{self.port}")
        for ours, real in RSES.items():
            text = text.replace(ours, real)
        (job / ".xenon_config").write_text(text)
        return job

    def entries(self):
        path = self.world / "rundb" / f"{int(RUN)}.json"
        return json.loads(path.read_text()) if path.exists() else []

    def assertNothingFalse(self):
        seen = set()
        for entry in self.entries():
            self.assertNotIn((entry["did"], entry["location"]), seen)
            seen.add((entry["did"], entry["location"]))
            scope, name = entry["did"].split(":")
            files = json.loads((self.world / "catalogue" / f"{RUN}-{name}.json").read_text())["files"]
            self.assertEqual(len(files), entry["meta"]["file_count"])
            for file, known in files.items():
                content = (self.world / "rse" / entry["location"] / scope / file).read_bytes()
                self.assertEqual((known["attached"], known["replicas"], known["bytes"], known["adler32"]),
                                 (True, {entry["location"]: "A"}, len(content), f"{zlib.adler32(content):08x}"))

    def upload(self, name):
        return self.combine(name, "2,4,5", "--upload", "--update-rundb", inputs=self.parts())

    def assertAllDone(self, outcome):
        self.assertDone(outcome)
        self.assertEqual(sorted(e["type"] for e in self.entries()), ["lone_hits", "peaklets", "pulse_counts", "veto_regions"])
        self.assertNothingFalse()
        self.assertNotIn("a-password-of-rucio", outcome.output)

    def test_should_upload_prove_and_enter_and_do_nothing_twice(self):
        self.assertAllDone(self.upload("first")[2])
        outcome = self.upload("second")[2]
        self.assertAllDone(outcome)
        self.assertEqual(outcome.output.count("all files were there already"), 4)

    def test_should_complete_what_was_killed_at_any_time(self):
        random.seed(1)
        for number in range(int(os.environ.get("OUTSOURCE_TEST_KILLS", "6"))):
            job = self.stage(f"kill {number}", "combine", self.parts())
            process = self.start(job, "combine", "--run", RUN, "--context", self.context, "--data-type", "peaklets",
                                 "--output", "o.tar.gz", "--chunk-stops", "2,4,5", "--max-wait", 0, "--upload", "--update-rundb")
            time.sleep(random.uniform(0.5, 4))
            os.kill(process.pid, signal.SIGKILL)
            self.wait(process)
            self.assertNothingFalse()
        self.assertAllDone(self.upload("last")[2])

    def test_should_send_or_confirm_what_is_registered_and_not_available(self):
        self.assertAllDone(self.upload("first")[2])
        path = self.world / "catalogue" / f"{RUN}-peaklets-{self.hash['peaklets']}.json"
        folder = self.world / "rse" / "UC_OSG_USERDISK" / f"xnt_{RUN}"
        for lies in ("whole", "half", "nothing"):
            with self.subTest(lies):
                catalogue = json.loads(path.read_text())
                for name in (f"peaklets-{self.hash['peaklets']}-00000{i}" for i in (0, 3)):
                    catalogue["files"][name]["replicas"]["UC_OSG_USERDISK"] = "C"
                    if lies == "half":
                        (folder / name).write_bytes((folder / name).read_bytes()[:-1])
                    elif lies == "nothing":
                        (folder / name).unlink()
                path.write_text(json.dumps(catalogue))
                self.assertAllDone(self.upload(lies)[2])

    def test_should_say_50_and_why_if_the_storage_element_takes_nothing(self):
        # A file where the folder of the scope has to be.
        (self.world / "rse" / "UC_OSG_USERDISK" / f"xnt_{RUN}").write_text("")
        outcome = self.upload("only")[2]
        self.assertFailed(50, "of 2 files are not there after the upload", outcome)
        self.assertNothingFalse()
        self.assertEqual(sorted(e["type"] for e in self.entries()), ["pulse_counts", "veto_regions"])

    def test_should_log_in_once_if_the_token_is_refused(self):
        (self.world / "faults.json").write_text('{"rundb.refuses": "a-token-that-nobody-may-see"}')
        self.assertAllDone(self.upload("only")[2])
        self.assertEqual(len(self.calls("rundb.login")), 1)


if __name__ == "__main__":
    unittest.main()
