"""The real wrappers with the canary programs: a whole chain, and what goes wrong on a grid."""

import io
import json
import os
import signal
import tarfile
import unittest

from support import PAYLOAD, PayloadTest, files_of, interpreter, members


class ChainTest(PayloadTest):
    def chunk_jobs(self, *arguments, stops=(2, 4, 5)):
        outputs = []
        for group, (start, stop) in enumerate(zip((0, *stops), stops)):
            _, output, outcome = self.process(f"chunk {group}", *arguments, start=start, stop=stop, group=group)
            self.assertDone(outcome)
            outputs.append(output)
        return outputs

    def test_should_carry_every_chunk_through_if_nothing_fails(self):
        # Given
        hashes = ("--expect-hash", "peaklets=abcdefghij", "--expect-hash", "lone_hits=klmnopqrst")
        # When
        parts = self.chunk_jobs(*hashes)
        _, combined, merged = self.combine("combine", "2,4,5", *hashes, inputs=parts)
        _, output, high = self.process("events", data_type="event_info_double", inputs=[combined])
        # Then
        self.assertDone(merged)
        self.assertDone(high)
        self.assertEqual(members(combined), [
            "data", "data/043014-lone_hits-klmnopqrst",
            *[f"data/043014-lone_hits-klmnopqrst/lone_hits-klmnopqrst-{i:06d}" for i in range(5)],
            "data/043014-lone_hits-klmnopqrst/lone_hits-klmnopqrst-metadata.json",
            "data/043014-peaklets-abcdefghij",
            *[f"data/043014-peaklets-abcdefghij/peaklets-abcdefghij-{i:06d}" for i in range(5)],
            "data/043014-peaklets-abcdefghij/peaklets-abcdefghij-metadata.json"])
        merged_files = files_of(combined)
        for part in parts:
            for name, content in files_of(part).items():
                if not name.endswith(".json"):
                    folder, file = name.split("/")[1:]
                    self.assertEqual(merged_files[f"data/{folder.split('-chunks')[0]}/{file}"], content)
        made = json.loads(files_of(output)["data/043014-event_info_double-canary/event_info_double-canary-metadata.json"])
        self.assertEqual(made["inputs"], {"043014-lone_hits-klmnopqrst": 5, "043014-peaklets-abcdefghij": 5})
        self.assertEqual(merged.summary["what"], "combine peaklets of run 043014, 5 chunks in 3 groups")
        self.assertEqual(merged.summary["bytes_in"], sum(p.stat().st_size for p in parts))
        self.assertEqual(merged.summary["bytes_out"], combined.stat().st_size)
        self.assertGreater(merged.summary["peak_memory_mb"], 1)
        self.assertIn("lineage peaklets: abcdefghij planned", merged.output)

    def test_should_give_equal_bytes_if_repeated_elsewhere(self):
        _, first, _ = self.process("one", start=0, stop=3)
        os.umask(os.umask(0o077) and 0o077)
        self.addCleanup(os.umask, os.umask(0o077))
        _, second, outcome = self.process("another place", start=0, stop=3)
        self.assertDone(outcome)
        self.assertEqual(first.read_bytes(), second.read_bytes())

    def test_should_complete_the_chain_if_one_job_was_killed_and_retried(self):
        # Given: the second of three chunk jobs is removed while it works
        parts = [self.process("chunk 0", start=0, stop=2, group=0)[1]]
        job = self.stage("chunk 1", "process")
        process = self.start(job, "process", "--run", 43014, "--context", "x", "--data-type", "peaklets", "--chunk-start", 2,
                             "--chunk-stop", 4, "--output", "043014-output-peaklets-0001.tar.gz", "--canary-sleep", 60)
        self.wait_for((job / "outsource-work").is_dir, "the job to begin")
        process.send_signal(signal.SIGTERM)
        outcome = self.wait(process)
        self.assertFailed(143, "SIGTERM", outcome)
        self.assertNoOutput(job / "043014-output-peaklets-0001.tar.gz")
        # When: the retry runs in the directory that the killed one left
        _, output, outcome = self.process("", job=job, start=2, stop=4, group=1)
        self.assertDone(outcome)
        parts.append(output)
        parts.append(self.process("chunk 2", start=4, stop=5, group=2)[1])
        _, combined, outcome = self.combine("combine", "2,4,5", inputs=parts)
        # Then
        self.assertDone(outcome)
        self.assertEqual(len(files_of(combined)), 6)

    def test_should_leave_nothing_half_if_ended_while_packing(self):
        job = self.stage("job", "process")
        process = self.start(job, "process", "--run", 43014, "--context", "x", "--data-type", "peaklets",
                             "--output", "043014-output-peaklets.tar.gz", "--canary-megabytes", 150)
        partial = job / ".043014-output-peaklets.tar.gz.partial"
        self.wait_for(lambda: partial.exists() or process.poll() is not None, "packing to begin")
        process.send_signal(signal.SIGTERM)
        outcome = self.wait(process)
        self.assertFailed(143, "SIGTERM", outcome)
        self.assertNoOutput(job / "043014-output-peaklets.tar.gz")

    def test_should_begin_anew_if_the_former_try_was_killed_without_warning(self):
        # Given: SIGKILL in the middle, a half tarball, and an output of an even older try
        job = self.stage("job", "process")
        process = self.start(job, "process", "--run", 43014, "--context", "x", "--data-type", "peaklets",
                             "--output", "043014-output-peaklets-0000.tar.gz", "--canary-sleep", 60)
        self.wait_for((job / "outsource-work" / "data").is_dir, "the job to begin")
        process.kill()
        self.wait(process)
        (job / "outsource-work" / "data" / "043014-rubbish").write_text("of a former try")
        (job / ".043014-output-peaklets-0000.tar.gz.partial").write_text("half")
        (job / "043014-output-peaklets-0000.tar.gz").write_text("old")
        # When
        _, output, outcome = self.process("", job=job, start=0, stop=2)
        # Then
        self.assertDone(outcome)
        self.assertEqual(files_of(output), files_of(self.process("fresh", start=0, stop=2)[1]))
        self.assertFalse((job / ".043014-output-peaklets-0000.tar.gz.partial").exists())

    def test_should_remove_an_old_output_if_the_retry_fails(self):
        job = self.stage("job", "process")
        (job / "043014-output-peaklets-0000.tar.gz").write_text("old")
        _, _, outcome = self.process("", "--canary-fail", "43014:peaklets", job=job, start=0, stop=2)
        self.assertFailed(40, "told to fail", outcome)


class LevelsTest(PayloadTest):
    """Lower, combine and upper jobs, with the arguments of a plan by level."""

    lower_types = ("peaklets=abcdefghij", "lone_hits=abcdefghij", "peaklet_classification=klmnopqrst")
    upper_types = ("merged_s2s=uvwxyzabcd", "event_basics=efghijklmn")

    def job(self, name, program, level, types, output, *arguments, inputs=()):
        job = self.stage(name, program, inputs)
        hashes = [a for planned in types for a in ("--expect-hash", planned)]
        makes = ",".join(t.split("=")[0] for t in types if not t.startswith("lone_hits"))
        outcome = self.run_job(job, program, "--run", 43014, "--context", "xenonnt_offline", "--xedocs-version", "global_v16", "--level", level,
                               "--data-types", makes, "--output", output, *hashes, *arguments)
        outcome.path = job / output
        return job / output, outcome

    def lower(self, number, start, stop, *arguments):
        return self.job(f"lower {number}", "process", "lower", self.lower_types, f"043014-peaklets-abcdefghij-output-{number:04d}.tar.gz",
                        "--chunk-start", start, "--chunk-stop", stop, "--download-heavy", *arguments)

    def test_should_carry_every_chunk_through(self):
        parts = []
        for number, (start, stop) in enumerate(((0, 2), (2, 4), (4, 5))):
            output, outcome = self.lower(number, start, stop, "--resources-test", "--remove-heavy", "--stage")
            self.assertDone(outcome)
            parts.append(output)
        combined, outcome = self.job("combine", "combine", "combine", self.lower_types, "043014-peaklets-abcdefghij-output.tar.gz",
                                     "--chunk-stops", "2,4,5", "--resources-test", inputs=parts)
        self.assertDone(outcome)
        self.assertEqual(outcome.summary["what"], "combine lower level of run 043014, 5 chunks in 3 groups")
        output, outcome = self.job("upper", "process", "upper", self.upper_types, "043014-event_basics-efghijklmn-output.tar.gz",
                                   "--ignore-processed", "--resources-test", inputs=[combined])
        self.assertDone(outcome)

        def folders(tarball):
            return sorted({name.split("/")[1] for name in files_of(tarball) if name.count("/") == 2})

        self.assertEqual(folders(combined), [f"043014-{t.replace('=', '-')}" for t in sorted(self.lower_types)])
        self.assertEqual(folders(output), [f"043014-{t.replace('=', '-')}" for t in sorted(self.upper_types)])
        made = json.loads(files_of(output)["data/043014-merged_s2s-uvwxyzabcd/merged_s2s-uvwxyzabcd-metadata.json"])
        self.assertEqual(made["inputs"], {f"043014-{t.replace('=', '-')}": 5 for t in self.lower_types})
        self.assertEqual(sorted(n.split("/")[1] for n in files_of(output) if n.endswith(".resources.json")), [
            "043014-combine-peaklets.resources.json", "043014-lower-0_2.resources.json", "043014-lower-2_4.resources.json",
            "043014-lower-4_5.resources.json", "043014-upper-merged_s2s.resources.json"])

    def test_should_fail_where_it_is_told_to(self):
        for failure, number, fails in (("43014:lower:1", 1, True), ("43014:lower:1", 0, False), ("43014:upper", 0, False),
                                       ("43014:peaklet_classification", 0, True)):
            with self.subTest(failure=failure, number=number):
                _, outcome = self.lower(number, number * 2, number * 2 + 2, "--canary-fail", failure)
                (self.assertFailed(40, "told to fail", outcome) if fails else self.assertDone(outcome))


class CombineTest(PayloadTest):
    def parts(self, *ranges):
        return [self.process(f"part {i}", start=a, stop=b, group=i)[1] for i, (a, b) in enumerate(ranges)]

    def rewrite(self, tarball, change):
        """Packs a tarball anew, with files as `change(name, content)` gives them; None leaves one out."""
        files = files_of(tarball)
        with tarfile.open(tarball, "w:gz") as tar:
            for name, content in files.items():
                content = change(name, content)
                if content is not None:
                    info = tarfile.TarInfo(name)
                    info.size = len(content)
                    tar.addfile(info, io.BytesIO(content))

    def test_should_refuse_if_a_group_is_missing(self):
        outcome = self.combine("combine", "2,4,6", inputs=self.parts((0, 2), (4, 6)))[2]
        self.assertFailed(30, "no part with chunks 2 to 3", outcome)

    def test_should_refuse_if_a_part_belongs_to_no_group(self):
        outcome = self.combine("combine", "2,4", inputs=self.parts((0, 2), (2, 4), (1, 3)))[2]
        self.assertFailed(41, "parts of no group, chunks 1 to 2", outcome)

    def test_should_refuse_if_a_planned_type_has_no_parts(self):
        outcome = self.combine("combine", "2", "--expect-hash", "lone_hits=abc", inputs=self.parts((0, 2)))[2]
        self.assertFailed(30, "lone_hits-abc: no part", outcome)

    def test_should_refuse_if_a_chunk_was_altered(self):
        parts = self.parts((0, 2), (2, 4))
        self.rewrite(parts[1], lambda name, content: b"?" + content[1:] if name.endswith("-000003") else content)
        self.assertFailed(41, "peaklets-canary-000003 is not what its metadata says",
                          self.combine("combine", "2,4", inputs=parts)[2])

    def test_should_refuse_if_a_chunk_is_lost(self):
        parts = self.parts((0, 2), (2, 4))
        self.rewrite(parts[0], lambda name, content: None if name.endswith("-000001") else content)
        self.assertFailed(41, "lacks peaklets-canary-000001", self.combine("combine", "2,4", inputs=parts)[2])

    def test_should_refuse_if_a_chunk_is_left_out_of_the_metadata_too(self):
        parts = self.parts((0, 2), (2, 4))

        def forget(name, content):
            if name.endswith("-000001"):
                return None
            if name.endswith(".json"):
                metadata = json.loads(content)
                metadata["chunks"] = metadata["chunks"][:1]
                return json.dumps(metadata).encode()
            return content

        self.rewrite(parts[0], forget)
        self.assertFailed(41, "does not hold its chunks exactly once", self.combine("combine", "2,4", inputs=parts)[2])

    def test_should_refuse_if_one_part_comes_twice_and_differs(self):
        parts = self.parts((0, 2))
        other = parts[0].with_name("043014-output-peaklets-0009.tar.gz")
        other.write_bytes(parts[0].read_bytes())
        self.rewrite(other, lambda name, content: content + b" ")
        self.assertFailed(30, "comes twice", self.combine("combine", "2", inputs=[*parts, other])[2])

    def test_should_refuse_if_an_input_is_cut_off(self):
        parts = self.parts((0, 2))
        parts[0].write_bytes(parts[0].read_bytes()[:-40])
        self.assertFailed(30, "is damaged", self.combine("combine", "2", inputs=parts)[2])


class MisbehaviourTest(PayloadTest):
    def test_should_fail_just_where_it_is_told(self):
        parts = [self.process(f"part {i}", start=2 * i, stop=2 * i + 2, group=i)[1] for i in range(2)]
        chunk_0 = lambda told: self.process("a", "--canary-fail", told, start=0, stop=2, group=0)[2].code  # noqa: E731
        chunk_1 = lambda told: self.process("b", "--canary-fail", told, start=2, stop=4, group=1)[2].code  # noqa: E731
        combine = lambda told: self.combine("c", "2,4", "--canary-fail", told, inputs=parts)[2].code  # noqa: E731
        for told, expected in {"43014:peaklets": (40, 40, 40), "43014:peaklets:1": (0, 40, 0),
                               "43014:peaklets:combine": (0, 0, 40), "43015:peaklets": (0, 0, 0),
                               "43014:events": (0, 0, 0)}.items():
            with self.subTest(told):
                self.assertEqual((chunk_0(told), chunk_1(told), combine(told)), expected)

    def test_should_fail_only_while_it_asks_for_less_memory_than_told(self):
        growing = "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 256, (DAGNodeRetry + 1)*256)"
        for ad, expected in {None: 40, "RequestMemory = 256": 40, "RequestMemory = 384": 0, "RequestMemory = 300": 0,
                             f"RequestMemory = {growing}": 40, f"RequestMemory = {growing}\nDAGNodeRetry = 1": 0,
                             "RequestMemory = some(thing)": 40}.items():
            with self.subTest(ad):
                job = self.stage("job", "process")
                if ad is not None:
                    (job / "job ad").write_text(ad + "\n")
                outcome = self.process("", "--canary-fail", "43014:peaklets:0@300", job=job, start=0, stop=2, group=0,
                                       environment={"_CONDOR_JOB_AD": str(job / "job ad")})[2]
                self.assertEqual(outcome.code, expected)
                if expected:
                    self.assertFailed(40, "below 300 MB", outcome)

    def test_should_not_take_a_whole_run_for_group_0(self):
        outcome = self.process("job", "--canary-fail", "43014:peak_basics:0", data_type="peak_basics")[2]
        self.assertDone(outcome)

    def test_should_sleep_and_write_as_much_as_told(self):
        outcome = self.process("job", "--canary-sleep", "0.3", "--canary-megabytes", "0.5", start=0, stop=3)[2]
        self.assertDone(outcome)
        self.assertGreaterEqual(outcome.summary["seconds"], 0.3)
        sizes = [len(c) for n, c in files_of(outcome.path).items() if not n.endswith(".json")]
        self.assertEqual(sizes, [500000] * 3)

    def test_should_pretend_if_told_to_upload(self):
        outcome = self.process("job", "--upload", "--update-rundb", start=0, stop=1)[2]
        self.assertDone(outcome)
        self.assertIn("nothing is uploaded, the RunDB is left alone", outcome.output)

    def test_should_refuse_if_the_disk_is_too_small(self):
        job = self.stage("job", "process")
        (job / "job ad").write_text(
            'ClusterId = 7\nDAGNodeRetry = 2\n'
            'RequestDisk = ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, 4, (DAGNodeRetry + 1)*900000000000)\n')
        outcome = self.process("", job=job, start=0, stop=1, environment={"_CONDOR_JOB_AD": str(job / "job ad")})[2]
        self.assertFailed(22, "the job asked for 2700000000000 KB", outcome)


class WrapperTest(PayloadTest):
    def test_should_say_how_it_is_used_if_asked(self):
        for program in ("process", "combine"):
            for environment in ({}, {"OUTSOURCE_PAYLOAD": ""}):
                for place in (self.stage(program, program), PAYLOAD):
                    with self.subTest(program, environment=environment, place=place.name):
                        named = [program] if place == PAYLOAD else []
                        outcome = self.run_job(place, program, *named, "--help", environment=environment)
                        self.assertEqual(outcome.code, 0, outcome.output)
                        self.assertTrue(outcome.output.startswith(f"usage: {program}.py"), outcome.output)
                        self.assertIn("--expect-hash", outcome.output)

    def test_should_refuse_if_the_mode_is_unknown(self):
        job = self.stage("job", "process")
        outcome = self.run_job(job, "process", environment={"OUTSOURCE_PAYLOAD": "kanary"})
        self.assertFailed(20, "neither empty nor canary", outcome)

    def test_should_refuse_if_there_is_no_image(self):
        job = self.stage("job", "process")
        outcome = self.run_job(job, "process", environment={
            "OUTSOURCE_PAYLOAD": "", "OUTSOURCE_SETUP_SCRIPT": '/no "such" place\\setup.sh'})
        self.assertFailed(20, "does not run in the XENONnT image", outcome)

    def test_should_refuse_if_the_image_cannot_be_set_up(self):
        job = self.stage("job", "combine")
        for text, cause in (("exit 0\n", "ended the shell"), ("exit 3\n", "ended the shell"), ("exec true\n", "ended the shell"),
                            ("trap 'exit 7' EXIT; exit 0\n", "ended the shell"), ("kill -9 $BASHPID\n", "ended the shell"),
                            ("PATH=/nowhere\n", "There is no python3 on PATH"), ("unset PATH\n", "There is no python3 on PATH"),
                            ("python3() { :; }; export -f python3; PATH=/nowhere\n", "There is no python3 on PATH")):
            with self.subTest(text):
                (job / "setup.sh").write_text(text)
                outcome = self.run_job(job, "combine", environment={
                    "OUTSOURCE_PAYLOAD": "", "OUTSOURCE_SETUP_SCRIPT": str(job / "setup.sh")})
                self.assertFailed(20, cause, outcome)

    def test_should_take_over_the_environment_of_the_image_and_nothing_else(self):
        job = self.stage("job", "process")
        (job / "process.py").write_text("import json, os, sys\nprint(json.dumps([os.getcwd(), sys.argv[1:], dict(os.environ)]))\n")
        odd = "a 'b' \"c\" $d `e` \\\\ é"
        for text in (":", "cd /", "false", "[ -d /nowhere ] && echo x", "return 3", "trap 'echo trapped; exit 9' EXIT",
                     "script=x help=yes program=x outsource_program=x outsource_script=x", "export script=x outsource_script=x help=yes",
                     "set -e; set -u; set -f; shopt -s nullglob extglob; IFS=x", "exec > /dev/null 2>&1", "cd() { echo no; }; exec() { echo no; }",
                     "alias exec=echo cd=false", "set -E; trap '' TERM; trap 'exit 9' ERR", "echo $1 $NOT_SET; shift 5", "readonly HOME=/x",
                     "export CDPATH=/:/usr; cd usr", "sleep 0 & disown", "export LINES_OF=$'two\\nlines'", "umask 000"):
            with self.subTest(text):
                (job / "setup.sh").write_text(f"export OF_THE_IMAGE=\"$ODD\"; unset OF_THE_SLOT; OURS=1\n{text}\n")
                outcome = self.run_job(job, "process", "--run", "a b", "*", environment={
                    "OUTSOURCE_PAYLOAD": "", "OUTSOURCE_SETUP_SCRIPT": str(job / "setup.sh"), "ODD": odd, "OF_THE_SLOT": "1",
                    "http_proxy": "http://x"})
                self.assertEqual(outcome.code, 0, outcome.output)
                folder, arguments, environment = json.loads(outcome.last)
                self.assertEqual((folder, arguments), (str(job), ["--run", "a b", "*"]))
                self.assertEqual((environment["OF_THE_IMAGE"], environment["HOME"], environment["PWD"]), (odd, str(job), str(job)))
                self.assertEqual({"OF_THE_SLOT", "OURS", "http_proxy"} & set(environment), set())

    def test_should_end_with_a_summary_if_removed_while_the_image_is_set_up(self):
        job = self.stage("job", "process")
        (job / "setup.sh").write_text("touch begun; while ! [ -e go ]; do sleep 0.05; done\n")
        process = self.start(job, "process", environment={"OUTSOURCE_PAYLOAD": "", "OUTSOURCE_SETUP_SCRIPT": str(job / "setup.sh")})
        self.wait_for((job / "begun").exists, "the setup to begin")
        process.terminate()
        (job / "go").touch()
        self.assertFailed(143, "ended by SIGTERM (the job was removed)", self.wait(process))

    def test_should_refuse_if_a_program_was_not_staged(self):
        job = self.stage("job", "process")
        (job / "process.py").unlink()
        self.assertFailed(20, "Neither process.py nor combine.py was staged", self.run_job(job, "process"))

    def test_should_refuse_if_what_the_program_needs_was_not_staged(self):
        job = self.stage("job", "process")
        (job / "payload_common.py").unlink()
        self.assertFailed(20, "payload_common.py was not staged", self.run_job(job, "process"))

    def test_should_refuse_if_there_is_no_python(self):
        job = self.stage("job", "process")
        tools = job / "tools"
        tools.mkdir()
        for tool in ("bash", "dirname", "env"):
            (tools / tool).symlink_to(f"/usr/bin/{tool}")
        self.assertFailed(20, "no python3 on PATH", self.run_job(job, "process", environment={"PATH": str(tools)}))

    def test_should_refuse_if_python_is_too_old(self):
        job = self.stage("job", "process")
        (job / "tools").mkdir()
        old = job / "tools" / "python3"
        old.write_text("#!/bin/sh\nexec \"$REAL\" -c 'import sys; sys.version_info = (3, 6); exec(sys.argv[1])' \"$2\"\n")
        old.chmod(0o755)
        outcome = self.run_job(job, "process", "--help", environment={
            "PATH": f"{job / 'tools'}:/usr/bin:/bin", "REAL": interpreter()})
        self.assertFailed(20, "is older than Python 3.9", outcome)

    def test_should_refuse_if_program_and_mode_do_not_fit(self):
        canary = self.stage("canary", "process")
        arguments = ("--run", 1, "--context", "x", "--data-type", "peaklets", "--output", "o.tar.gz")
        outcome = self.run_job(canary, "process", *arguments, wrapper=False, environment={"OUTSOURCE_PAYLOAD": ""})
        self.assertFailed(10, "the staged program is the canary", outcome)
        type(self).canary, was = False, type(self).canary
        try:
            real = self.stage("real", "process")
        finally:
            type(self).canary = was
        outcome = self.run_job(real, "process", *arguments, wrapper=False)
        self.assertFailed(10, "the staged program is the real one", outcome)


class ArgumentTest(PayloadTest):
    good = {"--run": "43014", "--context": "xenonnt_v14", "--data-type": "peaklets", "--output": "o.tar.gz"}

    def check(self, program, changed, cause, extra=(), real=False):
        given = {**self.good, **({"--chunk-stops": "2"} if program == "combine" else {}), **changed}
        arguments = [part for name, value in given.items() if value is not None for part in (name, value)]
        with self.subTest(program, changed=changed, extra=extra):
            outcome = self.run_job(self.real_job[program] if real else self.job[program], program, *arguments, *extra,
                                   wrapper=False, environment={"OUTSOURCE_PAYLOAD": "" if real else "canary"})
            self.assertFailed(10, cause, outcome)

    def setUp(self):
        super().setUp()
        self.job = {program: self.stage(program, program) for program in ("process", "combine")}
        type(self).canary = False
        self.addCleanup(setattr, type(self), "canary", True)
        self.real_job = {program: self.stage(f"real {program}", program) for program in ("process", "combine")}

    def test_should_refuse_what_is_not_in_the_contract(self):
        for program in ("process", "combine"):
            for name in self.good:
                self.check(program, {name: None}, f"required: {name}")
            self.check(program, {"--run": "43014x"}, "'43014x' is not a whole number from 0 to 999999")
            self.check(program, {"--run": "1000000"}, "not a whole number")
            self.check(program, {"--run": "-1"}, "")
            self.check(program, {"--data-type": "peaklets;ls"}, "is not a data type")
            self.check(program, {"--context": "a.b"}, "is not the name of a context")
            for output in ("../o.tar.gz", "/tmp/o.tar.gz", ".o.tar.gz", "o.tar", "a b.tar.gz"):
                self.check(program, {"--output": output}, "is not the bare name of a .tar.gz file")
            self.check(program, {}, "unrecognized arguments: --uplod", ["--uplod"])
            self.check(program, {}, "unrecognized arguments: --upl", ["--upl"])
            self.check(program, {}, "unrecognized arguments: more", ["more"])
            self.check(program, {}, "--update-rundb without --upload", ["--update-rundb"])
            self.check(program, {}, "is not TYPE=HASH", ["--expect-hash", "peaklets"])
            self.check(program, {}, "two hashes", ["--expect-hash", "a=b", "--expect-hash", "a=c"])
            self.check(program, {}, "not a number of seconds", ["--max-wait", "soon"])
        self.check("process", {}, "go together", ["--chunk-start", "1"])
        self.check("process", {}, "is not below", ["--chunk-start", "3", "--chunk-stop", "3"])
        self.check("process", {}, "unrecognized", ["--chunk-stops", "3"])
        self.check("combine", {"--chunk-stops": None}, "required: --chunk-stops")
        for stops in ("2,2", "0,2", "4,2", "2,", "a", ""):
            self.check("combine", {"--chunk-stops": stops}, "")

    def test_should_refuse_canary_options_if_the_program_is_real(self):
        for program in ("process", "combine"):
            for option in (["--canary-fail", "1:a"], ["--canary-sleep", "1"], ["--canary-megabytes", "1"]):
                self.check(program, {}, f"unrecognized arguments: {option[0]}", option, real=True)

    def test_should_refuse_canary_options_that_are_not_well_formed(self):
        for value in ("43014", "a:peaklets", "43014:peaklets:first", "43014:peaklets:1:2", "43014:peaklets@", "43014:peaklets@0",
                      "43014:peaklets@some"):
            self.check("process", {}, "is not RUN:TYPE", ["--canary-fail", value])


if __name__ == "__main__":
    unittest.main()
