"""Stages a job as the workflow does, in a directory with an unkind name, and runs its real wrapper."""

import functools
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

TESTS = Path(__file__).resolve().parent
PAYLOAD = TESTS.parent.parent / "tasks" / "payload"
STANDINS = TESTS / "standins"

RUN = "043014"
CONFIG = """\
[basic]
logging_level = INFO
[RunDB]
rundb_api_url = https://rundb.example.org
rundb_api_user = outsource
rundb_api_password = hunter-two-and-a-half
xent_url = mongo.example.org:27017
xent_user = analysis
xent_password = another-$SECRET-thing
xent_database = xenonnt
xe1t_url = mongo.example.org:27017
xe1t_user = nobody
xe1t_password = of-no-use-at-all
xe1t_database = run
[Outsource]
raw_records_rse = UC_OSG_USERDISK, CNAF_USERDISK
records_rse = RECORDS_USERDISK
peaklets_rse = PEAKLETS_USERDISK
events_rse = EVENTS_USERDISK
"""
SECRETS = ("hunter-two-and-a-half", "a-token-that-nobody-may-see", "a-fresh-token-that-nobody-may-see")


def interpreter():
    """The python3 that runs the jobs: OUTSOURCE_TEST_PYTHON, else Debian's, else the one on PATH."""
    chosen = os.environ.get("OUTSOURCE_TEST_PYTHON")
    if chosen:
        return chosen
    return "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else shutil.which("python3")


class Outcome:
    def __init__(self, code, output):
        self.code, self.output, self.path = code, output, None
        lines = output.splitlines()
        self.last = lines[-1] if lines else ""
        self.summary = {}
        if self.last.startswith("outsource-summary "):
            self.summary = json.loads(self.last[len("outsource-summary "):])
        self.cause = self.summary.get("cause")


class PayloadTest(unittest.TestCase):
    """A fresh place per test; its name holds what shells and careless programs stumble over."""

    maxDiff = None
    canary = True
    patience = 120  # seconds

    def setUp(self):
        self._temporary = tempfile.mkdtemp(prefix="outsource payload ")
        self.addCleanup(shutil.rmtree, self._temporary, ignore_errors=True)
        self.place = Path(self._temporary, "it's a \"job\" $(false) *")
        self.place.mkdir()
        binaries = Path(self._temporary, "bin")
        binaries.mkdir()
        # A script and not a link: some interpreters find their libraries by the name they are called by.
        (binaries / "python3").write_text(f'#!/bin/sh\nexec "{interpreter()}" "$@"\n')
        (binaries / "python3").chmod(0o755)
        self.environment = {"PATH": f"{binaries}:/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": "/nonexistent",
                            "OUTSOURCE_RETRY_SECONDS": "0.01"}
        if self.canary:
            self.environment["OUTSOURCE_PAYLOAD"] = "canary"

    def stage(self, name, program, inputs=()):
        """A directory for one job, with what the workflow puts into it."""
        job = self.place / name
        job.mkdir(exist_ok=True)
        wanted = [PAYLOAD / "process.sh", PAYLOAD / "payload_common.py",
                  PAYLOAD / "canary" / f"{program}.py" if self.canary else PAYLOAD / f"{program}.py", *inputs]
        for path in wanted:
            shutil.copy(path, job)
        (job / ".xenon_config").write_text(CONFIG)
        (job / ".xenon_config").chmod(0o600)
        return job

    def start(self, job, program, *arguments, environment=None, wrapper=True):
        command = ["./process.sh"] if wrapper else [str(Path(self._temporary, "bin", "python3")), f"{program}.py"]
        return subprocess.Popen([*command, *map(str, arguments)], cwd=job, env={**self.environment, **(environment or {})},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def wait(self, process):
        output, _ = process.communicate(timeout=self.patience)
        for secret in SECRETS:
            self.assertNotIn(secret, output)
        return Outcome(process.returncode, output)

    def run_job(self, job, program, *arguments, **options):
        return self.wait(self.start(job, program, *arguments, **options))

    def process(self, name, *arguments, data_type="peaklets", start=None, stop=None, group=0, inputs=(), run=43014,
                job=None, **options):
        """Stages and runs a processing job; gives its directory, its output's path and the outcome."""
        job = job or self.stage(name, "process", inputs)
        chunks = () if start is None else ("--chunk-start", start, "--chunk-stop", stop)
        output = f"{run:06d}-output-{data_type}" + (f"-{group:04d}" if chunks else "") + ".tar.gz"
        outcome = self.run_job(job, "process", "--run", run, "--context", self.context, "--data-type", data_type,
                               "--output", output, *chunks, "--max-wait", 0, *arguments, **options)
        outcome.path = job / output
        return job, job / output, outcome

    def combine(self, name, stops, *arguments, data_type="peaklets", inputs=(), run=43014, job=None, **options):
        job = job or self.stage(name, "combine", inputs)
        output = f"{run:06d}-{data_type}-combined.tar.gz"
        outcome = self.run_job(job, "combine", "--run", run, "--context", self.context, "--data-type", data_type,
                               "--output", output, "--chunk-stops", stops, "--max-wait", 0, *arguments, **options)
        outcome.path = job / output
        return job, job / output, outcome

    context = "xenonnt_v14"

    def assertDone(self, outcome):
        self.assertEqual((outcome.code, outcome.summary.get("exit"), outcome.summary.get("result")),
                         (0, 0, "done"), outcome.output)

    def assertFailed(self, code, cause, outcome):
        """Ended with that code and with words of that cause, in a summary at the very end; left no output."""
        self.assertEqual(outcome.code, code, outcome.output)
        self.assertEqual(outcome.summary.get("exit"), code, outcome.output)
        self.assertEqual(outcome.summary["result"], "failed")
        self.assertIn(cause, outcome.cause)
        self.assertNotIn("\n", outcome.cause)
        self.assertIn("==== summary ====", outcome.output)
        if outcome.path is not None and code not in (50, 51, 52):  # then it is the copy of what is not proved to be uploaded
            self.assertNoOutput(outcome.path)

    def assertNoOutput(self, output):
        self.assertFalse(output.exists(), output)
        self.assertEqual([p.name for p in output.parent.iterdir() if p.name.endswith(".partial")], [])

    def wait_for(self, condition, what):
        deadline = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), deadline, f"waited in vain for {what}")
            time.sleep(0.01)


def members(tarball):
    with tarfile.open(tarball) as tar:
        return [member.name for member in tar]


def files_of(tarball):
    """{name: content} of the files in a tarball."""
    with tarfile.open(tarball) as tar:
        return {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}


@functools.lru_cache(maxsize=None)
def proxy_text(days):
    """A self-signed certificate of that many days, from openssl; None when there is no openssl."""
    if shutil.which("openssl") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=nobody", "-days", str(days),
                        "-keyout", f"{folder}/key", "-out", f"{folder}/certificate"], check=True, capture_output=True)
        return Path(folder, "certificate").read_text() + Path(folder, "key").read_text()


class StraxTest(PayloadTest):
    """Jobs with the real programs: the image, its services and its data are stand-ins."""

    canary = False
    modules = ("shared", "strax_fake")
    cutax = "cutax_fake"

    def setUp(self):
        super().setUp()
        self.world = Path(self._temporary, "world")
        for name in ("remote", "rules", "catalogue", "rundb"):
            (self.world / name).mkdir(parents=True)
        setup = Path(self._temporary, "setup of the image.sh")
        setup.write_text("# As real ones do: reads unset variables, runs what fails.\n"
                         "echo $NOT_SET; false; export STANDIN_SETUP_DONE=yes; true\n")
        build_info = Path(self._temporary, "image-build-info.txt")
        build_info.write_text("Build for tests, tag 2024.02.1\n")
        proxy = Path(self._temporary, "proxy")
        proxy.write_text(proxy_text(2) or "a proxy")
        proxy.chmod(0o600)
        self.environment.update({
            "OUTSOURCE_SETUP_SCRIPT": str(setup), "OUTSOURCE_BUILD_INFO": str(build_info),
            "X509_USER_PROXY": str(proxy), "GLIDEIN_Country": "IT", "http_proxy": "http://squid.invalid:3128",
            "PYTHONPATH": ":".join(str(STANDINS / m) if not os.path.isabs(m) else m for m in self.modules),
            "OUTSOURCE_TEST_WORLD": str(self.world)})

    def stage(self, name, program, inputs=()):
        job = super().stage(name, program, inputs)
        with tarfile.open(job / "cutax.tar.gz", "w:gz") as tar:
            tar.add(STANDINS / self.cutax, "cutax-v1", filter=lambda m: None if "__pycache__" in m.name else m)
        (job / ".dbtoken").write_text(json.dumps(
            {"string": "a-token-that-nobody-may-see", "creation_time": time.time(), "user": "outsource"}))
        return job

    def tearDown(self):
        broken = self.world / "broken.txt"
        if broken.exists():
            self.fail("contract of a call broken: " + broken.read_text())

    def faults(self, **faults):
        (self.world / "faults.json").write_text(json.dumps({k.replace("__", ":").replace("_dot_", "."): v
                                                            for k, v in faults.items()}))

    def calls(self, name):
        path = self.world / "calls.jsonl"
        lines = path.read_text().splitlines() if path.exists() else []
        return [call for call in map(json.loads, lines) if call["call"] == name]

    def forget_calls(self):
        (self.world / "calls.jsonl").unlink(missing_ok=True)
