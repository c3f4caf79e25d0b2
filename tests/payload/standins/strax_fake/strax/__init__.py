"""Stand-in for strax: contexts, folders of data and per-chunk storage, small and strict.

Data are lists of numbers in JSON files. What matters is the same as in strax 2.2: which calls exist and how they
may be called, lineage hashes that depend on chunk_number, what is saved when, what is loaded and what is computed.
"""

import base64
import errno
import hashlib
import json
import os
import shutil
import signal
import time
from enum import IntEnum
from pathlib import Path

import world
from world import demand

__version__ = os.environ.get("STANDIN_STRAX_VERSION", "2.2.3")

CHUNK_NS = 1000


class DataNotAvailable(Exception):
    pass


class SaveWhen(IntEnum):
    NEVER = 0
    EXPLICIT = 1
    TARGET = 2
    ALWAYS = 3


def to_str_tuple(value):
    return (value,) if isinstance(value, str) else tuple(value)


class Plugin:
    provides = ()
    depends_on = ()
    save_when = SaveWhen.ALWAYS
    rechunk_on_save = True
    chunk_target_size_mb = int(os.environ.get("STANDIN_CHUNK_MB", "200"))
    __version__ = "1"


class Chunk:
    def __init__(self, data):
        self.data = data


class DataKey:
    def __init__(self, run_id, data_type, lineage_hash):
        self.run_id, self.data_type, self.lineage_hash = run_id, data_type, lineage_hash

    def __repr__(self):
        return f"{self.run_id}-{self.data_type}-{self.lineage_hash}"


class DataDirectory:
    def __init__(self, path, readonly=False, take_only=tuple(), exclude=tuple()):
        demand(isinstance(path, str), f"path {path!r}")
        self.path, self.readonly, self.take_only, self.exclude = path, readonly, take_only, exclude

    def find(self, key):
        if key.data_type in self.exclude or (self.take_only and key.data_type not in self.take_only):
            raise DataNotAvailable(f"{key} is not taken")
        return self._find(key)

    def _find(self, key):
        path = Path(self.path, str(key))
        if not path.is_dir():
            raise DataNotAvailable(f"{key} is not in {self.path}")
        return path


class Context:
    def __init__(self, plugins):
        self._plugin_class_registry = {t: p for p in plugins for t in p.provides}
        self.storage = []
        self.context_config = {"forbid_creation_of": ()}

    # What the plugins say

    def _plugin(self, data_type):
        if data_type not in self._plugin_class_registry:
            raise KeyError(f"No plugin class registered that provides {data_type}")
        return self._plugin_class_registry[data_type]

    @property
    def tree_levels(self):
        def level(data_type):
            return 1 + max(map(level, self._plugin(data_type).depends_on), default=-1)

        names = sorted(self._plugin_class_registry, key=lambda t: (level(t), self._plugin(t).__name__, t))
        levels = {t: {"level": level(t), "class": self._plugin(t).__name__, "order": i} for i, t in enumerate(names)}
        return levels if __version__.startswith("2.0") else {False: levels, True: levels}

    def get_save_when(self, target):
        save_when = self._plugin(target).save_when
        return save_when[target] if isinstance(save_when, dict) else save_when

    def provided_dtypes(self, runid="0"):
        return {t: {"hash": self.key_for(runid, t).lineage_hash, "save_when": self.get_save_when(t).name,
                    "version": p.__version__} for t, p in self._plugin_class_registry.items()}

    def set_context_config(self, context_config=None, mode="update"):
        demand(isinstance(context_config, dict) and mode == "update", "set_context_config")
        demand(set(context_config) <= set(self.context_config), f"unknown options {sorted(context_config)}")
        self.context_config.update(context_config)

    def key_for(self, run_id, target, chunk_number=None, combining=False):
        demand(isinstance(run_id, str), f"run_id {run_id!r}")
        self._check_chunk_number(chunk_number)
        demand(combining is False, "combining is for superruns")

        def lineage(data_type):
            plugin = self._plugin(data_type)
            chunks = {d: chunk_number[d] for d in plugin.depends_on if d in (chunk_number or {})}
            return [data_type, plugin.__version__, chunks, *map(lineage, plugin.depends_on)]

        digest = hashlib.sha1(json.dumps(lineage(target)).encode()).digest()
        return DataKey(run_id, target, base64.b32encode(digest)[:10].decode().lower())

    @staticmethod
    def _check_chunk_number(chunk_number):
        if chunk_number is not None:
            demand(isinstance(chunk_number, dict), f"chunk_number {chunk_number!r}")
            for numbers in chunk_number.values():
                demand(isinstance(numbers, list) and all(type(n) is int for n in numbers), f"chunks {numbers!r}")
                demand(numbers == list(range(numbers[0], numbers[-1] + 1)), f"chunks {numbers!r} are consecutive")

    # What is stored

    def _where(self, key):
        for frontend in self.storage:
            try:
                return frontend.find(key)
            except DataNotAvailable:
                continue
        return None

    def is_stored(self, run_id, target, detailed=False, chunk_number=None, combining=False):
        return self._where(self.key_for(run_id, target, chunk_number)) is not None

    def get_metadata(self, run_id, target, chunk_number=None, combining=False):
        path = self._where(self.key_for(run_id, target, chunk_number))
        if path is None:
            raise DataNotAvailable(f"{target} of {run_id} is not stored")
        return _metadata(path)

    def _save(self, key, chunks, rechunk):
        frontend = next(f for f in self.storage if not f.readonly)
        path, temp = Path(frontend.path, str(key)), Path(frontend.path, f"{key}_temp")
        demand(not path.exists(), f"{key} is written twice")
        shutil.rmtree(temp, ignore_errors=True)
        temp.mkdir(parents=True)
        if rechunk and chunks:
            chunks = [{"start": chunks[0]["start"], "end": chunks[-1]["end"],
                       "data": [item for chunk in chunks for item in chunk["data"]]}]
        damage = world.fault(f"damage:{key.data_type}")
        prefix = f"{key.data_type}-{key.lineage_hash}"
        infos = []
        for number, chunk in enumerate(chunks):
            info = {"chunk_i": number, "start": chunk["start"], "end": chunk["end"], "n": len(chunk["data"]),
                    "run_id": key.run_id}
            if chunk["data"]:
                info["filename"] = f"{prefix}-{number:06d}"
                text = json.dumps(chunk["data"])
                (temp / info["filename"]).write_text(text)
                info["filesize"] = len(text)
            infos.append(info)
        if damage == "number":
            infos[-1]["chunk_i"] += 1
        elif damage == "items":
            infos[-1]["n"] += 1
        elif damage == "gap":
            infos[-1]["start"] += 1
        elif damage == "end":
            infos[-1]["end"] -= 1
        elif damage == "file":
            os.remove(temp / next(i["filename"] for i in infos if i["n"]))
        metadata = {"chunks": infos, "lineage_hash": key.lineage_hash, "data_type": key.data_type,
                    "run_id": key.run_id, "writing_ended": time.time()}
        if damage == "unfinished":
            del metadata["writing_ended"]
        (temp / f"{prefix}-metadata.json").write_text(json.dumps(metadata, indent=1, sort_keys=True))
        temp.rename(path)

    # What is made

    def make(self, run_id, targets, save=tuple(), max_workers=None, _skip_if_built=True, chunk_number=None,
             combining=False, progress_bar=False):
        demand(isinstance(targets, str), f"one target, not {targets!r}")
        self._check_chunk_number(chunk_number)
        world.record("strax.make", target=targets, chunk_number=chunk_number, save=list(to_str_tuple(save)),
                     forbidden=list(self.context_config["forbid_creation_of"]))
        if self.is_stored(run_id, targets, chunk_number=chunk_number):
            return
        self._misbehave(targets)
        self._get(run_id, targets, targets, to_str_tuple(save), chunk_number, {})

    @staticmethod
    def _misbehave(target):
        how = world.fault(f"make:{target}")
        if how == "full":
            raise OSError(errno.ENOSPC, "No space left on device")
        if how == "unavailable":
            raise DataNotAvailable("a chunk went away, said the stand-in")
        if how == "rucio":
            from rucio.common.exception import ServerConnectionException
            raise RuntimeError("Failed to process chunk 3!") from ServerConnectionException("no answer")
        if how == "fail":
            raise ValueError("negative area, said the stand-in; password hunter-two-and-a-half")
        if how == "swallow":
            try:
                os.kill(os.getpid(), signal.SIGTERM)
                time.sleep(30)
            except:  # noqa: E722  (as some libraries do)
                time.sleep(30)
        if how == "term":
            Path("half-done").write_text("x")
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(30)

    def _get(self, run_id, data_type, target, save, chunk_number, done):
        """Chunks of a type: loaded if stored, else computed with all that its plugin makes, and saved by its rules."""
        if data_type in done:
            return done[data_type]
        path = self._where(self.key_for(run_id, data_type, chunk_number))
        if path is not None:
            numbers = (chunk_number or {}).get(data_type)
            done[data_type] = _load(path, numbers)
            return done[data_type]
        plugin = self._plugin(data_type)
        if not plugin.depends_on or data_type in self.context_config["forbid_creation_of"]:
            raise DataNotAvailable(f"{data_type} is not stored and must not be made")
        inputs = [self._get(run_id, d, target, save, chunk_number, done) for d in plugin.depends_on]
        world.record("compute", plugin=plugin.__name__)
        if len({len(chunks) for chunks in inputs}) > 1:
            inputs = [[{"start": chunks[0]["start"], "end": chunks[-1]["end"],
                        "data": [item for c in chunks for item in c["data"]]}] for chunks in inputs]
        for provided in plugin.provides:
            done[provided] = [
                {"start": parts[0]["start"], "end": parts[0]["end"], "data": plugin.compute(provided, parts)}
                for parts in ([{"start": c["start"], "end": c["end"], "data": c["data"]} for c in row]
                              for row in zip(*inputs))]
        for provided in plugin.provides:
            when = self.get_save_when(provided)
            demand(not (when == SaveWhen.NEVER and provided in save), f"{provided} must not be saved")
            if when == SaveWhen.ALWAYS or (when == SaveWhen.TARGET and provided == target) or (
                    when == SaveWhen.EXPLICIT and provided in save):
                key = self.key_for(run_id, provided, chunk_number)
                if self._where(key) is None:
                    world.record("strax.save", data_type=provided, mb=plugin.chunk_target_size_mb)
                    rechunk = plugin.rechunk_on_save
                    self._save(key, done[provided], rechunk if isinstance(rechunk, bool) else rechunk[provided])
        return done[data_type]

    def get_iter(self, run_id, targets, save=tuple(), chunk_number=None, progress_bar=True):
        path = self._where(self.key_for(run_id, targets, chunk_number))
        demand(path is not None, f"{targets} is stored before it is loaded")
        for chunk in _load(path, None):
            yield Chunk(chunk["data"])

    if __version__.startswith("2.0"):
        def merge_per_chunk_storage(self, run_id, target, per_chunked_dependency, rechunk=True, chunk_number_group=None,
                                    target_frontend_id=None, check_is_stored=True):
            self._merge(run_id, target, per_chunked_dependency, chunk_number_group, rechunk, target_frontend_id)
    elif not __version__.startswith("1."):
        def merge_per_chunk_storage(self, run_id, target, per_chunked_dependency, chunk_number_group=None, rechunk=True,
                                    rechunk_to_mb=200, target_frontend_id=None, target_compressor=None,
                                    check_is_stored=True):
            demand(rechunk_to_mb == self._plugin(target).chunk_target_size_mb, f"rechunk_to_mb {rechunk_to_mb}")
            self._merge(run_id, target, per_chunked_dependency, chunk_number_group, rechunk, target_frontend_id)

    def _merge(self, run_id, target, dependency, groups, rechunk, frontend_id):
        demand(isinstance(target, str) and isinstance(dependency, str), "one target, one dependency")
        demand(not self.storage[frontend_id or 0].readonly, "the merged data go where one may write")
        world.record("strax.merge", target=target, groups=groups, rechunk=rechunk)
        how = world.fault(f"merge:{target}")
        if how == "fail":
            raise ValueError("cannot merge, said the stand-in")
        number_of_chunks = len(self.get_metadata(run_id, dependency)["chunks"])
        flat = [n for group in groups for n in group]
        demand(len(flat) == len(set(flat)), "a chunk in two groups")
        demand(flat[0] == 0 and flat[-1] == number_of_chunks - 1, "the groups hold all chunks")
        chunks = []
        for group in groups:
            path = self._where(self.key_for(run_id, target, {dependency: group}))
            demand(path is not None, f"part {group} of {target} is stored")
            chunks += _load(path, None)
        if how == "lose":
            chunks[-1]["data"] = chunks[-1]["data"][:-1]
        self._save(self.key_for(run_id, target), chunks, rechunk)


def _metadata(path):
    return json.loads(next(path.glob("*-metadata.json")).read_text())


def _load(path, numbers):
    chunks = []
    for info in _metadata(path)["chunks"]:
        if numbers is None or info["chunk_i"] in numbers:
            data = json.loads((path / info["filename"]).read_text()) if "filename" in info else []
            chunks.append({"start": info["start"], "end": info["end"], "data": data})
    return chunks


def write_raw(path, run_id, data_type, lineage_hash, number_of_chunks):
    """For tests: raw data as the storage elements hold them."""
    prefix = f"{data_type}-{lineage_hash}"
    folder = Path(path, f"{run_id}-{prefix}")
    folder.mkdir(parents=True)
    infos = []
    for number in range(number_of_chunks):
        # The second chunk is empty, as quiet moments of a detector are.
        data = [] if number == 1 else list(range(number * 10, number * 10 + 5))
        info = {"chunk_i": number, "start": number * CHUNK_NS, "end": (number + 1) * CHUNK_NS, "n": len(data),
                "run_id": run_id}
        if data:
            info["filename"] = f"{prefix}-{number:06d}"
            (folder / info["filename"]).write_text(json.dumps(data))
            info["filesize"] = (folder / info["filename"]).stat().st_size
        infos.append(info)
    (folder / f"{prefix}-metadata.json").write_text(json.dumps({
        "chunks": infos, "lineage_hash": lineage_hash, "data_type": data_type, "run_id": run_id, "writing_ended": 0}))
