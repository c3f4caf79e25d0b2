#!/usr/bin/env python3
"""Plans a part of a workflow on the submit host, when DAGMan reaches it. DAGMan's script before the part calls it in place of
pegasus-plan, with the arguments of pegasus-plan, of which the last is the part's file.

It waits until fewer parts run than may (PARTS_AT_ONCE of the workflow's properties), checks that the part is the one that was written
(SHA256SUMS), calls pegasus-plan, and has our jobs end as in a workflow in one piece (node-end.sh). A part that is planned is not
planned again; one whose planning was stopped is planned anew.

Standard library only, Python >= 3.6. Exit codes: 0 the part is planned; 1 it cannot be; else that of pegasus-plan.
"""

import fcntl
import hashlib
import json
import math
import os
import re
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path

#: Left in the part's submit directory when everything in it is written.
MARK = "part-planned"

#: Seconds between two looks for a free place.
PAUSE = float(os.environ.get("OUTSOURCE_PART_PAUSE", "10"))

#: Seconds after which DAGMan has surely submitted a part that was planned, or never will.
SUBMITTED = 120

LIMIT = re.compile(r"^\s*dagman\.subwf\.maxjobs\s*[=:]\s*([0-9]{1,6})\s*$", re.M)

EVENT = re.compile(r"^([0-9]{3}) \(([0-9]+)\.[0-9]+\.[0-9]+\) ")

#: A node of one of our jobs: its name has the run.
OURS = re.compile(r"^[A-Za-z0-9_]+_[0-9]{6,9}-[A-Za-z0-9_]+(-([0-9]{4,}|combine|untar))?$")


#: A request of memory or disk that grows with the retries of a node, and one that does not.
GROWING = re.compile(r"^ifthenelse\(isundefined\(DAGNodeRetry\) \|\| DAGNodeRetry == 0, ([0-9]{1,12}), \(DAGNodeRetry \+ 1\)\*\1\)\Z")
#: What is multiplied by which factor of a Resubmit.
FACTORS = {"request_memory": "memory_factor", "request_disk": "disk_factor"}
PLAIN = re.compile(r"^[0-9]{1,12}\Z")


class PartError(Exception):
    """Why the part cannot be planned."""


class LeftAlone(PartError):
    """The part is not to be planned now."""


def say(text):
    print(f"plan_part: {text}", file=sys.stderr, flush=True)


def option(arguments, name):
    """The value of an option of pegasus-plan."""
    try:
        return arguments[arguments.index(name) + 1]
    except (ValueError, IndexError):
        raise PartError(f"it was called without {name}") from None


def running(log, before):
    """How many parts are in the queue, by DAGMan's log of its nodes, and whether the part that was planned before has been there."""
    alive, event, seen = set(), None, False
    try:
        with open(log, encoding="utf-8", errors="replace") as lines:
            for line in lines:
                match = EVENT.match(line)
                if match:
                    event = match.groups()
                    if event[0] in ("005", "009"):
                        alive.discard(event[1])
                elif event and event[0] == "000" and line.strip().startswith("DAG Node: pegasus-plan_part-"):
                    alive.add(event[1])
                    seen = seen or line.strip() == f"DAG Node: pegasus-plan_{before}"
    except FileNotFoundError:
        pass
    return len(alive), seen


def is_free(root, dag, most, before):
    """Whether there is room for one more part. DAGMan submits a part some seconds after it was planned; until then it counts."""
    number, seen = running(root / f"{dag}.nodes.log", before.read())
    fresh = not seen and before.is_fresh(root / f"{dag}.lock")
    return number + fresh < most


class Before:
    """The part that was planned before this one: the content of the lock file."""

    def __init__(self, lock):
        self.lock = lock

    def read(self):
        self.lock.seek(0)
        return self.lock.read().strip()

    def is_fresh(self, dagman):
        """Whether this DAGMan may still submit it: it was planned some seconds ago, and after DAGMan began (its lock file)."""
        at = os.fstat(self.lock.fileno()).st_mtime
        try:
            began = dagman.stat().st_mtime
        except FileNotFoundError:
            began = 0
        return self.read() != "" and at >= began and time.time() - at < SUBMITTED

    def write(self, name):
        self.lock.seek(0)
        self.lock.truncate()
        self.lock.write(name)
        self.lock.flush()


def wait(root, dag, before):
    """Waits for a free place. It ends when the workflow does: then nobody waits for this part."""
    properties = next(iter(sorted(root.glob("pegasus.*.properties"))), None)
    match = LIMIT.search(properties.read_text(encoding="utf-8", errors="replace")) if properties else None
    most = int(match.group(1)) if match else 1
    told = False
    while not is_free(root, dag, most, before):
        if not told:
            say(f"waits until fewer than {most} parts run")
            told = True
        if not (root / f"{dag}.lock").exists():
            raise PartError("the workflow has ended")
        time.sleep(PAUSE)


def digest(path):
    sha256 = hashlib.sha256()
    with open(path, "rb") as data:
        for block in iter(lambda: data.read(1 << 20), b""):
            sha256.update(block)
    return sha256.hexdigest()


def check(part):
    """The part must be the one that was written with the workflow."""
    folder = part.parent.parent
    name = f"{part.parent.name}/{part.name}"
    try:
        sums = (folder / "SHA256SUMS").read_text(encoding="utf-8")
    except OSError as error:
        raise PartError(f"the checksums of the workflow cannot be read: {error}") from None
    expected = next((line.split("  ", 1)[0] for line in sums.splitlines() if line.endswith("  " + name)), None)
    try:
        found = digest(part)
    except OSError as error:
        raise PartError(f"the part cannot be read: {error}") from None
    if expected != found:
        raise PartError(f"'{part}' was changed since it was written. Restore it, then resubmit the workflow")


def end_nodes(directory, dag, script):
    """Our jobs end with the script of the workflow, which knows which failures no retry can fix."""
    if not script.exists() or re.search(r"\s", str(script)):
        return
    final = re.search(r"exit ([0-9]+) ;;", script.read_text(encoding="utf-8"))
    path, ours = directory / dag, set()
    new = path.with_name(path.name + ".new")
    with open(path, encoding="utf-8") as lines, open(new, "w", encoding="utf-8", newline="\n") as out:
        for line in lines:
            words = line.split(" ", 4)
            if line.startswith("SCRIPT POST ") and len(words) == 5 and OURS.match(words[2]):
                if os.path.basename(words[3]) == "pegasus-exitcode":
                    ours.add(words[2])
                    words.insert(3, str(script))
                    line = " ".join(words)
            elif line.startswith("RETRY ") and final:
                retry = line.split()
                if len(retry) == 3 and retry[1] in ours:
                    line = f"{line.rstrip()} UNLESS-EXIT {final.group(1)}\n"
            out.write(line)
    os.replace(new, path)


def only(root):
    """The runs to which a Resubmit limits the parts that are still to be planned; None: all."""
    try:
        return {int(line) for line in (root / "parts.only").read_text(encoding="utf-8").split()}
    except FileNotFoundError:
        return None


def changes(root):
    """What each Resubmit changed of the requests of jobs, the first one first; it could not change submit files that were not there yet."""
    path = root / "parts.changes"
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        found = [({int(run) for run in change["runs"]} if change["runs"] is not None else None,
                  {key: Decimal(change[name]) for key, name in FACTORS.items() if change.get(name) is not None},
                  [str(site) for site in change["exclude_sites"]]) for change in document["changes"]]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, ArithmeticError, KeyError, TypeError) as error:
        raise PartError(f"'{path}' cannot be read ({type(error).__name__}). Delete it, and pass the options of Resubmit again") from None
    return found


def times(expression, factor):
    """A request of memory or disk times a factor; one that grows with the retries still grows."""
    def greater(amount):
        return max(1, math.ceil(int(amount) * factor))

    growing = GROWING.match(expression)
    if growing:
        amount = greater(growing.group(1))
        return f"ifthenelse(isundefined(DAGNodeRetry) || DAGNodeRetry == 0, {amount}, (DAGNodeRetry + 1)*{amount})"
    return str(greater(expression)) if PLAIN.match(expression) else f"int({factor} * ({expression}))"


def requirements(expression, sites):
    """Requirements that exclude sites; sites that are already excluded are not repeated."""
    missing = [clause for clause in (f'GLIDEIN_Site =!= "{site}"' for site in sites) if clause not in (expression or "")]
    if not missing:
        return expression
    away = f"({' && '.join(missing)})"
    return f"({expression}) && {away}" if expression else away


def change_requests(directory, dag, made):
    """The submit files of our jobs, as they would be if each Resubmit had found them."""
    with open(directory / dag, encoding="utf-8") as lines:
        nodes = [words for words in (line.split() for line in lines) if len(words) >= 3 and words[0] == "JOB" and OURS.match(words[1])]
    for _, name, file, *_ in nodes:
        run = int(re.search(r"_([0-9]{6,9})-", name).group(1))
        own = [(factors, sites) for runs, factors, sites in made if runs is None or run in runs]
        if own:
            change(directory / file, own)


def change(path, made):
    """One submit file."""
    lines = path.read_text(encoding="utf-8").split("\n")

    def find(key):
        return next((i for i, line in enumerate(lines) if line[:1] not in ("#", "+") and re.match(rf"\s*{key}\s*=", line, re.I)), None)

    def put(at, key, value):
        if value is None:
            return
        if at is None:
            at = next((i for i, line in enumerate(lines) if re.match(r"\s*queue\b", line, re.I)), len(lines))
            lines.insert(at, "")
        lines[at] = f"{key} = {value}"

    for factors, sites in made:
        for key, factor in factors.items():
            at = find(key)
            if at is not None:
                put(at, key, times(lines[at].split("=", 1)[1].strip(), factor))
        if sites:
            at = find("requirements")
            put(at, "requirements", requirements(lines[at].split("=", 1)[1].strip() if at is not None else None, sites))
    new = path.with_name(path.name + ".new")
    with open(new, "w", encoding="utf-8", newline="\n") as out:
        out.write("\n".join(lines))
    os.replace(new, path)


def jobs_of(part):
    """The nodes of a part's jobs: name -> run."""
    nodes = {}
    with open(part.with_suffix(".jobs"), encoding="utf-8") as lines:
        for line in lines:
            words = line.split()
            if len(words) >= 2 and words[0] == "JOB":
                nodes[words[1]] = int(re.search(r"_([0-9]{6,9})-", words[1]).group(1))
    return nodes


def leave_alone(directory, dag, nodes):
    """These nodes fail without being tried, in the form in which Resubmit writes it, and takes it away again."""
    if nodes:
        with open(directory / dag, "a", encoding="utf-8", newline="\n") as out:
            out.write("# outsource: left alone by Resubmit --only\n")
            for name in nodes:
                out.write(f"SCRIPT PRE {name} /bin/false\nRETRY {name} 0\n")
            out.write("# outsource: end of left alone\n")


def plan(arguments):
    part = Path(arguments[-1])
    base = Path(option(arguments, "--dir"))
    directory = base / option(arguments, "--relative-submit-dir")
    # The submit directory of the workflow: the log that is named in it is a file of its own.
    log = next((a.split("=", 1)[1] for a in arguments if a.startswith("-Dpegasus.log.*=")), None)
    if log is None:
        raise PartError("it was called without the place of its log")
    root = Path(log).parent
    dag = "xenonnt-0.dag"
    # A script that lost its DAGMan may still be at work on this part.
    with open(root / "parts.lock", "a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        runs = only(root)
        jobs = {} if runs is None else jobs_of(part)
        if runs is not None and not runs.intersection(jobs.values()):
            raise LeftAlone("Resubmit --only named none of its runs")
        if (directory / MARK).exists() and (directory / dag).exists():
            say("it is planned already")
            return 0
        before = Before(lock)
        wait(root, dag, before)
        check(part)
        made = changes(root)
        if (directory / dag).exists():
            say("an earlier planning of it was stopped")
            (directory / dag).unlink()
        environment = dict(os.environ)
        drawing = part.parent.parent / ".planner-path"
        if drawing.is_dir():
            environment["PATH"] = f"{drawing}:{environment.get('PATH', '')}"
        home = os.environ.get("PEGASUS_HOME")
        program = os.path.join(home, "bin", "pegasus-plan") if home else "pegasus-plan"
        # A negative code: it was killed by a signal.
        code = subprocess.call([program, *arguments], env=environment, stdin=subprocess.DEVNULL)
        if code != 0:
            return code if code > 0 else 1
        if made:
            change_requests(directory, dag, made)
        end_nodes(directory, dag, root / "node-end.sh")
        leave_alone(directory, dag, [name for name, run in jobs.items() if run not in runs] if jobs else [])
        (directory / MARK).touch()
        before.write(part.stem)
        return 0


def note_of(arguments):
    """Where it is noted why the part could not be planned: DAGMan's log of nodes does not show that."""
    log = next((a.split("=", 1)[1] for a in arguments if a.startswith("-Dpegasus.log.*=")), None)
    return Path(log).parent / (Path(arguments[-1]).stem + ".failed") if log else None


def main(arguments):
    note = note_of(arguments)
    try:
        if not arguments:
            raise PartError("it was called without arguments")
        if note and note.exists():
            note.unlink()
        code = plan(arguments)
        why = f"pegasus-plan failed (exit code {code})"
    except LeftAlone as error:
        say(f"the part is not planned: {error}")
        return 1
    except (PartError, OSError) as error:
        say(f"the part is not planned: {error}")
        code, why = 1, str(error)
    if code and note and note.parent.is_dir():
        note.write_text(why + "\n", encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
