import os
import time

import numpy as np
import strax
from immutabledict import immutabledict
from strax import testutils


class RawRecords(testutils.Records):
    """Chunks of raw data with times that matter, as many as the environment says."""

    provides = "raw_records"
    parallel = False

    def compute(self, chunk_i):
        # A microsecond of silence at both ends: strax cuts data only where there is a gap.
        spacing, number = 10, self.config["recs_per_chunk"]
        length = number * spacing + 4000
        start = chunk_i * length
        if str(chunk_i) in os.environ.get("TOY_EMPTY", "").split(","):
            return self.chunk(start=start, end=start + length, data=np.zeros(0, self.dtype))
        data = np.zeros(number, self.dtype)
        data["time"] = start + 2000 + spacing * np.arange(number)
        data["length"] = data["dt"] = 1
        data["channel"] = np.arange(number)
        # Some variation from chunk to chunk, or a chunk in the wrong place would not be noticed.
        data["data"][:, : 1 + chunk_i % 7] = 1 + chunk_i
        return self.chunk(start=start, end=start + length, data=data)


class PulseProcessing(strax.Plugin):
    """Several products of which one is only kept when asked for."""

    provides = ("records", "pulse_counts")
    depends_on = ("raw_records",)
    data_kind = immutabledict(records="records", pulse_counts="pulse_counts")
    save_when = immutabledict(records=strax.SaveWhen.TARGET, pulse_counts=strax.SaveWhen.ALWAYS)
    rechunk_on_save = immutabledict(records=False, pulse_counts=True)

    def infer_dtype(self):
        return {"records": strax.record_dtype(), "pulse_counts": strax.time_fields + [(("Pulses", "pulses"), np.int64)]}

    def compute(self, raw_records, start, end):
        counts = np.zeros(1, self.dtype["pulse_counts"])
        counts["time"], counts["endtime"], counts["pulses"] = start, end, len(raw_records)
        return {"records": raw_records.copy(), "pulse_counts": counts}


class Peaklets(testutils.PeaksWoPerRunDefault):
    provides = "peaklets"
    data_kind = "peaklets"
    depends_on = ("records",)
    parallel = False
    # Small, so that a run has several chunks and that merging has something to rechunk.
    chunk_target_size_mb = 1

    def compute(self, records):
        time.sleep(float(os.environ.get("TOY_SLEEP", "0")))
        if "TOY_CRASH" in os.environ:
            raise testutils.SomeCrash(os.environ["TOY_CRASH"])
        peaklets = super().compute(records)
        peaklets["area"] += records["data"].sum(axis=1)
        return peaklets


class PeakClassification(testutils.PeakClassification):
    """Made of peaklets by a job of the higher level; saves two types."""

    provides = ("peaklet_classification", "merged_s2s")
    depends_on = ("peaklets",)
    data_kind = immutabledict(peaklet_classification="peaklets", merged_s2s="merged_s2s")
    save_when = immutabledict(peaklet_classification=strax.SaveWhen.ALWAYS, merged_s2s=strax.SaveWhen.ALWAYS)

    def infer_dtype(self):
        dtypes = super().infer_dtype()
        return {"peaklet_classification": dtypes["peak_classification"], "merged_s2s": dtypes["lone_hits"]}

    def compute(self, peaklets):
        self_dtype, self.dtype = self.dtype, {"peak_classification": self.dtype["peaklet_classification"],
                                              "lone_hits": self.dtype["merged_s2s"]}
        try:
            made = super().compute(peaklets)
        finally:
            self.dtype = self_dtype
        return {"peaklet_classification": made["peak_classification"], "merged_s2s": made["lone_hits"]}


class PeakBasics(strax.Plugin):
    provides = "peak_basics"
    data_kind = "peaklets"
    depends_on = ("peaklets", "peaklet_classification")
    dtype = strax.time_fields + [(("Area", "area"), np.float64)]

    def compute(self, peaklets):
        basics = np.zeros(len(peaklets), self.dtype)
        basics["time"], basics["endtime"], basics["area"] = peaklets["time"], strax.endtime(peaklets), peaklets["area"]
        return basics


PLUGINS = (RawRecords, PulseProcessing, Peaklets, PeakClassification, PeakBasics)


def toy_v1(output_folder="./strax_data"):
    context = strax.Context(storage=[], register=PLUGINS, use_per_run_defaults=True)
    context.storage = [strax.DataDirectory(f, readonly=True) for f in os.environ.get("TOY_FOLDERS", "").split(":") if f]
    context.set_config({"n_chunks": int(os.environ.get("TOY_CHUNKS", "8")), "recs_per_chunk": 200})
    return context
