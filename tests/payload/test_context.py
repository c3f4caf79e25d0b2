"""cutax_context.py, asked as `python3 -s`, on packages that a test writes: aliases, corrections, user site packages."""

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import unittest
from pathlib import Path

SCRIPT = Path(__file__).resolve().parents[2] / "tasks/payload/cutax_context.py"

CUTAX = '''
import straxen
__version__ = "2.0.0"
class Context:
    def __init__(self, word):
        self.word = word
    def provided_dtypes(self):
        return {"peaklets": {"hash": (self.word + straxen.WORD).ljust(10, "a")[:10].lower().replace("_", "x")}}
class contexts:
    @staticmethod
    def xenonnt_offline(output_folder="./strax_data", xedocs_version="global_v99", **kwargs):
        return Context(xedocs_version)
    @staticmethod
    def xenonnt_v8(output_folder="./strax_data", xedocs_version="global_v8", **kwargs):
        return Context("eight" + xedocs_version)
    xenonnt_v7 = "no function"
'''


class CutaxContextTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name).resolve()
        self.packages = self.folder / "packages"
        self.write(self.packages, "strax", '__version__ = "2.1.2"')
        self.write(self.packages, "straxen", '__version__ = "3.1.2"\nWORD = ""')
        self.write(self.packages, "cutax", CUTAX)
        self.home = self.folder / "home"
        self.user_site = Path(sysconfig.get_path("purelib", "posix_user", {"userbase": str(self.home / ".local")}))

    @staticmethod
    def write(folder, package, text):
        (folder / package).mkdir(parents=True, exist_ok=True)
        (folder / package / "__init__.py").write_text(text + "\n", encoding="utf-8")

    def ask(self, *arguments, user=False):
        return subprocess.run([sys.executable, *([] if user else ["-s"]), str(SCRIPT), *arguments], text=True, capture_output=True, check=False,
                              cwd=self.folder, env={"HOME": str(self.home), "PATH": os.environ["PATH"], "PYTHONPATH": str(self.packages)})

    def made(self, *arguments):
        found = self.ask(*arguments)
        self.assertEqual(found.returncode, 0, found.stderr)
        return json.loads(found.stdout)

    def test_should_take_an_alias_for_the_context_behind_it(self):
        made = self.made("--context", "xenonnt_v14")
        self.assertEqual((made["name"], made["xedocs_version"]), ("xenonnt_v14", "global_v14"))
        self.assertEqual(made["hashes"], self.made("--context", "xenonnt_offline", "--xedocs-version", "global_v14")["hashes"])
        self.assertNotEqual(made["hashes"], self.made("--context", "xenonnt_offline")["hashes"])
        self.assertEqual(self.made("--context", "xenonnt_v14", "--xedocs-version", "global_v14"), made)

    def test_should_prefer_a_function_of_that_name(self):
        made = self.made("--context", "xenonnt_v8")
        self.assertTrue(made["hashes"]["peaklets"].startswith("eight"))
        self.assertIsNone(made["xedocs_version"])

    def test_should_hand_on_the_version_of_the_corrections(self):
        made = self.made("--context", "xenonnt_v8", "--xedocs-version", "global_v3")
        self.assertEqual((made["xedocs_version"], made["hashes"]["peaklets"]), ("global_v3", "eightgloba"))

    def test_should_refuse_what_is_neither(self):
        for arguments, cause in ((["xenonnt_vx"], "defines no context xenonnt_vx"), (["xenonnt_v14_sim"], "defines no context"),
                                 (["xenonnt_V14"], "defines no context"), (["xenonnt_v14", "--xedocs-version", "global_v15"], "contradicts")):
            with self.subTest(arguments=arguments):
                found = self.ask("--context", *arguments)
                self.assertEqual((found.returncode, found.stdout), (10, ""))
                self.assertIn(cause, found.stderr.splitlines()[-1])

    def test_should_leave_user_site_packages_aside_and_say_so(self):
        plain = self.made("--context", "xenonnt_offline")
        self.write(self.user_site, "straxen", '__version__ = "3.1.2"\nWORD = "other"')
        self.write(self.user_site, "numpy", "")
        made = self.made("--context", "xenonnt_offline")
        self.assertEqual(made["hashes"], plain["hashes"])
        self.assertEqual([r for r in made["remarks"] if "user site" in r],
                         [f"the user site packages ({self.user_site}) hold a straxen of their own, which was left aside since jobs do "
                          "not have it; programs that you start yourself use it"])

    def test_should_know_a_package_that_is_installed_for_editing(self):
        for name in ("strax.egg-link", "__editable__.strax-2.1.2.pth", "__editable___strax_2_1_2_finder.py"):
            with self.subTest(name=name):
                self.user_site.mkdir(parents=True, exist_ok=True)
                (self.user_site / name).write_text("", encoding="utf-8")
                self.assertTrue(any("hold a strax of" in r for r in self.made("--context", "xenonnt_offline")["remarks"]))
                (self.user_site / name).unlink()

    def test_should_say_so_where_only_user_site_packages_have_it(self):
        (self.packages / "cutax").rename(self.folder / "gone")
        self.write(self.user_site, "cutax", CUTAX)
        found = self.ask("--context", "xenonnt_offline")
        self.assertEqual(found.returncode, 20)
        self.assertIn("left aside: jobs do not have them", found.stderr.splitlines()[-1])

    def test_should_say_where_a_package_comes_from_that_is_not_the_releases(self):
        self.assertEqual([r.split(" comes from ")[0] for r in self.made("--context", "xenonnt_offline")["remarks"]], ["strax", "straxen"])


if __name__ == "__main__":
    unittest.main()
