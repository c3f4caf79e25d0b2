"""plan_part.py, as DAGMan's script before a part calls it: when it plans, when it waits, and what it leaves."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

from support import PAYLOAD

PROGRAM = Path(PAYLOAD, "plan_part.py")

#: In place of pegasus-plan: it writes what the planner writes of the nodes, and says with what it was called.
PLANNER = """#!/bin/sh
echo "$*" >> "$HOME/called"
while [ $# -gt 1 ]; do
    case $1 in
        --dir) base=$2 ;;
        --relative-submit-dir) place=$2 ;;
    esac
    shift
done
mkdir -p "$base/$place.000"
[ -e "$base/$place" ] || ln -s "$(basename "$place").000" "$base/$place"
[ -z "$PLANNER_FAILS" ] || exit "$PLANNER_FAILS"
cat > "$base/$place/xenonnt-0.dag" <<EOF
JOB peaklets_007157-peaklets-0000 00/00/a.sub
SCRIPT POST peaklets_007157-peaklets-0000 /opt/bin/pegasus-exitcode  -r \\$RETURN a.out
RETRY peaklets_007157-peaklets-0000 2
JOB peaklets_007158-peaklets-0000 00/00/c.sub
JOB stage_out_local_0_0 00/00/b.sub
SCRIPT POST stage_out_local_0_0 /opt/bin/pegasus-exitcode  -r \\$RETURN b.out
RETRY stage_out_local_0_0 2
EOF
[ -z "$PLANNER_HANGS" ] || exec sleep 600
"""

#: Where a planner's submit files say what a job asks for.
GROWS = "ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, {0}, (DAGNodeRetry + 1)*{0})"

SUBMIT = "000 ({0:04d}.000.000) 2026-11-22 16:41:00 Job submitted from host: <x>\n    DAG Node: pegasus-plan_part-{0:04d}\n...\n"


class PlanPartTest(unittest.TestCase):
    def setUp(self):
        self.home = Path(tempfile.mkdtemp(prefix="outsource-part-"))
        self.addCleanup(shutil.rmtree, self.home, ignore_errors=True)
        self.generated = self.home / "generated"
        self.part = self.generated / "parts" / "part-0000.yml"
        self.part.parent.mkdir(parents=True)
        self.part.write_text("pegasus: \"5.0\"\n")
        self.part.with_suffix(".jobs").write_text(
            "JOB peaklets_007157-peaklets-0000 -\nJOB peaklets_007158-peaklets-0000 -\n"
        )
        self.sums = self.generated / "SHA256SUMS"
        self.sums.write_text(f"{hashlib.sha256(self.part.read_bytes()).hexdigest()}  parts/part-0000.yml\n")
        self.root = self.home / "runs" / "w"
        (self.root / "00").mkdir(parents=True)
        (self.root / "pegasus.1.properties").write_text("dagman.maxpre=1\ndagman.subwf.maxjobs=2\n")
        (self.root / "xenonnt-0.dag.lock").write_text("1")
        self.log = self.root / "xenonnt-0.dag.nodes.log"
        (self.root / "node-end.sh").write_text("case $code in 3 | 4) exit 95 ;; esac\n")
        planner = self.home / "pegasus" / "bin" / "pegasus-plan"
        planner.parent.mkdir(parents=True)
        planner.write_text(PLANNER)
        planner.chmod(0o755)
        self.place = self.root / "00" / "xenonnt_part-0000"
        self.dag = self.place / "xenonnt-0.dag"
        self.arguments = [
            f"-Dpegasus.log.*={self.root}/pegasus-plan_part-0000.pre.log", "--dir", str(self.home / "runs"),
            "--relative-submit-dir", "w/00/xenonnt_part-0000", "--deferred", str(self.part),
        ]

    def start(self, **variables):
        environment = {**os.environ, "HOME": str(self.home), "PEGASUS_HOME": str(self.home / "pegasus"),
                       "OUTSOURCE_PART_PAUSE": "0.05", **variables}
        process = subprocess.Popen([sys.executable, "-B", str(PROGRAM), *self.arguments], env=environment,
                                   stderr=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(self.stop, process)
        return process

    @staticmethod
    def stop(process):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
        process.stderr.close()

    def run_it(self, **variables):
        process = self.start(**variables)
        error = process.communicate(timeout=120)[1]
        return process.returncode, error

    def calls(self):
        path = self.home / "called"
        return path.read_text().splitlines() if path.exists() else []

    def until(self, done):
        for _ in range(1200):
            if done():
                return
            time.sleep(0.05)
        self.fail("it did not happen")

    def test_should_plan_with_the_same_arguments_and_end_our_jobs_with_our_script(self):
        self.assertEqual((0, ""), self.run_it())
        self.assertEqual([" ".join(self.arguments)], self.calls())
        lines = self.dag.read_text().splitlines()
        post = f"{self.root}/node-end.sh /opt/bin/pegasus-exitcode  -r $RETURN a.out"
        self.assertIn(f"SCRIPT POST peaklets_007157-peaklets-0000 {post}", lines)
        self.assertIn("RETRY peaklets_007157-peaklets-0000 2 UNLESS-EXIT 95", lines)
        self.assertIn("SCRIPT POST stage_out_local_0_0 /opt/bin/pegasus-exitcode  -r $RETURN b.out", lines)
        self.assertIn("RETRY stage_out_local_0_0 2", lines)

    def test_should_plan_once_if_it_is_called_again(self):
        self.run_it()
        before = self.dag.read_text()
        code, error = self.run_it()
        self.assertEqual(0, code)
        self.assertIn("planned already", error)
        self.assertEqual((1, before), (len(self.calls()), self.dag.read_text()))

    def test_should_plan_anew_if_the_planning_was_killed(self):
        process = self.start(PLANNER_HANGS="1")
        self.until(lambda: self.dag.exists() and "stage_out_local_0_0 2" in self.dag.read_text())
        self.stop_hard(process)
        code, error = self.run_it()
        self.assertEqual(0, code, error)
        self.assertIn("an earlier planning of it was stopped", error)
        self.assertEqual(2, len(self.calls()))

    @staticmethod
    def stop_hard(process):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def test_should_not_plan_twice_at_once(self):
        self.log.write_text(SUBMIT.format(7) + SUBMIT.format(8))
        first, second = self.start(), self.start()
        self.log.write_text(SUBMIT.format(7))
        codes = [first.wait(timeout=120), second.wait(timeout=120)]
        self.assertEqual(([0, 0], 1), (codes, len(self.calls())))

    def test_should_wait_if_as_many_parts_run_as_may(self):
        self.log.write_text(SUBMIT.format(7) + "005 (0006.000.000) 2026-11-22 16:40:00 Job terminated.\n...\n" + SUBMIT.format(8))
        process = self.start()
        self.assertIn("waits until fewer than 2 parts run", process.stderr.readline())
        self.assertEqual([], self.calls())
        with self.log.open("a") as log:
            log.write("005 (0008.000.000) 2026-11-22 16:45:00 Job terminated.\n...\n")
        self.assertEqual(0, process.wait(timeout=120))
        self.assertEqual(1, len(self.calls()))

    def test_should_count_a_part_that_was_planned_and_is_not_submitted_yet(self):
        self.log.write_text(SUBMIT.format(7))
        lock = self.root / "parts.lock"
        os.utime(self.root / "xenonnt-0.dag.lock", (1, 1))
        lock.write_text("part-0008")
        process = self.start()
        self.assertIn("waits", process.stderr.readline())
        with self.log.open("a") as log:
            log.write(SUBMIT.format(8) + "005 (0007.000.000) 2026-11-22 16:45:00 Job terminated.\n...\n")
        self.assertEqual(0, process.wait(timeout=120))
        self.assertEqual("part-0000", lock.read_text())

    def test_should_not_wait_for_a_part_that_was_planned_long_ago(self):
        self.log.write_text(SUBMIT.format(7))
        lock = self.root / "parts.lock"
        lock.write_text("part-0008")
        os.utime(lock, (1, 1))
        self.assertEqual((0, ""), self.run_it())

    def test_should_not_wait_for_a_part_that_an_earlier_dagman_had_planned(self):
        self.log.write_text(SUBMIT.format(7))
        (self.root / "parts.lock").write_text("part-0008")
        later = time.time() + 60
        os.utime(self.root / "xenonnt-0.dag.lock", (later, later))
        self.assertEqual((0, ""), self.run_it())

    def test_should_end_if_the_workflow_ends_while_it_waits(self):
        self.log.write_text(SUBMIT.format(7) + SUBMIT.format(8))
        process = self.start()
        self.assertIn("waits", process.stderr.readline())
        (self.root / "xenonnt-0.dag.lock").unlink()
        self.assertEqual(1, process.wait(timeout=120))
        self.assertEqual([], self.calls())

    def test_should_refuse_a_part_that_was_changed_or_is_missing(self):
        for change in (lambda: self.part.write_text("other"), self.part.unlink, self.sums.unlink):
            change()
            code, error = self.run_it()
            self.assertEqual(1, code)
            self.assertIn("the part is not planned", error)
        self.assertEqual([], self.calls())

    def test_should_hand_on_the_exit_code_of_the_planner_and_plan_anew_then(self):
        note = self.root / "part-0000.failed"
        self.assertEqual(2, self.run_it(PLANNER_FAILS="2")[0])
        self.assertEqual("pegasus-plan failed (exit code 2)\n", note.read_text())
        self.assertEqual(0, self.run_it()[0])
        self.assertFalse(note.exists())
        self.assertEqual(2, len(self.calls()))

    def test_should_leave_other_runs_alone_if_resubmit_names_some(self):
        (self.root / "parts.only").write_text("7158\n")
        self.assertEqual(0, self.run_it()[0])
        text = self.dag.read_text()
        self.assertIn("SCRIPT PRE peaklets_007157-peaklets-0000 /bin/false\nRETRY peaklets_007157-peaklets-0000 0\n", text)
        self.assertNotIn("PRE peaklets_007158", text)

    def test_should_skip_a_part_if_resubmit_names_none_of_its_runs(self):
        (self.root / "parts.only").write_text("9999\n")
        code, error = self.run_it()
        self.assertEqual(1, code)
        self.assertIn("none of its runs", error)
        self.assertFalse((self.root / "part-0000.failed").exists())
        self.assertEqual([], self.calls())

    def job_file(self, name, *lines):
        """A submit file that the planner writes of a job; the planner of the test leaves it as it is."""
        place = self.place.with_name(self.place.name + ".000")
        (place / "00" / "00").mkdir(parents=True, exist_ok=True)
        (place / "00" / "00" / name).write_text("\n".join(["universe = vanilla", *lines, "+Site = \"x\"", "queue", ""]))

    def changed(self, *changes, name="a.sub"):
        (self.root / "parts.changes").write_text(json.dumps({"schema": "outsource/part-changes/1", "changes": [
            {"runs": runs, "memory_factor": factor, "disk_factor": disk, "exclude_sites": sites} for runs, factor, disk, sites in changes]}))
        code, error = self.run_it()
        self.assertEqual(0, code, error)
        return (self.place / "00" / "00" / name).read_text().splitlines()

    def test_should_change_requests_as_each_resubmit_said_before_the_part_was_planned(self):
        self.job_file("a.sub", "request_memory = " + GROWS.format(2000), "request_disk = 100", "requirements = HAS_SINGULARITY")
        self.job_file("c.sub", "request_memory = 1000")
        self.job_file("b.sub", "request_memory = 1000")
        lines = self.changed(([7157], "1.5", None, []), (None, None, None, ["SU-ITS", "Other"]), ([7157], "2", "3", ["SU-ITS"]))
        self.assertEqual(lines, [
            "universe = vanilla", "request_memory = " + GROWS.format(6000), "request_disk = 300",
            'requirements = (HAS_SINGULARITY) && (GLIDEIN_Site =!= "SU-ITS" && GLIDEIN_Site =!= "Other")', '+Site = "x"', "queue"])
        other = (self.place / "00" / "00" / "c.sub").read_text().splitlines()
        self.assertEqual(other[1:4], ["request_memory = 1000", '+Site = "x"', 'requirements = (GLIDEIN_Site =!= "SU-ITS" && GLIDEIN_Site =!= "Other")'])
        self.assertNotIn("GLIDEIN_Site", (self.place / "00" / "00" / "b.sub").read_text(), "the planner's own jobs")

    def test_should_change_a_part_once_if_it_is_called_again(self):
        self.job_file("a.sub", "request_memory = 1001")
        self.job_file("c.sub")
        change = ([7157, 7158], "1.5", None, [])
        self.assertIn("request_memory = 1502", self.changed(change))
        self.assertIn("request_memory = 1502", self.changed(change))

    def test_should_not_plan_if_the_changes_cannot_be_read(self):
        for text in ("{", "[]", '{"changes": [{"runs": null, "memory_factor": "x", "exclude_sites": []}]}'):
            (self.root / "parts.changes").write_text(text)
            code, error = self.run_it()
            self.assertEqual((1, []), (code, self.calls()))
            self.assertIn("parts.changes' cannot be read", error)


if __name__ == "__main__":
    unittest.main()
