"""Stand-in for admix 1.0.15: the signatures of its `stable` branch, and a strict doorman."""

import os
import shutil
from pathlib import Path

import world
from world import DID, demand

from . import clients, rucio, utils

__version__ = "1.0.15"


def _check(path, rse, did):
    demand(isinstance(path, str) and os.path.isdir(path), f"path {path!r} is a folder's name as a string")
    demand(isinstance(rse, str) and rse.isupper() and " " not in rse, f"rse {rse!r}")
    demand(isinstance(did, str) and DID.fullmatch(did), f"did {did!r}")
    demand(os.path.basename(path) == world.folder_of(did), f"{path} does not hold {did}")
    demand(os.environ.get("RUCIO_ACCOUNT") == "production", "RUCIO_ACCOUNT")
    demand(clients.did_client is not None, "admix.clients._init_clients() comes first")


def preupload(path, rse, did):
    _check(path, rse, did)
    world.record("admix.preupload", rse=rse, did=did)
    # As the real one: the rule is made before the files, and so is OK at once.
    rules = world.read(f"rules/{world.folder_of(did)}.json", [])
    if rse not in [rule["rse_expression"] for rule in rules]:
        rules.append({"rse_expression": rse, "state": world.fault("rule.state") or "OK"})
    world.write(f"rules/{world.folder_of(did)}.json", rules)


def upload(path, rse, register_after_upload=False, verbose=True, did=None, lifetime=None, update_db=False,
           miscellaneous=None):
    _check(path, rse, did)
    demand(update_db is False and miscellaneous is None, "the RunDB is entered by the program, after verification")
    world.record("admix.upload", rse=rse, did=did)
    how = world.fault("admix.upload")
    if how == "fail":
        raise RuntimeError("the transfer broke, said the stand-in; password hunter-two-and-a-half")
    target = world.root() / "remote" / world.folder_of(did)
    target.mkdir(parents=True, exist_ok=True)
    for number, name in enumerate(sorted(os.listdir(path))):
        if (target / name).exists():
            continue
        if how == "partial" and number > 0:
            faults = world.read("faults.json", {})
            del faults["admix.upload"]
            world.write("faults.json", faults)
            raise RuntimeError("the transfer broke in the middle, said the stand-in")
        shutil.copyfile(Path(path, name), target / name)
        if how == "corrupt":
            with open(target / name, "ab") as file:
                file.write(b"?")
    return did


def download(did, chunks=None, location=".", tries=3, metadata=True, only_metadata=False, num_threads=5, rse=None,
             stage=None):
    demand(isinstance(did, str) and isinstance(location, str) and isinstance(tries, int), "download's arguments")
    demand(chunks is None, "no chunks of a file's DID")
    source = world.root() / "remote" / world.folder_of(did) / did.split(":")[1]
    if not source.is_file():
        raise rucio.common.exception.DataIdentifierNotFound(did)
    target = Path(location, world.folder_of(did))
    target.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target / source.name)
    return [str(target / source.name)]
