#!/usr/bin/env python3
"""Unpacks a tarball that was staged out into the workflow's outputs folder, on the submit host.

    unpack.py --tarball FILE --outputs FOLDER --run N --job NAME [--folder strax_data_osg] [--log FILE]

Each folder RRRRRR-TYPE-HASH of the tarball is checked, and then appears in OUTPUTS/FOLDER whole or not at all; one that is there
already and differs is replaced. Files of the run beside them, such as measurements, go into OUTPUTS. What was unpacked is a line of
OUTPUTS/index.jsonl (run, type, hash, bytes, job, folder, tarball). Then the tarball is deleted. It can be repeated, also after it was
killed at any moment, and several can run at once.

Standard library only, Python >= 3.9; needs payload_common.py beside it. Exit codes and the summary at the end are those of the payload.
"""

import contextlib
import ctypes
import errno
import fcntl
import filecmp
import json
import os
import re
import shutil
import signal
import stat
import sys
import traceback
from pathlib import Path

import payload_common as common
from payload_common import DISK, DONE, ENVIRONMENT, INPUT, SIGNALLED, VERIFICATION, PayloadError, Signalled

INDEX = "index.jsonl"

#: A folder of strax data; canaries put the chunks of a part into its name.
FOLDER = re.compile(r"([0-9]{6})-([a-z][a-z0-9_]*)-([A-Za-z0-9]+)(-chunks-[0-9]+-[0-9]+)?")

#: An index is some hundred bytes for each folder; a larger one is something else.
INDEX_MOST = 1 << 30

METADATA_MOST = 1 << 28

#: Raw data's metadata goes with the parts, without its chunks: combine counts them.
RAW = "raw_records"


def arguments(argv):
    parser = common._Parser(prog="unpack.py", allow_abbrev=False, description=__doc__.splitlines()[0])
    parser.add_argument("--tarball", type=Path, required=True, metavar="FILE", help="the tarball; deleted when all of it is unpacked")
    parser.add_argument("--outputs", type=Path, required=True, metavar="FOLDER", help="the workflow's outputs folder")
    parser.add_argument("--run", type=common._whole_number(0, 999999), required=True, metavar="N", help="run number")
    parser.add_argument("--job", type=common._matching(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,250}", "the name of a job"), required=True,
                        metavar="NAME", help="the job that made the tarball, for the index")
    parser.add_argument("--folder", type=common._matching(r"[A-Za-z0-9][A-Za-z0-9_]{0,99}", "the name of a folder"),
                        default="strax_data_osg", metavar="NAME", help="folder below the outputs folder (default %(default)s)")
    parser.add_argument("--log", type=common._matching(common.LOG, "FILE, or FOLDER/FILE"), metavar="FILE",
                        help="file that gets all that is printed too")
    args = parser.parse_args(argv)
    if not args.tarball.name.endswith(".tar.gz") or args.tarball.name.startswith("."):
        parser.error(f"--tarball: {common._shown(args.tarball.name)} is not a .tar.gz file")
    return args


# --- one at a time ------------------------------------------------------------------------------------


@contextlib.contextmanager
def locked(path):
    """Holds a lock of that name; waits for another process that holds it. The file is gone afterwards."""
    while True:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise cannot_make(error, path) from None
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError as error:
                raise PayloadError(ENVIRONMENT, f"The file system of {path} has no locks: {error.strerror}.") from None
            # Who held it before has deleted it: then this is a file without a name, and a lock on nothing.
            with contextlib.suppress(FileNotFoundError):
                if os.stat(path).st_ino == os.fstat(descriptor).st_ino:
                    try:
                        yield
                    finally:
                        with contextlib.suppress(OSError):
                            os.unlink(path)
                    return
        finally:
            os.close(descriptor)


# --- what is in the tarball ---------------------------------------------------------------------------


def check(folder):
    """Type, hash and bytes of a folder of strax data in which nothing is missing; of raw data's metadata alone, no hash."""
    def fault(what):
        return PayloadError(VERIFICATION, f"{folder.name} {what}.")

    match = FOLDER.fullmatch(folder.name)
    data_type, lineage_hash = match.group(2), match.group(3)
    there = {path.name: path.stat() for path in folder.iterdir()}
    strange = sorted(name for name, status in there.items() if not stat.S_ISREG(status.st_mode))
    if strange:
        raise fault(f"holds {common._shown(strange[0])}, which is no file")
    name = f"{data_type}-{lineage_hash}-metadata.json"
    if name not in there:
        raise fault(f"has no {name}")
    if there[name].st_size > METADATA_MOST:
        raise fault(f"has a {name} of {there[name].st_size} bytes")
    try:
        metadata = json.loads((folder / name).read_text(encoding="utf-8"))
        chunks = metadata["chunks"]
        exception = "exception" in metadata
        # strax writes no file for a chunk without items.
        files = [(chunk["filename"], chunk.get("filesize")) for chunk in chunks if chunk.get("n") != 0 or "filename" in chunk]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise fault(f"has an unreadable {name}") from None
    if exception:
        raise fault("was not written to its end: its metadata has an exception")
    if not chunks:
        raise fault("has no chunks")
    if len(there) == 1 and data_type.startswith(RAW):
        return data_type, None, there[name].st_size
    for file, size in files:
        if not isinstance(file, str) or file not in there:
            raise fault(f"lacks {common._shown(str(file))}, which its metadata names")
        if (isinstance(size, int) and size != there[file].st_size) or there[file].st_size == 0:
            raise fault(f"has {common._shown(file)} with {there[file].st_size} bytes instead of {size}")
    return data_type, lineage_hash, sum(status.st_size for status in there.values())


def sort_out(work, run_id, name):
    """Folders of data and other files of an unpacked tarball; refuses what is not the run's."""
    folders, files = [], []
    for path in sorted(work.iterdir()):
        if not path.name.startswith(f"{run_id}-") and not path.name.startswith(f"{run_id}_"):
            raise PayloadError(VERIFICATION, f"Tarball {name} holds {common._shown(path.name)}, which is not of run {run_id}.")
        if path.is_dir():
            if not FOLDER.fullmatch(path.name):
                raise PayloadError(VERIFICATION, f"Tarball {name} holds {common._shown(path.name)}, which is no folder of strax data.")
            folders.append(path)
        elif path.suffix in common.HELPER_SUFFIXES:
            files.append(path)
        else:
            raise PayloadError(VERIFICATION, f"Tarball {name} holds {common._shown(path.name)}, which is neither data nor a measurement.")
    if not folders:
        raise PayloadError(VERIFICATION, f"Tarball {name} holds no folder of strax data.")
    return folders, files


# --- bringing it into place ---------------------------------------------------------------------------

RENAME_EXCHANGE = 2


def exchange(new, old):
    """Swaps two folders at once, where system and file system can; else in two steps."""
    with contextlib.suppress(OSError, AttributeError):
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
        if renameat2(-100, os.fsencode(new), -100, os.fsencode(old), RENAME_EXCHANGE) == 0:
            return
    aside = new.with_name(f"{new.name}.replaced")
    os.rename(old, aside)
    try:
        os.rename(new, old)
    except BaseException:
        os.rename(aside, old)
        raise


def place(folder, target):
    """Brings a folder to its place, whole or not at all. Says what it did."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise PayloadError(ENVIRONMENT, f"{target} is in the way: it is no folder. Move it away.")
    if not target.exists():
        try:
            os.rename(folder, target)
            return "unpacked"
        except OSError as error:
            # Several parts of a run bring the same metadata, at the same time.
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                raise
    if common.same_tree(folder, target):
        return "was there"
    exchange(folder, target)
    return "replaced"


def put(file, target):
    """Brings a file to its place at once, also into another file system."""
    try:
        os.replace(file, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        partial = target.with_name(f".{target.name}{common.PARTIAL}")
        shutil.copyfile(file, partial)
        os.replace(partial, target)


def give_usual_modes(work):
    """The payload unpacks for a job alone; results on the submit host are read as any file of its owner."""
    mask = os.umask(0)
    os.umask(mask)
    for root, _, files in os.walk(work):
        os.chmod(root, 0o777 & ~mask)
        for file in files:
            os.chmod(os.path.join(root, file), 0o666 & ~mask)


def flush(work):
    """After the tarball is deleted, nothing else has this data: it has to be on the disk before."""
    for root, _, files in os.walk(work, topdown=False):
        for path in (*(os.path.join(root, file) for file in files), root):
            descriptor = os.open(path, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


# --- the index ----------------------------------------------------------------------------------------


def index_lines(outputs):
    path = outputs / INDEX
    if path.is_symlink():
        raise PayloadError(ENVIRONMENT, f"{path} is a link, so another file would be written. Delete it.")
    if not path.exists():
        return []
    if path.stat().st_size > INDEX_MOST:
        raise PayloadError(ENVIRONMENT, f"{path} has {path.stat().st_size} bytes, which no index has. Move it away.")
    return [line for line in path.read_text(encoding="utf-8", errors="surrogateescape").split("\n") if line.strip()]


def entry_of(line):
    with contextlib.suppress(ValueError, RecursionError):
        entry = json.loads(line)
        if isinstance(entry, dict):
            return entry
    return {}


def key_of(entry):
    return tuple(str(entry.get(key)) for key in ("run", "type", "hash", "folder", "part"))


def enter(outputs, entries):
    """Adds the entries to the index; one of the same folder is replaced. Lines of others stay as they are."""
    with locked(outputs / ".index.lock"):
        new = {key_of(entry) for entry in entries}
        lines = [line for line in index_lines(outputs) if key_of(entry_of(line)) not in new]
        lines += [json.dumps(entry, sort_keys=True) for entry in entries]
        partial = outputs / f".{INDEX}{common.PARTIAL}"
        with open(partial, "w", encoding="utf-8", errors="surrogateescape") as file:
            file.write("\n".join(lines) + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, outputs / INDEX)


def is_entered(outputs, tarball):
    """Whether all of a tarball was unpacked: it is deleted only after that."""
    return any(entry_of(line).get("tarball") == tarball for line in index_lines(outputs))


# --- the work -----------------------------------------------------------------------------------------


def delete_tarball(tarball, outputs):
    """Deletes the tarball, and what it links to or a copy of it, if that lies in the outputs folder."""
    root = os.path.realpath(outputs)
    real = Path(os.path.realpath(tarball))
    copies = [path for path in {real, Path(root, tarball.name)}
              if path != tarball and path.is_file() and not path.is_symlink() and os.path.commonpath([root, path]) == root
              and (path == real or filecmp.cmp(path, real, shallow=False))]
    for path in (tarball, *copies):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
            print(f"deleted {path}")


def work(args, report):
    run_id, name = f"{args.run:06d}", args.tarball.name
    target = args.outputs / args.folder
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_make(error, target) from None
    with locked(args.outputs / f".unpack-{name}.lock"):
        # Beside the folders' last place, so that they are renamed within one file system.
        apart = target / f".unpack-{name}"
        # What a killed one has left.
        shutil.rmtree(apart, ignore_errors=True)
        if not args.tarball.exists():
            if is_entered(args.outputs, name):
                print(f"{name} was unpacked before")
                return
            raise PayloadError(INPUT, f"Tarball {args.tarball} does not exist.")
        try:
            entries = unpack(args, report, run_id, apart, target)
            enter(args.outputs, entries)
        finally:
            shutil.rmtree(apart, ignore_errors=True)
        delete_tarball(args.tarball, args.outputs)


def cannot_make(error, path):
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return PayloadError(DISK if full else ENVIRONMENT, f"{path} cannot be made: {error.strerror}.")


def unpack(args, report, run_id, apart, target):
    name = args.tarball.name
    report.bytes_in = args.tarball.stat().st_size
    print(f"{name}: {report.bytes_in} bytes")
    free = shutil.disk_usage(args.outputs).free
    if free < report.bytes_in:
        raise PayloadError(DISK, f"{args.outputs} has {free} bytes free, but {name} has {report.bytes_in}.")
    common.unpack(args.tarball, apart / "data", strip=1)
    folders, files = sort_out(apart / "data", run_id, name)
    entries, placed = [], []
    for folder in folders:
        data_type, lineage_hash, size = check(folder)
        placed.append((folder, size))
        if lineage_hash is None:
            continue
        entry = {"run": args.run, "type": data_type, "hash": lineage_hash, "bytes": size, "job": args.job, "folder": args.folder,
                 "tarball": name}
        part = FOLDER.fullmatch(folder.name).group(4)
        entries.append({**entry, "part": part[1:]} if part else entry)
        report.bytes_out += size
    if not entries:
        raise PayloadError(VERIFICATION, f"Tarball {name} holds no folder of strax data besides raw data's metadata.")
    give_usual_modes(apart)
    flush(apart)
    for folder, size in placed:
        said = place(folder, target / folder.name)
        print(f"{said}: {args.folder}/{folder.name}, {size} bytes")
    for file in files:
        put(file, args.outputs / file.name)
        print(f"unpacked: {file.name}")
    return entries


def main(argv=None):
    report = common.Report("unpack")
    argv = sys.argv[1:] if argv is None else argv
    for number in common.ENDING:
        signal.signal(number, on_signal)
    # The log is an output of the job: its folder is made here, since nothing makes it before the job.
    log = common.open_log(argv)
    if log is not None:
        sys.stdout, sys.stderr = common._Descriptor(1, log), common._Descriptor(2, log)
    try:
        args = arguments(argv)
        report.what = f"unpack {common._shown(args.tarball.name)[1:-1]} of run {args.run:06d}"
        work(args, report)
        code, cause = DONE, ""
    except PayloadError as error:
        code, cause = error.code, error.cause
    except Signalled as error:
        code, cause = SIGNALLED + error.number, f"ended by {signal.Signals(error.number).name}."
    except SystemExit as error:  # --help
        return int(error.code or 0)
    except Exception as error:  # pylint: disable=broad-except
        traceback.print_exc()
        code, cause = common.judge(error)
        code = ENVIRONMENT if isinstance(error, OSError) and code != DISK else code
    with contextlib.suppress(BrokenPipeError):
        report.finish(code, cause)
    return code


def on_signal(number, _frame):
    for other in common.ENDING:
        signal.signal(other, signal.SIG_IGN)
    raise Signalled(number)


if __name__ == "__main__":
    sys.exit(main())
