import importlib
import inspect
import os

import numba
import numpy as np
import strax
import straxen
from immutabledict import immutabledict

CHUNK_NS = int(2e8)
FIRST_NS = 1_700_000_000_000_000_000
SAMPLES = 110


def _empty():
    return {int(number) for number in os.environ.get("SIM_EMPTY", "").split(",") if number}


class _Source(strax.Plugin):
    """Chunks of pulses that start well after the chunk and end well before it, so that data may be cut there."""

    depends_on = ()
    dtype = strax.raw_record_dtype()
    rechunk_on_save = False
    parallel = False
    __version__ = "0.0.1"
    seed, dt = 0, 10

    def source_finished(self):
        return True

    def is_ready(self, chunk_i):
        return chunk_i < int(os.environ.get("SIM_CHUNKS", "6"))

    def compute(self, chunk_i):
        start = FIRST_NS + chunk_i * CHUNK_NS
        data = np.zeros(0, self.dtype)
        if chunk_i not in _empty():
            random = np.random.default_rng(self.seed + chunk_i)
            data = strax.sort_by_time(np.concatenate(list(self.signals(random, start))))
        return self.chunk(start=start, end=start + CHUNK_NS, data=data)

    def pulse(self, random, time, channel, length, heights):
        """Raw records of one pulse: a baseline with noise, and peaks that fall off."""
        wave = 16000 + random.normal(0, 1.5, length)
        for height in heights:
            at = int(random.integers(45, max(46, length - 30)))
            wave[at:at + 12] -= height * np.exp(-np.arange(len(wave[at:at + 12])) / 4)
        wave = wave.astype(np.int16)
        records = np.zeros(-(-length // SAMPLES), self.dtype)
        records["dt"], records["channel"], records["pulse_length"] = self.dt, channel, length
        for number, record in enumerate(records):
            part = wave[number * SAMPLES:(number + 1) * SAMPLES]
            record["time"], record["record_i"], record["length"] = time + number * SAMPLES * self.dt, number, len(part)
            record["data"][:len(part)] = part
        return records


class RawRecords(_Source):
    """The TPC: every third signal is long and large, as an S2 is."""

    provides = data_kind = "raw_records"
    seed = 1000

    def signals(self, random, start):
        for number in range(60):
            large = number % 3 == 0
            begin = start + 200_000 + number * (CHUNK_NS - 400_000) // 60 + int(random.integers(0, 1000)) * 10
            channels = random.choice(493, size=int(random.integers(20, 120) if large else random.integers(3, 30)), replace=False)
            for channel in channels:
                time = begin + int(random.integers(0, 300 if large else 10)) * 10
                length = SAMPLES * int(random.integers(1, 4) if large else 1) - int(random.integers(0, 30))
                yield self.pulse(random, time, channel, length, random.uniform(60, 300, int(random.integers(1, 6)) if large else 1))


class PairedRawRecords(RawRecords):
    """Each signal has an echo of some microseconds later, near enough to be merged with it where both are of an S2."""

    def signals(self, random, start):
        for record in super().signals(random, start):
            echo = record.copy()
            echo["time"] += 9_000
            yield record
            yield echo


class RawRecordsNV(_Source):
    provides = data_kind = "raw_records_nv"
    seed, dt = 77, 2

    def signals(self, random, start):
        for number in range(400):
            begin = start + 200_000 + number * (CHUNK_NS - 400_000) // 400 + int(random.integers(0, 2000)) * 2
            for channel in random.choice(120, size=int(random.integers(1, 14)), replace=False):
                yield self.pulse(random, begin + int(random.integers(0, 60)) * 2, 2000 + channel, SAMPLES, random.uniform(10, 200, 1))


_others = tuple(t for t in straxen.DAQReader.provides if t not in ("raw_records", "raw_records_nv"))


class OtherRawData(_Source):
    provides = _others
    data_kind = immutabledict(zip(_others, _others))

    def infer_dtype(self):
        return dict.fromkeys(self.provides, strax.raw_record_dtype())

    def compute(self, chunk_i):
        raise NotImplementedError


@straxen.URLConfig.register("simulated")
def simulated(value, **_):
    """The same number for every PMT, some of which are off."""
    gains = np.full(straxen.n_tpc_pmts, float(value))
    gains[[5, 17]] = 0
    return gains


@straxen.URLConfig.register("simulated-threshold")
def simulated_threshold(value, **_):
    return np.full(straxen.n_tpc_pmts, float(value))


@straxen.URLConfig.register("simulated-nv")
def simulated_nv(value, **_):
    return np.full(straxen.n_nveto_pmts, float(value))


def _centres(areas):
    """Where the light of each row of areas is seen, if the PMTs stood in a spiral. Each row for itself, or its last bits would depend
    on the rows beside it."""
    numbers = np.arange(areas.shape[1])
    radius, angle = np.sqrt(numbers / len(numbers)) * 60, numbers * 2.4
    total = np.maximum(areas.sum(axis=1), 1e-9)
    return np.stack([(areas * (radius * np.cos(angle))).sum(axis=1) / total, (areas * (radius * np.sin(angle))).sum(axis=1) / total], axis=1)


@straxen.URLConfig.register("simulated-cnf")
def simulated_cnf(value, **_):
    """A function such as straxen's flow model is: a position, and a contour around it."""
    circle = np.linspace(0, 2 * np.pi, int(value) + 1)

    def predict(inputs):
        places = _centres(inputs[:, :-1])
        contour = places[:, np.newaxis, :] + 3 * np.stack([np.cos(circle), np.sin(circle)], axis=1)[np.newaxis]
        return places, contour

    return predict


@straxen.URLConfig.register("simulated-mlp")
def simulated_mlp(value, **_):
    class Model:
        @staticmethod
        def predict(areas, verbose=0):
            return _centres(areas) * float(value)

    return Model()


def _classification():
    class PeakletClassificationSOM(straxen.PeakletClassificationSOM):
        """The map of straxen's own is a file of XENON; here it says what the rules without a map say."""

        __version__ = "0.0.1"

        def setup(self):
            pass

        def compute(self, peaklets):
            plain = straxen.PeakletClassificationVanilla.compute(self, peaklets)
            found = np.zeros(len(plain), self.dtype)
            strax.set_nan_defaults(found)
            for field in plain.dtype.names:
                found[field] = plain[field]
            found["vanilla_type"] = found["som_type"] = found["som_sub_type"] = plain["type"]
            return found

    return PeakletClassificationSOM


def _for_an_old_numba():
    """Numba before 0.57 knows numpy.where of arrays only; straxen 4 asks it of numbers."""
    if tuple(map(int, numba.__version__.split(".")[:2])) < (0, 57):
        @numba.njit
        def half_cauchy_pdf(x, scale=1.0):
            found = np.zeros(1)
            found[0] = 0.0 if x < 0.0 else np.nan if scale <= 0.0 else 2.0 / (np.pi * scale * (1 + (x / scale) ** 2))
            return found

        for name in ("peak_proximity", "peak_shadow"):
            importlib.import_module(f"straxen.plugins.peaks.{name}").half_cauchy_pdf = half_cauchy_pdf


def xenonnt_levels(output_folder="./strax_data", xedocs_version="global_v14"):
    """The tree of straxen 4 as it is: each plugin from straxen itself, but raw data and the map of the classification."""
    _for_an_old_numba()
    context = straxen.contexts.xenonnt(output_folder=output_folder, _database_init=False, _auto_append_rucio_local=False)
    for plugin in (PairedRawRecords, RawRecordsNV, OtherRawData, _classification()):
        context.register(plugin)
    context.set_config({
        "gain_model": "simulated://0.01", "hev_gain_model": "simulated://0.01", "hit_min_amplitude": "simulated-threshold://15",
        "pmt_pulse_filter": None, "gain_model_nv": "simulated-nv://0.05", "baseline_samples_nv": 26, "run_start": 0,
        "hit_min_amplitude_nv": 20, "software_trigger_hit_threshold": 15, "cnf_pred_function": "simulated-cnf://16",
        "tf_model_mlp": "simulated-mlp://0.9", "som_files": "none", "electron_drift_velocity": 6.75e-5, "electron_drift_time_gate": 2700,
        "run_doc": [{"user": "nobody", "date": "", "comment": "auto, SC user: pulserScript: LED"}], "led_cal_record_length": SAMPLES, "fixed_led_window": (50, 90),
        "fixed_position": 60, "minimum_led_position": 45,
        # Made-up pulses are no electrons: what is near in time is merged.
        "use_bayesian_merging": False, "rm_sparse_xy": False})
    return context


def xenonnt_offline(output_folder="./strax_data", xedocs_version="global_v14", cut_list=None, **kwargs):
    if xedocs_version not in ("global_v13", "global_v14"):
        raise ValueError(f"xedocs knows no version {xedocs_version}")
    # `xenonnt` of old releases, and `xenonnt_online` of new ones, ask a database for corrections.
    made_from = straxen.contexts.xenonnt
    if "cmt_version" in inspect.signature(made_from).parameters:
        made_from = straxen.contexts.xenonnt_online
    context = made_from(
        output_folder=output_folder, _database_init=False, _auto_append_rucio_local=False, **kwargs)
    # straxen's own variants that read no file of weights or maps, so that peaks can be made where no file of XENON is.
    plain = getattr(straxen.contexts, "common_opts_vanilla", {}).get("register") or (
        straxen.PeakletClassificationVanilla, straxen.PeaksVanilla, straxen.PeakBasicsVanilla)
    for plugin in (RawRecords, RawRecordsNV, OtherRawData, *plain):
        context.register(plugin)
    context.set_config({
        "gain_model": "simulated://0.01" if xedocs_version == "global_v14" else "simulated://0.011",
        "hev_gain_model": "simulated://0.01", "hit_min_amplitude": "simulated-threshold://15", "pmt_pulse_filter": None,
        "gain_model_nv": "simulated-nv://0.05", "baseline_samples_nv": 26, "run_start": 0, "hit_min_amplitude_nv": 20, "software_trigger_hit_threshold": 15})
    return context
