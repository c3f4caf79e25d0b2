"""Jobs by level (--level, --data-types) on the stand-ins of strax and its companions."""

import json
import os
import shutil
import subprocess
import tarfile
import unittest
from pathlib import Path

from support import RUN, STANDINS, files_of, interpreter, members
from test_programs import ProgramTest

#: What the levels of the stand-in's context store, and what strax is asked for.
LOWER = ("veto_regions", "pulse_counts", "peaklets", "lone_hits")
UPPER = ("merged_s2s", "peak_basics", "event_basics", "event_info")
MAKES = "merged_s2s,peak_basics,event_basics,event_info"
#: Key of a level as plans write it; only the names of files are made of it.
LOWER_KEY, UPPER_KEY = f"{RUN}-peaklets-abcdefghij", f"{RUN}-event_info-klmnopqrst"


class LevelTest(ProgramTest):
    def lower(self, name, start, stop, *arguments, group=0, types="peaklets", planned=LOWER, inputs=(), **options):
        job = self.stage(name, "process", inputs)
        output = job / f"{LOWER_KEY}-output-{group:04d}.tar.gz"
        outcome = self.run_job(job, "process", "--run", int(RUN), "--context", self.context, "--level", "lower", "--data-types", types,
                               "--output", output.name, "--chunk-start", start, "--chunk-stop", stop, "--max-wait", 0,
                               "--download-heavy", *self.expect(*planned), *arguments, **options)
        outcome.path = output
        return output, outcome

    def upper(self, name, *arguments, types=MAKES, planned=UPPER, inputs=(), job=None, **options):
        job = job or self.stage(name, "process", inputs)
        output = job / f"{UPPER_KEY}-output.tar.gz"
        outcome = self.run_job(job, "process", "--run", int(RUN), "--context", self.context, "--level", "upper", "--data-types", types,
                               "--output", output.name, "--max-wait", 0, *self.expect(*planned), *arguments, **options)
        outcome.path = output
        return output, outcome

    def merge(self, name, stops, *arguments, types="peaklets", planned=LOWER, inputs=(), **options):
        job = self.stage(name, "combine", inputs)
        output = job / f"{LOWER_KEY}-output.tar.gz"
        outcome = self.run_job(job, "combine", "--run", int(RUN), "--context", self.context, "--level", "combine", "--data-types", types,
                               "--output", output.name, "--chunk-stops", stops, "--max-wait", 0, *self.expect(*planned), *arguments,
                               **options)
        outcome.path = output
        return output, outcome

    def chain(self, *arguments, **options):
        """Three lower jobs and their combine job."""
        parts = []
        for group, (start, stop) in enumerate(((0, 2), (2, 4), (4, 5))):
            output, outcome = self.lower(f"lower {group}", start, stop, *arguments, group=group, **options)
            self.assertDone(outcome)
            parts.append(output)
        output, outcome = self.merge("combine", "2,4,5", *arguments, inputs=parts, **options)
        self.assertDone(outcome)
        return parts, output

    def asked(self):
        return [call["target"] for call in self.calls("strax.make")]

    def names(self, output):
        return sorted({m.split("/")[1] for m in members(output)[1:]})


class ChainTest(LevelTest):
    def test_should_make_what_the_plan_asks_for_and_keep_what_it_stores(self):
        parts, combined = self.chain()
        self.assertEqual(self.types_in(parts[0]), sorted([*LOWER, "raw_records"]))
        self.assertEqual(self.asked(), ["peaklets"] * 3)
        self.assertEqual(self.types_in(combined), sorted(LOWER))
        shutil.rmtree(self.world / "remote")  # the input has to do
        self.forget_calls()
        output, outcome = self.upper("upper", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual(self.asked(), MAKES.split(","))
        self.assertEqual(self.types_in(output), sorted(UPPER))
        self.assertEqual(outcome.summary["what"], f"process upper level of run {RUN}")

    def test_should_say_which_level_and_chunks(self):
        _, outcome = self.lower("lower", 0, 2)
        self.assertEqual(outcome.summary["what"], f"process lower level of run {RUN}, chunks 0 to 1")

    def test_should_keep_nothing_that_is_not_planned(self):
        output, outcome = self.lower("lower", 0, 2, planned=("peaklets", "lone_hits"))
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), ["lone_hits", "peaklets", "raw_records"])
        self.assertIn(f"not kept: {RUN}-pulse_counts", outcome.output)

    def test_should_ask_for_the_types_in_the_order_of_the_plan(self):
        output, outcome = self.lower("lower", 0, 2, types="afterpulses,lone_hits,peaklets", planned=(*LOWER, "afterpulses"))
        self.assertDone(outcome)
        # Of two types of one plugin, the second is there when the first one is.
        self.assertEqual(self.asked(), ["afterpulses", "lone_hits"])
        self.assertIn("made already: peaklets, with another type", outcome.output)
        self.assertIn("afterpulses", self.types_in(output))

    def test_should_save_what_strax_saves_only_as_a_target_or_if_told(self):
        _, combined = self.chain()
        self.forget_calls()
        types = "merged_s2s,peak_basics,event_basics,event_pattern_fit,event_info,event_info_double"
        output, outcome = self.upper("upper", types=types, planned=types.split(","), inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), sorted(types.split(",")))
        output, outcome = self.upper("he", "--download-heavy", types="peaklets_he,peak_basics_he",
                                     planned=("peaklets_he", "peak_basics_he", "pulse_counts_he"))
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), ["peak_basics_he", "peaklets_he", "pulse_counts_he"])

    def test_should_end_before_work_if_a_hash_is_not_the_planned_one(self):
        _, outcome = self.lower("lower", 0, 2, planned=("peaklets",), environment={"STANDIN_LINEAGE": "2"})
        self.assertFailed(21, "Lineage hashes differ from those planned", outcome)
        self.assertEqual(self.asked(), [])

    def test_should_refuse_an_upper_level_without_its_lower_one(self):
        _, outcome = self.upper("upper", "--download-heavy")
        self.assertFailed(30, f"peaklets of run {RUN} is not available", outcome)
        self.assertEqual(self.asked(), [])

    def test_should_make_all_in_one_go_if_the_plan_has_no_lower_level(self):
        output, outcome = self.upper("upper", "--download-heavy", types=f"peaklets,{MAKES}", planned=(*LOWER, *UPPER))
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), sorted((*LOWER, *UPPER)))

    def test_should_need_the_right_to_download_raw_data(self):
        self.faults(heavy_dot_look="yes")
        _, outcome = self.upper("upper", types=f"peaklets,{MAKES}", planned=(*LOWER, *UPPER))
        self.assertFailed(30, f"raw_records of run {RUN} is to be read, and is heavy; the job needs --download-heavy", outcome)

    def test_should_read_the_lower_level_from_rucio_unless_told_not_to_look(self):
        _, combined = self.chain("--upload")
        self.forget_calls()
        output, outcome = self.upper("rucio")
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), sorted(UPPER))
        self.assertNotIn("peaklets", self.asked())
        _, outcome = self.upper("ignored", "--ignore-processed", "--download-heavy")
        self.assertFailed(30, f"peaklets of run {RUN} is not available", outcome)
        self.assertDone(self.upper("input", "--ignore-processed", inputs=[combined])[1])

    def test_should_read_what_is_planned_and_not_asked_for_if_it_is_stored(self):
        _, combined = self.chain()
        _, outcome = self.upper("first", "--upload", inputs=[combined])
        self.assertDone(outcome)
        self.forget_calls()
        output, outcome = self.upper("second", types="event_info", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual((self.asked(), self.computed(), self.types_in(output)),
                         (["event_info"], ["EventPatternFit", "EventInfo"], ["event_info"]))
        # If it is not stored, it is made on the way; what is on no way is missed.
        output, outcome = self.upper("third", "--ignore-processed", types="event_info", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), sorted(UPPER))
        _, outcome = self.upper("fourth", "--ignore-processed", types="event_info", planned=(*UPPER, "cuts_basic"), inputs=[combined])
        self.assertFailed(41, f"cuts_basic of run {RUN} was planned, and is neither made nor stored", outcome)

    def test_should_take_what_the_plan_says_of_chunks_and_downloads(self):
        self.environment["STANDIN_CHUNK_MB"] = "2000"
        job = self.stage("odd", "process")
        (job / ".xenon_config").write_text((job / ".xenon_config").read_text() + "admix_tries = 7\n")
        _, outcome = self.lower("lower", 0, 1)
        self.assertDone(outcome)
        sizes = {call["data_type"]: call["mb"] for call in self.calls("strax.save")}
        self.assertEqual((sizes["peaklets"], sizes["pulse_counts"]), (200, 2000))
        self.assertIn("Peaklets writes chunks of 200 MB", outcome.output)
        self.assertEqual({(c["download_heavy"], c["tries"], c["num_threads"]) for c in self.calls("straxen.storage")}, {(True, 3, 5)})
        self.forget_calls()
        _, outcome = self.lower("other", 0, 1, "--part-chunk-target", "PulseProcessing=100")
        sizes = {call["data_type"]: call["mb"] for call in self.calls("strax.save")}
        self.assertEqual((sizes["peaklets"], sizes["pulse_counts"]), (2000, 100))
        output, outcome = self.merge("combine", "1", "--open-end", inputs=[self.lower("all", 0, 5)[0]])
        self.assertDone(outcome)

    def test_should_read_either_name_of_the_key_of_raw_data(self):
        job = self.stage("lower", "process")
        staged, self.stage = self.stage, lambda *_: job
        (job / ".xenon_config").write_text((job / ".xenon_config").read_text().replace("raw_records_rse ", "raw_records_rses "))
        self.assertDone(self.lower("lower", 0, 1)[1])
        self.rule("raw_records", "SOMEWHERE_ELSE")
        _, outcome = self.lower("lower", 0, 1)
        self.assertFailed(30, "it is at SOMEWHERE_ELSE, and raw_records_rses contains UC_OSG_USERDISK, CNAF_USERDISK.", outcome)
        self.stage = staged


class UploadTest(LevelTest):
    def test_should_upload_each_level_where_its_types_belong(self):
        parts, combined = self.chain("--upload", "--update-rundb")
        self.assertEqual({t: e["location"] for t, e in self.rundb().items()}, {
            "veto_regions": "RECORDS_USERDISK", "pulse_counts": "RECORDS_USERDISK", "peaklets": "PEAKLETS_USERDISK",
            "lone_hits": "PEAKLETS_USERDISK"})
        output, outcome = self.upper("upper", "--upload", "--update-rundb", "--upload-rse", "event_info=peaklets_rse", inputs=[combined])
        self.assertDone(outcome)
        found = {t: e["location"] for t, e in self.rundb().items()}
        self.assertEqual({t: found[t] for t in UPPER}, {
            "merged_s2s": "PEAKLETS_USERDISK", "peak_basics": "EVENTS_USERDISK", "event_basics": "EVENTS_USERDISK",
            "event_info": "PEAKLETS_USERDISK"})
        first = files_of(output)
        # Again, as when only the way back of the output failed.
        self.forget_calls()
        output, outcome = self.upper("again", "--upload", "--update-rundb", "--upload-rse", "event_info=peaklets_rse", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual((self.computed(), self.calls("rucio.upload"), files_of(output)), ([], [], first))

    def test_should_upload_what_a_level_without_parts_makes(self):
        _, outcome = self.upper("upper", "--download-heavy", "--upload", "--update-rundb", types="peaklets,merged_s2s,peak_basics",
                                planned=(*LOWER, "merged_s2s", "peak_basics"))
        self.assertDone(outcome)
        self.assertEqual(sorted(self.rundb()), sorted((*LOWER, "merged_s2s", "peak_basics")))


class ArgumentsTest(LevelTest):
    def test_should_refuse_what_does_not_fit(self):
        for arguments, cause in (
                (["--data-type", "peaklets", "--remove-heavy"], "--remove-heavy goes with --level"),
                (["--data-types", "peaklets"], "the following arguments are required: --data-type, or --level and --data-types"),
                (["--level", "upper"], "--level goes with --data-types"),
                (["--level", "upper", "--data-types", "a,,b"], "'a,,b' is not a list of data types"),
                (["--level", "upper", "--data-types", "a,a"], "'a,a' names a data type twice"),
                (["--level", "upper", "--data-types", "a", "--data-type", "b"], "--data-type does not go with --level"),
                (["--level", "upper", "--data-types", "a", "--chunk-start", "0", "--chunk-stop", "1"], "--level upper is made of the whole run"),
                (["--level", "lower", "--data-types", "a"], "--level lower goes with --chunk-start and --chunk-stop"),
                (["--level", "combine", "--data-types", "a"], "invalid choice: 'combine'"),
                (["--level", "upper", "--data-types", "a", "--upload", "--ignore-processed"], "--ignore-processed does not go with --upload"),
                (["--level", "upper", "--data-types", "a", "--saltax", "salt"], "--saltax makes its context of xenonnt_offline, not of xenonnt_v14"),
                (["--level", "upper", "--data-types", "a", "--saltax", "salt,sweet"], "there are simu,salt"),
                (["--level", "upper", "--data-types", "a", "--upload-rse", "peaks=some_rse"], "is not TYPE=KEY"),
                (["--level", "upper", "--data-types", "a", "--part-chunk-target", "Peaklets"], "is not CLASS=MB"),
                (["--level", "upper", "--data-types", "a", "--expect-package", "cutax"], "is not NAME=VERSION")):
            with self.subTest(arguments):
                outcome = self.run_job(self.stage("job", "process"), "process", "--run", 43014, "--context", self.context, "--output",
                                       "o.tar.gz", *arguments)
                self.assertFailed(10, cause, outcome)

    def test_should_say_20_if_the_context_does_not_define_a_type(self):
        _, outcome = self.upper("job", types="event_ms_naive", planned=())
        self.assertFailed(20, "does not define event_ms_naive", outcome)


class PackagesTest(LevelTest):
    def tarball(self, job, name, text, plain=False):
        folder = Path(self._temporary, "packages", name)
        (folder / name).mkdir(parents=True, exist_ok=True)
        (folder / name / "__init__.py").write_text(text)
        with tarfile.open(job / f"{name}.tar.gz", "w:gz") as tar:
            tar.add(folder, f"{name}-work")

    def stage(self, name, program, inputs=()):
        job = super().stage(name, program, inputs)
        self.tarball(job, "onepack", "__version__ = '1.2.3'\n")
        return job

    def test_should_install_each_package_and_say_what_it_is(self):
        _, outcome = self.lower("lower", 0, 1, "--expect-package", "onepack=1.2.3", "--expect-package", "cutax=1.15.0",
                                environment={"USER_INSTALL_PACKAGE": "cutax onepack"})
        self.assertDone(outcome)
        self.assertRegex(outcome.output, r"installed onepack: /.*/outsource-work/user/.*/onepack/__init__.py, version 1\.2\.3\n")
        self.assertRegex(outcome.output, r"installed cutax: /.*/outsource-work/user/.*/cutax/__init__.py, version 1\.15\.0\n")
        self.assertEqual(list((self.place / "lower" / "outsource-work").glob("*-source")), [])

    def test_should_use_the_source_if_pip_cannot_build_it(self):
        _, outcome = self.lower("lower", 0, 1, "--expect-package", "onepack=1.2.3", environment={"STANDIN_PIP": "fail"})
        self.assertDone(outcome)
        self.assertRegex(outcome.output, r"installed onepack: /.*/outsource-work/onepack-source/onepack/__init__.py, version 1\.2\.3\n")

    def test_should_say_20_if_a_package_is_not_what_was_planned(self):
        for name, environment, arguments, cause in (
                ("absent", {"USER_INSTALL_PACKAGE": "cutax straxen"}, (), "straxen.tar.gz of USER_INSTALL_PACKAGE was not staged"),
                ("version", {}, ("--expect-package", "onepack=1.2.4"), "onepack of this job has version 1.2.3, but 1.2.4 was planned"),
                ("name", {"USER_INSTALL_PACKAGE": "../x"}, (), "USER_INSTALL_PACKAGE names '../x', which is no package")):
            with self.subTest(name):
                self.assertFailed(20, cause, self.lower(name, 0, 1, *arguments, environment=environment)[1])
        self.assertEqual(self.asked(), [])

    def test_should_set_the_threads_that_the_workflow_does_not(self):
        code = ("import os\n__version__ = '1.2.3'\nprint('threads', *(os.environ[n] for n in ('OMP_NUM_THREADS', 'NUMBA_NUM_THREADS', "
                "'MKL_NUM_THREADS', 'NPROC', 'TF_ENABLE_ONEDNN_OPTS', 'XLA_FLAGS')), os.environ.get('RUCIO_ACCOUNT'))\n")
        self.tarball = lambda job, name, _: PackagesTest.tarball(self, job, name, code)
        for name, arguments, environment, words in (
                ("none", (), {}, "threads 1 1 1 1 0 --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1 None"),
                ("told", ("--cores", "3"), {"MKL_NUM_THREADS": "2"},
                 "threads 3 3 2 3 0 --xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=3 None"),
                ("upload", ("--upload",), {}, "intra_op_parallelism_threads=1 production")):
            with self.subTest(name):
                _, outcome = self.lower(name, 0, 1, *arguments, environment=environment)
                self.assertDone(outcome)
                self.assertIn(words, outcome.output)


class HelpersTest(LevelTest):
    def test_should_measure_and_hand_on_what_lower_jobs_measured(self):
        parts, combined = self.chain("--resources-test")
        self.assertIn(f"{RUN}-lower-2_4.resources.json", self.names(parts[1]))
        expected = [f"{RUN}-lower-{s}.resources.json" for s in ("0_2", "2_4", "4_5")] + [f"{RUN}-combine-peaklets.resources.json"]
        self.assertEqual([n for n in self.names(combined) if n.endswith(".json")], sorted(expected))
        output, outcome = self.upper("upper", "--resources-test", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual([n for n in self.names(output) if n.endswith(".json")], sorted([*expected, f"{RUN}-upper-merged_s2s.resources.json"]))
        found = json.loads(files_of(output)[f"data/{RUN}-lower-2_4.resources.json"])
        self.assertEqual((found["schema"], found["run"], found["level"], found["data_types"], found["chunks"]),
                         ("outsource/resources/1", int(RUN), "lower", ["peaklets"], [2, 4]))
        self.assertEqual(sorted(found["times"]), ["peaklets"])
        self.assertLessEqual(found["times"]["peaklets"]["start"], found["times"]["peaklets"]["end"])
        self.assertGreater(found["memory"][0][0], 1.6e9)
        self.assertGreater(found["memory"][0][1], 1)
        self.assertEqual(found["bytes"]["output"], sum(found["sizes"]["output"].values()))
        self.assertGreater(found["bytes"]["output"], 0)
        upper = json.loads(files_of(output)[f"data/{RUN}-upper-merged_s2s.resources.json"])
        self.assertEqual(sorted(upper["times"]), sorted(UPPER))
        self.assertGreater(upper["bytes"]["input"], 0)

    def test_should_measure_nothing_if_not_told(self):
        parts, _ = self.chain()
        self.assertEqual([n for n in self.names(parts[0]) if n.endswith(".json")], [])


class SaltaxTest(LevelTest):
    """Everything twice, with simulated data alone and with it in the data of the detector."""

    modules = (*LevelTest.modules, "saltax_fake")
    context = "xenonnt_offline"

    def setUp(self):
        super().setUp()
        self.environment["SALTAX_RUN"] = RUN
        code = f"""
import cutax, json, saltax
arguments = {{"nestid": 8, "simulation_config": "sim.json", "corrections_version": "global_v14"}}
print(json.dumps({{mode: {{t: p["hash"] for t, p in saltax.contexts.sxenonnt(saltax_mode=mode, **arguments).provided_dtypes("{RUN}").items()}}
                   for mode in ("simu", "salt")}}))"""
        found = subprocess.run([interpreter(), "-B", "-c", code], text=True, capture_output=True, check=True, cwd=self.place,
                               env={**self.environment, "PYTHONPATH": self.environment["PYTHONPATH"] + f":{STANDINS / self.cutax}"})
        self.of = json.loads(found.stdout.splitlines()[-1])
        self.hash = self.of["salt"]  # plans are made with this mode
        self.forget_calls()

    def stage(self, name, program, inputs=()):
        job = super().stage(name, program, inputs)
        (job / ".xenon_config").write_text((job / ".xenon_config").read_text() + "simulation_config = sim.json\nnestid = 7\n")
        return job

    def test_should_make_everything_for_each_mode(self):
        flags = ("--saltax", "simu,salt", "--xedocs-version", "global_v14")
        planned = (*LOWER, "raw_records_simu")
        parts, combined = self.chain(*flags, "--resources-test", planned=planned, types="raw_records_simu,peaklets")
        self.assertEqual([(c["mode"], c["nestid"], c["generator"], c["simu_mode"], c["simulation_config"], c["corrections_version"])
                          for c in self.calls("saltax.context")][:2],
                         [(mode, 7, "flat", "all", "sim.json", "global_v14") for mode in ("simu", "salt")])
        folders = {f"{RUN}-{t}-{self.of[mode][t]}" for t in planned for mode in ("simu", "salt")}
        # What the simulation is made to is the same for both.
        self.assertEqual(len(folders), 2 * len(LOWER) + 1)
        helpers = {n for n in self.names(combined) if "." in n}
        self.assertEqual(set(self.names(combined)) - helpers, folders)
        self.assertIn(f"{RUN}-8-flat-0.2_15.0-all-50.csv", helpers)
        output, outcome = self.upper("upper", *flags, inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual(set(self.names(output)) - helpers, {f"{RUN}-{t}-{self.of[mode][t]}" for t in UPPER for mode in ("simu", "salt")})
        measured = json.loads(files_of(parts[0])[f"data/{RUN}-lower-0_2.resources.json"])
        self.assertEqual(sorted(measured["times"]), ["salt/peaklets", "simu/peaklets", "simu/raw_records_simu"])

    def test_should_compare_hashes_of_the_mode_that_was_planned(self):
        _, outcome = self.lower("salt", 0, 1, "--saltax", "salt", "--xedocs-version", "global_v13", planned=("peaklets",))
        self.assertFailed(21, "Lineage hashes differ", outcome)

    def test_should_say_10_if_the_simulation_is_not_configured(self):
        job = self.stage("job", "process")
        (job / ".xenon_config").write_text((job / ".xenon_config").read_text().replace("simulation_config = sim.json\n", ""))
        self.stage = lambda *_: job
        self.assertFailed(10, "[Outsource] simulation_config is needed with --saltax", self.lower("job", 0, 1, "--saltax", "simu,salt")[1])


if __name__ == "__main__":
    unittest.main()
