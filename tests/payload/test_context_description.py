"""context_description.py on a strax of the test's own, which has the parts of strax's Context that the exporter asks (strax 2.2.3), and,
where OUTSOURCE_TEST_REAL names a folder with strax, straxen and utilix, on the real ones."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from real import paths, reason
from support import STANDINS, interpreter

SCRIPT = Path(__file__).resolve().parents[2] / "tasks/payload/context_description.py"

STRAX = '''
import base64, enum, hashlib, json
__version__ = "2.2.3"
DEFAULT_CHUNK_SIZE_MB = 200
class SaveWhen(enum.IntEnum):
    NEVER, EXPLICIT, TARGET, ALWAYS = range(4)
class NumpyJSONEncoder(json.JSONEncoder):
    pass
def hashablize(thing):
    return [[k, hashablize(v)] for k, v in sorted(thing.items())] if isinstance(thing, dict) else thing
class Key:
    def __init__(self, lineage):
        self.lineage = lineage
        text = json.dumps(hashablize(lineage))
        self.lineage_hash = base64.b32encode(hashlib.sha1(text.encode()).digest())[:10].decode().lower()
class Plugin:
    depends_on, rechunk_on_load, child_plugin, save_when = (), False, False, SaveWhen.ALWAYS
    chunk_target_size_mb, rechunk_on_save, compressor, takes_config, __version__ = 200, True, "blosc", {}, "1.0.0"
    def dtype_for(self, t):
        class D:
            itemsize = 10 * len(t)
        return D
    def data_kind_for(self, t):
        return t.split("_")[0]
class LoopPlugin(Plugin):
    pass
class OverlapWindowPlugin(Plugin):
    pass
class Option:
    def get_default(self, run_id):
        return 10
class Raw(Plugin):
    provides = ("raw_records",)
class Hits(Plugin):
    provides, depends_on = ("hits", "pulse_counts"), ("raw_records",)
    save_when = {"hits": SaveWhen.NEVER, "pulse_counts": SaveWhen.ALWAYS}
    takes_config = {"keep_n_seconds_for_monitoring": Option()}
class Peaks(Plugin):
    provides, depends_on, compressor = ("peaks",), ("hits",), "zstd"
class Merged(OverlapWindowPlugin):
    provides, depends_on = ("merged",), ("peaks",)
class Events(Plugin):
    provides, depends_on = ("events",), ("merged", "peaks")
    def dtype_for(self, t):
        raise RuntimeError("needs a file")
class PeakShadow(Plugin):
    provides, depends_on, save_when = ("peak_shadow",), ("peaks",), SaveWhen.EXPLICIT
class Context:
    def __init__(self):
        classes = (Raw, Hits, Peaks, Merged, Events, PeakShadow)
        self._plugin_class_registry = {t: c for c in classes for t in c.provides}
    def purge_unused_configs(self):
        pass
    def _get_plugins(self, targets, run_id):
        return {t: self._plugin_class_registry[t]() for t in self._plugin_class_registry}
    def lineage(self, t, chunks):
        c = self._plugin_class_registry[t]
        own = {d: ["chunk_number", [[d, chunks[d]]]] for d in c.depends_on if chunks and d in chunks}
        lineage = {c.provides[-1]: [c.__name__, own]}
        for d in c.depends_on:
            lineage.update(self.lineage(d, chunks))
        return lineage
    def key_for(self, run_id, t, chunk_number=None):
        return Key(self.lineage(t, chunk_number))
    @property
    def tree_levels(self):
        level = lambda t: max([level(d) + 1 for d in self._plugin_class_registry[t].depends_on] or [0])
        names = sorted(self._plugin_class_registry, key=lambda t: (level(t), self._plugin_class_registry[t].__name__,
                                                                   self._plugin_class_registry[t].provides.index(t)))
        order = {t: {"order": i} for i, t in enumerate(names)}
        return {False: order, True: order}
'''

CUTAX = '''
import strax, straxen
__version__ = "2.0.0"
class contexts:
    @staticmethod
    def xenonnt_offline(xedocs_version="global_v99"):
        print("noise of an import")
        return strax.Context()
'''


SALTAX = '''
import strax, types
class Simulated(strax.Plugin):
    provides, depends_on, save_when = ("raw_records_simu",), ("raw_records",), strax.SaveWhen.TARGET
def sxenonnt(saltax_mode, generator_name, nestid, simu_mode, simulation_config, corrections_version, output_folder):
    assert (saltax_mode, generator_name, nestid, simu_mode, simulation_config) == ("salt", "flat", 8, "all", "sim.json")
    context = strax.Context()
    context._plugin_class_registry["raw_records_simu"] = Simulated
    return context
contexts = types.SimpleNamespace(sxenonnt=sxenonnt)
'''


class ContextDescriptionTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name).resolve()
        for package, text in (("strax", STRAX), ("straxen", '__version__ = "4.0.0"'), ("cutax", CUTAX)):
            (self.folder / package).mkdir()
            (self.folder / package / "__init__.py").write_text(text, encoding="utf-8")

    def ask(self, *arguments):
        return subprocess.run([sys.executable, "-s", str(SCRIPT), *arguments], text=True, capture_output=True, check=False, cwd=self.folder, timeout=60,
                              env={"HOME": str(self.folder), "PATH": os.environ["PATH"], "PYTHONPATH": str(self.folder),
                                   "SOURCE_DATE_EPOCH": "1751328000"})

    def made(self, *arguments):
        found = self.ask("--context", "xenonnt_offline", *arguments)
        self.assertEqual(found.returncode, 0, found.stderr)
        return json.loads(found.stdout)

    def test_should_describe_each_plugin_and_type(self):
        made = self.made("--xedocs-version", "global_v16", "--tag", "2025.07.1")
        self.assertEqual((made["schema"], made["xedocs_version"], made["tag"], made["made"]),
                         ("outsource/context-description/1", "global_v16", "2025.07.1", "2025-07-01T00:00:00Z"))
        self.assertEqual(made["order"], ["raw_records", "hits", "pulse_counts", "peaks", "merged", "peak_shadow", "events"])
        hits = next(p for p in made["plugins"] if p["class"] == "Hits")
        self.assertEqual((hits["provides"], hits["depends_on"], hits["per_chunk_allowed"]), (["hits", "pulse_counts"], ["raw_records"], True))
        self.assertEqual([hits["types"][t]["save_when"] for t in hits["provides"]], ["NEVER", "ALWAYS"])
        self.assertEqual(hits["types"]["hits"]["hash"], made["hashes"]["pulse_counts"])
        self.assertEqual(made["keep_n_seconds_for_monitoring"], 10)
        self.assertFalse(next(p for p in made["plugins"] if p["class"] == "Merged")["per_chunk_allowed"])

    def test_should_say_whose_rows_have_no_known_size(self):
        made = self.made()
        self.assertIsNone(next(p for p in made["plugins"] if p["class"] == "Events")["types"]["events"]["itemsize"])
        self.assertIn("the size of a row is unknown for events", made["remarks"])

    def test_should_give_the_hash_of_a_part_only_where_parts_are_made(self):
        parts = self.made()["part_hashes"]
        self.assertEqual({root: sorted(types) for root, types in parts.items()}, {"raw_records": ["peaks", "pulse_counts"]})
        self.assertIn('["raw_records", @CHUNKS@]', parts["raw_records"]["peaks"])

    def test_should_seal_what_it_says(self):
        made = self.made()
        content = {k: v for k, v in made.items() if k not in ("made", "made_by", "sha256")}
        self.assertEqual(hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest(), made["sha256"])

    def test_should_store_peak_correlation_if_asked(self):
        shadow = lambda made: next(p for p in made["plugins"] if p["class"] == "PeakShadow")["types"]["peak_shadow"]["save_when"]
        self.assertEqual((shadow(self.made()), shadow(self.made("--save-peak-correlation"))), ("EXPLICIT", "ALWAYS"))

    def test_should_write_a_file_whole_or_not_at_all(self):
        found = self.ask("--context", "xenonnt_offline", "--out", "there.json")
        self.assertEqual((found.returncode, found.stdout), (0, ""))
        self.assertEqual(json.loads((self.folder / "there.json").read_text(encoding="utf-8"))["name"], "xenonnt_offline")
        found = self.ask("--context", "xenonnt_offline", "--out", "no/there.json")
        self.assertEqual(found.returncode, 10)
        self.assertIn("no/there.json cannot be written: No such file or directory.", found.stderr)

    def test_should_describe_what_saltax_makes_of_the_context(self):
        (self.folder / "saltax").mkdir()
        (self.folder / "saltax/__init__.py").write_text(SALTAX, encoding="utf-8")
        made = self.made("--saltax", "--simulation-config", "sim.json", "--xedocs-version", "global_v16")
        self.assertEqual((made["switches"], made["xedocs_version"]), ({"save_peak_correlation": False, "saltax": True}, "global_v16"))
        simulated = next(p for p in made["plugins"] if p["class"] == "Simulated")
        self.assertEqual(simulated["types"]["raw_records_simu"]["save_when"], "ALWAYS")
        found = self.ask("--context", "xenonnt_offline", "--saltax")
        self.assertEqual((found.returncode, found.stderr),
                         (10, "--saltax needs --simulation-config, the key simulation_config of the configuration.\n"))
        found = self.ask("--context", "xenonnt_online", "--saltax", "--simulation-config", "sim.json")
        self.assertEqual((found.returncode, found.stderr), (10, "--saltax needs --context xenonnt_offline, not xenonnt_online.\n"))

    def test_should_refuse_an_unknown_context(self):
        found = self.ask("--context", "xenonnt_nothing")
        self.assertEqual((found.returncode, found.stdout), (10, ""))

    def test_should_describe_the_real_straxen(self):
        packages = ("strax", "straxen", "utilix")
        if (why := reason(packages, ("strax",))) is not None:
            self.skipTest(why)
        config = self.folder / ".xenon_config"
        config.write_text("[RunDB]\nrundb_api_url = http://127.0.0.1:9\nrundb_api_user = a\nrundb_api_password = b\n"
                          "xent_url = 127.0.0.1:9\nxent_user = a\nxent_password = b\nxent_database = run\n", encoding="utf-8")
        modules = [*paths(packages), str(STANDINS / "cutax_sim"), str(STANDINS / "missing")]
        found = subprocess.run([interpreter(), "-s", str(SCRIPT), "--context", "xenonnt_offline"], text=True, capture_output=True, check=False,
                               cwd=self.folder, timeout=600, env={"HOME": str(self.folder), "PATH": os.environ["PATH"],
                                                                  "XENON_CONFIG": str(config), "PYTHONPATH": ":".join(modules)})
        self.assertEqual(found.returncode, 0, found.stderr)
        made = json.loads(found.stdout)
        self.assertIn("peaklets", made["part_hashes"]["raw_records"])
        self.assertEqual(len(made["order"]), len(made["hashes"]))


class PackagesTest(unittest.TestCase):
    """--packages, on packages of the test: in a git work tree, in the user site packages, installed, or absent."""

    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.folder = Path(self._folder.name).resolve()
        self.environment = {"HOME": str(self.folder), "PATH": os.environ["PATH"], "PYTHONUSERBASE": str(self.folder / "user")}
        self.user_site = Path(subprocess.run([sys.executable, "-c", "import site; print(site.getusersitepackages())"], text=True,
                                             capture_output=True, check=True, env=self.environment).stdout.strip())
        self.user_site.mkdir(parents=True)

    def write(self, path, text=""):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def git(self, *arguments):
        return subprocess.run(["git", "-C", str(self.folder / "work"), "-c", "user.name=a", "-c", "user.email=a@b", *arguments], text=True,
                              capture_output=True, check=True, env=self.environment).stdout.strip()

    def work_tree(self):
        """A package that is installed for editing."""
        file = self.write(self.folder / "work/onepack/__init__.py", '"""Text."""\nraise SystemExit("imported")\n__version__ = "1.2.3"\n')
        self.git("init", "--quiet")
        self.git("add", ".")
        self.git("commit", "--quiet", "-m", "one")
        self.write(self.user_site / "onepack.pth", str(self.folder / "work") + "\n")
        return file

    def ask(self, names, *flags):
        return subprocess.run([sys.executable, *flags, str(SCRIPT), "--packages", names], text=True, capture_output=True, check=False,
                              timeout=60, cwd=self.folder, env=self.environment)

    def found(self, names, *flags):
        made = self.ask(names, *flags)
        self.assertEqual(made.returncode, 0, made.stderr)
        return json.loads(made.stdout)["packages"]

    @unittest.skipUnless(shutil.which("git"), "there is no git")
    def test_should_say_which_work_tree_holds_an_editable_package(self):
        file = self.work_tree()
        for flags in ((), ("-s",)):
            with self.subTest(flags):
                self.assertEqual(self.found("onepack", *flags), {"onepack": {
                    "version": "1.2.3", "file": str(file), "git_top": str(self.folder / "work"), "commit": self.git("rev-parse", "HEAD"),
                    "dirty": [], "editable": True, "user_site": False, "missing": False}})

    @unittest.skipUnless(shutil.which("git"), "there is no git")
    def test_should_name_what_differs_from_the_commit(self):
        file = self.work_tree()
        self.write(self.folder / "work/.gitignore", "*.log\n")
        self.write(self.folder / "work/sub/new.py")
        self.write(self.folder / "work/some.log")
        with open(file, "a", encoding="utf-8") as text:
            text.write("\n")
        self.assertEqual(self.found("onepack")["onepack"]["dirty"], [".gitignore", "onepack/__init__.py", "sub/new.py"])

    @unittest.skipUnless(shutil.which("git"), "there is no git")
    def test_should_not_take_an_environment_in_a_work_tree_for_one(self):
        self.work_tree()
        self.write(self.folder / "work/.gitignore", "env/\n")
        self.write(self.folder / "work/env/twopack/__init__.py", '__version__ = "2"\n')
        self.write(self.user_site / "twopack.pth", str(self.folder / "work/env") + "\n")
        found = self.found("twopack")["twopack"]
        self.assertEqual((found["version"], found["git_top"], found["editable"]), ("2", None, False))

    def test_should_know_user_site_packages_even_if_python_leaves_them_aside(self):
        self.write(self.user_site / "threepack/__init__.py", "from .words import __version__\n")
        self.write(self.user_site / "threepack/words.py", 'print("noise")\n__version__ = "3.0"\n')
        for flags in ((), ("-s",)):
            with self.subTest(flags):
                found = self.found("threepack", *flags)["threepack"]
                self.assertEqual((found["version"], found["user_site"], found["editable"]), ("3.0", True, False))

    def test_should_say_what_is_missing_and_go_on(self):
        self.write(self.user_site / "broken/__init__.py", "import nothing_of_that_name\n")
        found = self.found("nowhere,broken,json")
        self.assertEqual({name: (one["missing"], one["version"] is None) for name, one in found.items()},
                         {"nowhere": (True, True), "broken": (False, True), "json": (False, False)})
        self.assertIsNone(found["nowhere"]["file"])

    def test_should_refuse_what_is_no_name(self):
        found = self.ask("cutax,../x")
        self.assertEqual((found.returncode, found.stdout), (10, ""))
        self.assertEqual(found.stderr, "'../x' of --packages is not the name of a package such as cutax.\n")


if __name__ == "__main__":
    unittest.main()
