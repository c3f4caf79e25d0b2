"""Merges the parts that the chunk jobs of one run and data type, or of its lower level, made, and proves that nothing is missing."""

import inspect
import traceback

import payload_common as common
from payload_common import ENVIRONMENT, INPUT, VERIFICATION, PayloadError, stored_path, work_dir


def work(args, report):
    config = common.read_config()
    common.print_build_info()
    common.check_disk()
    common.unpack_inputs(args, report)
    if args.update_rundb:
        common.check_token(config)
    if args.upload:
        common.check_proxy()
    common.wait_at_random(args.max_wait)

    meter = common.Meter(args)
    installed = common.install_software(args)
    stack = common.load_stack()
    common.check_packages(args, installed)
    paths = {}
    for mode in args.saltax or [None]:
        st = common.open_context(stack, args, config, mode)
        tree = common.Tree(stack, st)
        kept = tree.kept(args)
        common.compare_hashes(st, tree, args, kept, mode)
        rses = common.find_rses(config, kept if args.upload else (), tree.rse_key_of(args))
        kept = tree.in_order(kept)
        paths.update(dict.fromkeys(combine(stack, st, config, tree, args, kept, meter, mode)))
    meter.finish()
    common.tidy([*paths, *common.hand_helpers_on(args)])
    # Before the upload: while it is not proved, the tarball is the copy that PegasusLite brings to the staging site.
    report.bytes_out += common.pack(work_dir("data"), args.output)
    report.packed = True
    if args.upload:
        stack.admix.clients._init_clients()  # preupload needs them and does not make them itself
        common.hand_over(stack, st, args, config, kept, rses, report)


def combine(stack, st, config, tree, args, kept, meter, mode):
    """Merges each type, and checks it against its parts and the raw data; gives the folders of what is made."""
    roots = tree.roots(args.data_types)
    if len(roots) != 1:
        raise PayloadError(ENVIRONMENT, f"{', '.join(args.data_types)} is made from {', '.join(sorted(roots))}; chunks of one raw "
                           "type only can be counted.")
    root = next(iter(roots))

    context, st.storage = st.storage, common.local_storage(stack)
    if not st.is_stored(args.run_id, root):
        # Parts of another origin do not bring the metadata of the raw data along.
        if not args.no_remote:
            common.check_proxy()
        st.storage = common.local_storage(stack) + common.further_storage(stack, context, config, args, roots)
        if not st.is_stored(args.run_id, root):
            why = common.why_not_available(stack, config, args, st.key_for(args.run_id, root))
            raise PayloadError(INPUT, f"The metadata of {root} of run {args.run_id} is not available{why}.")
    raw = st.get_metadata(args.run_id, root)["chunks"]
    if not raw or (args.chunk_stops[-1] != len(raw) and not args.open_end):
        raise PayloadError(VERIFICATION, f"The groups end at chunk {args.chunk_stops[-1]}, but {root} of run "
                           f"{args.run_id} has {len(raw)} chunks.")
    if args.chunk_stops[-1] != len(raw):
        print(f"{root} of run {args.run_id} has {len(raw)} chunks, planned were {args.chunk_stops[-1]}")
    groups = common.groups_of_run(args.chunk_stops, len(raw), args.open_end)

    parts = find_parts(st, args, kept, root, groups)
    paths = []
    for data_type in kept:
        path = stored_path(st.key_for(args.run_id, data_type))
        # What the modes of saltax have in common is merged already.
        if not (mode and path.is_dir()):
            with meter.type(data_type, mode):
                merge(st, tree, args, data_type, root, groups)
        items = common.verify(st, args, data_type, span=(raw[0]["start"], raw[-1]["end"]))
        if items != parts[data_type]:
            raise PayloadError(VERIFICATION, f"{data_type} of run {args.run_id} has {items} items, but its parts "
                               f"{parts[data_type]}.")
        paths.append(path)
    return paths


def find_parts(st, args, kept, root, groups):
    """Number of items of each type's parts; every part of every type must be there before any is merged."""
    items, missing = dict.fromkeys(kept, 0), []
    for data_type in kept:
        for group in groups:
            if not st.is_stored(args.run_id, data_type, chunk_number={root: group}):
                missing.append(f"{data_type} of chunks {group[0]} to {group[-1]}")
                continue
            key = st.key_for(args.run_id, data_type, chunk_number={root: group})
            items[data_type] += sum(c["n"] for c in common.read_metadata(work_dir("input") / str(key))["chunks"])
    if missing:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise PayloadError(INPUT, f"Parts are missing: {', '.join(missing[:5])}{more}.")
    return items


def merge(st, tree, args, data_type, root, groups):
    options = {"chunk_number_group": groups, "rechunk": tree.rechunks(data_type),
               "rechunk_to_mb": tree.target_mb(data_type),
               "target_frontend_id": 0, "check_is_stored": False}
    # The size could not be chosen before strax 2.1; it then is the plugin's own.
    known = inspect.signature(st.merge_per_chunk_storage).parameters
    options = {key: value for key, value in options.items() if key in known}
    print(f"merging {data_type}: {len(groups)} parts", flush=True)
    try:
        st.merge_per_chunk_storage(args.run_id, data_type, root, **options)
    except Exception as error:
        traceback.print_exc()
        code, cause = common.judge(error)
        raise PayloadError(code, f"Merging the parts of {data_type} failed: {cause}") from error
    if not st.is_stored(args.run_id, data_type):
        raise PayloadError(VERIFICATION, f"{data_type} of run {args.run_id} is not stored although its parts were merged.")


if __name__ == "__main__":
    common.run("combine", work)
