import os

import strax
import world


class RucioRemoteBackend:
    heavy_types = ["raw_records", "raw_records_nv", "raw_records_he"]


class RucioRemoteFrontend(strax.DataDirectory):
    """Sees what the storage elements hold whole, as the real one: by the rules in state OK."""

    def __init__(self, staging_dir="./strax_data", rses_only=tuple(), download_heavy=False, remove_heavy=False,
                 tries=3, num_threads=1, stage=False, take_only=tuple(), exclude=tuple()):
        world.demand(isinstance(staging_dir, str) and os.path.isdir(staging_dir), f"staging_dir {staging_dir!r}")
        for types in (rses_only, take_only, exclude):
            world.demand(isinstance(types, tuple) and all(isinstance(t, str) for t in types), f"{types!r}")
        self.rses_only, self.stage, self.heavy = rses_only, stage, download_heavy
        world.record("straxen.storage", download_heavy=download_heavy, tries=tries, num_threads=num_threads, take_only=take_only, exclude=exclude)
        super().__init__(str(world.root() / "remote"), readonly=True, take_only=take_only, exclude=exclude)

    def _find(self, key, *args, **kwargs):
        rules = world.read(f"rules/{key}.json", [])
        rses = {rule["rse_expression"] for rule in rules if rule["state"] == "OK"}
        if self.rses_only:
            rses &= set(self.rses_only)
        from admix import downloader, manager

        # As straxen 3.0.2 and later: what admix does not choose is not there.
        chosen = downloader.determine_rse(sorted(rses))
        if chosen is None:
            raise strax.DataNotAvailable(f"{key} is at no storage element that is chosen")
        world.demand(self.heavy or key.data_type not in RucioRemoteBackend.heavy_types or world.fault("heavy.look"),
                     "raw data is heavy, and is to be downloaded")
        if key.data_type.startswith("raw_"):
            world.record("straxen.read", data_type=key.data_type, rse=chosen, stage=self.stage)
        world.demand(self.stage or chosen not in manager.TAPE_RSES or world.fault("tape.look"), f"{key} is read from tape without stage")
        return super()._find(key, *args, **kwargs)
