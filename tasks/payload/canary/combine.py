"""Canary stand-in for combine.py: proves that every chunk of every group came exactly once, and merges them."""

import os
import re

import payload_common as common
from payload_common import INPUT, VERIFICATION, PayloadError, work_dir


def parts_of(prefix, run_id):
    """Folders of one type's parts, by the chunks that their names promise."""
    pattern = re.compile(re.escape(f"{run_id}-{prefix}") + r"-chunks-([0-9]+)-([0-9]+)")
    found = {}
    for folder in work_dir("input").iterdir():
        match = pattern.fullmatch(folder.name)
        if match:
            found[int(match.group(1)), int(match.group(2))] = folder
    return found


def merge(prefix, args):
    groups = list(zip([0, *args.chunk_stops], args.chunk_stops))
    parts = parts_of(prefix, args.run_id)
    missing = [group for group in groups if group not in parts]
    if missing:
        raise PayloadError(INPUT, f"{prefix}: no part with chunks "
                           + ", ".join(f"{start} to {stop - 1}" for start, stop in missing) + ".")
    surplus = sorted(set(parts) - set(groups))
    if surplus:
        raise PayloadError(VERIFICATION, f"{prefix}: parts of no group, chunks "
                           + ", ".join(f"{start} to {stop - 1}" for start, stop in surplus) + ".")
    target = work_dir("data") / f"{args.run_id}-{prefix}"
    target.mkdir(parents=True)
    chunks = []
    for start, stop in groups:
        part = common.canary_read(parts[start, stop])["chunks"]
        if [chunk["chunk_i"] for chunk in part] != list(range(start, stop)):
            raise PayloadError(VERIFICATION, f"{parts[start, stop].name} does not hold its chunks exactly once.")
        for chunk in part:
            os.replace(parts[start, stop] / chunk["filename"], target / chunk["filename"])
        chunks += part
    common.canary_write_metadata(target, prefix, chunks)
    common.canary_read(target)
    print(f"merged {target.name}: {len(chunks)} chunks of {len(groups)} groups")


def work(args, report):
    meter = common.Meter(args)
    common.canary_start(args, "combine")
    common.unpack_inputs(args, report)
    for data_type, lineage_hash in common.canary_types(args):
        with meter.type(data_type):
            merge(f"{data_type}-{lineage_hash}", args)
    meter.finish()
    common.hand_helpers_on(args)
    report.bytes_out += common.pack(work_dir("data"), args.output)


if __name__ == "__main__":
    common.run("combine", work, canary=True)
