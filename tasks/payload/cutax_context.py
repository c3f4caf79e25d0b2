"""Prints the context document of an environment: what the RunDB collection `contexts` would hold for it.

Run with the python3 of a software release, as `python3 -s`: the jobs have no user site packages, so they must not be
asked. Standard output holds one JSON document and nothing else: {"name", "tag", "straxen_version", "strax_version",
"cutax_version", "xedocs_version", "hashes": {type: lineage hash}, "remarks": [sentence]}. `remarks` names packages that
do not come from the release, or that user site packages would put before it.

`xenonnt_vN` that cutax does not define means xenonnt_offline(xedocs_version="global_vN").

Exit codes: 0 done; 10 arguments, or no such context; 20 cutax cannot be imported or used. One sentence on standard
error says why. Standard library only, no other file needed; Python >= 3.6, since old releases are asked too.
"""

import argparse
import contextlib
import glob
import json
import os
import re
import site
import sys

#: Packages that decide on hashes.
DECIDING = ("strax", "straxen", "cutax")


class ContextError(Exception):
    def __init__(self, code, cause):
        super().__init__(cause)
        self.code = code


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise ContextError(10, message)


def find_tag(prefix):
    """Tag of the release by the place of its interpreter, /cvmfs/…/releases/nT/TAG/…; None elsewhere."""
    match = re.search(r"/releases/nT/([^/]+)/", prefix + "/")
    return match.group(1) if match else None


def user_site():
    """Folder of the user site packages; None where there is none."""
    try:
        folder = site.getusersitepackages()
    except Exception:  # no home folder, or a python built without it
        return None
    return folder if folder and os.path.isdir(folder) else None


def in_user_site(package):
    """Whether user site packages hold the package, or lead to one that is installed for editing."""
    folder = user_site()
    if folder is None:
        return False
    patterns = ("{}", "{}.py", "{}.*.so", "{}.egg-link", "__editable__*{}-*", "__editable___{}_*", "_{}.pth")
    return any(glob.glob(os.path.join(glob.escape(folder), pattern.format(package))) for pattern in patterns)


def remarks(modules):
    """Sentences on what would make this answer another than the jobs'."""
    found = []
    prefix = os.path.realpath(sys.prefix) + os.sep
    for package in DECIDING:
        module = modules.get(package)
        place = getattr(module, "__file__", None)
        # cutax comes from $CUTAX_LOCATION as a rule, whose copy the jobs take along.
        if package != "cutax" and place and not os.path.realpath(place).startswith(prefix):
            found.append("{} comes from {}, not from the release ({}); jobs in the image have the release's".format(
                package, os.path.dirname(place), sys.prefix))
        if in_user_site(package):
            found.append("the user site packages ({}) hold a {} of their own, which was left aside since jobs do not have "
                         "it; programs that you start yourself use it".format(user_site(), package))
    return found


def find_factory(contexts, name, xedocs_version):
    """The function of cutax that makes a context, and its arguments; None where it has neither it nor what it stands for."""
    factory = getattr(contexts, name, None)
    if callable(factory):
        return factory, {} if xedocs_version is None else {"xedocs_version": xedocs_version}
    alias = re.match(r"xenonnt_v([0-9]+)$", name)
    offline = getattr(contexts, "xenonnt_offline", None)
    if not alias or not callable(offline):
        return None
    meant = "global_v" + alias.group(1)
    if xedocs_version not in (None, meant):
        raise ContextError(10, "{} means xenonnt_offline with xedocs_version {}, so --xedocs-version {} contradicts it"
                           .format(name, meant, xedocs_version))
    return offline, {"xedocs_version": meant}


def context_of(name, xedocs_version=None):
    """The context, the global version of its corrections, strax, and sentences on what may differ in jobs."""
    try:
        import cutax
        import strax
        import straxen
    except Exception as error:  # an import may fail in any way: missing module, broken library, no configuration
        aside = [package for package in DECIDING if in_user_site(package)]
        hint = " ({} of the user site packages, {}, left aside: jobs do not have them)".format(
            ", ".join(aside), user_site()) if aside else ""
        raise ContextError(20, "cutax cannot be imported by {}{}: {}: {}".format(
            sys.executable, hint, type(error).__name__, error))
    made_by = find_factory(getattr(cutax, "contexts", cutax), name, xedocs_version)
    if made_by is None:
        raise ContextError(10, "cutax {} defines no context {}".format(version(cutax), name))
    factory, arguments = made_by
    with set_up(name, arguments):
        return factory(**arguments), arguments.get("xedocs_version"), strax, remarks(
            {"strax": strax, "straxen": straxen, "cutax": cutax})


@contextlib.contextmanager
def set_up(name, arguments):
    """Turns whatever a context raises into one sentence."""
    try:
        yield
    except Exception as error:
        words = "".join(" with {} {}".format(*pair) for pair in sorted(arguments.items()))
        raise ContextError(20, "Context {}{} cannot be set up: {}: {}".format(name, words, type(error).__name__, error))


def document(name, tag, xedocs_version=None):
    context, made_with, _, found = context_of(name, xedocs_version)
    with set_up(name, {} if made_with is None else {"xedocs_version": made_with}):
        # Run "0" stands for any: the hashes of the collection are made so.
        provided = context.provided_dtypes()
    return {
        "name": name,
        "tag": tag,
        "straxen_version": version(sys.modules["straxen"]),
        "strax_version": version(sys.modules["strax"]),
        "cutax_version": version(sys.modules["cutax"]),
        "xedocs_version": made_with,
        "hashes": {data_type: provided[data_type]["hash"] for data_type in sorted(provided)},
        "remarks": found,
    }


@contextlib.contextmanager
def quiet_output():
    """Standard output for the document alone. What packages print while they are imported goes to standard error; the file
    descriptor is redirected too, for compiled libraries."""
    sys.stdout.flush()
    standard_output = os.dup(1)
    os.dup2(2, 1)
    with contextlib.redirect_stdout(sys.stderr), os.fdopen(standard_output, "w", encoding="utf-8") as file:
        yield file


def version(module):
    return getattr(module, "__version__", None)


def main():
    parser = Parser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--context", required=True, metavar="NAME", help="name of the context")
    parser.add_argument("--xedocs-version", metavar="VERSION", help="global version of the corrections, such as global_v14")
    parser.add_argument("--tag", metavar="TAG", help="release tag (default: from the place of this python3)")
    try:
        args = parser.parse_args()
        with quiet_output() as standard_output:
            made = document(args.context, args.tag or find_tag(sys.prefix), args.xedocs_version)
            standard_output.write(json.dumps(made, indent=1, sort_keys=True) + "\n")
    except ContextError as error:
        print(" ".join(str(error).split()).rstrip(".") + ".", file=sys.stderr)
        return error.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
