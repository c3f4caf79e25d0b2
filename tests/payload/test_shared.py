"""The shared module alone: tarballs under attack, checks before the work, words about failures, plans of passes."""

import ast
import errno
import gzip
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
from contextlib import redirect_stdout
from pathlib import Path
from unittest import mock

from support import CONFIG, PAYLOAD, proxy_text

sys.path.insert(0, str(PAYLOAD))
sys.dont_write_bytecode = True
import payload_common as common  # noqa: E402
from payload_common import PayloadError  # noqa: E402


class InFolder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="outsource 'payload' "))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(self.folder)
        self.printed = io.StringIO()
        redirect = redirect_stdout(self.printed)
        redirect.__enter__()
        self.addCleanup(redirect.__exit__, None, None, None)

    def assertRefused(self, code, cause, action, *arguments, **options):
        with self.assertRaises(PayloadError) as caught:
            action(*arguments, **options)
        self.assertEqual(caught.exception.code, code)
        self.assertIn(cause, caught.exception.cause)


def member(name, kind=tarfile.REGTYPE, link="", content=b"evil"):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    info.size = len(content) if kind == tarfile.REGTYPE else 0
    return info, content


def tarball(path, *members, mode="w:gz"):
    with tarfile.open(path, mode) as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content) if info.isreg() else None)
    return path


class UnpackTest(InFolder):
    def attack(self, cause, *members, links=False):
        tarball("a.tar.gz", *members)
        (self.folder / "inside").mkdir()
        before = sorted(self.folder.rglob("*"))
        self.assertRefused(30, cause, common.unpack, "a.tar.gz", "inside/target", links=links)
        outside = [p for p in self.folder.rglob("*") if p not in before and self.folder / "inside" / "target" not in
                   [p, *p.parents]]
        self.assertEqual(outside, [])
        # Nor does anything that was left behind lead out.
        for path in (self.folder / "inside").rglob("*"):
            self.assertTrue(os.path.realpath(path).startswith(os.path.realpath(self.folder / "inside" / "target")))
        shutil.rmtree("inside")

    def test_should_refuse_if_a_member_leaves_the_folder(self):
        for name in ("/etc/evil", "../evil", "data/../../evil", "..", "data/..", "a\\..\\evil"):
            with self.subTest(name):
                self.attack("leaves the folder", member(name))

    def test_should_refuse_any_link_if_links_are_not_wanted(self):
        self.attack("is a link", member("data/a", tarfile.SYMTYPE, "b"))
        self.attack("is a link", member("data/b"), member("data/a", tarfile.LNKTYPE, "data/b"))

    def test_should_refuse_if_a_link_points_out(self):
        sym, hard = tarfile.SYMTYPE, tarfile.LNKTYPE
        for link in ("/etc/passwd", "../../evil", ".."):
            with self.subTest(link):
                self.attack("points out", member("a", sym, link), links=True)
        for link in ("/etc/passwd", "../evil", "nowhere"):
            with self.subTest(link):
                self.attack("points out", member("a", hard, link), links=True)
        # Each link alone stays inside; the chain does not.
        self.attack("points out", member("d", sym, "."), member("e", sym, "d/d/d/../../../evil"), links=True)
        self.attack("points out", member("p/x"), member("s", sym, "p"), member("t", sym, "s/../../evil"), links=True)

    def test_should_refuse_if_a_member_goes_through_a_link(self):
        self.attack("goes through a link", member("s", tarfile.SYMTYPE, "inner"), member("s/evil"), links=True)
        self.attack("given twice", member("s", tarfile.SYMTYPE, "inner"), member("s"), links=True)
        self.attack("given twice", member("s", tarfile.SYMTYPE, "inner"), member("s", tarfile.DIRTYPE), links=True)
        self.attack("points out", member("h", tarfile.SYMTYPE, "x"), member("i", tarfile.LNKTYPE, "h"), links=True)

    def test_should_refuse_if_a_member_is_no_file(self):
        for kind in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            with self.subTest(kind):
                self.attack("neither file nor folder", member("a", kind))

    def test_should_refuse_if_a_member_comes_twice(self):
        self.attack("given twice", member("a"), member("a"))
        self.attack("given twice", member("a"), member("a", tarfile.DIRTYPE))

    def test_should_refuse_if_the_file_system_would(self):
        self.attack("is in a file, not in a folder", member("a"), member("a/b"))
        self.attack("is in a file, not in a folder", member("a"), member("a/b", tarfile.DIRTYPE))
        self.attack("given twice", member("a/b"), member("a"))
        self.attack("a name that no file of ours has", member("n" * 256))
        self.attack("a name that no file of ours has", member("ö" * 128))
        self.attack("a name that no file of ours has", member("/".join(["d" * 200] * 11)))
        self.attack("a name that no file of ours has", member("d" * 300, tarfile.DIRTYPE))

    def test_should_refuse_and_escape_names_that_would_steer_a_terminal(self):
        for name in ("a\nb", "a\x1b[2Jb", "a\u202eb", "a\x85b"):
            with self.subTest(repr(name)):
                self.attack(ascii(name)[1:-1], member(name))

    def test_should_refuse_if_it_unpacks_to_far_more_than_its_size(self):
        most = common.UNPACKED_BESIDES
        self.attack("it unpacks to far more than its size", member("zeros", content=bytes(2 * most)))
        # What a header promises is not believed, and what follows the end is counted too.
        sparse = tarfile.TarInfo("sparse")
        sparse.type, sparse.size = tarfile.GNUTYPE_SPARSE, 0
        self.attack("neither file nor folder", (sparse, b""))
        with gzip.open("a.tar.gz", "wb") as zipped:
            zipped.write(bytes(2 * most))
        self.assertRefused(30, "it unpacks to far more than its size", common.unpack, "a.tar.gz", "target")
        # A name of any length is read into memory as a whole.
        self.attack("it unpacks to far more than its size", member("n" * (2 * most)))
        # An honest one of that size is none of these.
        tarball("b.tar.gz", member("random", content=os.urandom(3 << 20)))
        common.unpack("b.tar.gz", "other")

    def test_should_refuse_if_it_has_too_many_members(self):
        most, common.MEMBERS_MOST = common.MEMBERS_MOST, 10
        self.addCleanup(setattr, common, "MEMBERS_MOST", most)
        self.attack("it has more than 10 members", *(member(f"d{i}", tarfile.DIRTYPE) for i in range(11)))

    def test_should_refuse_if_the_tarball_is_no_tarball(self):
        for content in (b"", b"not a tarball", b"\x1f\x8b\x08\x00"):
            with self.subTest(content):
                Path("a.tar.gz").write_bytes(content)
                self.assertRefused(30, "a.tar.gz is damaged", common.unpack, "a.tar.gz", "target")
        self.assertRefused(20, "b.tar.gz does not exist", lambda: common.unpack("b.tar.gz", "target", code=20))

    def test_should_refuse_wherever_the_tarball_is_cut_or_altered(self):
        tarball("whole.tar.gz", member("data/a", content=os.urandom(3000)), member("data/b", content=os.urandom(3000)))
        whole = Path("whole.tar.gz").read_bytes()
        for length in range(0, len(whole), 97):
            Path("a.tar.gz").write_bytes(whole[:length])
            self.assertRefused(30, "is damaged", common.unpack, "a.tar.gz", f"cut {length}")
        for at in range(20, len(whole) - 8, 501):
            Path("a.tar.gz").write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1:])
            with self.assertRaises(PayloadError):
                common.unpack("a.tar.gz", f"altered {at}")

    def test_should_unpack_without_the_leading_component(self):
        tarball("a.tar.gz", member("./data", tarfile.DIRTYPE), member("./data/x/ö é"), member("data/link", tarfile.SYMTYPE, "x"))
        common.unpack("a.tar.gz", "target", strip=1, links=True)
        self.assertEqual(Path("target/x/ö é").read_bytes(), b"evil")
        self.assertEqual(Path("target/link/ö é").read_bytes(), b"evil")
        tarball("b.tar.gz", member("top"))
        self.assertRefused(30, "not in a folder", common.unpack, "b.tar.gz", "other", strip=1)

    def test_should_drop_dangerous_modes(self):
        info, content = member("data/tool")
        info.mode = 0o6777
        tarball("a.tar.gz", (info, content))
        common.unpack("a.tar.gz", "target")
        self.assertEqual(os.stat("target/data/tool").st_mode & 0o7777, 0o700)


class PackTest(InFolder):
    def fill(self, name, names):
        for file in names:
            path = Path(name, file)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file)
            os.utime(path, (time.time() - 1000 * len(file),) * 2)
            path.chmod(0o600 if len(file) % 2 else 0o755)

    def test_should_give_equal_bytes_if_the_content_is_equal(self):
        names = ["b/2", "a/1", "a/ö", "c"]
        self.fill("one", names)
        self.fill("two", reversed(names))
        common.pack("one", "1.tar.gz")
        with mock.patch("time.time", return_value=99.0):
            common.pack("two", "2.tar.gz")
        self.assertEqual(Path("1.tar.gz").read_bytes(), Path("2.tar.gz").read_bytes())
        with tarfile.open("1.tar.gz") as tar:
            found = tar.getmembers()
        self.assertEqual([m.name for m in found], ["data", "data/a", "data/a/1", "data/a/ö", "data/b", "data/b/2", "data/c"])
        self.assertEqual({(m.uid, m.gid, m.uname, m.gname, m.mtime) for m in found}, {(0, 0, "", "", 0)})

    def test_should_leave_nothing_if_packing_fails(self):
        self.fill("one", ["a"])
        with mock.patch("os.replace", side_effect=OSError(errno.ENOSPC, "full")):
            with self.assertRaises(OSError):
                common.pack("one", "1.tar.gz")
        self.assertEqual(sorted(os.listdir()), ["one"])

    def test_should_refuse_if_the_output_holds_a_link(self):
        self.fill("one", ["a"])
        os.symlink("/etc/passwd", "one/b")
        self.assertRefused(41, "is a link", common.pack, "one", "1.tar.gz")
        self.assertEqual(sorted(os.listdir()), ["one"])


class DiskTest(InFolder):
    expression = "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 50, (DAGNodeRetry + 1)*50)"

    def test_should_read_the_request_of_the_job_ad(self):
        for lines, expected in (
                ("RequestDisk = 50000000", 50000000), ("requestdisk=7", 7), (f"RequestDisk = {self.expression}", 50),
                (f"DAGNodeRetry = 0\nRequestDisk = {self.expression}", 50),
                (f"DAGNodeRetry = 2\nRequestDisk = {self.expression}", 150),
                (f'DAGNodeRetry = "2"\nRequestDisk = {self.expression}', 150),
                (f"DAGNodeRetry = x\nRequestDisk = {self.expression}", None), ("RequestDisk = Foo * 2", None),
                ("Other = 3", None), ("RequestDisk = undefined", None)):
            with self.subTest(lines):
                Path("ad").write_text("[not an attribute]\n" + lines + "\n")
                self.assertEqual(common.requested(common.read_job_ad("ad"), "requestdisk"), expected)

    def test_should_read_a_request_that_grows_by_a_part(self):
        first = "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= 0, 9600, (DAGNodeRetry * 0.2 + 1) * 9600)"
        later = "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry <= 2, 9600, ((DAGNodeRetry - 2) * 0.2 + 1) * 9600)"
        for expression, retries in ((first, {None: 9600, 0: 9600, 1: 11520, 2: 13440}), (later, {0: 9600, 2: 9600, 3: 11520, 5: 15360})):
            for retry, expected in retries.items():
                with self.subTest(expression=expression, retry=retry):
                    Path("ad").write_text(f"RequestMemory = {expression}\n" + (f"DAGNodeRetry = {retry}\n" if retry is not None else ""))
                    self.assertEqual(common.requested(common.read_job_ad("ad"), "requestmemory"), expected)

    def test_should_know_the_most_that_the_control_group_held(self):
        for version, line, file in ((2, "0::/job/x", "job/x/memory.peak"), (2, "0::/elsewhere", "memory.peak"),
                                    (1, "5:cpu,memory:/job", "memory/job/memory.max_usage_in_bytes")):
            with self.subTest(line):
                Path("proc").write_text(f"1:name=systemd:/y\n{line}\n")
                path = Path(f"cgroup {version} {line[-4:].replace('/', '_')}") / file
                path.parent.mkdir(parents=True)
                path.write_text("1500000000\n")
                self.assertEqual(common.cgroup_peak_mb("proc", str(path).split("/")[0]), 1500.0)
        self.assertIsNone(common.cgroup_peak_mb("proc", "nowhere"))
        self.assertIsNone(common.cgroup_peak_mb("not there", "nowhere"))

    def check(self, request, free_kb, staged_kb):
        Path("ad").write_text(f"RequestDisk = {request}\n")
        Path("input").write_bytes(b"x" * staged_kb * 1024)
        usage = mock.Mock(free=free_kb * 1024)
        with mock.patch.dict(os.environ, {"_CONDOR_JOB_AD": str(self.folder / "ad")}), \
                mock.patch("shutil.disk_usage", return_value=usage):
            common.check_disk()

    def test_should_count_what_is_staged_already(self):
        self.check(1000, 950, 50)
        self.assertIn("1000 KB asked", self.printed.getvalue())
        self.assertRefused(22, "999 KB of disk, but the job asked for 1000 KB", self.check, 1000, 949, 50)

    def test_should_not_guess_if_the_request_is_unknown(self):
        self.check("Foo", 0, 1)
        self.assertIn("request unknown", self.printed.getvalue())


class CredentialsTest(InFolder):
    def setUp(self):
        super().setUp()
        Path(".xenon_config").write_text(CONFIG)

    def token(self, age_hours=1, user="outsource", password=True, text=None):
        Path(".dbtoken").write_text(text if text is not None else json.dumps(
            {"string": "s", "creation_time": time.time() - age_hours * 3600, "user": user}))
        if not password:
            Path(".xenon_config").write_text("\n".join(l for l in CONFIG.splitlines() if "rundb_api_password" not in l))
        common.check_token(common.read_config())

    def test_should_accept_a_token_with_time_left(self):
        self.token(47)
        self.assertIn("1.0 h left", self.printed.getvalue())

    def test_should_go_on_with_an_old_token_if_there_is_a_password(self):
        self.token(50)
        self.assertIn("expired 2.0 h ago; a new one will be asked for", self.printed.getvalue())

    def test_should_refuse_an_old_token_if_there_is_no_password(self):
        self.assertRefused(31, "expired 2.0 h ago, and .xenon_config has no rundb_api_user", self.token, 50, password=False)

    def test_should_refuse_a_token_of_another_user_if_there_is_no_password(self):
        self.assertRefused(31, "is of user somebody, but .xenon_config says outsource", self.token, user="somebody",
                           password=False)

    def test_should_refuse_if_the_token_is_none(self):
        common.check_token(common.read_config())
        self.assertIn("was not staged into the job's directory; a new one will be asked for", self.printed.getvalue())
        Path(".xenon_config").write_text("[RunDB]\n")
        self.assertRefused(31, "was not staged", common.check_token, common.read_config())
        for text in ("", "x", "[]", "{}", '{"string": "", "creation_time": 1, "user": "u"}',
                     '{"string": "s", "creation_time": null, "user": "u"}'):
            with self.subTest(text):
                self.assertRefused(31, "is not a RunDB token", self.token, text=text)

    def proxy(self, text):
        Path("proxy").write_text(text)
        with mock.patch.dict(os.environ, {"X509_USER_PROXY": "proxy"}):
            common.check_proxy()

    def test_should_refuse_if_there_is_no_proxy(self):
        with mock.patch.dict(os.environ):
            os.environ.pop("X509_USER_PROXY", None)
            self.assertRefused(31, "X509_USER_PROXY is not set", common.check_proxy)
        with mock.patch.dict(os.environ, {"X509_USER_PROXY": "/no/such/proxy"}):
            self.assertRefused(31, "/no/such/proxy (X509_USER_PROXY) does not exist", common.check_proxy)

    @unittest.skipUnless(shutil.which("openssl"), "openssl is missing: no certificates to test with")
    def test_should_know_the_time_left_of_a_proxy(self):
        self.proxy(proxy_text(2))
        self.assertRegex(self.printed.getvalue(), r"proxy: 4[78]\.\d h left")
        self.assertRefused(31, "is not a certificate", self.proxy, "no certificate")
        with mock.patch("time.time", return_value=time.time() + 2 * 86400 - 600):
            self.assertRefused(31, " h left; 1 h are needed", self.proxy, proxy_text(2))

    def test_should_say_unknown_if_openssl_is_missing(self):
        with mock.patch("shutil.which", return_value=None):
            self.proxy("anything")
        self.assertIn("time left unknown", self.printed.getvalue())


class ConfigTest(InFolder):
    def test_should_not_show_a_line_of_a_broken_configuration(self):
        Path(".xenon_config").write_text("[RunDB]\nhunter-two-and-a-half\n")
        with self.assertRaises(PayloadError) as caught:
            common.read_config()
        self.assertNotIn("hunter", caught.exception.cause)
        self.assertRefused(10, "was not staged", common.read_config, "nowhere")

    def test_should_expand_variables_and_trim_lists(self):
        Path(".xenon_config").write_text("[Outsource]\nraw_records_rse = A ,$B_RSE,, C\n")
        with mock.patch.dict(os.environ, {"B_RSE": "B"}):
            self.assertEqual(common.config_list(common.read_config(), "raw_records_rse"), ["A", "B", "C"])

    def test_should_find_every_secret_and_redact_it(self):
        Path(".xenon_config").write_text("[DEFAULT]\nmy_secret = fallback-secret\n[RunDB]\nrundb_api_password = pa%ss$NAME\n"
                                         "xent_url = mongodb://me:in-the-url@host\npassword = abc\n")
        Path(".dbtoken").write_text('{"string": "the-token"}')
        with mock.patch.dict(os.environ, {"NAME": "word"}):
            secrets = common.find_secrets(".xenon_config", ".dbtoken")
        stream = io.StringIO()
        redactor = common.Redactor(stream, secrets)
        print("pa%ss$NAME pa%ssword in-the-url fallback-secret the-token abc", file=redactor)
        self.assertEqual(stream.getvalue(), "*** *** *** *** *** abc\n")

    def test_should_name_the_rse_of_each_level(self):
        Path(".xenon_config").write_text(CONFIG)
        found = common.find_rses(common.read_config(), ["records", "pulse_counts", "peaklets", "merged_s2s", "event_info"])
        self.assertEqual(found, {"records": "RECORDS_USERDISK", "pulse_counts": "RECORDS_USERDISK",
                                 "peaklets": "PEAKLETS_USERDISK", "merged_s2s": "PEAKLETS_USERDISK",
                                 "event_info": "EVENTS_USERDISK"})
        Path(".xenon_config").write_text("[Outsource]\nevents_rse = A, B\n")
        self.assertRefused(10, "events_rse must name one RSE for event_info, but names 2",
                           common.find_rses, common.read_config(), ["event_info"])
        self.assertRefused(10, "peaklets_rse must name one RSE for peaklets, but names 0",
                           common.find_rses, common.read_config(), ["peaklets"])


class JudgeTest(unittest.TestCase):
    def test_should_blame_by_the_chain_of_causes(self):
        def chain(outer, inner):
            outer.__cause__ = inner
            return outer

        unavailable = type("DataNotAvailable", (Exception,), {})
        of_rucio = type("ServerError", (Exception,), {"__module__": "rucio.common.exception"})
        for error, code in (
                (ValueError("x"), 40), (MemoryError(), 40), (OSError(errno.ENOENT, "x"), 40),
                (OSError(errno.ENOSPC, "x"), 22), (chain(ValueError("x"), OSError(errno.EDQUOT, "x")), 22),
                (unavailable("x"), 30), (chain(RuntimeError("x"), of_rucio("y")), 30),
                (chain(RuntimeError("x"), PayloadError(41, "z")), 41)):
            with self.subTest(repr(error)):
                self.assertEqual(common.judge(error)[0], code)

    def test_should_not_loop_if_causes_do(self):
        one, two = ValueError("1"), ValueError("2")
        one.__cause__, two.__cause__ = two, one
        self.assertEqual(common.judge(one), (40, "ValueError: 1"))


class RunTest(InFolder):
    def test_should_not_leave_an_output_if_the_job_fails_after_it_was_packed(self):
        program = """
import payload_common as common

def work(args, report):
    common.pack("outsource-work/data", args.output)
    raise KeyError("too late")

common.run("process", work)
"""
        found = subprocess.run([sys.executable, "-c", program, "--run", "1", "--context", "x", "--data-type", "peaklets",
                                "--output", "o.tar.gz"], capture_output=True, text=True,
                               env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PAYLOAD), "PYTHONDONTWRITEBYTECODE": "1"})
        self.assertEqual(found.returncode, 40, found.stderr)
        self.assertIn("packed o.tar.gz", found.stdout)
        self.assertEqual(os.listdir(), ["outsource-work"])


class PersistTest(InFolder):
    def setUp(self):
        super().setUp()
        patch = mock.patch.dict(os.environ, {"OUTSOURCE_RETRY_SECONDS": "0"})
        patch.start()
        self.addCleanup(patch.stop)

    def test_should_try_three_times(self):
        action = mock.Mock(side_effect=[RuntimeError("a"), RuntimeError("b"), "done"])
        self.assertEqual(common.persist("It", 50, action), "done")
        action = mock.Mock(side_effect=RuntimeError("a"))
        self.assertRefused(50, "It failed 3 times, at last with RuntimeError: a", common.persist, "It", 50, action)
        self.assertEqual(action.call_count, 3)

    def test_should_not_repeat_what_is_final(self):
        for final in (PayloadError(41, "x"), common.Signalled(15)):
            action = mock.Mock(side_effect=final)
            with self.assertRaises(type(final)):
                common.persist("It", 50, action)
            self.assertEqual(action.call_count, 1)


class SourceTest(unittest.TestCase):
    sources = sorted(p for p in PAYLOAD.rglob("*.py"))

    def test_should_be_readable_by_the_oldest_python_of_an_image(self):
        self.assertGreaterEqual(len(self.sources), 6)
        for path in self.sources:
            with self.subTest(path.name):
                version = (3, 6) if path.name == "cutax_context.py" else (3, 9)
                ast.parse(path.read_text(encoding="utf-8"), feature_version=version)

    def test_should_import_only_what_the_image_has_or_is_staged(self):
        allowed = {"payload_common", "cutax_context", "strax", "straxen", "cutax", "saltax"}
        for path in self.sources:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [a.name for a in node.names] if isinstance(node, ast.Import) else \
                    [node.module] if isinstance(node, ast.ImportFrom) else []
                for name in names:
                    top = name.split(".")[0]
                    self.assertTrue(top in allowed or top in getattr(sys, "stdlib_module_names", {top}), (path, name))

    @unittest.skipUnless(shutil.which("shellcheck"), "shellcheck is not installed")
    def test_should_pass_shellcheck(self):
        scripts = sorted(PAYLOAD.glob("*.sh"))
        self.assertEqual([s.name for s in scripts], ["process.sh"])
        found = subprocess.run(["shellcheck", "--severity=style", *scripts], capture_output=True, text=True)
        self.assertEqual((found.returncode, found.stdout), (0, ""))

    def test_should_stop_at_the_first_failure(self):
        self.assertIn("\nset -euo pipefail\n", (PAYLOAD / "process.sh").read_text())


if __name__ == "__main__":
    unittest.main()
