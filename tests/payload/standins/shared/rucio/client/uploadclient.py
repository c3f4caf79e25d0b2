"""Rucio's upload client, in its order of effects (read in rucio 35.8, client/uploadclient.py): registered before the
transfer, unless told otherwise; nothing is taken back when the transfer fails; what lies at the storage element under
the file's name is neither sent again nor looked at; the other files go on after a failure.
"""

import logging
import shutil
from pathlib import Path

import world
from world import demand

from .. import server
from ..common import exception as errors


class _Client:
    account, vo = "production", "def"


class UploadClient:
    def __init__(self):
        self.client, self.auth_token = _Client(), None

    def upload(self, items):
        world.record("rucio.upload", names=[item["did_name"] for item in items])
        succeeded = 0
        for item in items:
            demand(set(item) <= {"path", "rse", "did_scope", "did_name", "dataset_scope", "dataset_name",
                                 "register_after_upload", "lifetime"}, f"keys of an item: {sorted(item)}")
            demand(isinstance(item["path"], str) and Path(item["path"]).is_file(), f"path {item['path']!r}")
            demand(item["rse"].isupper() and " " not in item["rse"], f"rse {item['rse']!r}")
            succeeded += self._one(item)
        if succeeded == 0:
            raise errors.NoFilesUploaded("None of the given files have been uploaded.")
        if succeeded != len(items):
            raise errors.NotAllFilesUploaded("Not all files have been uploaded.")
        return 0

    def _one(self, item):
        scope, name, rse, source = item["did_scope"], item["did_name"], item["rse"], Path(item["path"])
        file = {"scope": scope, "name": name, "bytes": source.stat().st_size, "adler32": server.adler32(source), "state": "C"}
        late = item.get("register_after_upload")
        world.step("register")
        if not late:
            self._register(item, file)
        world.step("registered")
        target = server.stored(world.folder_of(f"{scope}:{name}")) / name
        if target.exists():
            if not late:
                return False
            try:
                server.get_file(scope, name)
                return False
            except errors.DataIdentifierNotFound:
                target.unlink()
        try:
            self._transfer(source, target)
        except (errors.RucioException, OSError) as error:
            logging.log(logging.WARNING, "Upload attempt failed")
            logging.log(logging.INFO, "Exception: %s", error)
            logging.log(logging.ERROR, "Failed to upload file %s", name)
            return False
        world.step("transferred")
        file["state"] = "A"
        if late:
            self._register(item, file)
        else:
            server.update_replica(rse, file)
        world.step("available")
        if "dataset_name" in item:
            try:
                server.attach(item["dataset_scope"], item["dataset_name"], [file])
            except errors.RucioException as error:
                print(f"Failed to attach file to the dataset: {type(error).__name__}")
                return False
        world.step("attached")
        if name.endswith("-metadata.json") and (other := world.fault("other.writer")):
            # Another job that makes the same product sent its metadata too, one moment later.
            target.write_text(target.read_text().replace("\n", "  \n", int(other == "fail")))
        return True

    @staticmethod
    def _register(item, file):
        if "dataset_name" in item:
            try:
                server.add_dataset(item["dataset_scope"], item["dataset_name"])
                server.add_rule(item["dataset_scope"], item["dataset_name"], item["rse"])
            except errors.DataIdentifierAlreadyExists:
                pass
        try:
            known = server.get_file(file["scope"], file["name"])
            if known["adler32"].lstrip("0") != file["adler32"].lstrip("0"):
                raise errors.DataIdentifierAlreadyExists(file["name"])
            if item["rse"] not in known["replicas"]:
                server.add_replica(item["rse"], file)
        except errors.DataIdentifierNotFound:
            server.add_replica(item["rse"], file)

    @staticmethod
    def _transfer(source, target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(target.name + ".rucio.upload")
        temporary.unlink(missing_ok=True)
        if world.fault("transfer"):
            temporary.write_bytes(b"")
            raise errors.RSEOperationNotSupported("the transfer broke, said the stand-in; password hunter-two-and-a-half")
        temporary.write_bytes(source.read_bytes()[:-1])
        world.step("transfer")
        shutil.copyfile(source, temporary)
        if world.fault("corrupt"):
            with open(temporary, "ab") as file:
                file.write(b"?")
        if temporary.stat().st_size != source.stat().st_size:
            raise errors.RucioException("Filesize mismatch")
        temporary.rename(target)
