#!/usr/bin/env python3
"""Writes the world of the demo: tasks/demo/{runs.jsonl,rucio.jsonl,contexts.json,context_by_level.json}.

Every run stands below as one line of a scenario. Nothing is random: hashes, sizes and times follow from names and
numbers, so that the same script writes the same bytes. All of it is invented.

    python3 tests/demo/make_demo.py            # writes the files
    python3 tests/demo/make_demo.py --check    # exit 1 when a file is not what this script writes
"""

import hashlib
import json
import pathlib
import sys
from datetime import datetime, timedelta

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tasks" / "demo"

# ---------------------------------------------------------------- releases and their contexts

NEW, OLD = "2025.05.3", "2024.11.1"
VERSIONS = {  # tag -> straxen, strax, cutax, date
    OLD: ("3.0.0", "2.0.0", "1.18.2", "2024-11-18T09:12:40"),
    NEW: ("3.1.2", "2.1.2", "1.19.1", "2025-05-27T14:03:11"),
}
RAW = ["raw_records", "raw_records_he", "raw_records_aqmon", "raw_records_nv", "raw_records_aqmon_nv", "raw_records_aux_mv", "raw_records_mv"]
MADE = """records veto_regions pulse_counts peaklets lone_hits peaklet_classification merged_s2s peaks peak_basics
peak_positions_cnn peak_positions_mlp peak_positions peak_proximity peak_s1_positions_cnn peak_shadow peak_ambience
events event_basics event_positions corrected_areas energy_estimates event_info distinct_channels event_info_double
event_area_per_channel event_n_channel event_pattern_fit event_top_bottom_params event_ms_naive event_shadow event_ambience
records_he peaklets_he peaklet_classification_he merged_s2s_he peaks_he peak_basics_he afterpulses led_calibration
raw_records_coin_nv records_nv hitlets_nv events_nv event_positions_nv records_mv hitlets_mv events_mv cuts_basic""".split()

# What a finished run has stored, by the data type that one asks for.
PEAKLETS = ["peaklets", "lone_hits"]
EVENTS = ["peaklet_classification", "merged_s2s", "peak_basics", "event_info", "distinct_channels", "event_pattern_fit",
          "event_area_per_channel", "event_n_channel", "event_top_bottom_params", "event_ms_naive", "event_ambience",
          "event_shadow", "peak_s1_positions_cnn"]
HE = ["peak_basics_he"]
NV = ["hitlets_nv", "events_nv"]
MV = ["events_mv"]
TPC_DONE = PEAKLETS + EVENTS + HE
ALL_DONE = TPC_DONE + NV + MV


def digest(*words):
    return hashlib.sha256("/".join(str(w) for w in words).encode()).digest()


def number_of(low, high, *words):
    """A whole number of low..high that belongs to these words."""
    return low + int.from_bytes(digest(*words)[:6], "big") % (high - low + 1)


def lineage(kind, release=NEW, context="xenonnt_v14"):
    """Ten characters of lower-case base32. Raw data is made by the DAQ: its hash is the same in every context."""
    words = ("outsource-demo", kind) if kind in RAW else ("outsource-demo", kind, release, context)
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[b & 31] for b in digest(*words)[:10])


def context(name, tag):
    straxen, strax, cutax, date = VERSIONS[tag]
    return {
        "name": name, "tag": tag, "straxen_version": straxen, "strax_version": strax, "cutax_version": cutax,
        "date_added": date, "hashes": {kind: lineage(kind, tag, name) for kind in RAW + MADE},
    }


# ---------------------------------------------------------------- the context of plans by level

LATEST = "2025.07.1"
TREE = FOLDER.parent / "tables" / "tree-4.0.0.json"


def description():
    """A context description: straxen's tree with hashes of this world. Types of one plugin have one hash, raw data that of the DAQ."""
    plugins = json.loads(TREE.read_text(encoding="utf-8"))["plugins"]
    depends = {kind: plugin["depends_on"] for plugin in plugins for kind in plugin["provides"]}
    hashes = {kind: lineage(kind if kind in RAW else plugin["provides"][0], LATEST, "xenonnt_offline")
              for plugin in plugins for kind in plugin["provides"]}

    def level(kind):
        return 1 + max(level(below) for below in depends[kind]) if depends[kind] else 0

    for plugin in plugins:
        for kind, facts in plugin["types"].items():
            facts["hash"] = hashes[kind]
    order = sorted((level(kind), plugin["class"], place, kind) for plugin in plugins for place, kind in enumerate(plugin["provides"]))
    told = {
        "schema": "outsource/context-description/1", "name": "xenonnt_offline", "xedocs_version": "global_v16", "tag": LATEST,
        "made": "2025-07-02T08:00:00Z", "made_by": {"program": "make_demo.py", "executable": None},
        "versions": {"strax": "2.2.3", "straxen": "4.0.0", "cutax": "2.0.0", "utilix": "0.12.1", "admix": "1.0.15"},
        "switches": {"save_peak_correlation": False, "saltax": False},
        "keep_n_seconds_for_monitoring": 10, "default_chunk_size_mb": 200,
        "plugins": plugins, "order": [kind for *_, kind in order], "hashes": dict(sorted(hashes.items())), "remarks": [],
    }
    sealed = {key: value for key, value in told.items() if key not in ("made", "made_by")}
    told["sha256"] = hashlib.sha256(json.dumps(sealed, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
    head = json.dumps({key: value for key, value in told.items() if key != "plugins"}, indent=1)
    lines_of_plugins = ",\n".join("  " + json.dumps(plugin, separators=(",", ":")) for plugin in plugins)
    return head[:-2] + ',\n "plugins": [\n' + lines_of_plugins + "\n ]\n}\n"


# ---------------------------------------------------------------- datasets

CHUNK_MB = {"raw_records": (118, 214), "raw_records_nv": (31, 66), "raw_records_he": (9, 17), "raw_records_mv": (4, 9)}
MADE_MB = {"peaklets": 21.0, "lone_hits": 4.2, "merged_s2s": 0.9, "peak_basics": 1.6, "peaklet_classification": 0.2,
           "hitlets_nv": 6.4, "events_nv": 0.5, "events_mv": 0.1, "afterpulses": 12.0, "led_calibration": 8.5}
LISTED = ("raw_records", "raw_records_nv", "raw_records_mv")  # what chunked data types, and levels, are made from
METADATA_BYTES = 4127

rucio = {}  # DID -> [(name, bytes)]
failed = {}  # datasets that Rucio failed on -> its words


def did(run, kind, hash_):
    return f"xnt_{run:06d}:{kind}-{hash_}"


def files(run, kind, hash_, chunks):
    """The files of a raw dataset; noted down for rucio.jsonl when something chunked is made from it."""
    low, high = (int(mb * 1e6) for mb in CHUNK_MB[kind])
    name = f"{kind}-{hash_}"
    found = [(f"{name}-{i:06d}", number_of(low, high, run, kind, i)) for i in range(chunks)]
    found.append((f"{name}-metadata.json", METADATA_BYTES))
    if kind in LISTED:
        rucio.setdefault(did(run, kind, hash_), found)
    return found


def entry(run, kind, location, size_mb, file_count, hash_=None, status="transferred", release=NEW):
    hash_ = hash_ or lineage(kind, release)
    straxen, strax, _, _ = VERSIONS[release]
    return {
        "type": kind, "host": "rucio-catalogue", "location": location, "did": did(run, kind, hash_), "status": status,
        "protocol": "rucio", "meta": {
            "lineage_hash": hash_, "size_mb": round(size_mb, 1), "avg_chunk_mb": round(size_mb / max(1, file_count - 1), 1),
            "file_count": file_count, "strax_version": strax, "straxen_version": straxen}}


def raw(run, kind, places, chunks, hash_=None, status="transferred"):
    """A raw dataset at each of these RSEs."""
    listing = files(run, kind, hash_ or lineage(kind), chunks)
    size = sum(b for _, b in listing) / 1e6
    return [entry(run, kind, place, size, len(listing), hash_, status) for place in places]


def made(run, kinds, place, chunks, release=NEW, status="transferred"):
    """Processed data types at an RSE."""
    return [entry(run, kind, place, MADE_MB.get(kind, 0.3) * chunks, max(2, chunks // 4 + 1), None, status, release) for kind in kinds]


def elsewhere(run, kind, host, folder, status="transferred"):
    """Data at a machine that is not Rucio; it never counts."""
    return {"type": kind, "host": host, "location": f"{folder}/{run:06d}-{kind}-{lineage(kind)}", "status": status}


# ---------------------------------------------------------------- run documents

UC, DALI = "UC_OSG_USERDISK", "UC_DALI_USERDISK"
SDSC, NSDF, NIKHEF = "SDSC_USERDISK", "SDSC_NSDF_USERDISK", "NIKHEF2_USERDISK"
CNAF, TAPE, LNGS = "CNAF_USERDISK", "CNAF_TAPE_USERDISK", "LNGS_USERDISK"

TPC, NEUTRON, MUON = ["tpc"], ["neutron_veto"], ["muon_veto"]
ALL = ["tpc", "neutron_veto", "muon_veto"]
BKG, KR, RN, AMBE, AR, LED = "none", "kr-83m", "rn-220", "ambe", "ar-37", "LED"

lines = []  # of runs.jsonl
_clock = datetime(2025, 6, 2, 7, 40)


def wait(days):
    """Time passes until the next run."""
    global _clock
    _clock += timedelta(days=days)


def raw_data(run, detectors, chunks, at, led=False):
    """What the DAQ leaves: raw data of every detector that took part, at these RSEs."""
    data = []
    if "tpc" in detectors:
        data += raw(run, "raw_records", at, chunks)
        data += [] if led else raw(run, "raw_records_he", at[:1], chunks)
    if "neutron_veto" in detectors:
        data += raw(run, "raw_records_nv", at[:1], max(1, chunks // 4))
    if "muon_veto" in detectors:
        data += raw(run, "raw_records_mv", at[:1], max(1, chunks // 8))
    return data


def document(run, mode, source, detectors, chunks, at=(UC,), done=(), plus=(), tags=(), comment=None, fields=None):
    """One run document. `done`: processed types at UC_OSG_USERDISK; `plus`: further data entries;
    `fields`: fields as they shall stand, whatever they ought to be; DROP leaves one out."""
    global _clock
    begin = _clock + timedelta(seconds=number_of(40, 600, run, "pause"))
    _clock = begin + timedelta(seconds=9 * max(chunks, 20))
    found = {
        "number": run, "name": f"{run:06d}", "start": begin.isoformat(), "end": _clock.isoformat(), "mode": mode,
        "source": source, "detectors": list(detectors),
        "tags": [{"name": tag, "user": "shifter", "date": _clock.isoformat()} for tag in tags],
        "comments": [{"user": "shifter", "date": _clock.isoformat(), "comment": comment}] if comment else [],
        "data": (raw_data(run, detectors, chunks, list(at), source == LED) if at else []) + made(run, done, UC, chunks) + list(plus)}
    found.update(fields or {})
    return {key: value for key, value in found.items() if value is not DROP}


DROP = object()


def run(*args, **kwargs):
    lines.append(json.dumps(document(*args, **kwargs), separators=(",", ":")))


def line(text):
    """A line as it stands, whatever it is."""
    lines.append(text)


def world():
    # -- before min_run_number: commissioning. Never considered, unless asked for by number.
    run(60990, "tpc_bkg", BKG, TPC, 6, tags=["_commissioning"])
    run(60991, "tpc_kr83m", KR, TPC, 5, tags=["_commissioning"])
    run(60994, "tpc_pmtgain", LED, TPC, 3, tags=["_commissioning"])

    # -- background with all three detectors; the oldest that can be processed, so max_daily cuts here
    wait(10)
    run(61001, "tpc_bkg", BKG, ALL, 24, at=[UC, TAPE], tags=["_sr2"])
    run(61002, "tpc_bkg", BKG, ALL, 26, at=[UC, NSDF], tags=["_sr2"])
    run(61003, "tpc_bkg", BKG, ALL, 25, at=[NSDF], tags=["_sr2"])
    run(61004, "tpc_bkg", BKG, ALL, 24, at=[TAPE], done=ALL_DONE, tags=["_sr2"])  # finished; raw data went to tape
    run(61005, "tpc_bkg", BKG, ALL, 27, at=[NIKHEF], done=PEAKLETS, tags=["_sr2"])
    run(61006, "tpc_bkg", BKG, ALL, 31, at=[UC, NIKHEF], tags=["_sr2", "hot_spot"])
    run(61007, "tpc_bkg", BKG, ALL, 28, at=[UC], done=ALL_DONE, tags=["_sr2"])  # finished; raw data still on disk
    run(61008, "tpc_bkg", BKG, ALL, 23, at=[NSDF], tags=["_sr2"])
    run(61009, "bkg_linked", BKG, ALL, 30, at=[SDSC, UC], tags=["_sr2"])

    # -- krypton
    wait(4)
    run(61011, "tpc_kr83m", KR, TPC, 11, at=[UC])
    run(61012, "tpc_kr83m", KR, TPC, 12, at=[NSDF, UC])
    run(61013, "kr83m_linked", KR, ALL, 10, at=[SDSC])
    run(61014, "tpc_kr83m", KR, TPC, 9, at=[UC], done=PEAKLETS)  # peaklets stored, events not
    run(61015, "tpc_kr83m", KR, TPC, 10, at=[UC], done=TPC_DONE)  # wholly processed
    run(61016, "tpc_kr83m", KR, TPC, 4, at=[UC], tags=["ramp_down", "bad"], comment="anode trip after four minutes")

    # -- LED
    wait(3)
    run(61020, "tpc_pmtgain", LED, TPC, 14, at=[UC])
    run(61021, "tpc_pmtgain", LED, TPC, 12, at=[UC], done=["led_calibration"])
    run(61022, "tpc_pmtap", LED, TPC, 33, at=[UC, NSDF])
    run(61023, "tpc_commissioning_pmtap", LED, TPC, 20, at=[SDSC])
    run(61024, "tpc_pmtap", LED, TPC, 21, at=[TAPE])
    run(61025, "tpc_commissioning_pmtgain", LED, TPC, 6)
    run(61026, "nVeto_LED_calibration", LED, NEUTRON, 16)
    run(61027, "tpc_pmtgain", LED, TPC, 13, at=[], plus=raw(61027, "raw_records", [UC], 13, status="transferring"))

    # -- radon
    wait(6)
    run(61030, "tpc_rn220", RN, TPC, 44, at=[UC, NSDF])
    run(61031, "rn220_linked", RN, ALL, 180, at=[UC, SDSC])
    run(61032, "rn220_linked", RN, ALL, 52, at=[NIKHEF, NSDF])
    run(61033, "tpc_rn220", RN, TPC, 7, tags=["abandon"])
    run(61034, "tpc_rn_8pmts", RN, TPC, 8)
    run(61035, "tpc_rn220", RN, TPC, 38, at=[UC], done=["peaklets"])  # lone_hits are missing: made anew

    # -- americium-beryllium: long runs
    wait(5)
    run(61040, "ambe_linked", AMBE, ALL, 240, at=[SDSC, NSDF])
    run(61041, "ambe_linked", AMBE, ALL, 58, at=[UC])
    run(61042, "tpc_ambe", AMBE, TPC, 36, at=[NSDF])
    run(61043, "ambe_linked", AMBE, ALL, 48, at=[UC], done=["hitlets_nv"])  # hitlets stored, events_nv not
    run(61044, "tpc_ambe", AMBE, TPC, 20, at=[], plus=[
        elsewhere(61044, "raw_records", "dali", "/dali/demo/raw"), elsewhere(61044, "peaklets", "midway", "/project/demo/processed")])

    # -- argon
    wait(2)
    run(61050, "tpc_ar37", AR, TPC, 29, at=[UC, NSDF])
    run(61051, "tpc_ar37", AR, TPC, 31, at=[NIKHEF])
    run(61052, "ar37_linked", AR, ALL, 27, at=[UC])
    run(61053, "tpc_ar37", AR, TPC, 26, at=[UC], done=PEAKLETS + EVENTS)  # all but the high-energy channel

    # -- background again: the longest run, the shortest, noise
    wait(8)
    run(61060, "tpc_bkg", BKG, ALL, 61, at=[UC, TAPE, LNGS], tags=["_sr2"])
    run(61061, "tpc_bkg", BKG, ALL, 64, at=[NSDF, NIKHEF], tags=["_sr2"])
    run(61062, "bkg_linked", BKG, ALL, 400, at=[UC, SDSC, NSDF], tags=["_sr2"])
    run(61063, "tpc_bkg", BKG, ["tpc", "muon_veto"], 40, at=[UC], tags=["_sr2", "nveto_off"])
    run(61064, "tpc_noise", BKG, TPC, 3)
    run(61065, "tpc_bkg", BKG, ALL, 35, at=[UC], done=PEAKLETS + EVENTS[:5], tags=["_sr2"])  # stopped half-way through the events
    run(61066, "tpc_bkg", BKG, TPC, 1, at=[UC])
    run(61067, "tpc_bkg", BKG, TPC, 10, at=[NSDF])  # exactly one job's worth
    run(61068, "muon_veto_tpc", BKG, ["muon_veto", "tpc"], 22, at=[UC])
    run(61069, "tpc_bkg", BKG, ALL, 33, at=[UC], done=NV + MV, tags=["_sr2"])  # the vetoes are done, the TPC is not

    # -- vetoes on their own
    wait(1)
    run(61070, "nVeto_bkg", BKG, NEUTRON, 48, at=[UC])
    run(61071, "nVeto_diffuser", "laser", NEUTRON, 24, at=[NSDF])
    run(61072, "mVeto_bkg", BKG, MUON, 64, at=[NIKHEF])
    run(61073, "vetoes_linked", BKG, ["neutron_veto", "muon_veto"], 40, at=[UC, NSDF])
    run(61074, "nVeto_bkg", BKG, NEUTRON, 44, at=[UC], done=NV)

    # -- input that is not there, or not where a job can read it
    wait(3)
    nv = raw(61080, "raw_records_nv", [UC], 7) + raw(61080, "raw_records_mv", [UC], 3)
    run(61080, "tpc_bkg", BKG, ALL, 28, at=[], plus=nv)  # the TPC's raw data was never written
    run(61081, "tpc_bkg", BKG, TPC, 20, fields={"data": None})
    run(61082, "tpc_bkg", BKG, TPC, 20, fields={"data": DROP})
    run(61083, "tpc_bkg", BKG, TPC, 17, at=[], plus=raw(61083, "raw_records", [UC], 17, hash_="k3zq7xwd5a"))  # an older DAQ reader
    run(61084, "tpc_bkg", BKG, TPC, 25, at=[], plus=[
        *raw(61084, "raw_records", [UC], 25, status="transferring"), elsewhere(61084, "raw_records", "eb2", "/data/demo/eb2")])
    run(61085, "tpc_bkg", BKG, TPC, 22, at=[], plus=raw(61085, "raw_records", [NSDF], 22, status="error"))
    run(61086, "tpc_bkg", BKG, ALL, 30, at=[TAPE])
    run(61087, "tpc_kr83m", KR, TPC, 11, at=[LNGS])
    run(61088, "tpc_bkg", BKG, ALL, 26, at=[DALI, CNAF])
    run(61089, "tpc_bkg", BKG, TPC, 24, at=[TAPE], plus=made(61089, PEAKLETS, TAPE, 24))
    run(61090, "tpc_bkg", BKG, TPC, 24, at=[TAPE], plus=made(61090, PEAKLETS, DALI, 24))  # events from stored peaklets alone
    run(61091, "tpc_bkg", BKG, TPC, 0, at=[], plus=raw(61091, "raw_records", [UC], 0))  # the dataset holds only its metadata
    run(61092, "tpc_bkg", BKG, TPC, 23, at=[UC])  # left out of rucio.jsonl
    rucio.pop(did(61092, "raw_records", lineage("raw_records")))
    bare = document(61093, "tpc_bkg", BKG, TPC, 19, at=[UC])
    bare["data"][0]["meta"] = None
    bare["data"][1].pop("meta")
    lines.append(json.dumps(bare, separators=(",", ":")))
    run(61094, "tpc_kr83m", KR, TPC, 12, at=[UC], plus=made(61094, PEAKLETS, UC, 12, release=OLD))  # of the previous release: made anew
    run(61095, "tpc_kr83m", KR, TPC, 13, at=[], plus=[elsewhere(61095, "raw_records", "eb2", "/data/demo/eb2", "eb_ready_to_upload")])
    run(61096, "tpc_bkg", BKG, TPC, 21, at=[UC], plus=made(61096, PEAKLETS, UC, 21, status="transferring"))  # an upload that did not end
    # -- what a saved snapshot remembers of services that failed
    line('{"number":61097,"fault":{"code":"run-not-answered","detail":"the run database timed out, after 4 retries"}}')
    run(61098, "tpc_bkg", BKG, TPC, 20, at=[UC])
    failed[did(61098, "raw_records", lineage("raw_records"))] = "Rucio answered 503, after 4 retries"

    # -- documents that are off: each costs one run, and some none
    wait(2)
    run(61100, "tpc_bkg", BKG, TPC, 6, fields={"mode": DROP})
    run(61101, "tpc_bkg", BKG, TPC, 6, fields={"mode": None})
    run(61102, "tpc_bkg", BKG, TPC, 6, fields={"detectors": DROP})
    run(61103, "tpc_bkg", BKG, TPC, 6, fields={"detectors": {"tpc": True}})
    run(61104, "tpc_kr83m", KR, TPC, 12, fields={"detectors": "tpc"})  # survived
    run(61105, "tpc_kr83m", KR, TPC, 11, fields={"tags": None})  # survived
    run(61106, "tpc_bkg", BKG, TPC, 6, fields={"tags": [{"name": "_sr2", "user": "shifter"}, {"user": "shifter"}]})  # may be a bad one
    run(61107, "tpc_bkg", BKG, TPC, 6, fields={"data": {"raw_records": UC}})
    run(61108, "tpc_bkg", BKG, TPC, 6, fields={"data": ["raw_records at UC_OSG_USERDISK"]})
    run(61109, "tpc_bkg", BKG, TPC, 18)
    line('{"number":61110,"name":"061110","start":"2025-07-16T22:29:10","mode":"tpc_bkg","source":"none","detec')
    line('["061110","tpc_bkg","none"]')
    run(61110, "tpc_bkg", BKG, TPC, 6, at=[], fields={"number": DROP})
    run(61110, "tpc_bkg", BKG, TPC, 6, at=[], fields={"number": "sixty-one thousand"})
    run(61109, "tpc_kr83m", KR, TPC, 18)  # contradicts the one above
    run(61111, "tpc_kr83m", KR, TPC, 10)
    line(lines[-1])  # the same document twice says the same thing: survived
    run(61112, "tpc_kr83m", KR, TPC, 9, fields={"number": 61112.0, "start": {"$date": "2025-07-22T06:00:00Z"}})  # a database export: survived
    run(61113, "tpc_xray_sweep", "x-ray", TPC, 15)  # a mode nobody told us of: survived
    run(61114, "tpc_bkg", BKG, TPC, 16, tags=["Bad", "not_bad"], fields={"start": DROP})  # neither is the tag bad; --since asks for a start: survived
    run(61115, "tpc_bkg", BKG, TPC, 14, fields={"tags": ["_sr2", "hot_spot"]})  # bare names: survived

    # -- the newest
    wait(1)
    run(61120, "tpc_bkg", BKG, ALL, 47, at=[UC], tags=["_sr2"])
    run(61121, "tpc_bkg", BKG, ALL, 52, at=[NSDF, UC], tags=["_sr2"])
    run(61122, "tpc_kr83m", KR, TPC, 11, at=[UC])
    run(61123, "bkg_linked", BKG, ALL, 120, at=[NSDF, NIKHEF], tags=["_sr2"])
    run(61124, "tpc_pmtgain", LED, TPC, 15, at=[UC])
    run(61125, "tpc_bkg", BKG, ALL, 46, at=[UC], tags=["_sr2"])
    veto = raw(61126, "raw_records_nv", [UC], 11) + raw(61126, "raw_records_mv", [UC], 5)
    run(61126, "tpc_bkg", BKG, ALL, 45, at=[], plus=raw(61126, "raw_records", [UC], 45, status="uploading") + veto, tags=["_sr2"])  # its TPC data is on the way
    run(61127, "tpc_bkg", BKG, ALL, 44, at=[], plus=[elsewhere(61127, "raw_records", "eb1", "/data/demo/eb1", "eb_ready_to_upload")])


# ---------------------------------------------------------------- files


def texts():
    """File name -> what belongs into it."""
    world()
    compact = {"separators": (",", ":")}
    contexts = [context("xenonnt_v14", OLD), context("xenonnt_v14", NEW), context("xenonnt_offline", NEW)]
    return {
        # The first line says that this is a snapshot of ours, which remembers faults of services as well.
        "runs.jsonl": '{"schema":"outsource/snapshot/1"}\n' + "".join(f"{text}\n" for text in lines),
        "rucio.jsonl": "".join(
            json.dumps({"did": name_of_set, "name": name, "bytes": size}, **compact) + "\n"
            for name_of_set, listing in sorted(rucio.items()) if name_of_set not in failed for name, size in listing)
        + "".join(json.dumps({"did": name_of_set, "error": words}, **compact) + "\n" for name_of_set, words in sorted(failed.items())),
        "contexts.json": json.dumps(contexts, indent=1) + "\n",
        "context_by_level.json": description(),
    }


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    stale = []
    for name, text in texts().items():
        path = FOLDER / name
        if check:
            stale += [] if path.exists() and path.read_text(encoding="utf-8") == text else [name]
        else:
            path.write_text(text, encoding="utf-8", newline="\n")
            print(f"{name}: {len(text.encode())} bytes")
    if stale:
        sys.exit(f"not what this script writes: {', '.join(stale)}. Run python3 tests/demo/make_demo.py and commit.")


if __name__ == "__main__":
    main()
