import inspect
import os

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
