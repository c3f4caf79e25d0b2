"""Makes one data type of one run: from a few chunks of its raw data, or the whole of it.

With --chunk-start and --chunk-stop the products are parts, each under its own lineage hash, that combine.py merges.
Without, they are final: verified, uploaded when asked, and entered into the RunDB.
"""

import gc
import json
import shutil
import time
import traceback

import payload_common as common
from payload_common import ENVIRONMENT, INPUT, OPTIONAL, PROCESSING, RECHUNKED, PayloadError, stored_path, work_dir


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
    st = common.open_context(stack, args)
    tree = common.Tree(stack, st)
    kept = tree.kept(args)
    common.compare_hashes(st, tree, args, kept)

    # What an input tarball brings is there: it is neither made nor uploaded again. Of it, what was asked of this very job is
    # handed on as well, as it is to the byte.
    brought = set() if chunked else {t for t in kept if input_path(st, args, t).is_dir()}
    handed = kept - (brought - {args.data_type, *args.expect_hash})
    # Parts are uploaded by combine, once they are merged; so are types that only combine brings to their final chunks.
    to_upload = tree.in_order(handed - RECHUNKED) if args.upload and not chunked else []
    if args.upload and set(handed) - set(to_upload):
        print(f"left to combine to upload: {', '.join(tree.in_order(set(handed) - set(to_upload)))}")
    rses = common.find_rses(config, to_upload)
    roots = tree.roots([args.data_type])
    if to_upload:
        stack.admix.clients._init_clients()  # preupload needs them and does not make them itself
    there = find_stored(stack, st, args, to_upload)
    # Parts have hashes of their own, which no storage element has: it is asked for raw data only. For whole runs it may
    # have anything; but without an upload the products are wanted here, even those that it has.
    st.storage = common.local_storage(stack) + common.remote_storage(
        stack, config, roots, exclude=None if chunked else kept - set(there), stage=args.stage)

    if chunked:
        paths = process_chunks(stack, st, config, tree, args, kept, roots, report)
    else:
        paths, left_out = process_run(stack, st, config, tree, args, kept, brought, handed, there)
        to_upload = [t for t in to_upload if t not in left_out]
        report.bytes_in += sum(common.read_and_removed.values())
    report.bytes_in += common.tree_size(work_dir("staging"))
    common.tidy(paths)
    # Before the upload: while it is not proved, the tarball is the copy that PegasusLite brings to the staging site.
    report.bytes_out += common.pack(work_dir("data"), args.output)
    report.packed = True
    common.hand_over(stack, st, args, config, to_upload, rses, report)


def find_stored(stack, st, args, data_types):
    """Types that a former try of this job, or another job, has uploaded whole, each with its RSE."""
    there = {}
    for data_type in data_types:
        did = did_of(stack, st, args, data_type)
        rse = common.persist(f"Looking for {did}", INPUT, lambda did=did: common.stored_remotely(stack, did))
        if rse:
            print(f"stored already: {did} at {rse}")
            there[data_type] = rse
    return there


def did_of(stack, st, args, data_type):
    return stack.admix.utils.make_did(args.run, data_type, st.key_for(args.run_id, data_type).lineage_hash)


def input_path(st, args, data_type):
    return work_dir("input") / str(st.key_for(args.run_id, data_type))


def make(st, args, tree, data_type, kept, chunk_number=None):
    started = time.monotonic()
    save = tuple(t for t in tree.siblings(data_type) if t in kept) or (data_type,)
    print(f"making {data_type}", flush=True)
    st.make(args.run_id, data_type, save=save, chunk_number=chunk_number, progress_bar=False)
    gc.collect()  # the next pass should not start with the chunks of this one in memory
    print(f"made {data_type} in {time.monotonic() - started:.1f} s", flush=True)


def process_chunks(stack, st, config, tree, args, kept, roots, report):
    if len(roots) != 1:
        raise PayloadError(ENVIRONMENT, f"{args.data_type} is made from {', '.join(sorted(roots))}; chunks of one raw "
                           "type only can be counted.")
    root = next(iter(roots))
    key = st.key_for(args.run_id, root)
    if not st.is_stored(args.run_id, root):
        raise PayloadError(INPUT, f"{root} of run {args.run_id} is not available"
                           f"{common.why_not_available(stack, config, args, key)}.")
    common.check_source(stack, config, args, key)
    metadata = st.get_metadata(args.run_id, root)
    chunks = metadata["chunks"]
    if not chunks:
        raise PayloadError(INPUT, f"{root} of run {args.run_id} has no chunks.")
    start, stop = common.chunks_of_group(args, root, len(chunks))
    mine = chunks[start:stop]
    report.bytes_in += sum(c.get("filesize") or 0 for c in mine)
    paths = []
    if mine:
        tree.write_small_chunks(kept)
        chunk_number = {root: list(range(start, stop))}
        for data_type in tree.passes(kept, set(roots), share=False, asked=args.data_type):
            make(st, args, tree, data_type, kept, chunk_number)
        for data_type in tree.in_order(kept):
            common.verify(st, args, data_type, chunk_number, span=(mine[0]["start"], mine[-1]["end"]))
            paths.append(stored_path(st.key_for(args.run_id, data_type, chunk_number=chunk_number)))
    paths.append(write_root_metadata(key, metadata))
    return paths


def write_root_metadata(key, metadata):
    """Raw data's metadata goes with the parts: combine counts its chunks, and need not ask a storage element."""
    path = stored_path(key)
    path.mkdir()
    text = json.dumps(metadata, sort_keys=True, indent=1)
    (path / f"{key.data_type}-{key.lineage_hash}-metadata.json").write_text(text + "\n", encoding="utf-8")
    return path


def process_run(stack, st, config, tree, args, kept, brought, handed, there):
    """(folders of what is handed on, types that the job goes on without)."""
    planned = {args.data_type, *args.expect_hash}
    lower = tree.lower(args.data_type)
    forbidden = st.context_config.get("forbid_creation_of") or ()
    forbidden = (forbidden,) if isinstance(forbidden, str) else tuple(forbidden)
    st.set_context_config({"forbid_creation_of": tuple(sorted({*forbidden, *lower}))})

    for data_type in tree.in_order(handed & brought):
        print(f"brought: {data_type}, by an input")
        input_path(st, args, data_type).rename(stored_path(st.key_for(args.run_id, data_type)))
    fetched = {t for t in tree.in_order(set(there) - brought) if fetch(stack, st, args, t, there[t])}
    to_make = kept - brought - set(there)
    available, missing = find_inputs(st, tree, args, to_make, set(there) | brought, lower)
    if missing:
        why = "".join(common.why_not_available(stack, config, args, st.key_for(args.run_id, t)) for t in sorted(missing)[:1])
        raise PayloadError(INPUT, f"{', '.join(sorted(missing))} of run {args.run_id} is not available{why}.")
    for root in sorted(t for t in available if not tree.depends_on(t)):
        common.check_source(stack, config, args, st.key_for(args.run_id, root))
    left_out = set()
    for data_type in tree.passes(to_make, available, asked=args.data_type):
        try:
            make(st, args, tree, data_type, to_make)
        except Exception as error:
            code, cause = common.judge(error)
            if code != PROCESSING or data_type not in OPTIONAL - planned:
                raise
            traceback.print_exc()
            print(f"warning: {data_type} could not be made ({cause}); the job goes on without it", flush=True)
            left_out.add(data_type)
    paths = []
    for data_type in tree.in_order((handed - set(there) - left_out) | fetched):
        if not st.is_stored(args.run_id, data_type):
            raise PayloadError(PROCESSING, f"{data_type} of run {args.run_id} is not stored although it was made.")
        common.verify(st, args, data_type)
        paths.append(stored_path(st.key_for(args.run_id, data_type)))
    return paths, left_out


def fetch(stack, st, args, data_type, rse):
    """Brings what is uploaded already into the output, which would be empty else; whether it could be had.

    Nothing is lost when it could not: it was proved to be at the RSE, where the jobs that follow find it too.
    """
    did, target = did_of(stack, st, args, data_type), stored_path(st.key_for(args.run_id, data_type))
    try:
        stack.admix.download(did, location=str(work_dir("data")), tries=2, rse=rse)
        common.read_metadata(target)
    except Exception as error:  # whatever the libraries of the image raise
        print(f"warning: {did} cannot be fetched from {rse}, where it is stored; the output goes without it "
              f"({common._one_line(error)})", flush=True)
        shutil.rmtree(target, ignore_errors=True)
        return False
    print(f"fetched: {did} from {rse}")
    return True


def find_inputs(st, tree, args, to_make, there, lower):
    """(types that can be read on the way to those to be made, types that cannot and that this job does not make).

    From the top down, and no further than to what is stored: each question may be a call to a service.
    """
    available, missing, seen, todo = set(there), set(), set(to_make) | set(there), list(to_make)
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
