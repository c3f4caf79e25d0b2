"""The real wrappers and programs on stand-ins of strax and its companions that refuse wrong calls: every exit code."""

import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path

from support import RUN, STANDINS, StraxTest, files_of, interpreter, members, proxy_text

CHUNKS = 5


class ProgramTest(StraxTest):
    _made = {}

    def setUp(self):
        super().setUp()
        made = self.made("world", self.make_world)
        self.hash = made["hashes"]
        shutil.copytree(made["remote"], self.world / "remote", dirs_exist_ok=True)
        for data_type in ("raw_records", "raw_records_he"):
            self.rule(data_type, "CNAF_USERDISK")

    @classmethod
    def made(cls, key, make):
        """What is the same for all tests is made once."""
        if key not in ProgramTest._made:
            if not ProgramTest._made:
                folder = tempfile.mkdtemp(prefix="outsource payload ")
                unittest.addModuleCleanup(shutil.rmtree, folder, ignore_errors=True)
                unittest.addModuleCleanup(ProgramTest._made.clear)
                ProgramTest._made["folder"] = Path(folder)
            ProgramTest._made[key] = make(ProgramTest._made["folder"])
        return ProgramTest._made[key]

    def make_world(self, folder):
        code = f"""
import cutax, json, strax
hashes = {{t: p["hash"] for t, p in cutax.contexts.xenonnt_offline().provided_dtypes("{RUN}").items()}}
for data_type in ("raw_records", "raw_records_he"):
    strax.write_raw({str(folder / "remote")!r}, "{RUN}", data_type, hashes[data_type], {CHUNKS})
print(json.dumps(hashes))"""
        found = subprocess.run([interpreter(), "-c", code], text=True, capture_output=True, check=True, cwd=self.place,
                               env={**self.environment, "PYTHONDONTWRITEBYTECODE": "1",
                                    "PYTHONPATH": self.environment["PYTHONPATH"] + f":{STANDINS / self.cutax}"})
        return {"hashes": json.loads(found.stdout.splitlines()[-1]), "remote": folder / "remote"}

    def rule(self, data_type, rse, state="OK"):
        (self.world / "rules" / f"{RUN}-{data_type}-{self.hash[data_type]}.json").write_text(
            json.dumps([{"rse_expression": rse, "state": state}]))

    def expect(self, *data_types):
        return [a for t in data_types for a in ("--expect-hash", f"{t}={self.hash[t]}")]

    def parts(self, stops=(2, 4, 5)):
        def make(folder):
            kept = folder / f"parts {stops} {self.environment.get('STANDIN_STRAX_VERSION')}"
            kept.mkdir()
            return [Path(shutil.copy(self.part(group, start, stop), kept))
                    for group, (start, stop) in enumerate(zip((0, *stops), stops))]

        return self.made(("parts", stops, self.environment.get("STANDIN_STRAX_VERSION")), make)

    def part(self, group, start, stop):
        _, output, outcome = self.process(f"part {group}", *self.expect("peaklets", "lone_hits"), start=start, stop=stop,
                                          group=group)
        self.assertDone(outcome)
        return output

    def combined(self, *arguments):
        _, output, outcome = self.combine("combine", "2,4,5", *arguments, inputs=self.parts())
        self.assertDone(outcome)
        return output

    def computed(self):
        return [call["plugin"] for call in self.calls("compute")]

    def rundb(self):
        path = self.world / "rundb" / f"{int(RUN)}.json"
        return {e["type"]: e for e in json.loads(path.read_text())} if path.exists() else {}

    def types_in(self, tarball):
        return sorted({m.split("/")[1].split("-")[1] for m in members(tarball) if "/" in m})


class ChunkJobTest(ProgramTest):
    def test_should_make_its_chunks_alone_and_each_plugin_once(self):
        _, output, outcome = self.process("job", *self.expect("peaklets", "lone_hits"), start=2, stop=4, group=1)
        self.assertDone(outcome)
        self.assertEqual([(c["target"], c["chunk_number"], c["save"]) for c in self.calls("strax.make")],
                         [("peaklets", {"raw_records": [2, 3]}, ["peaklets", "lone_hits"])])
        self.assertEqual(self.computed(), ["PulseProcessing", "Peaklets"])
        # Records are never kept; raw data's metadata comes along, and nothing but the metadata.
        self.assertEqual(self.types_in(output), ["lone_hits", "peaklets", "pulse_counts", "raw_records", "veto_regions"])
        raw = [name for name in files_of(output) if "raw_records" in name]
        self.assertEqual([name.rsplit("-", 1)[1] for name in raw], ["metadata.json"])
        for words in ("Build for tests, tag 2024.02.1", "version strax: 2.2.3", "version cutax: 1.15.0",
                      f"lineage peaklets: {self.hash['peaklets']} ({self.hash['peaklets']} planned)",
                      f"lineage veto_regions: {self.hash['veto_regions']}\n"):
            self.assertIn(words, outcome.output)
        self.assertGreater(outcome.summary["bytes_in"], 0)
        self.assertEqual(outcome.summary["bytes_out"], output.stat().st_size)

    def test_should_not_upload_parts_if_told_to_upload(self):
        _, _, outcome = self.process("job", "--upload", "--update-rundb", start=2, stop=4, group=1)
        self.assertDone(outcome)
        self.assertEqual(self.calls("rucio.upload") + self.calls("rundb.update"), [])
        self.assertFalse(any(call["forbidden"] for call in self.calls("strax.make")))

    def test_should_keep_records_if_they_were_asked_for(self):
        _, output, outcome = self.process("job", data_type="records", start=0, stop=2)
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), ["pulse_counts", "raw_records", "records", "veto_regions"])
        self.assertEqual(self.computed(), ["PulseProcessing"])

    def test_should_use_the_source_of_cutax_if_pip_cannot_build_it_without_the_network(self):
        for how in ("fail", "online"):
            with self.subTest(how):
                outcome = self.process(how, start=0, stop=1, environment={"STANDIN_PIP": how, "PIP_INDEX_URL": "http://192.0.2.1/"})[2]
                self.assertDone(outcome)
                self.assertIn("its source is used as it is", outcome.output)

    def test_should_wait_at_random_but_not_longer_than_told(self):
        outcome = self.process("job", "--max-wait", "0.01", start=0, stop=1)[2]
        self.assertDone(outcome)
        self.assertIn("waiting 0.0 s", outcome.output)

    def test_should_say_10_if_the_configuration_is_missing(self):
        job = self.stage("job", "process")
        (job / ".xenon_config").unlink()
        self.assertFailed(10, ".xenon_config was not staged", self.process("", job=job, start=0, stop=1)[2])

    def test_should_say_20_if_strax_is_too_old(self):
        outcome = self.process("job", start=0, stop=1, environment={"STANDIN_STRAX_VERSION": "1.6.5"})[2]
        self.assertFailed(20, "The image has strax 1.6.5, but per-chunk storage needs strax 2.0 or newer", outcome)
        self.assertEqual(self.calls("strax.make"), [])

    def test_should_say_20_if_cutax_is_unusable(self):
        job = self.stage("none", "process")
        (job / "cutax.tar.gz").unlink()
        self.assertFailed(20, "cutax.tar.gz does not exist", self.process("", job=job, start=0, stop=1)[2])
        job = self.stage("pip", "process")
        with tarfile.open(job / "cutax.tar.gz", "w:gz") as tar:
            tar.addfile(tarfile.TarInfo("cutax-v1/setup.py"))
        outcome = self.process("", job=job, start=0, stop=1, environment={"STANDIN_PIP": "fail"})[2]
        self.assertFailed(20, "pip could not install cutax.tar.gz (status 1), and it holds no package cutax", outcome)
        outcome = self.process("import", start=0, stop=1, environment={"STANDIN_CUTAX": "broken"})[2]
        self.assertFailed(20, "cutax cannot be imported in this image: cutax is broken", outcome)

    def test_should_say_20_if_the_context_is_unusable(self):
        for context, cause in (("nowhere", "defines no context nowhere"), ("broken", "no corrections for this context")):
            with self.subTest(context):
                self.context = context
                self.assertFailed(20, cause, self.process(context, start=0, stop=1)[2])

    def test_should_say_20_if_the_context_does_not_define_a_type(self):
        outcome = self.process("job", "--expect-hash", "hitlets_nv=aaaaaaaaaa", start=0, stop=1)[2]
        self.assertFailed(20, "does not define hitlets_nv", outcome)

    def test_should_say_20_if_a_planned_type_is_never_saved(self):
        outcome = self.process("job", "--expect-hash", "peak_positions=aaaaaaaaaa", data_type="peak_basics")[2]
        self.assertFailed(20, "never save peak_positions", outcome)

    def test_should_say_21_if_hashes_differ(self):
        outcome = self.process("job", *self.expect("peaklets", "lone_hits"), start=0, stop=1,
                               environment={"STANDIN_LINEAGE": "2"})[2]
        self.assertFailed(21, "Lineage hashes differ from those planned: ", outcome)
        for data_type in ("peaklets", "lone_hits"):
            self.assertRegex(outcome.cause, rf"{data_type} \([a-z2-7]{{10}} instead of {self.hash[data_type]}\)")
        self.assertEqual(self.calls("strax.make"), [])

    def test_should_say_22_if_the_disk_is_too_small_or_gets_full(self):
        job = self.stage("job", "process")
        (job / "ad").write_text("RequestDisk = 900000000000\n")
        outcome = self.process("", job=job, start=0, stop=1, environment={"_CONDOR_JOB_AD": str(job / "ad")})[2]
        self.assertFailed(22, "asked for 900000000000 KB", outcome)
        self.faults(make__peaklets="full")
        self.assertFailed(22, "The disk is full", self.process("later", start=0, stop=1)[2])

    def test_should_say_30_if_raw_data_are_not_available(self):
        self.rule("raw_records", "SOMEWHERE_ELSE")
        did = f"xnt_{RUN}:raw_records-{self.hash['raw_records']}"
        for rse, country, words in (
                ("SOMEWHERE_ELSE", "IT", ": it is at SOMEWHERE_ELSE, and raw_records_rse contains UC_OSG_USERDISK, CNAF_USERDISK."),
                ("CNAF_USERDISK", "US", ": it is at CNAF_USERDISK, which admix never chooses (GLIDEIN_Country US)."),
                (None, "US", f": Rucio has no rule in state OK for {did}.")):
            with self.subTest(rse):
                self.rule("raw_records", rse or "CNAF_USERDISK", "OK" if rse else "REPLICATING")
                outcome = self.process(f"rse {rse}", start=0, stop=1, environment={"GLIDEIN_Country": country})[2]
                self.assertFailed(30, "raw_records of run 043014 is not available" + words, outcome)

    def test_should_read_from_tape_only_if_told_to_stage(self):
        job = self.stage("no", "process")
        (job / ".xenon_config").write_text((job / ".xenon_config").read_text().replace("CNAF_USERDISK", "SURFSARA_USERDISK"))
        self.rule("raw_records", "SURFSARA_USERDISK")
        self.faults(tape_dot_look="yes")
        outcome = self.process("", job=job, start=0, stop=1)[2]
        self.assertFailed(30, "raw_records of run 043014 is on tape only for this job (SURFSARA_USERDISK); it needs --stage", outcome)
        self.assertEqual(self.calls("strax.make"), [])
        self.forget_calls()
        self.faults()
        self.assertDone(self.process("", "--stage", job=job, start=0, stop=1)[2])
        self.assertEqual({call["stage"] for call in self.calls("straxen.read")}, {True})

    def test_should_take_the_version_of_the_corrections(self):
        # The hashes of a version are its own, so that a wrong one would be seen.
        self.assertDone(self.process("alias", *self.expect("peaklets"), start=0, stop=1)[2])
        self.context = "xenonnt_offline"
        self.assertDone(self.process("own", *self.expect("peaklets"), start=0, stop=1)[2])
        self.assertDone(self.process("same", "--xedocs-version", "global_v14", *self.expect("peaklets"), start=0, stop=1)[2])
        outcome = self.process("other", "--xedocs-version", "global_v13", *self.expect("peaklets"), start=0, stop=1)[2]
        self.assertFailed(21, "Lineage hashes differ", outcome)
        self.assertIn("context xenonnt_offline: xenonnt_offline, xedocs_version global_v13", outcome.output)
        outcome = self.process("unknown", "--xedocs-version", "global_v99", start=0, stop=1)[2]
        self.assertFailed(20, "Context xenonnt_offline, xedocs_version global_v99 cannot be set up: xedocs knows no version", outcome)
        self.context = "xenonnt_v13"
        self.assertFailed(21, "Lineage hashes differ", self.process("v13", *self.expect("peaklets"), start=0, stop=1)[2])
        outcome = self.process("both", "--xedocs-version", "global_v14", start=0, stop=1)[2]
        self.assertFailed(10, "xenonnt_v13 means xenonnt_offline with xedocs_version global_v13, but --xedocs-version is global_v14", outcome)

    def test_should_say_10_if_an_end_is_open_without_chunks(self):
        self.assertFailed(10, "--open-end is about chunks", self.process("job", "--open-end", data_type="peak_basics")[2])

    def test_should_take_what_the_run_really_has_at_an_open_end(self):
        for name, start, stop, flags, numbers in (
                ("more", 2, 4, ["--open-end"], [2, 3, 4]), ("as planned", 2, 5, ["--open-end"], [2, 3, 4]),
                ("fewer", 2, 9, ["--open-end"], [2, 3, 4]), ("fewer, not the last", 2, 9, [], [2, 3, 4]),
                ("none", 5, 9, ["--open-end"], None)):
            with self.subTest(name):
                self.forget_calls()
                _, output, outcome = self.process(name, *flags, start=start, stop=stop)
                self.assertDone(outcome)
                self.assertEqual([c["chunk_number"]["raw_records"] for c in self.calls("strax.make")], [numbers] if numbers else [])
                self.assertEqual(self.types_in(output), ["raw_records"] if numbers is None else
                                 ["lone_hits", "peaklets", "pulse_counts", "raw_records", "veto_regions"])

    def test_should_write_small_chunks(self):
        self.environment["STANDIN_CHUNK_MB"] = "2000"
        self.assertDone(self.process("job", start=0, stop=1)[2])
        self.assertEqual({call["mb"] for call in self.calls("strax.save")}, {200})

    def test_should_say_30_if_data_cannot_be_read(self):
        for how, cause in (("unavailable", "a chunk went away"), ("rucio", "no answer")):
            with self.subTest(how):
                self.faults(make__peaklets=how)
                self.assertFailed(30, cause, self.process(how, start=0, stop=1)[2])

    def test_should_say_31_if_credentials_are_missing(self):
        outcome = self.process("proxy", start=0, stop=1, environment={"X509_USER_PROXY": ""})[2]
        self.assertFailed(31, "X509_USER_PROXY is not set", outcome)

    @unittest.skipUnless(proxy_text(2), "openssl is missing: the time left of a proxy cannot be known")
    def test_should_say_31_if_the_proxy_is_broken(self):
        job = self.stage("job", "process")
        (job / "proxy").write_text("nothing")
        outcome = self.process("", job=job, start=0, stop=1, environment={"X509_USER_PROXY": str(job / "proxy")})[2]
        self.assertFailed(31, "is not a certificate", outcome)

    def test_should_say_40_if_processing_fails_and_show_no_secret(self):
        self.faults(make__peaklets="fail")
        outcome = self.process("job", start=0, stop=1)[2]
        self.assertFailed(40, "ValueError: negative area, said the stand-in; password ***", outcome)
        self.assertIn("Traceback", outcome.output)

    def test_should_say_41_if_a_part_is_not_whole(self):
        for how, cause in (("number", "not numbered from 0"), ("items", "items, but its metadata says"),
                           ("file", "cannot be loaded"), ("unfinished", "not written to its end"),
                           ("end", "but its raw data 0 to 2000 ns")):
            with self.subTest(how):
                self.faults(damage__peaklets=how)
                self.assertFailed(41, cause, self.process(how, start=0, stop=2)[2])
                self.assertIn("peaklets of run 043014", self.process(how, start=0, stop=2)[2].cause)

    def test_should_end_at_once_and_leave_nothing_if_removed_while_processing(self):
        for how in ("term", "swallow"):
            with self.subTest(how):
                self.faults(make__peaklets=how)
                outcome = self.process(how, start=0, stop=1)[2]
                self.assertFailed(143, "ended by SIGTERM (the job was removed)", outcome)
                self.assertLess(outcome.summary["seconds"], 10)


class CombineJobTest(ProgramTest):
    def test_should_merge_rechunk_verify_and_pack(self):
        parts = self.parts()
        shutil.rmtree(self.world / "remote")  # nothing but the parts is needed
        _, output, outcome = self.combine("combine", "2,4,5", *self.expect("peaklets", "lone_hits"), inputs=parts,
                                          environment={"X509_USER_PROXY": ""})
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), ["lone_hits", "peaklets", "pulse_counts", "veto_regions"])
        self.assertEqual({c["target"]: (c["groups"], c["rechunk"]) for c in self.calls("strax.merge")}, {
            t: ([[0, 1], [2, 3], [4]], t != "peaklets") for t in ("lone_hits", "peaklets", "pulse_counts", "veto_regions")})
        files = files_of(output)
        folder = f"data/{RUN}-peaklets-{self.hash['peaklets']}/peaklets-{self.hash['peaklets']}"
        made = [json.loads(files[name]) for name in sorted(files) if name.startswith(folder) and "metadata" not in name]
        # raw data are 0…4, nothing, 20…24, 30…34, 40…44; each plugin of the stand-in adds the length of a type's name
        shift = len("records") + len("peaklets")
        self.assertEqual([i for chunk in made for i in chunk], [x + k + shift for x in (0, 20, 30, 40) for k in range(5)])
        self.assertIn(f"verified {RUN}-peaklets-{self.hash['peaklets']}: 5 chunks, 20 items", outcome.output)

    def test_should_work_with_the_first_strax_that_has_per_chunk_storage(self):
        self.environment["STANDIN_STRAX_VERSION"] = "2.0.3"
        self.combined()

    def test_should_say_30_if_a_part_is_missing(self):
        parts = self.parts()
        outcome = self.combine("combine", "2,4,5", inputs=[parts[0], parts[2]])[2]
        self.assertFailed(30, "Parts are missing: ", outcome)
        self.assertIn("peaklets of chunks 2 to 3", outcome.cause)

    def test_should_say_30_if_nothing_says_how_many_chunks_there_are(self):
        self.rule("raw_records", "SOMEWHERE_ELSE")
        self.assertFailed(30, "metadata of raw_records of run 043014 is not available", self.combine("c", "2,4,5")[2])
        outcome = self.combine("c", "2,4,5", environment={"X509_USER_PROXY": ""})[2]
        self.assertFailed(31, "X509_USER_PROXY is not set", outcome)

    def test_should_say_31_if_it_may_not_enter_into_the_rundb(self):
        job = self.stage("combine", "combine", self.parts())
        (job / ".dbtoken").unlink()
        text = (job / ".xenon_config").read_text()
        (job / ".xenon_config").write_text("".join(
            line for line in text.splitlines(True) if "rundb_api_password" not in line))
        outcome = self.combine("", "2,4,5", "--upload", "--update-rundb", job=job)[2]
        self.assertFailed(31, "has no rundb_api_user and rundb_api_password", outcome)
        outcome = self.combine("", "2,4,5", "--upload", job=job, environment={"X509_USER_PROXY": ""})[2]
        self.assertFailed(31, "X509_USER_PROXY is not set", outcome)

    def test_should_say_41_if_the_groups_do_not_end_where_the_run_does(self):
        parts = self.parts((2, 4))
        outcome = self.combine("combine", "2,4", inputs=parts)[2]
        self.assertFailed(41, "The groups end at chunk 4, but raw_records of run 043014 has 5 chunks", outcome)

    def test_should_say_10_20_21_or_22_as_a_processing_job_does(self):
        parts = self.parts()
        job = self.stage("config", "combine", parts)
        (job / ".xenon_config").unlink()
        self.assertFailed(10, ".xenon_config was not staged", self.combine("", "2,4,5", job=job)[2])
        self.assertFailed(10, "does not rise", self.combine("stops", "4,2", inputs=parts)[2])
        self.context = "nowhere"
        self.assertFailed(20, "defines no context nowhere", self.combine("context", "2,4,5", inputs=parts)[2])
        self.context = "xenonnt_v14"
        outcome = self.combine("hashes", "2,4,5", "--expect-hash", "peaklets=aaaaaaaaaa", inputs=parts)[2]
        self.assertFailed(21, "Lineage hashes differ", outcome)
        job = self.stage("disk", "combine", parts)
        (job / "ad").write_text("RequestDisk = 900000000000\n")
        outcome = self.combine("", "2,4,5", job=job, environment={"_CONDOR_JOB_AD": str(job / "ad")})[2]
        self.assertFailed(22, "asked for 900000000000 KB", outcome)

    def test_should_merge_what_the_run_really_has_if_the_end_is_open(self):
        def parts(*groups):
            made = []
            for number, (start, stop) in enumerate(groups):
                end = ["--open-end"] if (start, stop) == groups[-1] else []
                _, output, outcome = self.process(f"{groups} {number}", *end, start=start, stop=stop, group=number)
                self.assertDone(outcome)
                made.append(output)
            return made

        whole = {n: c for n, c in files_of(self.combined()).items() if "metadata" not in n}
        for stops, groups in (((2, 4), [[0, 1], [2, 3, 4]]), ((2, 4, 9), [[0, 1], [2, 3], [4]]), ((3, 7, 9), [[0, 1, 2], [3, 4]]),
                              ((4, 5, 9), [[0, 1, 2, 3], [4]]), ((8,), [[0, 1, 2, 3, 4]])):
            with self.subTest(stops):
                inputs = parts(*zip((0, *stops), stops))
                self.forget_calls()
                _, output, outcome = self.combine(f"combine {stops}", ",".join(map(str, stops)), "--open-end", inputs=inputs)
                self.assertDone(outcome)
                self.assertEqual([c["groups"] for c in self.calls("strax.merge") if c["target"] == "peaklets"], [groups])
                self.assertEqual({n: c for n, c in files_of(output).items() if "metadata" not in n}, whole)

    def test_should_say_40_or_41_if_merging_goes_wrong(self):
        parts = self.parts()
        self.faults(merge__peaklets="fail")
        self.assertFailed(40, "Merging the parts of peaklets failed: ValueError: cannot merge",
                          self.combine("fail", "2,4,5", inputs=parts)[2])
        self.faults(merge__peaklets="lose")
        self.assertFailed(41, "peaklets of run 043014 has 19 items, but its parts 20",
                          self.combine("lose", "2,4,5", inputs=parts)[2])
        self.faults(damage__peaklets="gap")
        self.assertFailed(41, "has a gap in time after chunk", self.combine("gap", "2,4,5", inputs=parts)[2])

    def test_should_upload_and_enter_each_type_where_it_belongs(self):
        output = self.combined("--upload", "--update-rundb")
        self.assertEqual({e["type"]: e["location"] for e in self.rundb().values()}, {
            "pulse_counts": "RECORDS_USERDISK", "veto_regions": "RECORDS_USERDISK", "peaklets": "PEAKLETS_USERDISK",
            "lone_hits": "PEAKLETS_USERDISK"})
        entry = self.rundb()["peaklets"]
        self.assertEqual(entry["did"], f"xnt_{RUN}:peaklets-{self.hash['peaklets']}")
        self.assertEqual((entry["meta"]["lineage_hash"], entry["meta"]["file_count"]), (self.hash["peaklets"], 5))
        folder = self.world / "remote" / f"{RUN}-peaklets-{self.hash['peaklets']}"
        self.assertAlmostEqual(entry["meta"]["size_mb"], sum(p.stat().st_size for p in folder.iterdir()) / 1e6)
        there = {name: content for name, content in files_of(output).items() if "-peaklets-" in name}
        self.assertEqual({p.name: p.read_bytes() for p in folder.iterdir()},
                         {name.rsplit("/", 1)[1]: content for name, content in there.items()})

    def test_should_do_nothing_twice_if_repeated(self):
        parts = self.parts()
        for attempt in ("first", "second"):
            self.forget_calls()
            _, _, outcome = self.combine(attempt, "2,4,5", "--upload", "--update-rundb", inputs=parts)
            self.assertDone(outcome)
        self.assertEqual(self.calls("rucio.upload") + self.calls("rundb.update"), [])
        self.assertIn("all files were there already", outcome.output)
        self.assertIn("was entered already", outcome.output)
        self.assertEqual(len(self.rundb()), 4)

class HighLevelJobTest(ProgramTest):
    planned = ("event_info_double", "event_info", "event_pattern_fit", "event_ambience", "peak_basics")

    def test_should_make_each_plugin_once_from_the_tarball_of_its_parent(self):
        combined = self.combined()
        self.forget_calls()
        _, output, outcome = self.process("events", *self.expect(*self.planned), data_type="event_info_double",
                                          inputs=[combined])
        self.assertDone(outcome)
        once = ["CutsBasic", "EventAmbience", "EventBasics", "EventInfo", "EventInfoDouble", "EventPatternFit", "Events", "MergedS2s",
                "PeakAmbience", "PeakBasics", "Peaks"]
        # Plugins whose product is never saved may run for each of those that need it; all others run once.
        self.assertEqual(sorted(p for p in self.computed() if p != "PeakPositions"), once)
        self.assertEqual(self.types_in(output), ["cuts_basic", "event_ambience", "event_basics", "event_info",
                                                 "event_info_double", "event_pattern_fit", "merged_s2s", "peak_basics"])

    def test_should_go_on_without_cuts_basic_if_they_fail_and_were_not_planned(self):
        combined = self.combined()
        self.faults(make__cuts_basic="fail")
        _, output, outcome = self.process("events", "--upload", "--update-rundb", *self.expect(*self.planned),
                                          data_type="event_info_double", inputs=[combined])
        self.assertDone(outcome)
        self.assertIn("warning: cuts_basic could not be made (ValueError: negative area", outcome.output)
        self.assertNotIn("cuts_basic", self.types_in(output))
        self.assertNotIn("cuts_basic", self.rundb())
        self.assertIn("event_info_double", self.rundb())
        outcome = self.process("planned", *self.expect("cuts_basic", *self.planned), data_type="event_info_double",
                               inputs=[combined])[2]
        self.assertFailed(40, "negative area", outcome)
        self.faults(make__cuts_basic="full")
        outcome = self.process("full", *self.expect(*self.planned), data_type="event_info_double", inputs=[combined])[2]
        self.assertFailed(22, "The disk is full", outcome)

    def test_should_take_what_an_input_brings_and_make_the_rest(self):
        # Two higher types of one chain, and a third after both, nothing uploaded (--debug).
        combined = self.combined()
        _, basics, outcome = self.process("basics", *self.expect("peak_basics", "merged_s2s"), data_type="peak_basics", inputs=[combined])
        self.assertDone(outcome)
        self.forget_calls()
        _, info, outcome = self.process("info", *self.expect("event_info"), data_type="event_info", inputs=[combined, basics])
        self.assertDone(outcome)
        self.assertFalse({"MergedS2s", "PeakBasics", "Peaklets"} & set(self.computed()))
        # What the parent made is the parent's: not in this output.
        self.assertEqual(self.types_in(info), ["event_basics", "event_info"])
        self.forget_calls()
        _, double, outcome = self.process("double", *self.expect("event_info_double", "peak_basics", "event_info"),
                                          data_type="event_info_double", inputs=[combined, basics, info])
        self.assertDone(outcome)
        self.assertFalse({"MergedS2s", "PeakBasics", "EventInfo"} & set(self.computed()))
        # What was planned for this job is in its output too, the same to the byte.
        self.assertEqual(self.types_in(double), ["cuts_basic", "event_ambience", "event_info", "event_info_double",
                                                 "event_pattern_fit", "peak_basics"])
        self.assertEqual({n: c for n, c in files_of(double).items() if "-peak_basics-" in n},
                         {n: c for n, c in files_of(basics).items() if "-peak_basics-" in n})
        self.assertDone(self.process("shadow", data_type="event_ambience", inputs=[combined, basics, info, double])[2])

    def test_should_read_the_lower_type_from_a_storage_element_if_no_tarball_came(self):
        self.combined("--upload")
        self.forget_calls()
        _, output, outcome = self.process("basics", data_type="peak_basics")
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), ["merged_s2s", "peak_basics"])
        self.assertNotIn("Peaklets", self.computed())

    def test_should_say_30_instead_of_making_a_lower_type_again(self):
        _, _, outcome = self.process("basics", data_type="peak_basics")
        self.assertFailed(30, "peaklets of run 043014 is not available", outcome)
        self.assertEqual(self.calls("compute"), [])

    def test_should_forbid_strax_to_make_a_lower_type(self):
        # find_inputs sees to it; but what it saw may be gone a minute later, and remaking peaklets takes a day.
        combined = self.combined()
        self.forget_calls()
        self.assertDone(self.process("basics", data_type="peak_basics", inputs=[combined])[2])
        for call in self.calls("strax.make"):
            self.assertEqual(call["forbidden"], ["afterpulses", "lone_hits", "peaklets", "pulse_counts", "records",
                                                 "veto_regions"])

    def test_should_leave_to_combine_what_combine_rechunks(self):
        _, output, outcome = self.process("afterpulses", "--upload", "--update-rundb", data_type="afterpulses")
        self.assertDone(outcome)
        self.assertIn("left to combine to upload: afterpulses", outcome.output)
        self.assertEqual(self.types_in(output), ["afterpulses"])
        self.assertEqual(self.calls("rucio.upload") + self.calls("rundb.update"), [])

    def test_should_make_a_whole_run_from_raw_data_in_one_pass(self):
        _, output, outcome = self.process("he", data_type="peak_basics_he")
        self.assertDone(outcome)
        self.assertEqual(self.computed(), ["HighEnergyRecords", "HighEnergyPeaklets", "HighEnergyPeakBasics"])
        self.assertEqual(self.types_in(output), ["peak_basics_he", "pulse_counts_he"])

    def test_should_upload_what_it_made_and_not_what_combine_did(self):
        combined = self.combined()
        _, _, outcome = self.process("events", "--upload", "--update-rundb", data_type="event_info_double", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual({t: e["location"] for t, e in self.rundb().items()}, {
            "merged_s2s": "PEAKLETS_USERDISK", **{t: "EVENTS_USERDISK" for t in (
                "cuts_basic", "event_ambience", "event_basics", "event_info", "event_info_double", "event_pattern_fit", "peak_basics")}})

    def test_should_not_make_again_but_complete_what_is_uploaded_already(self):
        combined = self.combined()
        for attempt in ("first", "second"):
            self.forget_calls()
            _, output, outcome = self.process(attempt, "--upload", "--update-rundb", data_type="peak_basics", inputs=[combined])
            self.assertDone(outcome)
            if attempt == "first":
                (self.world / "rundb" / f"{int(RUN)}.json").unlink()
        self.assertEqual(self.computed(), [])
        # The output is what it was: what is at the RSE is fetched for it.
        self.assertEqual(files_of(output), files_of(self.place / "first" / output.name))
        self.assertEqual(sorted(self.rundb()), ["merged_s2s", "peak_basics"])
        self.faults(download=2)
        _, output, outcome = self.process("third", "--upload", "--update-rundb", data_type="peak_basics", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual(outcome.output.count("the output goes without it"), 2)
        self.assertEqual(self.types_in(output), [])
        # Told not to upload, it makes them: then somebody wants the data here.
        _, output, outcome = self.process("debug", data_type="peak_basics", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), ["merged_s2s", "peak_basics"])

    def test_should_say_10_if_an_rse_is_not_configured(self):
        job = self.stage("job", "process", [self.combined()])
        text = (job / ".xenon_config").read_text().replace("events_rse = EVENTS_USERDISK\n", "")
        (job / ".xenon_config").write_text(text)
        self.forget_calls()
        outcome = self.process("", "--upload", job=job, data_type="peak_basics")[2]
        self.assertFailed(10, "[Outsource] events_rse must name one RSE for peak_basics, but names 0", outcome)
        self.assertEqual(self.calls("strax.make"), [])

    def test_should_say_30_if_the_tarball_is_not_to_be_trusted(self):
        evil = self.place / f"{RUN}-peaklets-combined.tar.gz"
        with tarfile.open(evil, "w:gz") as tar:
            info = tarfile.TarInfo("data/../../../../evil")
            info.size = 4
            tar.addfile(info, io.BytesIO(b"evil"))
        outcome = self.process("basics", data_type="peak_basics", inputs=[evil])[2]
        self.assertFailed(30, "leaves the folder", outcome)
        self.assertEqual(list(Path(self._temporary).rglob("evil")), [])


class ContextDocumentTest(ProgramTest):
    def document(self, *arguments, cutax=True, **environment):
        path = self.environment["PYTHONPATH"] + (f":{STANDINS / self.cutax}" if cutax else "")
        found = subprocess.run([interpreter(), str(Path(__file__).resolve().parents[2] / "tasks/payload/cutax_context.py"),
                                *arguments], text=True, capture_output=True, cwd=self.place,
                               env={**self.environment, "STANDIN_SETUP_DONE": "yes", "PYTHONPATH": path,
                                    "XDG_CACHE_HOME": str(self.place), **environment})
        return found

    def setUp(self):
        super().setUp()
        del self.environment["http_proxy"]

    def test_should_print_the_document_and_nothing_else(self):
        found = self.document("--context", "xenonnt_v14", "--tag", "2024.02.1")
        self.assertEqual(found.returncode, 0, found.stderr)
        made = json.loads(found.stdout)
        self.assertEqual(sorted(made), ["cutax_version", "hashes", "name", "remarks", "strax_version", "straxen_version", "tag",
                                        "xedocs_version"])
        self.assertEqual((made["name"], made["tag"], made["cutax_version"], made["strax_version"], made["straxen_version"]),
                         ("xenonnt_v14", "2024.02.1", "1.15.0", "2.2.3", "3.2.8"))
        self.assertEqual(made["hashes"].keys(), self.hash.keys())
        self.assertTrue(all(len(h) == 10 for h in made["hashes"].values()))
        self.assertIn("cutax says hello", found.stderr)

    def test_should_say_why_it_cannot(self):
        for arguments, options, code, cause in (
                (["--context", "xenonnt_v14"], {"STANDIN_CUTAX": "broken"}, 20, "cutax cannot be imported by"),
                (["--context", "xenonnt_v14"], {"cutax": False}, 20, "No module named 'cutax'"),
                (["--context", "broken"], {}, 20, "no corrections for this context"),
                (["--context", "nowhere"], {}, 10, "defines no context nowhere"),
                (["--kontext", "x"], {}, 10, "--context"), ([], {}, 10, "--context")):
            with self.subTest(arguments=arguments, options=options):
                found = self.document(*arguments, **options)
                self.assertEqual((found.returncode, found.stdout), (code, ""), found.stderr)
                self.assertIn(cause, found.stderr.splitlines()[-1])

    def test_should_know_the_tag_by_the_place_of_the_interpreter(self):
        sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tasks/payload"))
        import cutax_context
        self.assertEqual(cutax_context.find_tag("/cvmfs/xenon.opensciencegrid.org/releases/nT/2024.02.1/anaconda/envs/x"),
                         "2024.02.1")
        self.assertIsNone(cutax_context.find_tag("/usr"))


if __name__ == "__main__":
    unittest.main()
