"""Canary stand-in for process.py: same arguments, outputs, exit codes and summary, but no strax and no service.

It tests a grid, a Pegasus and an HTCondor installation end to end.
"""

import re

import payload_common as common
from payload_common import work_dir


def group_of(args):
    """The number of a chunk job, which only the name of its output knows; None for a whole run."""
    match = re.search(r"-([0-9]{4,})\.tar\.gz$", args.output)
    return int(match.group(1)) if match and args.chunk_start is not None else None


def work(args, report):
    meter = common.Meter(args)
    common.canary_start(args, group_of(args))
    names = common.unpack_inputs(args, report)
    counted = {}
    for folder in sorted(path for path in work_dir("input").iterdir() if path.is_dir()):
        counted[folder.name] = len(common.canary_read(folder)["chunks"])
        print(f"read {folder.name}: {counted[folder.name]} chunks")

    for data_type, lineage_hash in common.canary_types(args):
        prefix = f"{data_type}-{lineage_hash}"
        folder = work_dir("data") / f"{args.run_id}-{prefix}"
        numbers, more = [0], {"inputs": counted, "tarballs": names}
        if args.chunk_start is not None:
            # A part carries its chunks in its name: parts of different jobs must not collide in combine.
            folder = folder.with_name(f"{folder.name}-chunks-{args.chunk_start}-{args.chunk_stop}")
            numbers, more = range(args.chunk_start, args.chunk_stop), {}
        with meter.type(data_type):
            chunks = common.canary_write(folder, prefix, f"{args.run_id}:{prefix}", numbers, args.canary_megabytes, **more)
        print(f"made {folder.name}: {len(chunks)} chunks")
    meter.finish()
    common.hand_helpers_on(args)
    report.bytes_out += common.pack(work_dir("data"), args.output)


if __name__ == "__main__":
    common.run("process", work, canary=True)
