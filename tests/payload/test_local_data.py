"""Jobs that read local folders only (--no-remote), on the stand-ins of strax and its companions."""

import shutil
import unittest
from pathlib import Path

from support import RUN
from test_levels import LOWER, UPPER, LevelTest


class LocalDataTest(LevelTest):
    """Rucio has nothing, the context knows a folder of raw data, one of processed data, and one that is not there."""

    def setUp(self):
        super().setUp()
        self.centre = Path(self._temporary, "centre")
        self.raw, self.processed = self.centre / "raw", self.centre / "processed"
        self.processed.mkdir(parents=True)
        shutil.move(self.world / "remote", self.raw)
        (self.world / "remote").mkdir()
        shutil.rmtree(self.world / "rules")
        (self.world / "rules").mkdir()
        self.environment["STANDIN_FOLDERS"] = f"{self.raw}:{self.centre / 'none'}:{self.processed}"

    def files(self):
        return sorted(str(p.relative_to(self.centre)) for p in self.centre.rglob("*"))

    def unpack(self, output, folder):
        """What a job made, as folders of data."""
        made = Path(self._temporary, "made")
        shutil.unpack_archive(output, made)
        for path in (made / "data").iterdir():
            shutil.move(path, folder)
        shutil.rmtree(made)

    def test_should_make_all_from_local_folders_and_ask_rucio_for_nothing(self):
        before = self.files()
        _, combined = self.chain("--no-remote")
        output, outcome = self.upper("upper", "--no-remote", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), sorted(UPPER))
        self.assertEqual(self.calls("straxen.storage"), [])
        self.assertEqual(self.files(), before, "nothing is written into folders that others read")

    def test_should_name_the_folders_that_it_reads(self):
        _, outcome = self.lower("lower", 0, 2, "--no-remote")
        self.assertDone(outcome)
        self.assertIn(f"data is read from {self.raw}: raw_records\n", outcome.output)
        self.assertNotIn(str(self.centre / "none"), outcome.output)

    def test_should_read_the_lower_level_from_a_local_folder(self):
        _, combined = self.chain("--no-remote")
        self.unpack(combined, self.processed)
        output, outcome = self.upper("upper", "--no-remote")
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), sorted(UPPER))
        _, outcome = self.upper("again", "--no-remote", "--ignore-processed")
        self.assertFailed(30, f"peaklets of run {RUN} is not available", outcome)

    def test_should_make_what_is_planned_although_a_local_folder_has_it(self):
        _, combined = self.chain("--no-remote")
        made, _ = self.upper("upper", "--no-remote", inputs=[combined])
        self.unpack(made, self.processed)
        self.forget_calls()
        output, outcome = self.upper("again", "--no-remote", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual(self.types_in(output), sorted(UPPER))

    def test_should_read_a_further_folder_if_it_is_told_one(self):
        self.environment["STANDIN_FOLDERS"] = ""
        further = ("--no-remote", "--local-data", self.raw, "--local-data", self.centre / "gone")
        self.assertDone(self.lower("lower", 0, 2, *further)[1])
        self.assertEqual(self.calls("straxen.storage"), [])

    def test_should_say_that_no_folder_is_there(self):
        self.environment["STANDIN_FOLDERS"] = str(self.centre / "none")
        _, outcome = self.lower("lower", 0, 2, "--no-remote", "--local-data", "/gone")
        self.assertFailed(30, "data is read from local folders, and none of them exists where the job runs: /gone.", outcome)

    def test_should_say_that_data_is_in_no_local_folder(self):
        shutil.rmtree(self.raw)
        self.raw.mkdir()
        _, outcome = self.lower("lower", 0, 2, "--no-remote")
        self.assertFailed(30, f"raw_records of run {RUN} is not available: {RUN}-raw_records-", outcome)
        self.assertIn("is whole in none of the local folders", outcome.cause)

    def test_should_need_no_proxy_where_nothing_is_uploaded(self):
        Path(self.environment["X509_USER_PROXY"]).unlink()
        self.assertDone(self.lower("lower", 0, 2, "--no-remote")[1])
        _, outcome = self.lower("other", 0, 2, "--no-remote", "--upload")
        self.assertEqual(outcome.code, 31, outcome.output)

    def test_should_upload_as_ever(self):
        _, combined = self.chain("--no-remote", "--upload", "--update-rundb")
        _, outcome = self.upper("upper", "--no-remote", "--upload", "--update-rundb", inputs=[combined])
        self.assertDone(outcome)
        self.assertEqual(sorted(self.rundb()), sorted([*LOWER, *UPPER]))
        # Rucio has it all; a second try makes it again, finds that it is the same, and reads nothing.
        _, outcome = self.upper("again", "--no-remote", "--upload", "--update-rundb", inputs=[combined])
        self.assertDone(outcome)
        self.assertNotIn("stored already:", outcome.output)

    def test_should_refuse_arguments_that_do_not_fit(self):
        for name, arguments, cause in (
                ("alone", ("--local-data", "/x"), "--local-data goes with --no-remote"),
                ("relative", ("--no-remote", "--local-data", "x"), "'x' is not an absolute path")):
            with self.subTest(name):
                self.assertFailed(10, cause, self.lower(name, 0, 2, *arguments)[1])
        _, _, outcome = self.process("by type", "--no-remote", start=0, stop=2)
        self.assertFailed(10, "--no-remote goes with --level", outcome)


if __name__ == "__main__":
    unittest.main()
