"""One context with the shape of the real one: plugins with several products, some kept, some not, some never."""

import os

import strax
import world
from strax import SaveWhen


#: Versions of the corrections that xedocs knows; each makes hashes of its own, save of what no correction goes into.
KNOWN = ("global_v13", "global_v14")

#: Part of every lineage of a context that is being made.
corrections = ""


def _plugin(name, provides, depends_on, save_when=SaveWhen.ALWAYS, rechunk=True):
    @staticmethod
    def compute(data_type, parts):
        shift = len(data_type)
        return [item + shift for part in parts for item in part["data"]]

    return type(name, (strax.Plugin,), {
        "provides": tuple(provides.split()), "depends_on": tuple(depends_on.split()), "save_when": save_when,
        "rechunk_on_save": rechunk, "compute": compute, "__version__": os.environ.get("STANDIN_LINEAGE", "1") + (corrections if depends_on else "")})


def xenonnt_offline(output_folder="./strax_data", xedocs_version="global_v14", cut_list=None, **kwargs):
    """As in cutax since v10: one function, and versions of the corrections; what documents call xenonnt_v14 it does not have."""
    world.demand(isinstance(xedocs_version, str), f"xedocs_version {xedocs_version!r}")
    if xedocs_version not in KNOWN:
        raise ValueError(f"xedocs knows no version {xedocs_version}")
    global corrections
    corrections = xedocs_version
    some = {"records": SaveWhen.TARGET, "pulse_counts": SaveWhen.ALWAYS, "veto_regions": SaveWhen.ALWAYS}
    context = strax.Context([
        _plugin("DAQReader", "raw_records raw_records_he", ""),
        _plugin("PulseProcessing", "records pulse_counts veto_regions", "raw_records", some),
        _plugin("Peaklets", "peaklets lone_hits", "records", rechunk={"peaklets": False, "lone_hits": True}),
        _plugin("MergedS2s", "merged_s2s", "peaklets"),
        _plugin("Peaks", "peaks", "peaklets merged_s2s", SaveWhen.EXPLICIT),
        _plugin("PeakBasics", "peak_basics", "peaks"),
        _plugin("PeakPositions", "peak_positions", "peak_basics", SaveWhen.NEVER),
        _plugin("PeakAmbience", "peak_ambience", "peaks lone_hits", SaveWhen.EXPLICIT),
        _plugin("Events", "events", "peak_basics peak_positions", SaveWhen.EXPLICIT),
        _plugin("EventBasics", "event_basics", "events peak_positions"),
        _plugin("EventPatternFit", "event_pattern_fit", "event_basics", SaveWhen.EXPLICIT),
        _plugin("EventAmbience", "event_ambience", "events peak_ambience", SaveWhen.EXPLICIT),
        _plugin("EventInfo", "event_info", "event_basics event_pattern_fit"),
        _plugin("CutsBasic", "cuts_basic", "event_info", SaveWhen.EXPLICIT),
        _plugin("EventInfoDouble", "event_info_double", "event_info", SaveWhen.EXPLICIT),
        _plugin("Afterpulses", "afterpulses", "raw_records"),
        _plugin("HighEnergyRecords", "records_he pulse_counts_he", "raw_records_he",
                {"records_he": SaveWhen.TARGET, "pulse_counts_he": SaveWhen.ALWAYS}),
        _plugin("HighEnergyPeaklets", "peaklets_he", "records_he", SaveWhen.TARGET),
        _plugin("HighEnergyPeakBasics", "peak_basics_he", "peaklets_he"),
    ])
    # As straxen's contexts: the RunDB first, folders of a computing centre, of which the first one has raw data only, and one to write to.
    folders = [f for f in os.environ.get("STANDIN_FOLDERS", "").split(":") if f]
    context.storage = [object(), *(strax.DataDirectory(f, readonly=True, take_only=("raw_records",) if i == 0 else ())
                                   for i, f in enumerate(folders)), strax.DataDirectory(output_folder)]
    return context


def broken(output_folder="./strax_data"):
    raise RuntimeError("no corrections for this context")
