"""Stand-in for admix.rucio."""

import world

import rucio.common.exception
import rucio.server

from .clients import needs_client


def _parts(did):
    world.demand(world.DID.fullmatch(did), f"did {did!r}")
    return did.split(":")


@needs_client
def list_files(did, verbose=False):
    found = rucio.server.list_files(*_parts(did))
    return found if verbose else [f["name"] for f in found]


@needs_client
def list_rules(did, **filters):
    world.demand(set(filters) <= {"state", "rse_expression"}, f"filters {filters}")
    return [rule for rule in rucio.server.list_rules(*_parts(did)) if all(rule[key] == value for key, value in filters.items())]


@needs_client
def list_file_replicas(did, rse=None, **kwargs):
    scope, _ = _parts(did)
    names = [f["name"] for f in list_files(did, verbose=True)]
    return [{"name": r["name"], "rses": r["rses"]} for r in rucio.server.list_replicas(
        [{"scope": scope, "name": name} for name in names], rse, **kwargs) if r["rses"]]


@needs_client
def add_scope(account, scope):
    from . import clients
    return clients.rucio_client.add_scope(account, scope)
