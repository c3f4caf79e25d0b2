"""unpack.py, as the job on the submit host runs it: what is unpacked, and what may go wrong with the tarball, the disk and the job."""

import gzip
import io
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
from pathlib import Path

from support import PAYLOAD, Outcome, interpreter

RUN = "053009"


def data(data_type="peaklets", lineage_hash="hcbk2nr2fc", sizes=(10, 20), run=RUN, **metadata):
    """{name in the tarball: content} of a folder of strax data."""
    folder = f"{run}-{data_type}-{lineage_hash}"
    chunks, files = [], {}
    for number, size in enumerate(sizes):
        chunk = {"chunk_i": number, "n": size}
        if size:
            chunk.update(filename=f"{data_type}-{lineage_hash}-{number:06d}", filesize=size)
            files[f"{folder}/{chunk['filename']}"] = bytes([65 + number]) * size
        chunks.append(chunk)
    text = json.dumps({"writing_ended": 1.0, "chunks": chunks, **metadata})
    return {f"{folder}/{data_type}-{lineage_hash}-metadata.json": text.encode(), **files}


def member(name, kind=tarfile.REGTYPE, target="", size=0):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size, info.mode = kind, target, size, 0o777
    return info


class UnpackTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self._temporary = tempfile.mkdtemp(prefix="outsource unpack ")
        self.addCleanup(shutil.rmtree, self._temporary, ignore_errors=True)
        self.outputs = Path(self._temporary, "out puts")
        self.outputs.mkdir()
        self.tarball = self.outputs / f"{RUN}-upper_tpc-output.tar.gz"

    def pack(self, files, *members, path=None):
        with gzip.open(path or self.tarball, "wb") as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
            for name, content in files.items():
                info = member(f"data/{name}", size=len(content))
                tar.addfile(info, io.BytesIO(content))
            for info in members:
                tar.addfile(info, io.BytesIO(b"x" * info.size))
        return path or self.tarball

    def command(self, *more, tarball=None, run=RUN, script=PAYLOAD / "unpack.py"):
        return [interpreter(), "-B", str(script), "--tarball", str(tarball or self.tarball), "--outputs", str(self.outputs),
                "--run", str(int(run)), "--job", "combine_tpc_ID0000007", *more]

    def start(self, *more, **options):
        return subprocess.Popen(self.command(*more, **options), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                stdin=subprocess.DEVNULL, cwd=self._temporary)

    def finish(self, process):
        output, _ = process.communicate(timeout=120)
        return Outcome(process.returncode, output)

    def unpack(self, *more, **options):
        return self.finish(self.start(*more, **options))

    def assertDone(self, outcome):
        self.assertEqual((outcome.code, outcome.summary.get("result")), (0, "done"), outcome.output)

    def assertFailed(self, code, cause, outcome):
        self.assertEqual((outcome.code, outcome.summary.get("exit")), (code, code), outcome.output)
        self.assertIn(cause, outcome.cause)

    def assertUntouched(self):
        """The tarball is there, nothing else is."""
        self.assertEqual(sorted(p.name for p in self.outputs.iterdir()), sorted({self.tarball.name, "strax_data_osg"}))
        self.assertEqual(list((self.outputs / "strax_data_osg").iterdir()), [])

    def files(self, folder="strax_data_osg"):
        return {str(p.relative_to(self.outputs / folder)): p.read_bytes() for p in (self.outputs / folder).rglob("*") if p.is_file()}

    def test_should_write_what_it_prints_into_its_log_too(self):
        self.pack(data())
        outcome = self.unpack("--log", "logs/untar-x.log")

        self.assertDone(outcome)
        self.assertEqual(Path(self._temporary, "logs", "untar-x.log").read_text(encoding="utf-8"), outcome.output)

    def test_should_have_a_log_if_it_fails(self):
        for more in ((), ("--no-such-option",)):
            with self.subTest(more):
                self.tarball.write_bytes(b"no tarball")
                outcome = self.unpack("--log=logs/untar-x.log", *more)

                self.assertNotEqual(outcome.code, 0)
                self.assertEqual(Path(self._temporary, "logs", "untar-x.log").read_text(encoding="utf-8"), outcome.output)

    def test_should_refuse_a_log_elsewhere(self):
        self.pack(data())
        self.assertFailed(10, "--log", self.unpack("--log", "../x.log"))
        self.assertFalse(Path(self._temporary, "..", "x.log").exists())

    def index(self):
        return [json.loads(line) for line in (self.outputs / "index.jsonl").read_text().splitlines()]


class Unpacking(UnpackTest):
    def test_brings_the_folders_into_place_and_enters_them(self):
        files = {**data(), **data("lone_hits", sizes=(0, 5, 0))}
        self.pack(files)
        outcome = self.unpack()
        self.assertDone(outcome)
        self.assertEqual(self.files(), files)
        self.assertFalse(self.tarball.exists())
        self.assertEqual(sorted(p.name for p in self.outputs.iterdir()), ["index.jsonl", "strax_data_osg"])
        size = {t: sum(len(c) for n, c in files.items() if f"-{t}-" in n) for t in ("peaklets", "lone_hits")}
        self.assertEqual(self.index(), [
            {"run": 53009, "type": t, "hash": "hcbk2nr2fc", "bytes": size[t], "job": "combine_tpc_ID0000007", "folder": "strax_data_osg",
             "tarball": self.tarball.name} for t in ("lone_hits", "peaklets")])
        self.assertEqual(outcome.summary["bytes_out"], sum(size.values()))
        self.assertIn(f"unpacked: strax_data_osg/{RUN}-peaklets-hcbk2nr2fc, {size['peaklets']} bytes", outcome.output)

    def test_gives_the_files_usual_modes(self):
        os.umask(0o027)
        self.addCleanup(os.umask, 0o022)
        self.pack(data())
        self.assertDone(self.unpack())
        folder = next((self.outputs / "strax_data_osg").iterdir())
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o750)
        self.assertEqual({stat.S_IMODE(p.stat().st_mode) for p in folder.iterdir()}, {0o640})

    def test_puts_parts_where_it_is_told(self):
        self.pack(data(lineage_hash="wjqsi5lq4x"))
        self.assertDone(self.unpack("--folder", "strax_data_osg_per_chunk"))
        self.assertEqual(len(self.files("strax_data_osg_per_chunk")), 3)

    def test_unpacks_what_a_canary_made(self):
        job = Path(self._temporary, "job")
        job.mkdir()
        shutil.copy(PAYLOAD / "payload_common.py", job)
        shutil.copy(PAYLOAD / "canary" / "process.py", job)
        subprocess.run([interpreter(), "-B", "process.py", "--run", "53009", "--context", "xenonnt_v14", "--data-type", "peaklets", "--output",
                        f"{RUN}-output-peaklets-0000.tar.gz", "--chunk-start", "0", "--chunk-stop", "2"], check=True, cwd=job,
                       env={"OUTSOURCE_PAYLOAD": "canary", "PATH": os.environ["PATH"]}, stdout=subprocess.DEVNULL)
        outcome = self.unpack(tarball=job / f"{RUN}-output-peaklets-0000.tar.gz")
        self.assertDone(outcome)
        self.assertEqual([(e["type"], e["part"]) for e in self.index()], [("peaklets", "chunks-0-2")])

    def test_brings_measurements_beside_the_data(self):
        name = f"{RUN}-lower-0_10.resources.json"
        self.pack({**data(), name: b"{}"})
        self.assertDone(self.unpack())
        self.assertEqual((self.outputs / name).read_bytes(), b"{}")

    def test_follows_a_link_to_the_tarball_and_deletes_both(self):
        self.pack(data())
        link = Path(self._temporary, self.tarball.name)
        link.symlink_to(self.tarball)
        self.assertDone(self.unpack(tarball=link))
        self.assertFalse(self.tarball.exists() or os.path.lexists(link))

    def test_deletes_the_copy_that_the_planner_staged_out(self):
        self.pack(data())
        mine = Path(self._temporary, self.tarball.name)
        shutil.copy(self.tarball, mine)
        self.assertDone(self.unpack(tarball=mine))
        self.assertFalse(self.tarball.exists() or mine.exists())

    def test_keeps_a_file_of_that_name_with_other_content(self):
        self.pack(data())
        mine = self.pack(data(sizes=(1,)), path=Path(self._temporary, self.tarball.name))
        self.assertDone(self.unpack(tarball=mine))
        self.assertTrue(self.tarball.exists())


class Repeating(UnpackTest):
    def test_is_done_when_it_was_done_before(self):
        self.pack(data())
        self.assertDone(self.unpack())
        index = self.index()
        outcome = self.unpack()
        self.assertDone(outcome)
        self.assertIn("was unpacked before", outcome.output)
        self.assertEqual(self.index(), index)

    def test_leaves_equal_data_and_enters_it_once(self):
        self.pack(data())
        self.assertDone(self.unpack())
        self.pack(data())
        outcome = self.unpack()
        self.assertDone(outcome)
        self.assertIn("was there: ", outcome.output)
        self.assertEqual(len(self.index()), 1)

    def test_replaces_other_data_as_a_whole(self):
        self.pack(data(sizes=(1, 2, 3)))
        self.assertDone(self.unpack())
        self.pack(data(sizes=(9,)))
        outcome = self.unpack()
        self.assertDone(outcome)
        self.assertIn("replaced: ", outcome.output)
        self.assertEqual(self.files(), data(sizes=(9,)))
        self.assertEqual([e["bytes"] for e in self.index()], [sum(map(len, data(sizes=(9,)).values()))])
        self.assertEqual([p.name for p in (self.outputs / "strax_data_osg").iterdir()], [f"{RUN}-peaklets-hcbk2nr2fc"])

    def test_keeps_lines_that_it_does_not_know(self):
        (self.outputs / "index.jsonl").write_text('not json\n{"run": 1}\n')
        self.pack(data())
        self.assertDone(self.unpack())
        lines = (self.outputs / "index.jsonl").read_text().splitlines()
        self.assertEqual(lines[:2], ["not json", '{"run": 1}'])
        self.assertEqual(len(lines), 3)

    def test_says_that_there_is_no_tarball(self):
        self.assertFailed(30, "does not exist", self.unpack())

    def test_many_at_once_enter_all(self):
        tarballs = [self.pack(data(f"type_{n}"), path=self.outputs / f"{RUN}-{n}.tar.gz") for n in range(8)]
        for process in [self.start(tarball=tarball) for tarball in tarballs]:
            self.assertDone(self.finish(process))
        self.assertEqual(sorted(e["type"] for e in self.index()), [f"type_{n}" for n in range(8)])
        self.assertEqual(sorted(p.name for p in self.outputs.iterdir()), ["index.jsonl", "strax_data_osg"])

    def test_two_at_once_unpack_one_tarball_once(self):
        self.pack({k: v for n in range(30) for k, v in data(f"type_{n}", sizes=(100_000,)).items()})
        outcomes = [self.finish(process) for process in [self.start() for _ in range(4)]]
        for outcome in outcomes:
            self.assertDone(outcome)
        self.assertEqual(sum("was unpacked before" in outcome.output for outcome in outcomes), 3)
        self.assertEqual(len(self.index()), 30)
        self.assertEqual(sorted(p.name for p in self.outputs.iterdir()), ["index.jsonl", "strax_data_osg"])

    #: Where a kill may come: before each of these calls of the program.
    MOMENTS = ("common.unpack(", "give_usual_modes(apart)", "said = place(", "enter(args.outputs, entries)", "os.replace(partial, outputs",
               "delete_tarball(args.tarball", "os.unlink(path)\n            print")

    def test_goes_on_after_a_kill_at_any_moment(self):
        text = (PAYLOAD / "unpack.py").read_text()
        for moment in self.MOMENTS:
            with self.subTest(moment):
                self.assertEqual(text.count(moment), 1, moment)
                place = Path(self._temporary, "killed")
                place.mkdir(exist_ok=True)
                shutil.copy(PAYLOAD / "payload_common.py", place)
                (place / "unpack.py").write_text(text.replace(moment, f"os.kill(os.getpid(), 9); {moment}"))
                self.pack({**data(sizes=(7,)), **data("lone_hits")})
                shutil.rmtree(self.outputs / "strax_data_osg", ignore_errors=True)
                (self.outputs / "index.jsonl").unlink(missing_ok=True)
                self.assertEqual(self.unpack(script=place / "unpack.py").code, -signal.SIGKILL)
                self.assertTrue(self.tarball.exists())
                for folder in (self.outputs / "strax_data_osg").glob(f"{RUN}-*"):
                    self.assertTrue(list(folder.glob("*-metadata.json")))
                self.assertDone(self.unpack())
                self.assertEqual(len(self.index()), 2)
                self.assertEqual(self.files(), {**data(sizes=(7,)), **data("lone_hits")})
                self.assertEqual(sorted(p.name for p in self.outputs.iterdir()), ["index.jsonl", "strax_data_osg"])

    def test_leaves_nothing_when_it_is_asked_to_end(self):
        text = (PAYLOAD / "unpack.py").read_text()
        place = Path(self._temporary, "slow")
        place.mkdir()
        shutil.copy(PAYLOAD / "payload_common.py", place)
        (place / "unpack.py").write_text(text.replace("give_usual_modes(apart)", "print('now', flush=True); __import__('time').sleep(60)", 1))
        self.pack(data())
        process = self.start(script=place / "unpack.py")
        deadline = time.monotonic() + 60
        while not list(self.outputs.glob("strax_data_osg/.unpack-*/data/*/*-metadata.json")):
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        time.sleep(0.2)
        process.send_signal(signal.SIGTERM)
        self.assertFailed(143, "ended by SIGTERM", self.finish(process))
        self.assertUntouched()


class Refusing(UnpackTest):
    def refuse(self, code, cause, files=None, members=(), **options):
        self.pack(data() if files is None else files, *members)
        outside = Path(self._temporary, "outside")
        self.assertFailed(code, cause, self.unpack(**options))
        self.assertUntouched()
        self.assertFalse(outside.exists())

    def test_names_that_lead_out(self):
        for name in ("/outside", "data/../../outside", "../outside", f"data/{RUN}-peaklets-hcbk2nr2fc/../../../../outside"):
            with self.subTest(name):
                self.refuse(30, "leaves the folder", members=[member(name, size=1)])

    def test_links(self):
        folder = f"data/{RUN}-peaklets-hcbk2nr2fc"
        for kind, target in ((tarfile.SYMTYPE, "/etc/passwd"), (tarfile.SYMTYPE, "peaklets-hcbk2nr2fc-000000"),
                             (tarfile.LNKTYPE, f"{folder}/peaklets-hcbk2nr2fc-000000")):
            with self.subTest(target):
                self.refuse(30, "is a link", members=[member(f"{folder}/more", kind, target)])

    def test_a_folder_that_is_a_link(self):
        self.refuse(30, "is a link", members=[member(f"data/{RUN}-x-y", tarfile.SYMTYPE, ".."), member(f"data/{RUN}-x-y/outside", size=1)])

    def test_devices_and_pipes(self):
        for kind in (tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            with self.subTest(kind):
                self.refuse(30, "neither file nor folder", members=[member(f"data/{RUN}-x.npy", kind)])

    def test_a_tarball_that_is_cut(self):
        self.pack(data(sizes=(50_000,)))
        content = self.tarball.read_bytes()
        for length in (0, 10, len(content) // 2, len(content) - 1):
            with self.subTest(length):
                self.tarball.write_bytes(content[:length])
                self.assertFailed(30, "is damaged", self.unpack())
                self.assertUntouched()

    def test_a_tarball_that_grows_without_end(self):
        self.pack({**data(), f"{RUN}-zeros.npy": bytes(100 << 20)})
        self.assertFailed(30, "unpacks to far more", self.unpack())
        self.assertUntouched()

    def test_another_run(self):
        self.refuse(41, "is not of run 053009", data(run="053010"))

    def test_no_folder_of_data(self):
        self.refuse(41, "no folder of strax data", {f"{RUN}-x.json": b"{}"})
        self.refuse(41, "is no folder of strax data", {**data(), f"{RUN}-peaklets/x": b"x"})
        self.refuse(41, "neither data nor a measurement", {**data(), f"{RUN}-x.py": b"x"})

    def test_incomplete_data(self):
        folder, metadata = f"{RUN}-peaklets-hcbk2nr2fc", f"{RUN}-peaklets-hcbk2nr2fc/peaklets-hcbk2nr2fc-metadata.json"
        first = f"{folder}/peaklets-hcbk2nr2fc-000000"
        cases = {
            "has no peaklets-hcbk2nr2fc-metadata.json": {k: v for k, v in data().items() if k != metadata},
            "its metadata has an exception": data(exception="Traceback"),
            "has no chunks": data(sizes=()),
            "lacks 'peaklets-hcbk2nr2fc-000000'": {k: v for k, v in data().items() if k != first},
            "with 3 bytes instead of 10": {**data(), first: b"abc"},
            "with 0 bytes instead of 10": {**data(), first: b""},
            "unreadable": {**data(), metadata: b'{"chunks": 1}'},
            "has an unreadable": {**data(), metadata: b"\xff"},
            "which is no file": {**data(), f"{folder}/sub/x": b"x"},
            "lacks '../../../x'": {**data(), metadata: json.dumps({"chunks": [{"filename": "../../../x", "n": 1}]}).encode()},
        }
        for cause, files in cases.items():
            with self.subTest(cause):
                self.refuse(41, cause, files)

    def raw(self):
        """Raw data's metadata as process.py puts it beside parts: its chunks are not there."""
        return {k: v for k, v in data("raw_records", "rfzvpzj4mf").items() if k.endswith("-metadata.json")}

    def test_raw_metadata_beside_parts(self):
        parts = "strax_data_osg_per_chunk"
        for part in ("wjqsi5lq4x", "ws5m375zci"):
            outcome = self.unpack("--folder", parts, tarball=self.pack({**data("peaklets", part), **self.raw()}))
            self.assertDone(outcome)
            self.assertIn(f"{parts}/{RUN}-raw_records-rfzvpzj4mf, ", outcome.output)
        self.assertEqual(
            sorted(path.name for path in (self.outputs / parts).iterdir()),
            [f"{RUN}-peaklets-wjqsi5lq4x", f"{RUN}-peaklets-ws5m375zci", f"{RUN}-raw_records-rfzvpzj4mf"],
        )
        self.assertNotIn("raw_records", (self.outputs / "index.jsonl").read_text())

    def test_raw_metadata_alone_is_no_data(self):
        self.refuse(41, "besides raw data's metadata", self.raw())
        self.refuse(41, "lacks 'peaklets-hcbk2nr2fc-000000'",
                    {k: v for k, v in data().items() if k.endswith("-metadata.json")})

    def test_one_bad_folder_keeps_the_good_ones_back(self):
        self.refuse(41, "has no lone_hits-hcbk2nr2fc-metadata.json", {**data(), f"{RUN}-lone_hits-hcbk2nr2fc/x": b"x"})

    def test_something_in_the_way(self):
        (self.outputs / "strax_data_osg").mkdir()
        way = self.outputs / "strax_data_osg" / f"{RUN}-peaklets-hcbk2nr2fc"
        elsewhere = Path(self._temporary, "elsewhere")
        elsewhere.mkdir()
        way.symlink_to(elsewhere)
        self.pack(data())
        self.assertFailed(20, "is in the way", self.unpack())
        self.assertEqual(list(elsewhere.iterdir()), [])

    def test_an_index_that_is_a_link(self):
        (self.outputs / "index.jsonl").symlink_to("../outside")
        self.pack(data())
        self.assertFailed(20, "is a link", self.unpack())
        self.assertTrue(self.tarball.exists())

    def test_a_full_disk(self):
        # The file system of the test has room: a limit of the process ends writing with another number, so it is said here.
        text = (PAYLOAD / "unpack.py").read_text()
        for moment in ("    give_usual_modes(apart)\n    flush(apart)", "        put(file", "        with open(partial"):
            with self.subTest(moment):
                self.assertEqual(text.count(moment), 1)
                place = Path(self._temporary, "full")
                place.mkdir(exist_ok=True)
                shutil.copy(PAYLOAD / "payload_common.py", place)
                indent = moment[:len(moment) - len(moment.lstrip())]
                (place / "unpack.py").write_text(text.replace(moment, f"{indent}raise OSError(errno.ENOSPC, 'No space left on device')\n{moment}"))
                self.pack({**data(), f"{RUN}-x.resources.json": b"{}"})
                self.assertFailed(22, "The disk is full", self.unpack(script=place / "unpack.py"))
                self.assertTrue(self.tarball.exists())
                self.assertEqual(list((self.outputs / "strax_data_osg").glob(".*")), [])

    def test_a_file_system_that_is_full(self):
        if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("mount") is None:
            self.skipTest("only root can mount a small file system")
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(self.outputs)], check=False, stderr=subprocess.DEVNULL).returncode:
            self.skipTest("a file system cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", str(self.outputs)], check=True)
        tarball = self.pack(data(sizes=(1_000_000,)), path=Path(self._temporary, self.tarball.name))
        self.assertFailed(22, "The disk is full", self.unpack(tarball=tarball))
        self.assertTrue(tarball.exists())
        self.assertEqual(list((self.outputs / "strax_data_osg").iterdir()), [])
        tarball = self.pack(data(sizes=(1_000,)), path=tarball)
        self.assertDone(self.unpack(tarball=tarball))

    def test_wrong_arguments(self):
        self.pack(data())
        for more in (["--folder", "../x"], ["--folder", "a/b"], ["--run", "x"], ["--job", ""], ["--nonsense"]):
            with self.subTest(more):
                self.assertFailed(10, "unpack.py: ", self.unpack(*more))
        self.assertFailed(10, "is not a .tar.gz file", self.unpack(tarball=self.outputs / "x.tar"))
        self.assertTrue(self.tarball.exists())


if __name__ == "__main__":
    unittest.main()
