"""Stand-in for `python3 -m pip install`: offline, and only with the options that the programs should give."""

import argparse
import os
import shutil
import sys
import sysconfig
from pathlib import Path

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("command", choices=["install"])
for flag in ("--no-deps", "--quiet", "--disable-pip-version-check", "--no-index", "--no-build-isolation"):
    parser.add_argument(flag, action="store_true")
for flag in ("--user", "-qq"):
    parser.add_argument(flag, action="store_true")
parser.add_argument("--target", type=Path)
parser.add_argument("source", type=Path)
args = parser.parse_args()
if args.user:  # below PYTHONUSERBASE, as the real one
    args.target = Path(sysconfig.get_path("purelib", "posix_user", vars={"userbase": os.environ["PYTHONUSERBASE"]}))
if not (args.no_deps and args.target.is_absolute() and args.source.is_absolute()):
    sys.exit("stand-in of pip: --no-deps and absolute paths are expected")
if os.environ.get("STANDIN_PIP") == "fail" or (os.environ.get("STANDIN_PIP") == "online" and args.no_index):
    sys.exit("stand-in of pip: cannot build the package")
for package in (path.parent for path in args.source.glob("*/__init__.py")):
    shutil.copytree(package, args.target / package.name)
