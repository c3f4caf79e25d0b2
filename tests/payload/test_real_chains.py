"""Chains of jobs on the real strax, straxen, utilix, admix and Rucio client, upload and RunDB entry included, against making all at
once, field by field. OUTSOURCE_TEST_REAL names a folder with their source trees; skipped with the reason without it.
"""

import json
import subprocess
import sys
import textwrap
import unittest
from pathlib import Path

from real import REAL, RealServices, paths, reason
from required import needs, skip
from support import PAYLOAD, RUN, STANDINS, StraxTest, files_of, interpreter, members

PACKAGES = ("strax", "straxen", "utilix", "admix", "rucio")
MISSING = str(STANDINS / "missing")
REASON = reason(PACKAGES, ("strax", "utilix", "rucio.client.uploadclient"), [MISSING])


@needs(REASON)
class RealChainsTest(RealServices, StraxTest):
    cutax = "cutax_sim"
    chunks = 6
    empty = ""
    rses = {"PEAKLETS_USERDISK": "UC_OSG_USERDISK", "RECORDS_USERDISK": "UC_DALI_USERDISK", "EVENTS_USERDISK": "SDSC_USERDISK"}
    patience = 900  # seconds; the first job of a machine compiles for minutes
    made_by = "xenonnt_offline(xedocs_version='global_v14')"

    def setUp(self):
        super().setUp()
        # Compiled once for all tests, beside the packages: it does not depend on what is tested.
        self.environment.update({"SIM_CHUNKS": str(self.chunks), "SIM_EMPTY": self.empty, "GLIDEIN_Country": "US",
                                 "NUMBA_CACHE_DIR": str(Path(REAL).resolve() / ".numba")})
        self.start_services([MISSING, *paths(PACKAGES)])
        made = self.at_once(["raw_records", "raw_records_nv"])
        self.keys = made["keys"]
        for data_type in ("raw_records", "raw_records_nv"):
            self.publish(data_type)

    def stage(self, name, program, inputs=()):
        return self.point_to_services(super().stage(name, program, inputs))

    def straxen(self, code, *arguments):
        """Runs code with a context as `st`; what it prints last is its answer, in JSON."""
        config = Path(self._temporary, "config")
        config.mkdir(exist_ok=True)
        if not (config / ".xenon_config").exists():
            self.point_to_services_of(config)
        prelude = ("import json, sys, warnings\nwarnings.simplefilter('ignore')\nimport numpy, strax, straxen, cutax\n"
                   f"st = cutax.contexts.{self.made_by}\n")
        found = subprocess.run(
            [interpreter(), "-B", "-c", prelude + textwrap.dedent(code), *map(str, arguments)], cwd=self.place, text=True,
            capture_output=True, check=False, env={
                **self.environment, "HOME": str(config), "XENON_CONFIG": str(config / ".xenon_config"), "RUCIO_ACCOUNT": "production",
                "PYTHONPATH": self.environment["PYTHONPATH"] + f":{STANDINS / self.cutax}:{PAYLOAD}"})
        self.assertEqual(found.returncode, 0, found.stdout + found.stderr)
        return json.loads(found.stdout.splitlines()[-1])

    def point_to_services_of(self, folder):
        from support import CONFIG
        (folder / ".xenon_config").write_text(CONFIG)
        self.point_to_services(folder)

    @property
    def once(self):
        return self.place / "at once"

    def at_once(self, data_types):
        """Makes these types in one go, from the same raw data; gives their keys."""
        return self.straxen("""
            st.storage = [strax.DataDirectory(sys.argv[1])]
            st.set_context_config({"forbid_creation_of": ()})
            for data_type in sys.argv[2:]:
                if not st.is_stored("043014", data_type):
                    st.make("043014", data_type, save=(data_type,), progress_bar=False)
            print(json.dumps({"keys": {t: str(st.key_for("043014", t)) for t in sys.argv[2:]}}))""", self.once, *data_types)

    def publish(self, data_type, rse="UC_OSG_USERDISK"):
        """Puts raw data into Rucio, available and with a rule in state OK."""
        key = self.keys[data_type]
        folder = self.once / key
        target = self.world / "rse" / rse / f"xnt_{RUN}"
        target.mkdir(exist_ok=True)
        files = {}
        sys.path.insert(0, str(STANDINS / "shared"))
        import zlib
        for file in sorted(folder.iterdir()):
            content = file.read_bytes()
            (target / file.name).write_bytes(content)
            files[file.name] = {"bytes": len(content), "adler32": f"{zlib.adler32(content):08x}", "attached": True, "replicas": {rse: "A"}}
        for name, value in (("catalogue", {"dataset": True, "files": files}), ("rules", [{"rse_expression": rse, "state": "OK"}])):
            (self.world / name).mkdir(exist_ok=True)
            (self.world / name / f"{key}.json").write_text(json.dumps(value))

    def expect(self, *data_types):
        made = self.straxen("print(json.dumps({t: st.key_for('043014', t).lineage_hash for t in sys.argv[1:]}))", *data_types)
        return [argument for t, h in made.items() for argument in ("--expect-hash", f"{t}={h}")]

    def run_chain(self, data_type, stops, planned, flags=("--upload", "--update-rundb"), last=None):
        """Chunk jobs and their combine job, as the planner of `stops` wires them; gives the output of combine."""
        expected, parts, start = self.expect(*planned), [], 0
        for group, stop in enumerate(stops):
            end = ("--open-end",) if stop == stops[-1] else ()
            _, output, outcome = self.process(f"{data_type} {group}", *expected, *flags, *end, data_type=data_type, start=start,
                                              stop=stop, group=group)
            self.assertDone(outcome)
            parts.append(output)
            start = stop
        _, output, outcome = self.combine(f"{data_type} combine", ",".join(map(str, stops)), *expected, *flags, "--open-end",
                                          data_type=data_type, inputs=parts)
        self.assertDone(outcome)
        return output

    def compare(self, tarballs, *data_types):
        """Unpacks what jobs made, and compares it in all its fields with what is made at once."""
        folder = self.place / "of the jobs"
        folder.mkdir(exist_ok=True)
        for tarball in tarballs:
            subprocess.run(["tar", "xzf", tarball, "--strip-components=1", "-C", folder], check=True)
        self.at_once(data_types)
        found = self.straxen("""
            found, made = {}, {}
            for data_type in sys.argv[3:]:
                for where in sys.argv[1:3]:
                    st.storage = [strax.DataDirectory(where, readonly=True)]
                    assert st.is_stored("043014", data_type), (data_type, where)
                    made[where] = st.get_array("043014", data_type, progress_bar=False), st.get_metadata("043014", data_type)
                (a, a_md), (b, b_md) = (made[where] for where in sys.argv[1:3])
                assert a.dtype == b.dtype, data_type
                for field in a.dtype.names:
                    numpy.testing.assert_array_equal(a[field], b[field], err_msg=f"{data_type}.{field}")
                times = [[md["chunks"][0]["start"], md["chunks"][-1]["end"]] for md in (a_md, b_md)]
                assert times[0] == times[1], (data_type, times)
                assert a_md["lineage"] == b_md["lineage"] and a_md["lineage_hash"] == b_md["lineage_hash"], data_type
                found[data_type] = {"items": len(a), "fields": len(a.dtype.names), "chunks at once": len(a_md["chunks"]),
                                    "chunks of the jobs": len(b_md["chunks"])}
            print(json.dumps(found))""", self.once, folder, *data_types)
        print(f"\nreal packages, {self.chunks} chunks (empty: {self.empty or 'none'}), equal in all fields: {json.dumps(found)}", file=sys.stderr)
        return found

    def assertEntered(self, data_types):
        """Each type is in the RunDB once, and each of its files is at the RSE, as it was made."""
        import zlib
        entries = json.loads((self.world / "rundb" / f"{int(RUN)}.json").read_text())
        self.assertEqual(sorted(e["type"] for e in entries), sorted(data_types))
        for entry in entries:
            scope, name = entry["did"].split(":")
            files = json.loads((self.world / "catalogue" / f"{RUN}-{name}.json").read_text())["files"]
            self.assertEqual(len(files), entry["meta"]["file_count"])
            for file, known in files.items():
                content = (self.world / "rse" / entry["location"] / scope / file).read_bytes()
                self.assertEqual((known["replicas"][entry["location"]], known["adler32"]), ("A", f"{zlib.adler32(content):08x}"))

    def test_should_give_the_same_as_at_once_for_peaklets(self):
        output = self.run_chain("peaklets", (2, 4, 6), ("peaklets", "lone_hits"))
        made = ("peaklets", "lone_hits", "pulse_counts", "veto_regions")
        found = self.compare([output], *made)
        self.assertGreater(min(found[t]["items"] for t in ("peaklets", "lone_hits", "pulse_counts")), 0)
        self.assertEntered(made)

    def test_should_give_the_same_as_at_once_for_hitlets_and_events_of_the_neutron_veto(self):
        combined = self.run_chain("hitlets_nv", (2, 4, 6), ("hitlets_nv",))
        job, output, outcome = self.process("events", *self.expect("events_nv"), "--upload", "--update-rundb", data_type="events_nv",
                                            inputs=[combined])
        self.assertDone(outcome)
        found = self.compare([combined, output], "hitlets_nv", "events_nv")
        self.assertGreater(found["hitlets_nv"]["items"], 0)
        self.assertGreater(found["events_nv"]["items"], 0)
        first = files_of(output)
        # Again, as when only the way back of the output failed: nothing is made, and the output is what it was.
        job, output, outcome = self.process("again", *self.expect("events_nv"), "--upload", "--update-rundb", data_type="events_nv",
                                            inputs=[combined])
        self.assertDone(outcome)
        self.assertIn("stored already", outcome.output)
        self.assertEqual(files_of(output), first)

    def test_should_give_the_same_as_at_once_for_peaks_above_peaklets(self):
        combined = self.run_chain("peaklets", (2, 4, 6), ("peaklets", "lone_hits"))
        stored = ("merged_s2s", "peak_basics", "peaklet_classification")
        _, output, outcome = self.process("peaks", *self.expect(*stored), "--upload", "--update-rundb", data_type="peak_basics",
                                          inputs=[combined])
        self.assertDone(outcome)
        found = self.compare([combined, output], "peaklets", "lone_hits", *stored)
        self.assertGreater(min(found[t]["items"] for t in stored), 0)
        self.assertEntered(("peaklets", "lone_hits", "pulse_counts", "veto_regions", *stored))


class EmptyChunksTest(RealChainsTest):
    chunks, empty = 7, "0,3,6"
    test_should_give_the_same_as_at_once_for_hitlets_and_events_of_the_neutron_veto = None
    test_should_give_the_same_as_at_once_for_peaks_above_peaklets = None

    def test_should_give_the_same_as_at_once_for_peaklets(self):
        # The listing of files shows chunks 1, 2, 4, 5: the plan ends at 6, and the run at 7.
        output = self.run_chain("peaklets", (2, 4, 6), ("peaklets", "lone_hits"), flags=())
        self.compare([output], "peaklets", "lone_hits", "pulse_counts", "veto_regions")


LOWER = ("peaklets", "peaklet_classification", "peaklet_positions_cnf", "peaklet_positions_mlp")

#: Asked for of the upper level: besides types that are always saved, one that is saved only as a target, and one only if told.
ASKED = ("event_basics", "distinct_channels", "event_shadow", "peak_per_event", "event_waveform")


class LevelChainsTest(RealChainsTest):
    """By level, on the tree of straxen 4: lower jobs, their combine job, and an upper job."""

    context, made_by = "xenonnt_levels", "xenonnt_levels()"
    test_should_give_the_same_as_at_once_for_peaklets = None
    test_should_give_the_same_as_at_once_for_hitlets_and_events_of_the_neutron_veto = None
    test_should_give_the_same_as_at_once_for_peaks_above_peaklets = None

    def setUp(self):
        if (why := reason(PACKAGES, ("straxen.plugins.peaklets.peaklet_positions_cnf",), [MISSING])) is not None:
            skip(self, f"the tree is that of straxen 4 ({why})")
        super().setUp()

    def levels(self, lower, asked):
        """{level: (what strax is asked for, {type: hash} of what is stored)}, by the rules of a plan."""
        found = self.straxen("""
            lower, asked = (tuple(filter(None, text.split(","))) for text in sys.argv[1:3])
            plugin = {t: st._plugin_class_registry[t]() for t in st._plugin_class_registry}
            provides = {t: strax.to_str_tuple(p.provides) for t, p in plugin.items()}
            depends = {t: strax.to_str_tuple(p.depends_on) for t, p in plugin.items()}
            order = st.tree_levels[False] if False in st.tree_levels else st.tree_levels

            def grow(types, more):
                found, todo = set(), list(types)
                while todo:
                    if (one := todo.pop()) not in found:
                        found.add(one)
                        todo += more(one)
                return found

            def stored(types):
                every = grow(types, lambda t: (*provides[t], *depends[t]))
                return {t for t in every if depends[t] and (st.get_save_when(t) == strax.SaveWhen.ALWAYS or t in types)}

            def made(types, kept):
                return sorted(grow(types, depends.get) & kept, key=lambda t: order[t]["order"])

            keep = {"lower": stored(lower)}
            keep["upper"] = stored(asked) - keep["lower"]
            makes = {"lower": made(lower, keep["lower"])}
            makes["upper"] = [t for t in made(asked, keep["upper"]) if t not in makes["lower"]]
            print(json.dumps({level: [makes[level], {t: st.key_for("043014", t).lineage_hash for t in sorted(keep[level])}] for level in keep}))
            """, ",".join(lower), ",".join(asked))
        return {level: (makes, kept) for level, (makes, kept) in found.items()}

    def level_job(self, name, program, level, planned, output, *arguments, inputs=()):
        makes, kept = planned
        job = self.stage(name, program, inputs)
        hashes = [argument for data_type, h in kept.items() for argument in ("--expect-hash", f"{data_type}={h}")]
        outcome = self.run_job(job, program, "--run", int(RUN), "--context", self.context, "--level", level, "--data-types", ",".join(makes),
                               "--output", output, "--max-wait", 0, *hashes, *arguments)
        outcome.path = job / output
        self.assertDone(outcome)
        return job / output, outcome

    def lower_jobs(self, planned, stops, *arguments):
        parts = []
        for group, (start, stop) in enumerate(zip((0, *stops), stops)):
            # Each chunk of raw data may go when it was read: of the types of this level, one reads it.
            heavy = ("--download-heavy", *(("--remove-heavy",) if group else ()), *(("--open-end",) if stop == stops[-1] else ()))
            output, outcome = self.level_job(f"lower {group}", "process", "lower", planned, f"{RUN}-lower-output-{group:04d}.tar.gz",
                                             "--chunk-start", start, "--chunk-stop", stop, *heavy, *arguments)
            staged = [p.name for p in (self.place / f"lower {group}" / "outsource-work/staging").rglob("raw_records-*")
                      if p.name[-6:].isdigit()]
            self.assertEqual(len(staged), 0 if group else stop - start, staged)
            parts.append(output)
        return parts

    def parts_are_named_as_described(self, parts, stops, kept):
        """The hashes of the description, which plans and the back end of Slurm know the parts by."""
        described = subprocess.run(
            [interpreter(), "-B", "-s", str(PAYLOAD / "context_description.py"), "--context", self.context], text=True, capture_output=True,
            check=False, cwd=self.place, env={**self.environment, "HOME": str(self.place / "config"),
                                              "XENON_CONFIG": str(Path(self._temporary, "config", ".xenon_config")),
                                              "PYTHONPATH": self.environment["PYTHONPATH"] + f":{STANDINS / self.cutax}"})
        self.assertEqual(described.returncode, 0, described.stderr)
        texts = json.loads(described.stdout)["part_hashes"]["raw_records"]
        sys.path.insert(0, str(PAYLOAD))
        from context_description import short_hash
        for part, start, stop in zip(parts, (0, *stops), stops):
            names = {m.split("/")[1] for m in members(part)[1:]}
            self.assertEqual(names - {self.keys["raw_records"]} - {n for n in names if n.endswith(".json")}, {
                f"{RUN}-{t}-{short_hash(texts[t].replace('@CHUNKS@', json.dumps(list(range(start, stop)))))}" for t in kept})

    def test_should_give_the_same_as_at_once_for_both_levels(self):
        planned, stops = self.levels(LOWER, ASKED), (2, 4, 6)
        self.assertEqual(planned["lower"][0], list(LOWER))
        self.assertEqual(set(planned["lower"][1]), {*LOWER, "lone_hits", "veto_regions", "pulse_counts"})
        self.assertLessEqual({*ASKED, "merged_s2s", "enhanced_peaklet_classification", "peak_basics"}, set(planned["upper"][1]))
        flags = ("--upload", "--update-rundb", "--resources-test")
        parts = self.lower_jobs(planned["lower"], stops, *flags)
        self.parts_are_named_as_described(parts, stops, planned["lower"][1])
        combined, _ = self.level_job("combine", "combine", "combine", planned["lower"], f"{RUN}-lower-output.tar.gz", "--chunk-stops",
                                     ",".join(map(str, stops)), "--open-end", *flags, inputs=parts)
        upper, outcome = self.level_job("upper", "process", "upper", planned["upper"], f"{RUN}-upper-output.tar.gz", *flags, inputs=[combined])
        # In the order of the plan: straxen counts events anew where its windows overlap (Events.events_seen), so that event_number depends
        # on which types are made in one pass.
        everything = dict.fromkeys([*planned["lower"][0], *planned["upper"][0], *planned["lower"][1], *planned["upper"][1]])
        found = self.compare([combined, upper], *everything)
        self.assertEqual([t for t in found if found[t]["items"] == 0 and t != "veto_regions"], [])
        self.assertEntered(everything)
        self.figures(upper)
        # Again without the tarball of combine: the lower level is read from Rucio, and what is uploaded is not made again.
        again, outcome = self.level_job("again", "process", "upper", planned["upper"], f"{RUN}-upper-output.tar.gz", "--upload", "--update-rundb")
        self.assertNotIn("making ", outcome.output)
        self.assertEqual({n: c for n, c in files_of(again).items() if n.count("/") > 1},
                         {n: c for n, c in files_of(upper).items() if n.count("/") > 1})
        # And made again from Rucio, where nobody uploads: the same data.
        other, outcome = self.level_job("other", "process", "upper", planned["upper"], f"{RUN}-upper-output.tar.gz")
        self.assertIn("making event_basics", outcome.output)
        self.compare([other], *planned["upper"][1])

    def figures(self, upper):
        """What the jobs measured, which the last one hands on."""
        measured = {n.split("/")[1]: json.loads(c) for n, c in files_of(upper).items() if n.endswith(".resources.json")}
        self.assertEqual(len(measured), 5)
        for name, one in sorted(measured.items()):
            seconds = {t: round(m["end"] - m["start"], 1) for t, m in one["times"].items()}
            print(f"\n{name}: at most {one['peak_memory_mb']} MB (control group {one['cgroup_peak_mb']}), bytes {one['bytes']}, seconds {seconds}",
                  file=sys.stderr)

    def test_should_give_the_same_as_at_once_for_the_types_of_led_modes(self):
        # One of them keeps its chunks as they are; both read raw data, which stays for the second one without --remove-heavy.
        planned = self.levels(("afterpulses", "led_calibration"), ())["lower"]
        parts = [self.level_job(f"lower {group}", "process", "lower", planned, f"{RUN}-lower-output-{group:04d}.tar.gz", "--download-heavy",
                                "--chunk-start", start, "--chunk-stop", stop)[0] for group, (start, stop) in enumerate(((0, 4), (4, 6)))]
        combined, _ = self.level_job("combine", "combine", "combine", planned, f"{RUN}-lower-output.tar.gz", "--chunk-stops", "4,6", inputs=parts)
        found = self.compare([combined], *planned[1])
        self.assertGreater(min(one["items"] for one in found.values()), 0)
        self.assertEqual(found["led_calibration"]["chunks of the jobs"], self.chunks)

    def test_should_give_the_same_as_at_once_for_a_detector_without_a_lower_level(self):
        planned = self.levels((), ("events_nv",))
        output, _ = self.level_job("upper", "process", "upper", planned["upper"], f"{RUN}-upper-output.tar.gz", "--download-heavy",
                                   "--remove-heavy", "--ignore-processed")
        found = self.compare([output], *planned["upper"][1])
        self.assertGreater(found["events_nv"]["items"], 0)

    def test_should_know_where_the_types_of_straxen_are_uploaded_to(self):
        found = self.straxen("""
            import argparse, payload_common
            args = argparse.Namespace(level="upper", upload_rse={"event_info": "peaklets_rse"})
            tree = payload_common.Tree(argparse.Namespace(strax=strax), st)
            key = tree.rse_key_of(args)
            print(json.dumps({t: key(t) for t in st._plugin_class_registry if tree.depends_on(t) and tree.save_when(t) == "ALWAYS"}))""")
        for key, types in (
                ("records_rse", ("veto_regions", "pulse_counts", "raw_records_coin_nv", "lone_raw_record_statistics_nv")),
                ("peaklets_rse", ("peaklets", "lone_hits", "peaklet_classification", "peaklet_positions_cnf", "hitlets_nv", "merged_s2s",
                                  "enhanced_peaklet_classification", "event_info"))):
            self.assertEqual({t for t, k in found.items() if k == key}, set(types))
        self.assertEqual({found[t] for t in ("peaklet_positions_mlp", "afterpulses", "led_calibration", "hitlets_mv", "peak_basics")}, {"events_rse"})


if __name__ == "__main__":
    unittest.main()
