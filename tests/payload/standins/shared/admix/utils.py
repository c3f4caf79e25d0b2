import world
from utilix import DB, xe1t_collection, xent_collection

# As the real module (admix 1.0.11 to 1.0.15): while it is imported, and a key that is missing ends the import.
try:
    db = DB()
except:  # noqa: E722
    print("DB initialization failed")
    db = None
xent_runs_collection = xent_collection()
xent_context_collection = xent_collection("contexts")
xe1t_runs_collection = xe1t_collection()


def make_did(run_number, dtype, hash):
    world.demand(isinstance(run_number, int), f"run number {run_number!r}")
    world.demand(isinstance(dtype, str) and isinstance(hash, str), "type and hash are strings")
    return f"xnt_{run_number:06d}:{dtype}-{hash}"
