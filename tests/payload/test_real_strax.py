"""The real programs on the real strax: parts, merged, and a higher type on them, against all made at once.

Needs OUTSOURCE_TEST_STRAX, the path of a strax source tree (>= 2.0), and an interpreter with its dependencies
(OUTSOURCE_TEST_PYTHON, else Debian's). Straxen, cutax, admix, utilix and the storage elements are stand-ins.
"""

import json
import os
import shutil
import signal
import subprocess
import textwrap
import time
import unittest

from required import needs
from support import RUN, STANDINS, StraxTest, interpreter, members

STRAX = os.environ.get("OUTSOURCE_TEST_STRAX", "")


def why_not():
    if not STRAX:
        return "OUTSOURCE_TEST_STRAX is not set (path of a strax source tree)"
    found = subprocess.run([interpreter(), "-c", "import strax, strax.testutils"], capture_output=True, text=True,
                           env={**os.environ, "PYTHONPATH": STRAX})
    if found.returncode:
        return f"{interpreter()} cannot import strax from {STRAX}: {found.stderr.strip().splitlines()[-1]}"
    return None


REASON = why_not()


@needs(REASON)
class RealStraxTest(StraxTest):
    modules = ("shared", STRAX)
    cutax = "cutax_toy"
    context = "toy_v1"
    chunks = 8

    def python(self, code, *arguments):
        """Runs code on the real strax with the toy context as `st`; what it prints last is its answer, in JSON."""
        prelude = "import json, sys, numpy, strax, cutax\nst = cutax.contexts.toy_v1()\n"
        environment = {**self.environment, "TOY_CHUNKS": str(self.chunks), "PYTHONDONTWRITEBYTECODE": "1",
                       "PYTHONPATH": self.environment["PYTHONPATH"] + f":{STANDINS / self.cutax}"}
        found = subprocess.run([interpreter(), "-c", prelude + textwrap.dedent(code), *map(str, arguments)],
                               env=environment, cwd=self.place, capture_output=True, text=True, check=False)
        self.assertEqual(found.returncode, 0, found.stderr)
        return json.loads(found.stdout.splitlines()[-1])

    def setUp(self):
        super().setUp()
        self.environment["TOY_CHUNKS"] = str(self.chunks)
        self.make_raw_data()

    def make_raw_data(self):
        self.key = self.python("""
            st.storage = [strax.DataDirectory(sys.argv[1])]
            st.make("043014", "raw_records", save="raw_records")
            print(json.dumps(str(st.key_for("043014", "raw_records"))))""", self.world / "remote")
        (self.world / "rules" / f"{self.key}.json").write_text(json.dumps(
            [{"rse_expression": "UC_OSG_USERDISK", "state": "OK"}]))

    def hashes(self, *data_types):
        found = self.python("print(json.dumps({t: st.key_for('043014', t).lineage_hash for t in sys.argv[1:]}))", *data_types)
        return [argument for t in data_types for argument in ("--expect-hash", f"{t}={found[t]}")], found

    def test_should_give_the_same_as_at_once_if_made_in_parts(self):
        # Given: what the workflow would pass, and everything made in one go
        lower, _ = self.hashes("peaklets", "pulse_counts")
        higher, _ = self.hashes("peak_basics", "merged_s2s", "peaklet_classification")
        at_once = self.place / "at once"
        stops, start = [3, 6, self.chunks], 0
        # When: three chunk jobs, their combine job, a job of the higher level
        parts = []
        for group, stop in enumerate(stops):
            job, output, outcome = self.process(f"part {group}", *lower, start=start, stop=stop, group=group)
            self.assertDone(outcome)
            self.assertEqual(sorted({m.split("/")[1].split("-")[1] for m in members(output)[1:]}),
                             ["peaklets", "pulse_counts", "raw_records"])
            parts.append(output)
            start = stop
        self.remove_remote()  # from here on, the tarballs have to do
        job, combined, outcome = self.combine("combine", ",".join(map(str, stops)), *lower, "--upload", "--update-rundb",
                                              inputs=parts)
        self.assertDone(outcome)
        job, output, outcome = self.process("basics", *higher, data_type="peak_basics", inputs=[combined])
        self.assertDone(outcome)
        # Then
        both = self.place / "both"
        both.mkdir()
        for tarball in (combined, output):
            subprocess.run(["tar", "xzf", tarball, "--strip-components=1", "-C", both], check=True)
        comparison = self.python("""
            one, parts, found = sys.argv[1], sys.argv[2], {}
            for data_type in sys.argv[3:]:
                made = {}
                for where in (one, parts):
                    st.storage = [strax.DataDirectory(where, readonly=where == parts)]
                    if where == one and not st.is_stored("043014", data_type):
                        st.make("043014", data_type, save=(data_type,))
                    st.set_context_config({"forbid_creation_of": "*" if where == parts else ()})
                    made[where] = st.get_array("043014", data_type), st.get_metadata("043014", data_type)
                    st.set_context_config({"forbid_creation_of": ()})
                (a, a_md), (b, b_md) = made[one], made[parts]
                numpy.testing.assert_array_equal(a, b)
                assert a.dtype == b.dtype
                found[data_type] = [len(a), len(a_md["chunks"]), len(b_md["chunks"]),
                                    a_md["lineage_hash"] == b_md["lineage_hash"], a_md["lineage"] == b_md["lineage"]]
            print(json.dumps(found))""", at_once, both, "pulse_counts", "peaklets", "peaklet_classification", "merged_s2s",
            "peak_basics")
        print("\nreal strax, [items, chunks at once, chunks in parts, same hash, same lineage]:", json.dumps(comparison))
        self.assertEqual({t: (f[0], f[3], f[4]) for t, f in comparison.items()}, {
            "pulse_counts": (self.chunks, True, True), "peaklets": (200 * self.chunks, True, True),
            "peaklet_classification": (200 * self.chunks, True, True), "merged_s2s": (200 * self.chunks, True, True),
            "peak_basics": (200 * self.chunks, True, True)})
        entries = json.loads((self.world / "rundb" / "43014.json").read_text())
        self.assertEqual(sorted((e["type"], e["location"], e["status"]) for e in entries), [
            ("peaklets", "PEAKLETS_USERDISK", "transferred"), ("pulse_counts", "RECORDS_USERDISK", "transferred")])

    def test_should_give_the_same_as_at_once_wherever_chunks_are_empty(self):
        # strax writes no file for an empty chunk: a plan made from the files ends with the last one that is there.
        for empty, stops in (("0,3,7", (3, 6, 7)), ("7", (4, 7)), ("4,5,6,7", (3, 4)), ("3,4,5", (3, 6, 8)), ("0,1,2,3,4,5,6", (3, 6, 8))):
            with self.subTest(empty):
                shutil.rmtree(self.world / "remote")
                self.environment["TOY_EMPTY"] = empty
                self.make_raw_data()
                numbers = [int(p.name[-6:]) for p in (self.world / "remote" / self.key).iterdir() if p.name[-6:].isdigit()]
                self.assertEqual(sorted({*range(self.chunks)} - {*numbers}), [int(n) for n in empty.split(",")])
                self.assertEqual(max(numbers) + 1, stops[-1])
                parts, start = [], 0
                for group, stop in enumerate(stops):
                    end = ("--open-end",) if stop == stops[-1] else ()
                    _, output, outcome = self.process(f"{empty} {group}", *end, start=start, stop=stop, group=group)
                    self.assertDone(outcome)
                    parts.append(output)
                    start = stop
                _, combined, outcome = self.combine(f"{empty} combine", ",".join(map(str, stops)), "--open-end", inputs=parts)
                self.assertDone(outcome)
                one, parted = self.place / f"{empty} once", self.place / f"{empty} parts"
                parted.mkdir()
                subprocess.run(["tar", "xzf", combined, "--strip-components=1", "-C", parted], check=True)
                items = self.python("""
                    found = {}
                    for data_type in ("peaklets", "pulse_counts"):
                        made = []
                        for where in sys.argv[1:3]:
                            st.storage = [strax.DataDirectory(where)]
                            st.set_context_config({"forbid_creation_of": "*" if where == sys.argv[2] else ()})
                            made.append(st.get_array("043014", data_type))
                            chunks = st.get_metadata("043014", data_type)["chunks"]
                            made.append([chunks[0]["start"], chunks[-1]["end"]])
                        numpy.testing.assert_array_equal(made[0], made[2])
                        assert made[1] == made[3], made
                        found[data_type] = len(made[0])
                    print(json.dumps(found))""", one, parted)
                self.assertEqual(items, {"peaklets": 200 * len(numbers), "pulse_counts": self.chunks})

    def test_should_read_local_folders_alone_if_told_by_level(self):
        """Real folders of strax: of the context, and further ones; as of a computing centre, where nothing may be written."""
        centre = self.place / "centre"
        shutil.move(self.world / "remote", centre)
        self.remove_remote()
        lower, _ = self.hashes("peaklets", "pulse_counts")
        upper, _ = self.hashes("peak_basics", "peaklet_classification")
        before = sorted(p.name for p in centre.rglob("*"))
        parts, stops, start = [], [3, self.chunks], 0

        def run(name, program, output, *arguments, inputs=(), **environment):
            job = self.stage(name, program, inputs)
            outcome = self.run_job(job, program, "--run", 43014, "--context", self.context, "--output", output, "--max-wait", 0,
                                   "--no-remote", *arguments, environment=environment)
            self.assertDone(outcome)
            return job / output

        for group, stop in enumerate(stops):
            parts.append(run(f"lower {group}", "process", f"{RUN}-lower-output-{group:04d}.tar.gz", "--level", "lower", "--data-types",
                             "peaklets", "--chunk-start", start, "--chunk-stop", stop, *lower, TOY_FOLDERS=str(centre)))
            start = stop
        combined = run("combine", "combine", f"{RUN}-lower-output.tar.gz", "--level", "combine", "--data-types", "peaklets",
                       "--chunk-stops", ",".join(map(str, stops)), *lower, "--local-data", centre, inputs=parts)
        self.assertEqual(sorted(p.name for p in centre.rglob("*")), before)
        # As a centre keeps it: a folder of processed data.
        processed = self.place / "processed"
        processed.mkdir()
        subprocess.run(["tar", "xzf", combined, "--strip-components=1", "-C", processed], check=True)
        made = run("upper", "process", f"{RUN}-upper-output.tar.gz", "--level", "upper", "--data-types",
                   "peaklet_classification,peak_basics", *upper, "--local-data", processed, TOY_FOLDERS=str(centre))
        self.assertEqual(sorted({m.split("/")[1].split("-")[1] for m in members(made)[1:]}), ["peak_basics", "peaklet_classification"])

    def remove_remote(self):
        (self.world / "rules" / f"{self.key}.json").unlink()

    def test_should_refuse_if_a_hash_is_not_the_planned_one(self):
        _, found = self.hashes("peaklets")
        _, _, outcome = self.process("job", "--expect-hash", "peaklets=aaaaaaaaaa", start=0, stop=3)
        self.assertFailed(21, f"peaklets ({found['peaklets']} instead of aaaaaaaaaa)", outcome)

    def test_should_refuse_if_a_part_is_missing(self):
        _, output, outcome = self.process("part", start=0, stop=3)
        self.assertDone(outcome)
        _, _, outcome = self.combine("combine", f"3,{self.chunks}", inputs=[output])
        self.assertFailed(30, "Parts are missing", outcome)

    def test_should_fail_if_a_part_was_damaged(self):
        lower, _ = self.hashes("peaklets")
        parts = []
        for group, (start, stop) in enumerate(((0, 4), (4, self.chunks))):
            job, output, outcome = self.process(f"part {group}", *lower, start=start, stop=stop, group=group)
            self.assertDone(outcome)
            parts.append(output)
        # Half of a data file goes missing
        folder = self.place / "damage"
        folder.mkdir()
        subprocess.run(["tar", "xzf", parts[1], "-C", folder], check=True)
        file = next(p for p in sorted(folder.glob(f"data/{RUN}-peaklets-*/peaklets-*-000000")))
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        subprocess.run(["tar", "czf", parts[1], "-C", folder, "data"], check=True)
        _, _, outcome = self.combine("combine", f"4,{self.chunks}", *lower, inputs=parts)
        self.assertFailed(40, "Merging the parts of peaklets failed", outcome)

    def test_should_name_the_cause_if_a_plugin_fails(self):
        _, _, outcome = self.process("job", start=0, stop=3, environment={"TOY_CRASH": "the waveform is odd"})
        self.assertFailed(40, "SomeCrash: the waveform is odd", outcome)

    def test_should_end_at_once_if_removed_while_plugins_work(self):
        job = self.stage("job", "process")
        process = self.start(job, "process", "--run", RUN, "--context", self.context, "--data-type", "peaklets", "--output",
                             "o.tar.gz", "--chunk-start", 0, "--chunk-stop", 3, "--max-wait", 0,
                             environment={"TOY_SLEEP": "4"})
        self.wait_for(lambda: any((job / "outsource-work" / "data").glob(f"{RUN}-peaklets-*_temp")), "processing to begin")
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        outcome = self.wait(process)
        self.assertFailed(143, "ended by SIGTERM", outcome)
        self.assertNoOutput(job / "o.tar.gz")
        self.assertLess(time.monotonic() - asked, 20)

    def test_should_say_30_if_raw_data_are_nowhere(self):
        self.remove_remote()
        _, _, outcome = self.process("job", start=0, stop=3)
        self.assertFailed(30, "raw_records of run 043014 is not available", outcome)

    def test_should_say_30_if_a_lower_type_would_have_to_be_made(self):
        _, _, outcome = self.process("job", data_type="peak_basics")
        self.assertFailed(30, "peaklets of run 043014 is not available", outcome)


if __name__ == "__main__":
    unittest.main()
