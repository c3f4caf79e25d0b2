"""The services of a test over HTTP, for the real packages: Rucio (the server of the stand-ins, and storage elements that are
folders) and the RunDB, whose POST appends. The routes are those that rucio 35.8's clients and utilix 0.12.1 call.

    services.py PORT    $OUTSOURCE_TEST_WORLD as in standins/shared/world.py; storage elements are rse/NAME below it
"""

import ast
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote_plus, urlparse

sys.path.insert(0, str(Path(__file__).resolve().parent / "standins" / "shared"))
import world  # noqa: E402

from rucio import server  # noqa: E402
from rucio.common import exception as errors  # noqa: E402

CODES = {"DataIdentifierNotFound": 404, "ReplicaNotFound": 404, "RSENotFound": 404}
STAGED, FRESH = "a-token-that-nobody-may-see", "a-fresh-token-that-nobody-may-see"
ONE_AT_A_TIME = threading.RLock()
SCOPES = set()


def rse_info(name):
    may = {"read": 1, "write": 1, "delete": 1, "third_party_copy_read": 1, "third_party_copy_write": 1}
    return {"id": name, "rse": name, "rse_type": "DISK", "deterministic": True, "volatile": False, "staging_area": False,
            "domain": ["lan", "wan"], "availability_read": True, "availability_write": True, "availability_delete": True,
            "credentials": None, "lfn2pfn_algorithm": "identity", "verify_checksum": True, "sign_url": None, "qos_class": None,
            "third_party_copy_protocol": 1, "read_protocol": 1, "write_protocol": 1, "delete_protocol": 1, "vo": "def",
            "protocols": [{"hostname": "localhost", "scheme": "file", "port": 0, "prefix": prefix(name),
                           "impl": "rucio.rse.protocols.posix.Default", "domains": {"lan": may, "wan": may},
                           "extended_attributes": None}]}


def prefix(rse):
    return f"{world.root()}/rse/{rse}/"


class Services(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, code, body=b"", kind="application/json", headers=None):
        if not isinstance(body, bytes):
            body = (json.dumps(body) if kind == "application/json" else body).encode()
        self.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def lines(self, items):
        self.answer(200, "".join(json.dumps(item) + "\n" for item in items), "application/x-json-stream")

    def refuse(self, code, name):
        said = {"ExceptionClass": name, "ExceptionMessage": name}
        self.answer(code, said, headers=said)

    def handle_any(self):
        address = urlparse(self.path)
        parts = [unquote_plus(part) for part in address.path.strip("/").split("/")]
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(raw) if raw and parts[0] != "traces" else None
        with ONE_AT_A_TIME:
            try:
                route = getattr(self, f"on_{parts[0]}", None)
                if route is None or route(parts, body, parse_qs(address.query)) is False:
                    print("no such route:", self.command, self.path, flush=True)
                    self.refuse(500, "NoSuchRoute")
            except errors.RucioException as error:
                self.refuse(CODES.get(type(error).__name__, 409), type(error).__name__)
            except (BrokenPipeError, ConnectionResetError):  # a job that was killed
                pass

    do_GET = do_POST = do_PUT = do_DEL = handle_any

    # Rucio

    def on_ping(self, *_):
        self.answer(200, {"version": "35.8.0"})

    def on_auth(self, *_):
        end = time.strftime("%a, %d %b %Y %H:%M:%S UTC", time.gmtime(time.time() + 3600))
        self.answer(200, headers={"X-Rucio-Auth-Token": "rucio-tok-en-of-a-test", "X-Rucio-Auth-Token-Expires": end})

    def on_traces(self, *_):
        self.answer(201)

    def on_accounts(self, parts, body, query):
        if parts[2:3] != ["scopes"]:
            return self.answer(200, {"account": "production", "status": "ACTIVE"})
        if self.command == "GET":
            return self.answer(200, sorted(SCOPES))
        if parts[3] in SCOPES:
            return self.refuse(409, "Duplicate")
        SCOPES.add(parts[3])
        return self.answer(201, b"Created")

    def on_rses(self, parts, body, query):
        names = sorted(path.name for path in (world.root() / "rse").iterdir())
        if len(parts) == 1:
            return self.lines({"rse": name} for name in names if query.get("expression", [name]) == [name])
        if parts[2:3] == ["attr"]:
            return self.answer(200, {})
        return self.answer(200, rse_info(parts[1])) if parts[1] in names else self.refuse(404, "RSENotFound")

    def on_rules(self, parts, body, query):
        for did in body["dids"]:
            server.add_rule(did["scope"], did["name"], body["rse_expression"])
        self.answer(201, ["rule"])

    def on_dids(self, parts, body, query):
        scope, name, what = (*parts[1:], None)[:3]
        if what == "search" or name == "dids":  # list_dids, by which a download resolves what it was asked for
            return self.search(scope, query)
        if self.command == "POST":
            if what == "dids":
                server.attach(scope, name, body["dids"])
            else:
                server.add_dataset(scope, name)
                for rule in (body or {}).get("rules") or []:
                    server.add_rule(scope, name, rule["rse_expression"])
            return self.answer(201, b"Created")
        is_file = name.count("-") > 1
        if what == "files":
            found = [self.entry(scope, name)] if is_file else server.list_files(scope, name)
            return self.lines(found)
        if what == "rules":
            return self.lines(self.rules(scope, name))
        if what == "associated_rules":
            return self.lines(self.rules(scope, name.rsplit("-", 1)[0]))
        if what == "meta":
            return self.answer(200, {**self.entry(scope, name), "did_type": "FILE"})
        if what is None:
            if is_file:
                server.get_file(scope, name)
            else:
                server.list_files(scope, name)
            return self.answer(200, {"scope": scope, "name": name, "type": "FILE" if is_file else "DATASET", "account": "production"})
        return False

    @staticmethod
    def entry(scope, name):
        file = server.get_file(scope, name)
        return {"scope": scope, "name": name, "bytes": file["bytes"], "adler32": file["adler32"], "guid": None, "events": None}

    @staticmethod
    def rules(scope, name):
        return [{"id": rule["rse_expression"], "expires_at": None, "account": "production", **rule}
                for rule in server.list_rules(scope, name)]

    def search(self, scope, query):
        filters = ast.literal_eval(query["filters"][0]) if "filters" in query else [{}]
        name = (filters[0] if isinstance(filters, list) else filters).get("name")
        try:
            found = [{**self.entry(scope, name), "did_type": "FILE", "length": 1}]
        except errors.DataIdentifierNotFound:
            found = []
        self.lines(found)

    def on_replicas(self, parts, body, query):
        if self.command == "PUT":
            for file in body["files"]:
                server.update_replica(body["rse"], file)
            return self.answer(200)
        if parts[-1] != "list":
            for file in body["files"]:
                server.add_replica(body["rse"], file)
            return self.answer(201, b"Created")
        found = server.list_replicas(body["dids"], body.get("rse_expression"), body.get("all_states", False))
        for file in found:
            addresses = {rse: f"file://localhost:0{prefix(rse)}{file['scope']}/{file['name']}" for rse in file["rses"]}
            file["rses"] = {rse: [address] for rse, address in addresses.items()}
            file["pfns"] = {address: {"rse": rse, "type": "DISK", "domain": "wan", "client_extract": False, "priority": 1}
                            for rse, address in addresses.items()}
        if "metalink" not in (self.headers.get("Accept") or ""):
            return self.lines(found)
        text = '<?xml version="1.0" encoding="UTF-8"?>\n<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n'
        for file in found:
            text += (f' <file name="{file["name"]}">\n  <identity>{file["scope"]}:{file["name"]}</identity>\n'
                     f'  <hash type="adler32">{file["adler32"]}</hash>\n  <size>{file["bytes"]}</size>\n')
            for number, (address, of) in enumerate(file["pfns"].items()):
                text += (f'  <url location="{of["rse"]}" domain="wan" priority="{number + 1}" client_extract="false">'
                         f'{address}</url>\n')
            text += " </file>\n"
        return self.answer(200, text + "</metalink>\n", "application/metalink4+xml")

    # RunDB

    def on_login(self, *_):
        world.record("rundb.login")
        self.answer(200, {"access_token": FRESH})

    def on_runs(self, parts, body, query):
        if self.refused():
            return self.answer(401, {"error": "UnauthorizedError"})
        return self.answer(200, {"results": {"data": world.read(f"rundb/{parts[2]}.json", [])}})

    def on_run(self, parts, body, query):
        if self.refused():
            return self.answer(401, {"error": "UnauthorizedError"})
        world.write(f"rundb/{parts[2]}.json", [*world.read(f"rundb/{parts[2]}.json", []), body])
        return self.answer(200, {"results": "ok"})

    def refused(self):
        refused = world.read("faults.json", {}).get("rundb.refuses")
        return self.headers.get("Authorization") not in {f"Bearer {token}" for token in (STAGED, FRESH) if token != refused}


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Services).serve_forever()
