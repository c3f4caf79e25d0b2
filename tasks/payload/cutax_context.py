"""Prints the context document of an environment: what the RunDB collection `contexts` would hold for it.

Run with the python3 of a software release. Standard output holds one JSON document and nothing else:
{"name", "tag", "straxen_version", "strax_version", "cutax_version", "hashes": {type: lineage hash}}.

Exit codes: 0 done; 10 arguments, or no such context; 20 cutax cannot be imported or used. One sentence on standard
error says why. Standard library only, no other file needed; Python >= 3.6, since old releases are asked too.
"""

import argparse
import contextlib
import json
import os
import re
import sys


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


def document(name, tag):
    try:
        import cutax
        import strax
        import straxen
    except Exception as error:  # an import may fail in any way: missing module, broken library, no configuration
        raise ContextError(20, "cutax cannot be imported by {}: {}: {}".format(sys.executable, type(error).__name__, error))
    factory = getattr(getattr(cutax, "contexts", cutax), name, None)
    if not callable(factory):
        raise ContextError(10, "cutax {} defines no context {}".format(version(cutax), name))
    try:
        # Run "0" stands for any: the hashes of the collection are made so.
        provided = factory().provided_dtypes()
    except Exception as error:
        raise ContextError(20, "Context {} cannot be set up: {}: {}".format(name, type(error).__name__, error))
    return {
        "name": name,
        "tag": tag,
        "straxen_version": version(straxen),
        "strax_version": version(strax),
        "cutax_version": version(cutax),
        "hashes": {data_type: provided[data_type]["hash"] for data_type in sorted(provided)},
    }


def version(module):
    return getattr(module, "__version__", None)


def main():
    parser = Parser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--context", required=True, metavar="NAME", help="name of the context")
    parser.add_argument("--tag", metavar="TAG", help="release tag (default: from the place of this python3)")
    try:
        args = parser.parse_args()
        # Whatever the packages print while they are imported must not get between the document and its reader;
        # the file descriptor is turned away too, for what compiled libraries print.
        sys.stdout.flush()
        standard_output = os.dup(1)
        os.dup2(2, 1)
        with contextlib.redirect_stdout(sys.stderr):
            made = document(args.context, args.tag or find_tag(sys.prefix))
        with os.fdopen(standard_output, "w", encoding="utf-8") as file:
            file.write(json.dumps(made, indent=1, sort_keys=True) + "\n")
    except ContextError as error:
        print(" ".join(str(error).split()).rstrip(".") + ".", file=sys.stderr)
        return error.code
    return 0


if __name__ == "__main__":
    sys.exit(main())
