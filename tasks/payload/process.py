"""Makes one data type of one run, or the types of a level: from a few chunks of its raw data, or the whole of it.

With --chunk-start and --chunk-stop the products are parts, each under its own lineage hash, that combine.py merges.
Without, they are final: verified, uploaded when asked, and entered into the RunDB.
"""

import gc
import json
import shutil
import time
import traceback

import payload_common as common
from payload_common import (
    ENVIRONMENT, INPUT, OPTIONAL, PROCESSING, RECHUNKED, VERIFICATION, PayloadError, stored_path, work_dir)


def work(args, report):
    chunked = args.chunk_start is not None
    config = common.read_config()
    common.print_build_info()
    common.check_disk()
    if args.update_rundb and not chunked:
        common.check_token(config)
    if args.upload or not args.no_remote:
        common.check_proxy()
    common.unpack_inputs(args, report)
    common.wait_at_random(args.max_wait)

    meter = common.Meter(args)
    installed = common.install_software(args)
    stack = common.load_stack()
    common.check_packages(args, installed)
    paths = {}
    for mode in args.saltax or [None]:
        made = Making(stack, common.open_context(stack, args, config, mode), config, args, report, meter, mode)
        paths.update(dict.fromkeys(made.run()))
    if chunked:
        # Only now: strax would take the folder for the raw data itself.
        paths[write_root_metadata(*made.raw)] = None
    else:
        report.bytes_in += sum(common.read_and_removed.values())
    report.bytes_in += made.staged_besides()
    meter.finish()
    common.tidy([*paths, *common.hand_helpers_on(args)])
    # Before the upload: while it is not proved, the tarball is the copy that PegasusLite brings to the staging site.
    report.bytes_out += common.pack(work_dir("data"), args.output)
    report.packed = True
    common.hand_over(stack, made.st, args, config, made.to_upload, made.rses, report)


class Making:
    """What a job makes with one context."""

    def __init__(self, stack, st, config, args, report, meter, mode):
        self.stack, self.st, self.config, self.args, self.report = stack, st, config, args, report
        self.meter, self.mode = meter, mode
        self.chunked = args.chunk_start is not None
        self.raw = None  # of a chunk job: key and metadata of the raw data
        self.tree = common.Tree(stack, st)
        self.kept = self.tree.kept(args)
        common.compare_hashes(st, self.tree, args, self.kept, mode)
        # What an input tarball brings is there: it is neither made nor uploaded again. Of it, what was asked of this very job is
        # handed on as well, as it is to the byte.
        self.brought = set() if self.chunked else {t for t in self.kept if self.input_path(t).is_dir()}
        self.handed = self.kept - (self.brought - {*args.data_types, *args.expect_hash})
        # Parts are uploaded by combine, once they are merged; so are, by type, those that only combine brings to their final chunks.
        final = self.handed if args.level else self.handed - RECHUNKED
        self.to_upload = self.tree.in_order(final) if args.upload and not self.chunked else []
        if args.upload and set(self.handed) - set(self.to_upload):
            print(f"left to combine to upload: {', '.join(self.tree.in_order(set(self.handed) - set(self.to_upload)))}")
        self.rses = common.find_rses(config, self.to_upload, self.tree.rse_key_of(args))
        self.roots = self.tree.roots(args.data_types)

    def run(self):
        """Makes all; gives the folders of what is handed on."""
        if self.to_upload:
            self.stack.admix.clients._init_clients()  # preupload needs them and does not make them itself
        there = self.find_stored()
        own = self.tree.own(self.args, self.kept)
        # Parts have hashes of their own, which no storage element has: it is asked for raw data only. For whole runs it may
        # have anything; but without an upload the products are wanted here, even those that it has.
        mine = self.kept if self.to_upload else own
        exclude = None if self.chunked or self.args.ignore_processed else mine - set(there)
        self.st.storage = common.local_storage(self.stack) + common.further_storage(
            self.stack, self.st.storage, self.config, self.args, self.roots, exclude)
        if self.chunked:
            return self.process_chunks()
        paths, left_out = self.process_run(own, there)
        self.to_upload = [t for t in self.to_upload if t not in left_out]
        return paths

    def find_stored(self):
        """Types that a former try of this job, or another job, has uploaded whole, each with its RSE."""
        there = {}
        if self.args.no_remote:
            # Nothing is read from Rucio: what it has is made again, and the upload finds that it is the same.
            return there
        for data_type in self.to_upload:
            did = self.did_of(data_type)
            rse = common.persist(f"Looking for {did}", INPUT, lambda did=did: common.stored_remotely(self.stack, did))
            if rse:
                print(f"stored already: {did} at {rse}")
                there[data_type] = rse
        if self.args.level:
            # strax cannot make one type of a plugin while it reads another one of it: such a plugin is made as a whole.
            for data_type in [t for t in there if any(s in self.kept and s not in there for s in self.tree.siblings(t))]:
                print(f"made again: {data_type}, with the other types of its plugin")
                del there[data_type]
        return there

    def key(self, data_type, chunk_number=None):
        return self.st.key_for(self.args.run_id, data_type, chunk_number=chunk_number)

    def did_of(self, data_type):
        return self.stack.admix.utils.make_did(self.args.run, data_type, self.key(data_type).lineage_hash)

    def input_path(self, data_type):
        return work_dir("input") / str(self.key(data_type))

    def staged_besides(self):
        """Bytes that were read from storage elements; the raw data of a chunk job is counted by its metadata."""
        counted = {str(self.key(root)) for root in self.roots} if self.chunked else ()
        return sum(common.tree_size(folder) for folder in work_dir("staging").iterdir() if folder.name not in counted)

    def make(self, data_type, kept, chunk_number=None):
        started = time.monotonic()
        save = tuple(t for t in self.tree.siblings(data_type) if t in kept) or (data_type,)
        print(f"making {data_type}", flush=True)
        with self.meter.type(data_type, self.mode):
            self.st.make(self.args.run_id, data_type, save=save, chunk_number=chunk_number, progress_bar=False)
        gc.collect()  # the next pass should not start with the chunks of this one in memory
        print(f"made {data_type} in {time.monotonic() - started:.1f} s", flush=True)

    def passes(self, to_make, available, share=True):
        """What strax is asked for, one after the other: by level as the plan says, by type so that each plugin runs once."""
        if not self.args.level:
            yield from self.tree.passes(to_make, available, share=share, asked=self.args.data_type)
            return
        yield from (t for t in self.args.data_types if t in to_make)

    def process_chunks(self):
        args, st, tree = self.args, self.st, self.tree
        if len(self.roots) != 1:
            raise PayloadError(ENVIRONMENT, f"{', '.join(args.data_types)} is made from {', '.join(sorted(self.roots))}; chunks of one raw "
                               "type only can be counted.")
        root = next(iter(self.roots))
        key = self.key(root)
        if not st.is_stored(args.run_id, root):
            raise PayloadError(INPUT, f"{root} of run {args.run_id} is not available"
                               f"{common.why_not_available(self.stack, self.config, args, key)}.")
        common.check_heavy(self.stack, args, key)
        common.check_source(self.stack, self.config, args, key)
        metadata = st.get_metadata(args.run_id, root)
        chunks = metadata["chunks"]
        if not chunks:
            raise PayloadError(INPUT, f"{root} of run {args.run_id} has no chunks.")
        start, stop = common.chunks_of_group(args, root, len(chunks))
        mine = chunks[start:stop]
        self.report.bytes_in += sum(c.get("filesize") or 0 for c in mine)
        paths = []
        if mine:
            if args.level:
                tree.write_chunks_of(args.part_chunk_target)
            else:
                tree.write_small_chunks(self.kept)
            chunk_number = {root: list(range(start, stop))}
            for data_type in self.passes(self.kept, set(self.roots), share=False):
                if args.level and stored_path(self.key(data_type, chunk_number)).is_dir():
                    print(f"made already: {data_type}, with another type")
                    continue
                self.make(data_type, self.kept, chunk_number)
            for data_type in tree.in_order(self.kept):
                common.verify(st, args, data_type, chunk_number, span=(mine[0]["start"], mine[-1]["end"]))
                paths.append(stored_path(self.key(data_type, chunk_number)))
        self.raw = key, metadata
        return paths

    def process_run(self, own, there):
        """(folders of what is handed on, types that the job goes on without)."""
        args, st, tree, kept = self.args, self.st, self.tree, self.kept
        planned = {*args.data_types, *args.expect_hash}
        lower = tree.below(args, kept)
        forbidden = st.context_config.get("forbid_creation_of") or ()
        forbidden = (forbidden,) if isinstance(forbidden, str) else tuple(forbidden)
        st.set_context_config({"forbid_creation_of": tuple(sorted({*forbidden, *lower}))})

        for data_type in tree.in_order(self.handed & self.brought):
            print(f"brought: {data_type}, by an input")
            self.input_path(data_type).rename(stored_path(self.key(data_type)))
        fetched = {t for t in tree.in_order((set(there) & own) - self.brought) if self.fetch(t, there[t])}
        to_make = own - self.brought - set(there)
        available, missing = find_inputs(st, tree, args, to_make, set(there) | self.brought, lower)
        if missing:
            why = "".join(common.why_not_available(self.stack, self.config, args, self.key(t)) for t in sorted(missing)[:1])
            raise PayloadError(INPUT, f"{', '.join(sorted(missing))} of run {args.run_id} is not available{why}.")
        for root in sorted(t for t in available if not tree.depends_on(t)):
            common.check_heavy(self.stack, args, self.key(root))
            common.check_source(self.stack, self.config, args, self.key(root))
        left_out = self.make_all(to_make, available, planned)
        handed = self.handed
        if args.level:
            # What is planned, and neither asked for nor stored, was made on the way, if it was needed.
            handed = {t for t in handed if t in own or stored_path(self.key(t)).is_dir()}
            elsewhere = self.handed - handed - set(there)
            nowhere = sorted(t for t in elsewhere if not st.is_stored(args.run_id, t))
            if nowhere:
                raise PayloadError(VERIFICATION, f"{', '.join(nowhere)} of run {args.run_id} was planned, and is neither made nor stored; "
                                   "--data-types asks for no type that it is made on the way to.")
            left_out |= elsewhere
        paths = []
        for data_type in tree.in_order((handed - set(there) - left_out) | fetched):
            if not st.is_stored(args.run_id, data_type):
                raise PayloadError(PROCESSING, f"{data_type} of run {args.run_id} is not stored although it was made.")
            common.verify(st, args, data_type)
            paths.append(stored_path(self.key(data_type)))
        return paths, left_out

    def make_all(self, to_make, available, planned):
        """Makes what the passes say; gives the types that the job goes on without."""
        left_out = set()
        for data_type in self.passes(to_make, available):
            if self.args.level and stored_path(self.key(data_type)).is_dir():
                print(f"made already: {data_type}, with another type")
                continue
            try:
                self.make(data_type, to_make)
            except Exception as error:
                code, cause = common.judge(error)
                if code != PROCESSING or data_type not in OPTIONAL - planned:
                    raise
                traceback.print_exc()
                print(f"warning: {data_type} could not be made ({cause}); the job goes on without it", flush=True)
                left_out.add(data_type)
        return left_out

    def fetch(self, data_type, rse):
        """Brings what is uploaded already into the output, which would be empty else; whether it could be had.

        Nothing is lost when it could not: it was proved to be at the RSE, where the jobs that follow find it too.
        """
        did, target = self.did_of(data_type), stored_path(self.key(data_type))
        try:
            self.stack.admix.download(did, location=str(work_dir("data")), tries=2, rse=rse)
            common.read_metadata(target)
        except Exception as error:  # whatever the libraries of the image raise
            print(f"warning: {did} cannot be fetched from {rse}, where it is stored; the output goes without it "
                  f"({common._one_line(error)})", flush=True)
            shutil.rmtree(target, ignore_errors=True)
            return False
        print(f"fetched: {did} from {rse}")
        return True


def write_root_metadata(key, metadata):
    """Raw data's metadata goes with the parts: combine counts its chunks, and need not ask a storage element."""
    path = stored_path(key)
    path.mkdir()
    text = json.dumps(metadata, sort_keys=True, indent=1)
    (path / f"{key.data_type}-{key.lineage_hash}-metadata.json").write_text(text + "\n", encoding="utf-8")
    return path


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
