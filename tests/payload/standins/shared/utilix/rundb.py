"""Stand-in for utilix.rundb: one client for the whole program, with the token that it found first; a server that appends."""

import datetime
import json
import os

import world
from world import demand

from . import uconfig

#: Of an entry, what the real client sends on (cleanup_datadict); the rest it drops.
_KEYS = ("creation_time", "host", "location", "type", "status", "meta", "did", "protocol")

STAGED, FRESH = "a-token-that-nobody-may-see", "a-fresh-token-that-nobody-may-see"


class APIError(Exception):
    pass


class Token:
    def __init__(self, path):
        self.path = path
        self.token_string = self.user = self.creation_time = None
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                read = json.load(file)
            self.token_string, self.creation_time = read["string"], read["creation_time"]
            self.user = read["user"]
        else:
            self.new_token()
        if self.user != uconfig.get("RunDB", "rundb_api_user"):
            self.new_token()
        if datetime.datetime.now().timestamp() - self.creation_time >= 48 * 60 * 60:
            self.new_token()

    def __call__(self):
        return self.token_string

    def new_token(self):
        user, password = (uconfig.get("RunDB", f"rundb_api_{key}") for key in ("user", "password"))
        # As the real one: a number from a file is a text, and range() takes none.
        for _ in range(uconfig.get("RunDB", "rundb_retry", fallback=3)):
            world.record("rundb.login", user=user)
            if world.fault("rundb.login"):
                raise RuntimeError("Creating a new token failed.")
            break
        demand(password, "a password")
        self.token_string, self.user = FRESH, user
        self.creation_time = datetime.datetime.now().timestamp()
        print(f"the server said {{'access_token': '{FRESH}'}}")
        with open(self.path, "w", encoding="utf-8") as file:
            json.dump({"string": self.token_string, "creation_time": self.creation_time, "user": self.user}, file)


class DB:
    _instance = None

    def __new__(cls):
        return cls._instance or super().__new__(cls)

    def __init__(self):
        if DB._instance is None:
            demand(os.environ.get("HOME") == os.getcwd(), "HOME is where .dbtoken lies")
            self.headers = {"Authorization": f"Bearer {Token(os.path.join(os.environ['HOME'], '.dbtoken'))()}"}
            DB._instance = self

    def _ask(self, call):
        refused = world.read("faults.json", {}).get("rundb.refuses", "")
        if refused == "all" or self.headers["Authorization"] == f"Bearer {refused}":
            raise APIError("Error 401 is an authentication error. This is likely an issue with your token. "
                           "Can you do 'rm ~/.dbtoken' and try again?")
        if world.fault(call) == "fail":
            raise APIError("API called failed")

    def get_data(self, identifier, **filters):
        demand(isinstance(identifier, int), f"run number {identifier!r}")
        self._ask("rundb.get")
        return [entry for entry in world.read(f"rundb/{identifier}.json", [])
                if all(entry.get(key) == value for key, value in filters.items())]

    def update_data(self, identifier, datum):
        demand(isinstance(identifier, int), f"run number {identifier!r}")
        demand(set(datum) == set(_KEYS), f"keys of the entry: {sorted(datum)}")
        demand(datum["status"] == "transferred" and datum["host"] == "rucio-catalogue", "status and host")
        demand(datum["protocol"] == "rucio", "protocol")
        demand(set(datum["meta"]) == {"lineage_hash", "file_count", "size_mb"}, "meta")
        demand(datum["did"].endswith("-" + datum["meta"]["lineage_hash"]), "did and hash")
        world.record("rundb.update", type=datum["type"], location=datum["location"])
        world.step("entry")
        how = world.fault("rundb.update")
        if how == "forget":
            return
        self._ask("rundb.post")
        if how == "fail":
            raise APIError("API called failed")
        world.write(f"rundb/{identifier}.json", [*world.read(f"rundb/{identifier}.json", []), datum])
        world.step("entered")
        if how == "silent":
            raise APIError("API called failed")  # the answer was lost
