"""Makes one data type of one run: from a few chunks of its raw data, or the whole of it.

With --chunk-start and --chunk-stop the products are parts, each under its own lineage hash, that combine.py merges.
Without, they are final: verified, uploaded when asked, and entered into the RunDB.
"""

import gc
import json
import time

import payload_common as common
from payload_common import ENVIRONMENT, INPUT, PROCESSING, RECHUNKED, PayloadError, stored_path, work_dir


def work(args, report):
    chunked = args.chunk_start is not None
    config = common.read_config()
    common.print_build_info()
    common.check_disk()
    if args.update_rundb and not chunked:
        common.check_token(config)
    common.check_proxy()
    common.unpack_inputs(args, report)
    common.wait_at_random(args.max_wait)

    common.install_cutax()
    stack = common.load_stack()
    st = common.open_context(stack, args.context)
    tree = common.Tree(stack, st)
    kept = tree.kept(args)
    common.compare_hashes(st, tree, args, kept)

    # Parts are uploaded by combine, once they are merged; so are types that only combine brings to their final chunks.
    to_upload = tree.in_order(kept - RECHUNKED) if args.upload and not chunked else []
    if args.upload and set(kept) - set(to_upload):
        print(f"left to combine to upload: {', '.join(tree.in_order(set(kept) - set(to_upload)))}")
    rses = common.find_rses(config, to_upload)
    roots = tree.roots([args.data_type])
    if to_upload:
        stack.admix.clients._init_clients()  # preupload needs them and does not make them itself
    there = find_stored(stack, st, args, to_upload)
    # Parts have hashes of their own, which no storage element has: it is asked for raw data only. For whole runs it may
    # have anything; but without an upload the products are wanted here, even those that it has.
    st.storage = common.local_storage(stack) + common.remote_storage(
        stack, config, roots, exclude=None if chunked else kept - there)

    if chunked:
        paths = process_chunks(st, tree, args, kept, roots, report)
    else:
        paths = process_run(st, tree, args, kept - there, there)
    report.bytes_in += common.tree_size(work_dir("staging"))
    common.tidy(paths)
    # Before the upload: while it is not proved, the tarball is the copy that PegasusLite brings to the staging site.
    report.bytes_out += common.pack(work_dir("data"), args.output)
    report.packed = True
    common.hand_over(stack, st, args, config, to_upload, rses, report)


def find_stored(stack, st, args, data_types):
    """Types that a former try of this job, or another job, has uploaded whole."""
    there = set()
    for data_type in data_types:
        did = stack.admix.utils.make_did(args.run, data_type, st.key_for(args.run_id, data_type).lineage_hash)
        rse = common.persist(f"Looking for {did}", INPUT, lambda did=did: common.stored_remotely(stack, did))
        if rse:
            print(f"stored already: {did} at {rse}")
            there.add(data_type)
    return there


def make(st, args, tree, data_type, kept, chunk_number=None):
    started = time.monotonic()
    save = tuple(t for t in tree.siblings(data_type) if t in kept) or (data_type,)
    print(f"making {data_type}", flush=True)
    st.make(args.run_id, data_type, save=save, chunk_number=chunk_number, progress_bar=False)
    gc.collect()  # the next pass should not start with the chunks of this one in memory
    print(f"made {data_type} in {time.monotonic() - started:.1f} s", flush=True)


def process_chunks(st, tree, args, kept, roots, report):
    if len(roots) != 1:
        raise PayloadError(ENVIRONMENT, f"{args.data_type} is made from {', '.join(sorted(roots))}; chunks of one raw "
                           "type only can be counted.")
    root = next(iter(roots))
    if not st.is_stored(args.run_id, root):
        raise PayloadError(INPUT, f"{root} of run {args.run_id} is not available.")
    metadata = st.get_metadata(args.run_id, root)
    chunks = metadata["chunks"]
    if args.chunk_stop > len(chunks):
        raise PayloadError(INPUT, f"{root} of run {args.run_id} has {len(chunks)} chunks; there is no chunk "
                           f"{args.chunk_stop - 1}.")
    mine = chunks[args.chunk_start:args.chunk_stop]
    report.bytes_in += sum(c.get("filesize") or 0 for c in mine)

    chunk_number = {root: list(range(args.chunk_start, args.chunk_stop))}
    for data_type in tree.passes(kept, set(roots), share=False, asked=args.data_type):
        make(st, args, tree, data_type, kept, chunk_number)
    paths = []
    for data_type in tree.in_order(kept):
        common.verify(st, args, data_type, chunk_number, span=(mine[0]["start"], mine[-1]["end"]))
        paths.append(stored_path(st.key_for(args.run_id, data_type, chunk_number=chunk_number)))
    paths.append(write_root_metadata(st.key_for(args.run_id, root), metadata))
    return paths


def write_root_metadata(key, metadata):
    """Raw data's metadata goes with the parts: combine counts its chunks, and need not ask a storage element."""
    path = stored_path(key)
    path.mkdir()
    text = json.dumps(metadata, sort_keys=True, indent=1)
    (path / f"{key.data_type}-{key.lineage_hash}-metadata.json").write_text(text + "\n", encoding="utf-8")
    return path


def process_run(st, tree, args, to_make, there):
    lower = tree.lower(args.data_type)
    forbidden = st.context_config.get("forbid_creation_of") or ()
    forbidden = (forbidden,) if isinstance(forbidden, str) else tuple(forbidden)
    st.set_context_config({"forbid_creation_of": tuple(sorted({*forbidden, *lower}))})

    available, missing = find_inputs(st, tree, args, to_make, there, lower)
    if missing:
        raise PayloadError(INPUT, f"{', '.join(sorted(missing))} of run {args.run_id} is not available.")
    for data_type in tree.passes(to_make, available, asked=args.data_type):
        make(st, args, tree, data_type, to_make)
    paths = []
    for data_type in tree.in_order(to_make):
        if not st.is_stored(args.run_id, data_type):
            raise PayloadError(PROCESSING, f"{data_type} of run {args.run_id} is not stored although it was made.")
        common.verify(st, args, data_type)
        paths.append(stored_path(st.key_for(args.run_id, data_type)))
    return paths


def find_inputs(st, tree, args, to_make, there, lower):
    """(types that can be read on the way to those to be made, types that cannot and that this job does not make).

    From the top down, and no further than to what is stored: each question may be a call to a service.
    """
    available, missing, seen, todo = set(there), set(), set(to_make) | there, list(to_make)
    while todo:
        for dependency in tree.depends_on(todo.pop()):
            if dependency in seen:
                continue
            seen.add(dependency)
            if st.is_stored(args.run_id, dependency):
                available.add(dependency)
            elif dependency in lower or not tree.depends_on(dependency):
                missing.add(dependency)
            else:
                todo.append(dependency)
    return available, missing


if __name__ == "__main__":
    common.run("process", work)
