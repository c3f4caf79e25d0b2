"""What needs real packages is skipped without them, or fails where they are required."""

import os
import subprocess
import sys
import unittest

from support import TESTS

MODULES = ("test_real_chains", "test_real_strax", "test_real_upload")


def run(required):
    without = {name: value for name, value in os.environ.items() if not name.startswith("OUTSOURCE_")}
    return subprocess.run([sys.executable, "-B", "-m", "unittest", *MODULES], cwd=TESTS, capture_output=True, text=True, check=False,
                          env={**without, **required})


class RequiredTest(unittest.TestCase):
    def test_should_skip_with_the_reason_if_nothing_is_required(self):
        for required in ({}, {"OUTSOURCE_REQUIRE_REAL": ""}, {"OUTSOURCE_REQUIRE_REAL": "0"}):
            found = run(required)
            self.assertEqual(found.returncode, 0, found.stderr)
            self.assertRegex(found.stderr.splitlines()[-1], r"^OK \(skipped=\d+\)$")

    def test_should_fail_with_the_reason_if_required(self):
        found = run({"OUTSOURCE_REQUIRE_REAL": "1"})
        self.assertEqual(found.returncode, 1, found.stderr)
        self.assertRegex(found.stderr.splitlines()[-1], r"^FAILED \(failures=\d+\)$")
        for why in ("OUTSOURCE_TEST_REAL does not name a folder with strax", "OUTSOURCE_TEST_REAL does not name a folder with utilix",
                    "OUTSOURCE_TEST_STRAX is not set"):
            self.assertIn(f"OUTSOURCE_REQUIRE_REAL is set, and {why}", found.stderr)

    def test_should_fail_if_they_cannot_be_imported(self):
        found = run({"OUTSOURCE_REQUIRE_REAL": "1", "OUTSOURCE_TEST_REAL": "/nonexistent", "OUTSOURCE_TEST_STRAX": "/nonexistent"})
        self.assertEqual(found.returncode, 1, found.stderr)
        self.assertRegex(found.stderr.splitlines()[-1], r"^FAILED \(failures=\d+\)$")


if __name__ == "__main__":
    unittest.main()
