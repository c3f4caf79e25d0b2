"""A Rucio server of files, with the meaning of the real one (read in the sources of rucio 35.8, core/{replica,rule,did}.py).

- A file is registered with size, checksum and a replica in a state that the client names; its checksum never changes.
- The content of a dataset knows no replicas: a file is attached whether it is anywhere or not.
- A rule is judged when it is made, over what the dataset holds then: OK when that is nothing. Later only when a replica
  that it waits for becomes available, and when the judge comes round (`judge`), which it does in no test by itself.
- Replicas are listed without those that are not available, unless all states are asked for.

catalogue/RUN-TYPE-HASH.json below the test's world; what a storage element holds is in remote/RUN-TYPE-HASH/. Data that
a test puts there without a catalogue is there whole, at the RSEs of its rules.
"""

import zlib

import world

from .common import exception as errors

NAMES = {"A": "AVAILABLE", "U": "UNAVAILABLE", "C": "COPYING", "B": "BEING_DELETED", "D": "BAD",
         "T": "TEMPORARY_UNAVAILABLE"}


def adler32(path):
    return f"{zlib.adler32(path.read_bytes()):08x}"


def answer():
    if world.fault("rucio"):
        raise errors.ServerConnectionException("rucio does not answer, said the stand-in")


def stored(folder):
    return world.root() / "remote" / folder


def load(folder):
    path = world.root() / "catalogue" / f"{folder}.json"
    if path.exists():
        return world.read(f"catalogue/{folder}.json", None)
    made = {"dataset": stored(folder).is_dir(), "files": {}}
    rses = [rule["rse_expression"] for rule in rules(folder)]
    for file in sorted(stored(folder).glob("*")):
        made["files"][file.name] = {"bytes": file.stat().st_size, "adler32": adler32(file), "attached": True,
                                    "replicas": {rse: "A" for rse in rses}}
    return made


def save(folder, catalogue):
    world.write(f"catalogue/{folder}.json", catalogue)


def rules(folder):
    return world.read(f"rules/{folder}.json", [])


def is_ok(catalogue, rse):
    return all(file["replicas"].get(rse) == "A" for file in catalogue["files"].values() if file["attached"])


def judge(folder, only=("REPLICATING",)):
    catalogue = load(folder)
    judged = [{**rule, "state": "OK" if is_ok(catalogue, rule["rse_expression"]) else "REPLICATING"}
              if rule["state"] in only else rule for rule in rules(folder)]
    world.write(f"rules/{folder}.json", judged)


# The routes


def add_dataset(scope, name):
    answer()
    folder = world.folder_of(f"{scope}:{name}")
    catalogue = load(folder)
    if catalogue["dataset"]:
        raise errors.DataIdentifierAlreadyExists(name)
    save(folder, {**catalogue, "dataset": True})


def add_rule(scope, name, rse):
    answer()
    folder = world.folder_of(f"{scope}:{name}")
    catalogue = load(folder)
    if not catalogue["dataset"]:
        raise errors.DataIdentifierNotFound(name)
    if any(rule["rse_expression"] == rse for rule in rules(folder)):
        raise errors.DuplicateRule(name)
    state = world.fault("rule.state") or ("OK" if is_ok(catalogue, rse) else "REPLICATING")
    world.write(f"rules/{folder}.json", [*rules(folder), {"rse_expression": rse, "state": state}])


def attach(scope, name, files):
    answer()
    folder = world.folder_of(f"{scope}:{name}")
    catalogue = load(folder)
    if not catalogue["dataset"]:
        raise errors.DataIdentifierNotFound(name)
    for file in files:
        known = catalogue["files"].get(file["name"])
        if known is None:
            raise errors.DataIdentifierNotFound(file["name"])
        if known["attached"]:
            raise errors.FileAlreadyExists(file["name"])
        known["attached"] = True
    save(folder, catalogue)


def list_files(scope, name):
    answer()
    catalogue = load(world.folder_of(f"{scope}:{name}"))
    if not catalogue["dataset"]:
        raise errors.DataIdentifierNotFound(name)
    return [{"scope": scope, "name": file, "bytes": known["bytes"], "adler32": known["adler32"], "guid": None, "events": None}
            for file, known in sorted(catalogue["files"].items()) if known["attached"]]


def list_rules(scope, name):
    answer()
    folder = world.folder_of(f"{scope}:{name}")
    if not load(folder)["dataset"] and not rules(folder):
        raise errors.DataIdentifierNotFound(name)
    return rules(folder)


def get_file(scope, name):
    answer()
    known = load(world.folder_of(f"{scope}:{name}"))["files"].get(name)
    if known is None:
        raise errors.DataIdentifierNotFound(name)
    return known


def add_replica(rse, file):
    answer()
    folder = world.folder_of(f"{file['scope']}:{file['name']}")
    catalogue = load(folder)
    known = catalogue["files"].setdefault(file["name"], {"bytes": file["bytes"], "adler32": file["adler32"],
                                                         "attached": False, "replicas": {}})
    known["replicas"].setdefault(rse, file.get("state", "A"))
    save(folder, catalogue)


def update_replica(rse, file):
    answer()
    folder = world.folder_of(f"{file['scope']}:{file['name']}")
    catalogue = load(folder)
    known = catalogue["files"].get(file["name"])
    if known is None or rse not in known["replicas"]:
        raise errors.ReplicaNotFound(file["name"])
    known["replicas"][rse] = file["state"]
    save(folder, catalogue)
    if file["state"] == "A":
        judge(folder)


def list_replicas(dids, rse_expression=None, all_states=False):
    answer()
    found, old = [], world.fault("old.server")
    for did in dids:
        known = load(world.folder_of(f"{did['scope']}:{did['name']}"))["files"].get(did["name"])
        if known is None:
            continue
        states = {rse: state for rse, state in known["replicas"].items()
                  if (all_states or state == "A") and rse_expression in (None, rse)}
        found.append({"scope": did["scope"], "name": did["name"], "bytes": known["bytes"], "adler32": known["adler32"],
                      "md5": None, "pfns": {}, "rses": {rse: [f"file://{rse}/{did['name']}"] for rse in states},
                      "states": {"0123abcd" if old else rse: NAMES[state] for rse, state in states.items()}})
    return found
