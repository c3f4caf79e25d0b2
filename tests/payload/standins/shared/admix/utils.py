import world


def make_did(run_number, dtype, hash):
    world.demand(isinstance(run_number, int), f"run number {run_number!r}")
    world.demand(isinstance(dtype, str) and isinstance(hash, str), "type and hash are strings")
    return f"xnt_{run_number:06d}:{dtype}-{hash}"
