"""The services of a test, as files below $OUTSOURCE_TEST_WORLD: stand-ins read, write and misbehave by them.

remote/RUN-TYPE-HASH/   what the storage elements hold      rules/RUN-TYPE-HASH.json   Rucio's rules for it
catalogue/RUN-TYPE-HASH.json   Rucio's files of it, see rucio/server.py
rundb/RUN.json          data entries of a run               calls.jsonl                every call that arrived
faults.json             {"name of a call": how often, or how, it fails}
"""

import json
import os
import re
import signal
import sys
import time
from pathlib import Path

DID = re.compile(r"xnt_([0-9]{6}):([a-z][a-z0-9_]*-[a-z0-9]+)")


class ContractBroken(AssertionError):
    """The program called something in a way that the real thing would not understand."""


def demand(condition, words):
    if not condition:
        # Not only raised: the program may catch it, and the test must see it all the same.
        with open(root() / "broken.txt", "a", encoding="utf-8") as file:
            file.write(words + "\n")
        raise ContractBroken(words)


def account_fits():
    """Jobs by type are the production's, whatever they do; by level only those that upload."""
    return os.environ.get("RUCIO_ACCOUNT") == (None if "--level" in sys.argv and "--upload" not in sys.argv else "production")


def root():
    return Path(os.environ["OUTSOURCE_TEST_WORLD"])


def record(call, **arguments):
    with open(root() / "calls.jsonl", "a", encoding="utf-8") as file:
        file.write(json.dumps({"call": call, **arguments}, default=str) + "\n")


def read(name, default):
    path = root() / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else default


def write(name, value):
    path = root() / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(value, indent=1), encoding="utf-8")


def fault(name):
    """How this call fails: None when it does not. A number counts down the failures that are left."""
    faults = read("faults.json", {})
    value = faults.get(name)
    if isinstance(value, int):
        faults[name] = value - 1
        write("faults.json", faults)
        return "fail" if value > 0 else None
    return value


def folder_of(did):
    """Folder name of a dataset's or a file's DID, and the name of the file."""
    demand(isinstance(did, str), f"a DID is a string, not {did!r}")
    scope, _, name = did.partition(":")
    demand(re.fullmatch(r"xnt_[0-9]{6}", scope), f"scope of {did}")
    data_type, lineage_hash = name.split("-")[:2]
    return f"{scope[4:]}-{data_type}-{lineage_hash}"


def step(name):
    """A step of an upload or an entry is reached: {"steps": {name: how}} of the faults says what happens there, once.

    kill: as a machine that goes away; term: as a job that is removed; fail: as a service that breaks; "kill 3": the third
    time that it is reached.
    """
    faults = read("faults.json", {})
    how, _, count = faults.get("steps", {}).get(name, "").partition(" ")
    if not how:
        return
    if int(count or 1) > 1:
        faults["steps"][name] = f"{how} {int(count) - 1}"
        write("faults.json", faults)
        return
    del faults["steps"][name]
    write("faults.json", faults)
    record("step", name=name)
    if how in ("kill", "term"):
        os.kill(os.getpid(), signal.SIGKILL if how == "kill" else signal.SIGTERM)
        time.sleep(30)
    raise RuntimeError(f"the service broke at '{name}', said the stand-in; password hunter-two-and-a-half")
