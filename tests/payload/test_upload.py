"""An upload is done when the data is there: jobs against a Rucio and a RunDB with the meaning of the real ones, which
break, and jobs that are killed, at every step."""

import itertools
import json
import os
import shutil
import stat
import zlib

import test_programs
from support import RUN

#: The steps of one file's upload in the order of Rucio's client, and those of a RunDB entry.
STEPS = ("register", "registered", "transfer", "transferred", "available", "attached", "entry", "entered")
TYPES = ("lone_hits", "peaklets", "pulse_counts", "veto_regions")


class UploadTest(test_programs.ProgramTest):
    def fault(self, **faults):
        (self.world / "faults.json").write_text(json.dumps(faults))

    def upload(self, name, *arguments, job=None):
        return self.combine(name, "2,4,5", "--upload", "--update-rundb", *arguments, inputs=self.parts(), job=job)

    def entries(self):
        path = self.world / "rundb" / f"{int(RUN)}.json"
        return json.loads(path.read_text()) if path.exists() else []

    def folder(self, data_type):
        return f"{RUN}-{data_type}-{self.hash[data_type]}"

    def catalogue(self, data_type, change=None):
        path = self.world / "catalogue" / f"{self.folder(data_type)}.json"
        catalogue = json.loads(path.read_text())
        if change:
            change(catalogue)
            path.write_text(json.dumps(catalogue))
        return catalogue

    def metadata(self, data_type):
        return f"{data_type}-{self.hash[data_type]}-metadata.json"

    def assertProved(self, data_type, rse):
        """Everything that the metadata names, and nothing else, is at the RSE, available, and what was registered."""
        folder = self.world / "remote" / self.folder(data_type)
        files = {name: file for name, file in self.catalogue(data_type)["files"].items() if file["attached"]}
        chunks = json.loads((folder / self.metadata(data_type)).read_text())["chunks"]
        self.assertEqual(set(files), {self.metadata(data_type), *(c["filename"] for c in chunks if c["n"])})
        for name, file in files.items():
            content = (folder / name).read_bytes()
            self.assertEqual((file["replicas"].get(rse), file["bytes"], file["adler32"]),
                             ("A", len(content), f"{zlib.adler32(content):08x}"), name)
        rules = json.loads((self.world / "rules" / f"{self.folder(data_type)}.json").read_text())
        self.assertIn(rse, [rule["rse_expression"] for rule in rules])

    def assertNothingFalse(self):
        """Whatever is entered is there, and is entered once."""
        entries = [(e["type"], e["location"]) for e in self.entries()]
        self.assertEqual(sorted(entries), sorted(set(entries)))
        for data_type, rse in entries:
            self.assertProved(data_type, rse)

    def assertAllDone(self, outcome, types=TYPES):
        self.assertDone(outcome)
        self.assertEqual(sorted(e["type"] for e in self.entries()), sorted(types))
        self.assertNothingFalse()

    def afresh(self):
        for name in ("rules", "catalogue", "rundb"):
            shutil.rmtree(self.world / name)
            (self.world / name).mkdir()
        for data_type in TYPES:
            shutil.rmtree(self.world / "remote" / self.folder(data_type), ignore_errors=True)
        (self.world / "faults.json").unlink(missing_ok=True)
        self.rule("raw_records", "CNAF_USERDISK")
        self.forget_calls()


class StepTest(UploadTest):
    def test_should_enter_only_what_is_there_and_complete_it_if_killed_at_any_step(self):
        for step, time in itertools.product(STEPS, (1, 4)):
            with self.subTest(step=step, time=time):
                self.afresh()
                self.fault(steps={step: f"kill {time}"})
                _, output, outcome = self.upload("first")
                outcome.path = None
                self.assertFailed(137, "killed by SIGKILL", outcome)
                self.assertEqual(len(self.calls("step")), 1)
                self.assertEqual(self.types_in(output), sorted(TYPES))
                self.assertNothingFalse()
                self.assertAllDone(self.upload("second")[2])

    def test_should_enter_only_what_is_there_and_complete_it_if_removed_at_any_step(self):
        for step in ("registered", "transfer", "available", "entry"):
            with self.subTest(step):
                self.afresh()
                self.fault(steps={step: "term 2"})
                _, _, outcome = self.upload("first")
                outcome.path = None
                self.assertFailed(143, "ended by SIGTERM", outcome)
                self.assertNothingFalse()
                self.assertAllDone(self.upload("second")[2])

    def test_should_complete_within_the_job_if_a_service_breaks_at_any_step(self):
        for step in STEPS:
            with self.subTest(step):
                self.afresh()
                self.fault(steps={step: "fail 2"})
                self.assertAllDone(self.upload("only")[2])
                self.assertEqual(len(self.calls("step")), 1)

    def test_should_complete_within_the_job_if_one_transfer_breaks(self):
        self.fault(transfer=1)
        _, _, outcome = self.upload("only")
        self.assertAllDone(outcome)
        self.assertIn("try 1 of 3 failed, RuntimeError: 1 of 2 files are not there after the upload", outcome.output)

    def test_should_send_its_metadata_again_if_another_job_overwrote_it_in_the_same_moment(self):
        self.fault(**{"other.writer": 1})
        _, _, outcome = self.upload("only")
        self.assertAllDone(outcome)
        self.assertIn("another job sent the same product in the same moment", outcome.output)

    def test_should_enter_after_the_proof_and_not_before(self):
        self.assertAllDone(self.upload("only")[2])
        order = [c["call"] for c in map(json.loads, (self.world / "calls.jsonl").read_text().splitlines())
                 if c["call"] in ("rucio.upload", "rundb.update")]
        self.assertEqual(order, ["rucio.upload", "rundb.update"] * len(TYPES))

    def test_should_say_50_enter_nothing_and_leave_the_tarball_if_no_transfer_works(self):
        self.fault(transfer=999)
        _, output, outcome = self.upload("only")
        self.assertFailed(50, "failed 3 times, at last with RuntimeError: 2 of 2 files are not there after the upload", outcome)
        self.assertIn("NoFilesUploaded None of the given files have been uploaded. (the transfer broke, said the stand-in; password ***)",
                      outcome.cause)
        self.assertIn("ERROR:root:Failed to upload file", outcome.output)
        self.assertEqual(self.entries(), [])
        # What PegasusLite brings to the staging site although the job failed: all four types, whole.
        self.assertEqual(self.types_in(output), sorted(TYPES))
        # In a later try the storage element works: nothing of the failed one stands in the way.
        self.fault()
        self.assertAllDone(self.upload("second")[2])

    def test_should_leave_no_tarball_if_it_fails_before_the_data_is_verified(self):
        self.fault(**{"merge:peaklets": "fail"})
        _, output, outcome = self.upload("only")
        self.assertFailed(40, "Merging", outcome)
        self.assertFalse(output.exists())

    def test_should_not_believe_a_service_that_does_not_answer(self):
        self.fault(rucio=99)
        self.assertFailed(50, "rucio does not answer", self.upload("only")[2])
        self.assertEqual(self.entries(), [])

    def test_should_ask_for_a_rule_but_not_wait_for_the_judge(self):
        self.fault(**{"rule.state": "REPLICATING"})
        self.assertAllDone(self.upload("only")[2])


class RemainderTest(UploadTest):
    """What another try, or another program, left in the catalogue and at the storage element."""

    def leave(self, name, data_type="peaklets", state="C", lies="nothing", attached=True, rse="PEAKLETS_USERDISK", **other):
        path = self.world / "remote" / self.folder(data_type) / name
        if lies == "nothing":
            path.unlink()
        elif lies == "half":
            path.write_bytes(path.read_bytes()[:-1])

        def change(catalogue):
            file = catalogue["files"][name]
            file.update(attached=attached, **other)
            file["replicas"] = {} if state is None else {rse: state}
        self.catalogue(data_type, change)
        self.forget_calls()

    def uploaded(self):
        """A world in which all was uploaded, and nothing entered; made once in a test."""
        kept = self.world.with_name("uploaded")
        if not kept.exists():
            self.assertAllDone(self.upload("before")[2])
            (self.world / "rundb" / f"{int(RUN)}.json").unlink()
            self.forget_calls()
            shutil.copytree(self.world, kept)
        shutil.rmtree(self.world)
        shutil.copytree(kept, self.world)
        return f"peaklets-{self.hash['peaklets']}-000002"

    def test_should_send_or_confirm_what_is_registered_and_not_available(self):
        for state, lies, attached in itertools.product(("C", "U", "D", None), ("nothing", "whole", "half"), (True, False)):
            with self.subTest(state=state, lies=lies, attached=attached):
                name = self.uploaded()
                self.leave(name, state=state, lies=lies, attached=attached)
                _, _, outcome = self.upload("after")
                self.assertAllDone(outcome)
                sent = [n for call in self.calls("rucio.upload") for n in call["names"]]
                # What is there as registered is not sent again, unless somebody called it bad.
                self.assertEqual(sent, [] if lies == "whole" and state != "D" else [name])

    def test_should_understand_a_server_that_gives_states_by_numbers_of_its_own(self):
        for state in ("A", "C"):
            with self.subTest(state):
                name = self.uploaded()
                self.leave(name, state=state)
                self.fault(**{"old.server": "yes"})
                outcome = self.upload("after")[2]
                self.assertDone(outcome)
                self.assertEqual([call["names"] for call in self.calls("rucio.upload")], [] if state == "A" else [[name]])

    def test_should_attach_what_is_available_and_not_in_the_dataset(self):
        name = self.uploaded()
        self.leave(name, state="A", lies="whole", attached=False)
        self.assertAllDone(self.upload("after")[2])
        self.assertEqual(self.calls("rucio.upload"), [])

    def test_should_read_the_file_if_the_storage_element_knows_no_checksums(self):
        name = self.uploaded()
        self.leave(name, lies="whole")
        self.fault(**{"no.checksum": 99})
        self.assertAllDone(self.upload("after")[2])
        self.assertEqual(self.calls("rucio.upload"), [])

    def test_should_say_50_and_in_which_state_a_replica_is_that_it_must_not_touch(self):
        for state, words in (("B", "being deleted"), ("T", "temporary unavailable")):
            with self.subTest(state):
                name = self.uploaded()
                self.leave(name, state=state, lies="whole")
                self.assertFailed(50, f"the replica of {name} is {words}", self.upload("after")[2])
                self.assertEqual(self.calls("rse.delete") + self.calls("rucio.upload"), [])
                self.assertEqual([e["type"] for e in self.entries() if e["type"] == "peaklets"], [])

    def test_should_send_to_the_asked_rse_what_is_available_elsewhere(self):
        name = self.uploaded()
        self.leave(name, state="A", rse="ELSEWHERE_USERDISK")
        self.assertAllDone(self.upload("after")[2])

    def test_should_say_52_and_the_cure_if_another_try_cut_the_data_otherwise(self):
        """Half an upload was made with another chunks_per_job: the names are the same, the contents are not."""
        for state in ("A", "C"):
            with self.subTest(state):
                name = self.uploaded()
                self.leave(self.metadata("peaklets"), state=None)
                self.leave(name, state=state, lies="whole", adler32="00000001")
                _, output, outcome = self.upload("after")
                self.assertFailed(52, f"{name} has ", outcome)
                for words in ("Resubmit with its chunks_per_job", f"admix.rucio.erase('xnt_{RUN}:peaklets-", "now=True"):
                    self.assertIn(words, outcome.cause)
                self.assertNotIn("try 2", outcome.output)
                self.assertEqual(self.calls("rse.delete"), [])
                self.assertEqual([e["type"] for e in self.entries() if e["type"] == "peaklets"], [])
                self.assertEqual(self.types_in(output), sorted(TYPES))

    def test_should_say_52_if_metadata_of_another_writing_was_registered_and_never_arrived(self):
        self.uploaded()
        self.leave(self.metadata("peaklets"), adler32="00000001")
        self.assertFailed(52, "is registered with adler32 00000001, is not available, and has ", self.upload("after")[2])

    def test_should_confirm_metadata_of_another_writing_that_lies_there(self):
        self.uploaded()
        self.leave(self.metadata("peaklets"), lies="whole")
        self.assertAllDone(self.upload("after")[2])

    def test_should_say_52_if_metadata_of_other_data_is_there(self):
        self.uploaded()
        path = self.world / "remote" / self.folder("peaklets") / self.metadata("peaklets")
        metadata = json.loads(path.read_text())
        metadata["chunks"][0]["end"] += 1
        path.write_text(json.dumps(metadata))
        content = path.read_bytes()
        self.leave(path.name, state="A", lies="whole", bytes=len(content), adler32=f"{zlib.adler32(content):08x}")
        self.assertFailed(52, f"{path.name} has ", self.upload("after")[2])

    def test_should_say_52_if_the_dataset_has_a_file_too_many(self):
        name = self.uploaded()

        def change(catalogue):
            catalogue["files"]["peaklets-foreign-000009"] = catalogue["files"][name]
        self.catalogue("peaklets", change)
        self.assertFailed(52, "peaklets-foreign-000009 is in the dataset, but not here", self.upload("after")[2])
        self.assertNotIn("peaklets", [e["type"] for e in self.entries()])

    def test_should_do_nothing_twice_and_make_a_rule_if_only_that_is_missing(self):
        self.uploaded()
        (self.world / "rules" / f"{self.folder('peaklets')}.json").write_text("[]")
        self.assertAllDone(self.upload("after")[2])
        self.assertEqual(self.calls("rucio.upload"), [])


class StoredTest(UploadTest):
    """What a whole-run job takes for uploaded already, and does not make."""

    types = ("merged_s2s", "peak_basics")

    def basics(self, name):
        self.forget_calls()
        return self.process(name, "--upload", "--update-rundb", data_type="peak_basics", inputs=[self.whole])[2]

    def setUp(self):
        super().setUp()
        self.whole = self.combined()
        self.assertDone(self.basics("first"))
        (self.world / "rundb" / f"{int(RUN)}.json").unlink()
        self.name = f"peak_basics-{self.hash['peak_basics']}-000000"

    def made_now(self):
        return [call["target"] for call in self.calls("strax.make")]

    def test_should_not_make_what_is_there_whole(self):
        outcome = self.basics("second")
        self.assertAllDone(outcome, self.types)
        self.assertEqual(self.made_now(), [])
        self.assertIn(f"stored already: xnt_{RUN}:peak_basics", outcome.output)

    def test_should_make_again_what_has_a_good_rule_and_a_file_that_is_not_available(self):
        # Bad metadata is not in this list: what was written since has another time in it, and cannot take its place.
        for name, state in ((self.name, "C"), (self.name, "U"), (self.name, "D"), (self.metadata("peak_basics"), "C"),
                            (self.metadata("peak_basics"), "U")):
            with self.subTest(name=name, state=state):
                self.catalogue("peak_basics", lambda c: c["files"][name]["replicas"].update(EVENTS_USERDISK=state))
                self.assertAllDone(self.basics("second"), self.types)
                self.assertEqual(self.made_now(), ["peak_basics"])

    def test_should_make_again_what_has_another_size_than_its_metadata_says_and_refuse_what_is_there(self):
        self.catalogue("peak_basics", lambda c: c["files"][self.name].update(bytes=1))
        outcome = self.basics("second")
        self.assertFailed(52, "has 1 bytes", outcome)
        self.assertIn("of another size than its metadata says", outcome.output)

    def test_should_tell_of_a_foreign_file_and_refuse(self):
        foreign = self.name[:-1] + "9"
        self.catalogue("peak_basics", lambda c: c["files"].update({foreign: c["files"][self.name]}))
        outcome = self.basics("second")
        self.assertIn(f"{foreign}: not in its metadata", outcome.output)
        self.assertFailed(52, f"{foreign} is in the dataset, but not here", outcome)

    def test_should_tell_of_metadata_that_is_none(self):
        path = self.world / "remote" / self.folder("peak_basics") / self.metadata("peak_basics")
        for text in ("", "[]", '{"chunks": [{}]}', '{"chunks": 3}'):
            with self.subTest(text):
                path.write_text(text)
                outcome = self.basics("second")
                self.assertFailed(52, f"{path.name} has ", outcome)
                self.assertIn(f"{path.name} is not metadata", outcome.output)

    def test_should_make_again_what_lost_a_file_and_accept_another_time_of_writing(self):
        (self.world / "remote" / self.folder("peak_basics") / self.name).unlink()
        self.catalogue("peak_basics", lambda c: c["files"][self.name].update(replicas={}))
        outcome = self.basics("second")
        self.assertAllDone(outcome, self.types)
        self.assertIn("sizes and checksums agree", outcome.output)


class EntryTest(UploadTest):
    def test_should_enter_once_if_the_answer_was_lost(self):
        self.fault(**{"rundb.update": "silent"})
        _, _, outcome = self.upload("only")
        self.assertAllDone(outcome)
        self.assertEqual(len(self.calls("rundb.update")), len(TYPES))

    def test_should_enter_nothing_twice_in_a_second_job(self):
        self.assertAllDone(self.upload("first")[2])
        self.forget_calls()
        _, _, outcome = self.upload("second")
        self.assertAllDone(outcome)
        self.assertIn("was entered already", outcome.output)
        self.assertEqual(self.calls("rundb.update") + self.calls("rucio.upload"), [])

    def test_should_say_51_leave_the_tarball_and_not_send_twice_if_the_entry_does_not_show(self):
        self.fault(**{"rundb.update": "forget"})
        _, output, outcome = self.upload("only")
        self.assertFailed(51, "the entry is not there after it was sent", outcome)
        self.assertEqual(len(self.calls("rundb.update")), 1)
        self.assertEqual(self.types_in(output), sorted(TYPES))

    def test_should_complete_the_entries_if_only_the_uploads_succeeded(self):
        self.fault(**{"rundb.update": 3})
        self.assertFailed(51, f"RunDB entry of xnt_{RUN}:", self.upload("first")[2])
        self.assertEqual(self.entries(), [])
        self.assertAllDone(self.upload("second")[2])

    def test_should_tell_of_an_entry_that_is_there_twice_and_add_no_third(self):
        self.assertAllDone(self.upload("first")[2])
        (self.world / "rundb" / f"{int(RUN)}.json").write_text(json.dumps(self.entries() * 2))
        self.forget_calls()
        outcome = self.upload("second")[2]
        self.assertDone(outcome)
        self.assertEqual(outcome.output.count("was entered already, 2 times"), len(TYPES))
        self.assertEqual(self.calls("rundb.update"), [])

    def test_should_take_for_an_entry_only_what_says_the_same(self):
        did = f"xnt_{RUN}:peaklets-{self.hash['peaklets']}"
        right = {"type": "peaklets", "host": "rucio-catalogue", "location": "PEAKLETS_USERDISK", "did": did,
                 "status": "transferred"}
        for other in ({"status": "transferring"}, {"location": "ELSEWHERE_USERDISK"}, {"host": "dali"}, {"did": did + "x"},
                      {"type": "lone_hits"}):
            with self.subTest(other):
                self.afresh()
                path = self.world / "rundb" / f"{int(RUN)}.json"
                path.write_text(json.dumps([{**right, **other}]))
                self.assertDone(self.upload("c")[2])
                self.assertEqual(len([e for e in self.entries() if {k: e.get(k) for k in right} == right]), 1)
        self.afresh()
        path.write_text(json.dumps([right]))
        self.assertDone(self.upload("c")[2])
        self.assertEqual(len([e for e in self.entries() if e["type"] == "peaklets"]), 1)


class TokenTest(UploadTest):
    def logins(self):
        return len(self.calls("rundb.login"))

    def staged(self, name, **changes):
        """A combine job whose configuration has other values; None: no such line."""
        job = self.stage(name, "combine", self.parts())
        self.forget_calls()
        lines = (job / ".xenon_config").read_text().splitlines()
        kept = [line for line in lines if line.split(" = ")[0] not in changes]
        at = kept.index("[RunDB]") + 1
        (job / ".xenon_config").write_text("\n".join(
            [*kept[:at], *(f"{key} = {value}" for key, value in changes.items() if value), *kept[at:]]) + "\n")
        return job

    def test_should_use_the_token_that_came_along(self):
        self.assertAllDone(self.upload("only", job=self.staged("only"))[2])
        self.assertEqual(self.logins(), 0)

    def test_should_log_in_once_if_the_token_is_not_good_any_more_at_the_end(self):
        job = self.staged("only")
        self.fault(**{"rundb.refuses": "a-token-that-nobody-may-see"})
        _, _, outcome = self.upload("only", job=job)
        self.assertAllDone(outcome)
        self.assertEqual(self.logins(), 1)
        self.assertIn("the token is refused (401); logging in", outcome.output)

    def test_should_log_in_if_no_token_came_along(self):
        job = self.staged("only")
        (job / ".dbtoken").unlink()
        self.assertAllDone(self.upload("only", job=job)[2])
        self.assertEqual(self.logins(), 1)

    def test_should_say_31_if_a_new_token_is_refused_too(self):
        job = self.staged("only")
        self.fault(**{"rundb.refuses": "all"})
        _, _, outcome = self.upload("only", job=job)
        self.assertTrue(outcome.path.exists())
        outcome.path = None
        self.assertFailed(31, "refuses the token (401), although it is new", outcome)
        self.assertEqual(self.logins(), 1)

    def test_should_say_31_if_the_token_is_refused_and_there_is_no_password(self):
        job = self.staged("only", rundb_api_password=None)
        self.fault(**{"rundb.refuses": "a-token-that-nobody-may-see"})
        outcome = self.upload("only", job=job)[2]
        self.assertEqual(outcome.code, 31, outcome.output)
        self.assertIn("no rundb_api_user and rundb_api_password to get a new one. Resubmit with a new token", outcome.cause)

    def test_should_try_the_login_again_if_it_fails(self):
        job = self.staged("only")
        self.fault(**{"rundb.refuses": "a-token-that-nobody-may-see", "rundb.login": 1})
        self.assertAllDone(self.upload("only", job=job)[2])
        self.assertEqual(self.logins(), 2)

    def test_should_log_in_although_the_configuration_has_rundb_retry(self):
        job = self.staged("only", rundb_retry="5")
        (job / ".dbtoken").unlink()
        self.assertAllDone(self.upload("only", job=job)[2])

    def test_should_ask_for_a_token_only_where_something_is_entered(self):
        combined = self.combined()
        for name, arguments, options, code in (
                ("chunk", ("--upload", "--update-rundb"), {"start": 0, "stop": 1}, 0),
                ("upload", ("--upload",), {"data_type": "peak_basics", "inputs": [combined]}, 0),
                ("enter", ("--upload", "--update-rundb"), {"data_type": "peak_basics", "inputs": [combined]}, 31)):
            with self.subTest(name):
                job = self.stage(name, "process", options.get("inputs", ()))
                (job / ".dbtoken").unlink()
                config = job / ".xenon_config"
                config.write_text("".join(line for line in config.read_text().splitlines(True) if "rundb_api_pass" not in line))
                outcome = self.process(name, *arguments, job=job, **options)[2]
                self.assertEqual(outcome.code, code, outcome.output)
                self.assertNotIn("RunDB token" if code == 0 else "RunDB entry", outcome.output)

    def test_should_end_with_20_if_a_key_is_missing_that_packages_read_while_they_are_imported(self):
        for key, value in (("xe1t_url", None), ("xe1t_database", None), ("xent_user", None)):
            with self.subTest(key):
                outcome = self.upload("only", job=self.staged("only", **{key: value}))[2]
                self.assertFailed(20, f"No option '{key}' in section: 'RunDB'", outcome)


    def test_should_end_with_20_if_the_logging_level_is_none_that_utilix_knows(self):
        job = self.staged("only")
        config = job / ".xenon_config"
        config.write_text(config.read_text().replace("logging_level = INFO", "logging_level = info"))
        self.assertFailed(20, "The logging level info is not valid", self.upload("only", job=job)[2])


class ModeTest(UploadTest):
    def test_should_leave_nothing_that_others_may_read(self):
        job = self.stage("only", "combine", self.parts())
        (job / ".dbtoken").unlink()
        for name in (".xenon_config", "rucio.cfg"):
            (job / name).touch()
            (job / name).chmod(0o644)
        staged = set(job.iterdir()) - {job / ".xenon_config", job / "rucio.cfg"}
        old = os.umask(0)
        self.addCleanup(os.umask, old)
        self.assertAllDone(self.upload("only", job=job)[2])
        open_to_others = [str(p.relative_to(job)) for p in job.rglob("*") if p not in staged and not p.is_symlink()
                          and stat.S_IMODE(p.stat().st_mode) & 0o077]
        self.assertEqual(open_to_others, [])
        self.assertTrue((job / ".dbtoken").exists())
