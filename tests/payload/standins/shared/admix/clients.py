"""Stand-in for admix.clients: None until somebody makes them, as in the real one."""

import os

import world

from rucio import server
from rucio.client.uploadclient import UploadClient

rucio_client = replica_client = upload_client = rule_client = did_client = None


class _Clients:
    """Of the real ones, the calls that are used, with their names and arguments."""

    def add_scope(self, account, scope):
        world.demand(account == "production", f"account {account}")

    def add_dataset(self, scope, name, **kwargs):
        server.add_dataset(scope, name)

    def attach_dids(self, scope, name, dids, rse=None):
        server.attach(scope, name, dids)

    def add_replication_rule(self, dids, copies, rse_expression):
        for did in dids:
            server.add_rule(did["scope"], did["name"], rse_expression)

    def list_replicas(self, dids, schemes=None, ignore_availability=True, all_states=False, metalink=False,
                      rse_expression=None):
        return iter(server.list_replicas(dids, rse_expression, all_states))

    def add_replicas(self, rse, files, ignore_availability=True):
        for file in files:
            server.add_replica(rse, file)

    def update_replicas_states(self, rse, files):
        for file in files:
            server.update_replica(rse, file)


def _init_clients():
    global rucio_client, replica_client, upload_client, rule_client, did_client
    world.demand(world.account_fits(), "RUCIO_ACCOUNT")
    rucio_client = replica_client = rule_client = did_client = _Clients()
    upload_client = UploadClient()


def needs_client(func):
    def wrapped(*args, **kwargs):
        if rucio_client is None:
            _init_clients()
        return func(*args, **kwargs)
    return wrapped
