import os
from pathlib import Path

import cutax
import strax
import world


def sxenonnt(saltax_mode="salt", generator_name="flat", simu_mode="all", output_folder="./fuse_data", **kwargs):
    """As the real one: what it does not know goes to the generator of instructions; the mode is part of the lineage."""
    world.demand(set(kwargs) == {"nestid", "simulation_config", "corrections_version"}, f"arguments {sorted(kwargs)}")
    world.demand(saltax_mode in ("simu", "salt") and isinstance(kwargs["nestid"], int), f"saltax_mode {saltax_mode}")
    world.record("saltax.context", mode=saltax_mode, generator=generator_name, simu_mode=simu_mode, **kwargs)
    st = cutax.contexts.xenonnt_offline(xedocs_version=kwargs["corrections_version"])
    made = cutax.contexts._plugin

    class Simulation(made("Simulation", "raw_records_simu", "raw_records", strax.SaveWhen.TARGET)):
        @staticmethod
        def compute(data_type, parts):
            # The instructions of a simulation are read if they are there, and written beside the data else.
            file = Path(output_folder, f"{os.environ['SALTAX_RUN']}-8-{generator_name}-0.2_15.0-{simu_mode}-50.csv")
            if not file.exists():
                file.write_text("t,x,y,z\n")
            return [item + 1 for part in parts for item in part["data"]]

    mixed = made("PulseProcessing", "records pulse_counts veto_regions", "raw_records raw_records_simu",
                 {"records": strax.SaveWhen.TARGET, "pulse_counts": strax.SaveWhen.ALWAYS, "veto_regions": strax.SaveWhen.ALWAYS})
    mixed.__version__ += saltax_mode
    for plugin in (Simulation, mixed):
        st._plugin_class_registry.update(dict.fromkeys(plugin.provides, plugin))
    return st
