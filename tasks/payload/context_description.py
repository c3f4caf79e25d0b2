"""Describes the context of an environment: its plugins, what each data type is made from, and when strax stores it.

Run with the python3 of a software release, as `python3 -s`, or in the image with `apptainer exec`. Standard output holds
one JSON document and nothing else (schema outsource/context-description/1, docs/levels.md).

`--save-peak-correlation` describes the context with peak_shadow and peak_ambience stored always, `--saltax` the one that
saltax makes of xenonnt_offline in mode `salt`.

`--packages A,B` says instead where these packages come from: {"packages": {NAME: {"version", "file", "git_top", "commit",
"dirty", "editable", "user_site", "missing"}}}. It looks at user site packages too, also under `python3 -s`. No package is
imported if its version is written in its __init__.py.

Exit codes: 0 done; 10 arguments, or no such context; 20 cutax cannot be imported or used. One sentence on standard
error says why. Needs `cutax_context.py` beside it, and Python >= 3.8.
"""

import ast
import base64
import contextlib
import datetime
import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import os
import re
import site
import subprocess
import sys

import cutax_context
from cutax_context import ContextError

SCHEMA = "outsource/context-description/1"
PROGRAM = "context_description.py 1"

#: Packages whose versions are told, if they are there.
PACKAGES = ("strax", "straxen", "cutax", "utilix", "admix")

#: Types that --save-peak-correlation stores always.
PEAK_CORRELATION = ("peak_shadow", "peak_ambience")

#: Types that --saltax stores always.
SIMULATED = ("raw_records_simu",)

#: The run that stands for any: the hashes of the RunDB's collection are made so.
ANY_RUN = "0"


def value_for(value, data_type):
    """A plugin's attribute for one of its types: strax allows one value for all, or a mapping."""
    return value[data_type] if hasattr(value, "keys") else value


def itemsize(plugin, data_type):
    """Bytes of a row; None where the dtype cannot be built without data."""
    try:
        return int(plugin.dtype_for(data_type).itemsize)
    except Exception:  # dtypes of some plugins need files or services
        return None


def type_of(context, plugin, data_type, strax):
    return {
        "save_when": strax.SaveWhen(int(value_for(plugin.save_when, data_type))).name,
        "data_kind": plugin.data_kind_for(data_type),
        "itemsize": itemsize(plugin, data_type),
        "chunk_target_size_mb": value_for(plugin.chunk_target_size_mb, data_type),
        "rechunk_on_save": bool(value_for(plugin.rechunk_on_save, data_type)),
        "compressor": value_for(plugin.compressor, data_type),
        "hash": context.key_for(ANY_RUN, data_type).lineage_hash,
    }


def plugin_of(context, plugin, strax):
    return {
        "class": type(plugin).__name__,
        "module": type(plugin).__module__,
        "version": str(plugin.__version__),
        "provides": list(plugin.provides),
        "depends_on": list(plugin.depends_on),
        "rechunk_on_load": bool(plugin.rechunk_on_load),
        "child": bool(plugin.child_plugin),
        # Such a plugin looks beyond the borders of chunks, so it cannot run on a part of them.
        "per_chunk_allowed": not isinstance(plugin, (strax.LoopPlugin, strax.OverlapWindowPlugin)),
        "types": {data_type: type_of(context, plugin, data_type, strax) for data_type in plugin.provides},
    }


def plugins_of(context):
    """One instance of each registered class."""
    instances = {}
    for data_type in sorted(context._plugin_class_registry):
        plugin = context._get_plugins((data_type,), ANY_RUN)[data_type]
        instances.setdefault(type(plugin).__name__, plugin)
    return [instances[name] for name in sorted(instances)]


def order_of(context):
    """All types in strax's own order. Since strax 2.1 there are two orders, by the longest and by the shortest way."""
    levels = context.tree_levels
    levels = levels[False] if False in levels else levels
    return sorted(levels, key=lambda data_type: levels[data_type]["order"])


def part_hashes(context, plugins, strax):
    """Root -> type -> text of the lineage of a part, with @CHUNKS@ for the chunk numbers. Only texts that give strax's own hash."""
    by_type = {data_type: plugin for plugin in plugins for data_type in plugin["provides"]}
    found = {}
    for root in (data_type for data_type, plugin in by_type.items() if not plugin["depends_on"]):
        for data_type in by_type:
            if of_chunks(by_type, data_type, root):
                text = part_lineage(context, data_type, root, strax)
                if text is not None:
                    found.setdefault(root, {})[data_type] = text
    return found


def of_chunks(by_type, data_type, root):
    """Whether a type can be made from a part of one root's chunks and from nothing else, and is stored."""
    if not by_type[data_type]["depends_on"] or by_type[data_type]["types"][data_type]["save_when"] != "ALWAYS":
        return False
    ways, seen = [data_type], set()
    while ways:
        way = ways.pop()
        if way in seen or way == root:
            continue
        seen.add(way)
        plugin = by_type[way]
        if not plugin["depends_on"] or not plugin["per_chunk_allowed"]:
            return False
        ways += plugin["depends_on"]
    return True


def part_lineage(context, data_type, root, strax):
    chunks = [0, 1, 2]
    try:
        key = context.key_for(ANY_RUN, data_type, chunk_number={root: chunks})
        text = json.dumps(strax.hashablize(key.lineage), cls=strax.NumpyJSONEncoder)
    except Exception:  # strax refuses some plugins; then there is no part to know the hash of
        return None
    place = json.dumps([root, chunks])
    if place not in text or short_hash(text) != key.lineage_hash:
        return None
    return text.replace(place, '["{}", @CHUNKS@]'.format(root))


def short_hash(text):
    return base64.b32encode(hashlib.sha1(text.encode("ascii")).digest())[:10].decode("ascii").lower()


def seconds_for_monitoring(context):
    """For how long the neutron veto keeps everything; None below straxen 3.0.3."""
    for plugin in context._plugin_class_registry.values():
        option = getattr(plugin, "takes_config", {}).get("keep_n_seconds_for_monitoring")
        if option is not None:
            with contextlib.suppress(Exception):  # a default that has to be looked up somewhere is none that we know
                default = option.get_default(ANY_RUN)
                return default if isinstance(default, (int, float)) else None
    return None


def versions():
    found = {}
    for name in PACKAGES:
        module = sys.modules.get(name)
        version = getattr(module, "__version__", None) if module else None
        if version is not None:
            found[name] = str(version)
    return found


def digest(document):
    content = {key: value for key, value in document.items() if key not in ("made", "made_by", "sha256")}
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def now():
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    moment = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc) if epoch.isdigit() else datetime.datetime.now(datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def saltax_context(args):
    """The context of simulated and salted data: what cutax_context.context_of gives, made by saltax."""
    if args.context != "xenonnt_offline":
        raise ContextError(10, "--saltax needs --context xenonnt_offline, not {}".format(args.context))
    if args.simulation_config is None:
        raise ContextError(10, "--saltax needs --simulation-config, the key simulation_config of the configuration")
    try:
        import saltax
        import strax
        import straxen  # noqa: F401 (its version is told)
    except Exception as error:
        raise ContextError(20, "saltax cannot be imported by {}: {}: {}".format(sys.executable, type(error).__name__, error))
    with cutax_context.set_up("sxenonnt of saltax", {} if args.xedocs_version is None else {"corrections_version": args.xedocs_version}):
        context = saltax.contexts.sxenonnt(
            saltax_mode="salt", generator_name=args.generator_name, nestid=args.nestid, simu_mode=args.simu_mode,
            simulation_config=args.simulation_config, corrections_version=args.xedocs_version, output_folder=None)
    return context, args.xedocs_version, strax, cutax_context.remarks(sys.modules)


def document(args):
    name, tag = args.context, args.tag or cutax_context.find_tag(sys.prefix)
    made_by = saltax_context(args) if args.saltax else cutax_context.context_of(name, args.xedocs_version)
    context, xedocs_version, strax, remarks = made_by
    try:
        context.purge_unused_configs()
        plugins = [plugin_of(context, plugin, strax) for plugin in plugins_of(context)]
        order = order_of(context)
        parts = part_hashes(context, plugins, strax)
    except Exception as error:
        raise ContextError(20, "Context {} cannot be described: {}: {}".format(name, type(error).__name__, error))
    always = (PEAK_CORRELATION if args.save_peak_correlation else ()) + (SIMULATED if args.saltax else ())
    for plugin in plugins:
        for data_type in always:
            if data_type in plugin["types"]:
                plugin["types"][data_type]["save_when"] = "ALWAYS"
    sizeless = [t for p in plugins for t in p["provides"] if p["types"][t]["itemsize"] is None]
    if sizeless:
        remarks = remarks + ["the size of a row is unknown for {}".format(", ".join(sorted(sizeless)))]
    made = {
        "schema": SCHEMA,
        "name": name,
        "xedocs_version": xedocs_version,
        "tag": tag,
        "made": now(),
        "made_by": {"program": PROGRAM, "executable": sys.executable},
        "versions": versions(),
        "switches": {"save_peak_correlation": args.save_peak_correlation, "saltax": args.saltax},
        "keep_n_seconds_for_monitoring": seconds_for_monitoring(context),
        "default_chunk_size_mb": strax.DEFAULT_CHUNK_SIZE_MB,
        "plugins": plugins,
        "order": order,
        "hashes": {t: p["types"][t]["hash"] for p in plugins for t in p["provides"]},
        "part_hashes": parts,
        "remarks": remarks,
    }
    made["sha256"] = digest(made)
    return made


# --- where packages come from ------------------------------------------------------------------------


def see_user_site():
    """Under `python3 -s` the user site packages are put where they would be without it: before those of the release."""
    if site.ENABLE_USER_SITE:
        return
    with contextlib.suppress(Exception):  # no home folder
        before = list(sys.path)
        site.addsitedir(site.getusersitepackages())
        added = [path for path in sys.path if path not in before]
        at = next((i for i, path in enumerate(before) if os.path.basename(path) in SITE_FOLDERS), len(before))
        sys.path[:] = before[:at] + added + before[at:]
        importlib.invalidate_caches()


SITE_FOLDERS = ("site-packages", "dist-packages")


def origin_of(name):
    """File of a package's __init__, or of a module; None where there is none. Nothing is imported."""
    try:
        spec = importlib.util.find_spec(name)
    except Exception:  # a finder of an editable install that fails
        return None
    if spec is None:
        return None
    if spec.origin not in (None, "namespace", "built-in", "frozen"):
        return os.path.abspath(spec.origin)
    places = list(spec.submodule_search_locations or ())
    return os.path.abspath(places[0]) if places else None


def version_of(name, file):
    """The version that the module says when it is imported: written in its text, or asked of it, or of its installation."""
    with contextlib.suppress(Exception):
        with open(file, encoding="utf-8") as text:
            for statement in ast.parse(text.read()).body:
                targets = statement.targets if isinstance(statement, ast.Assign) else []
                if any(isinstance(t, ast.Name) and t.id == "__version__" for t in targets):
                    value = ast.literal_eval(statement.value)
                    if isinstance(value, str):
                        return value
    with contextlib.suppress(Exception):
        return str(importlib.import_module(name).__version__)
    with contextlib.suppress(Exception):
        return importlib.metadata.version(name)
    return None


def editable_install(name):
    """Whether pip has it as an editable installation (PEP 610)."""
    with contextlib.suppress(Exception):
        text = importlib.metadata.distribution(name).read_text("direct_url.json")
        return bool(json.loads(text).get("dir_info", {}).get("editable", False))
    return False


def git(folder, *arguments):
    """What git prints; None where it cannot say. It takes no lock and asks nothing."""
    try:
        done = subprocess.run(["git", "-C", folder, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              stdin=subprocess.DEVNULL, timeout=120, env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"})
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "surrogateescape") if done.returncode == 0 else None


def git_top_of(file):
    """The git work tree that holds a file. None for what is installed, although an environment may lie in a work tree."""
    if any(part in SITE_FOLDERS for part in file.split(os.sep)):
        return None
    folder = os.path.dirname(file)
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above


def dirty_files(top):
    """Files that differ from the commit, and those that git does not know and does not ignore."""
    status = git(top, "status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames")
    entries = [] if status is None else [entry for entry in status.split("\0") if entry]
    return sorted(entry[3:] for entry in entries)


def package(name):
    file = origin_of(name)
    if file is None:
        return {"version": None, "file": None, "git_top": None, "commit": None, "dirty": [], "editable": False, "user_site": False,
                "missing": True}
    place = os.path.realpath(file)
    top = git_top_of(place)
    if top and git(top, "check-ignore", "--quiet", place) is not None:  # such as an environment that lies in a work tree
        top = None
    commit = git(top, "rev-parse", "--verify", "HEAD") if top else None
    user_site = cutax_context.user_site()
    return {
        "version": version_of(name, file),
        "file": file,
        "git_top": top,
        "commit": commit.strip() if commit else None,
        "dirty": dirty_files(top) if top else [],
        "editable": top is not None or editable_install(name),
        "user_site": user_site is not None and any(path.startswith(os.path.join(user_site, "")) for path in (file, place)),
        "missing": False,
    }


def packages(text):
    names = text.split(",")
    for name in names:
        if not re.match(r"[A-Za-z_][A-Za-z0-9_]*$", name):
            raise ContextError(10, "'{}' of --packages is not the name of a package such as cutax".format(name))
    see_user_site()
    return {"packages": {name: package(name) for name in names}}


def main():
    parser = cutax_context.Parser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--context", metavar="NAME", help="name of the context")
    parser.add_argument("--packages", metavar="NAME,NAME", help="say where these packages come from, and describe no context")
    parser.add_argument("--xedocs-version", metavar="VERSION", help="global version of the corrections, such as global_v16")
    parser.add_argument("--tag", metavar="TAG", help="release tag (default: from the place of this python3)")
    parser.add_argument("--save-peak-correlation", action="store_true", help="with peak_shadow and peak_ambience stored always")
    parser.add_argument("--saltax", action="store_true", help="the context of saltax, in mode salt, with raw_records_simu stored always")
    parser.add_argument("--generator-name", default="flat", metavar="NAME", help="of saltax (default %(default)s)")
    parser.add_argument("--nestid", type=int, default=8, metavar="NUMBER", help="of saltax (default %(default)s)")
    parser.add_argument("--simu-mode", default="all", metavar="MODE", help="of saltax: s1, s2 or all (default %(default)s)")
    parser.add_argument("--simulation-config", metavar="NAME", help="of saltax; needed with --saltax")
    parser.add_argument("--out", metavar="FILE", help="write the document there, not to standard output")
    try:
        args = parser.parse_args()
        if (args.context is None) == (args.packages is None):
            raise ContextError(10, "one of --context and --packages is needed")
        with cutax_context.quiet_output() as standard_output:
            made = document(args) if args.packages is None else packages(args.packages)
            text = json.dumps(made, indent=1) + "\n"
            if args.out is None:
                standard_output.write(text)
            else:
                write(args.out, text)
    except ContextError as error:
        print(" ".join(str(error).split()).rstrip(".") + ".", file=sys.stderr)
        return error.code
    return 0


def write(path, text):
    """Writes a file that appears whole or not at all."""
    temporary = "{}.{}.tmp".format(path, os.getpid())
    try:
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise ContextError(10, "{} cannot be written: {}".format(path, error.strerror or error))


if __name__ == "__main__":
    sys.exit(main())
