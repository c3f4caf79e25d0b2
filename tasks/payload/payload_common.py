"""What the job programs (process.py, combine.py) and their canary stand-ins share.

Only the standard library is needed to import this module: strax and its companions are imported when a
function needs them, so that arguments, disk and credentials are judged before minutes go by on imports.

Python >= 3.9. The file travels next to the program that imports it; nothing else of this repository does.
"""

from __future__ import annotations

import argparse
import base64
import codecs
import configparser
import contextlib
import ctypes
import errno
import gzip
import hashlib
import html
import importlib
import inspect
import json
import logging
import os
import posixpath
import random
import re
import resource
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import tarfile
import threading
import time
import traceback
import zlib
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple, Optional
from urllib.parse import unquote, unquote_plus

# --- facts of the analysis software, in one place ------------------------------------------------------

#: Types whose jobs work on a few chunks of raw data each; a combine job merges the parts.
CHUNKED = ("records", "peaklets", "hitlets_nv", "afterpulses", "led_calibration")

#: Made only to make something else: neither packed nor uploaded, unless the job was asked for that very type.
NEVER_KEPT = frozenset({"records", "records_nv", "records_he", "records_mv", "lone_raw_records_nv", "peaks"})

#: About as large as raw data: never written down just to spare a second pass.
HEAVY = (NEVER_KEPT | {"raw_records_coin_nv", "lone_raw_record_statistics_nv"}) - {"peaks"}

#: Written by per-chunk jobs and rechunked by combine: a processing job never uploads its parts of them.
RECHUNKED = frozenset({
    "pulse_counts", "veto_regions", "peaklets", "lone_hits", "hitlets_nv", "afterpulses", "led_calibration",
})

#: Asked for the one, made with the others (those that the context defines).
MADE_TOGETHER = {
    "event_info_double": (
        "event_pattern_fit", "event_area_per_channel", "event_top_bottom_params", "event_ms_naive",
        "peak_s1_positions_cnn", "event_ambience", "event_shadow", "cuts_basic",
    ),
    "event_shadow": ("event_ambience",),
    "veto_regions_nv": ("event_positions_nv",),
}

#: Made with others, but not to be had for every run: a job goes on without them, unless they were planned.
OPTIONAL = frozenset({"cuts_basic"})

#: Level of a type -> key of [Outsource] that names its RSE. A type in neither list is of the event level.
RECORDS_LEVEL = frozenset({
    "records", "records_nv", "records_he", "records_mv", "pulse_counts", "veto_regions", "raw_records_coin_nv",
    "lone_raw_record_statistics_nv",
})
PEAKLETS_LEVEL = frozenset({"peaklets", "lone_hits", "merged_s2s", "hitlets_nv"})

#: By level: types whose closure (what their plugins make and need) goes to an RSE, by its key. All other types are of the event level.
RSE_BY_CLOSURE = (("records_rse", ("records", "records_nv", "records_he")), ("peaklets_rse", ("peaks", "hitlets_nv")))
RSE_KEYS = (*(key for key, _ in RSE_BY_CLOSURE), "events_rse")

#: Per-chunk storage as used here exists since this release of strax.
STRAX_NEEDED = (2, 0)

#: Parts are written in chunks of at most this many MB. Plugins of straxen 3.1.3 and later ask for up to 2000 MB, which a job of a
#: few chunks would have in memory as a whole; combine brings them to the plugin's own size.
PART_CHUNK_MB = 200

#: By level it is these plugins (classes) that write their parts in chunks of so many MB.
PART_CHUNK_TARGETS = {"Peaklets": 200, "nVETOHitlets": 200}

#: By level: modes of saltax. Lineage hashes are planned for the last one.
SALTAX_MODES = ("simu", "salt")

#: Types that a context of saltax always stores.
SIMULATED = ("raw_records_simu",)

#: Files beside the folders of data that jobs hand on: measurements, and the instructions of a simulation.
HELPER_SUFFIXES = (".npy", ".json", ".csv")

#: How many threads libraries start.
THREAD_VARIABLES = ("OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "BLIS_NUM_THREADS",
                    "NUMEXPR_NUM_THREADS", "GOTO_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "NPROC")

#: What a tarball may hold. strax compresses its files, so that a real one hardly grows; metadata does, and is small.
UNPACKED_GROWTH, UNPACKED_BESIDES, MEMBERS_MOST = 20, 32 << 20, 100_000

#: A RunDB token is accepted for this long after it was made.
TOKEN_LIFETIME = 48 * 3600

#: A proxy that ends sooner than this cannot see even a short job through.
PROXY_NEEDED = 3600

WORK = "outsource-work"  # everything a job writes, save its output tarball
PARTIAL = ".partial"

# --- how a job ends -----------------------------------------------------------------------------------

DONE, ARGUMENTS, ENVIRONMENT, HASHES, DISK = 0, 10, 20, 21, 22
INPUT, CREDENTIALS, PROCESSING, VERIFICATION, UPLOAD, RUNDB, CONFLICT = 30, 31, 40, 41, 50, 51, 52
SIGNALLED = 128  # + the number of the signal

EXIT_CODES = {
    DONE: "done",
    ARGUMENTS: "arguments or .xenon_config are wrong",
    ENVIRONMENT: "the environment or the image does not meet the needs of the job",
    HASHES: "lineage hashes differ from those planned",
    DISK: "not enough disk space",
    INPUT: "an input is missing or unusable",
    CREDENTIALS: "RunDB token or X.509 proxy missing or expired",
    PROCESSING: "processing failed",
    VERIFICATION: "the result is incomplete",
    UPLOAD: "upload failed",
    RUNDB: "the RunDB was not updated",
    CONFLICT: "another product with the same name is already stored",
}


class PayloadError(Exception):
    """The job cannot go on: an exit code, and the cause in one sentence."""

    def __init__(self, code, cause):
        super().__init__(cause)
        self.code = code
        self.cause = cause


class Signalled(BaseException):
    """The job was told to end. No Exception: nothing that retries or tolerates failures may swallow it."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


#: Tokens that are made during the job: nobody knows them before a library may print them, so that they are known by their
#: form (a RunDB token is a JWT) or by what stands before them.
_ANY_TOKEN = (r"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}",
              r"(?P<lead>(?:[Bb]earer |(?:access_token|refresh_token|id_token|[Xx]-[Rr]ucio-[Aa]uth-[Tt]oken|password=)"
              r"[\"'\\]{0,4}\s{0,2}[:=]?\s{0,2}[\"'\\]{0,4}))[A-Za-z0-9_.~+/=%-]{4,}")


def _hexadecimal(digits):
    return "".join(f"[{d}{d.upper()}]" if d.isalpha() else d for d in digits)


def _spellings(character):
    """A pattern of the ways in which URLs, JSON, Python and HTML write one character."""
    if re.fullmatch(r"[A-Za-z0-9_.~-]", character):
        return re.escape(character)
    octets = [f"{octet:02x}" for octet in character.encode("utf-8", "surrogatepass")]
    units = character.encode("utf-16-be", "surrogatepass")
    ways = [r"\\{0,8}" + re.escape(character),
            "".join(f"%(?:25){{0,2}}{_hexadecimal(octet)}" for octet in octets),
            "".join(r"\\{1,4}x" + _hexadecimal(octet) for octet in octets),
            "".join(r"\\{1,4}u" + _hexadecimal(units[i:i + 2].hex()) for i in range(0, len(units), 2)),
            f"&#(?:0*{ord(character)}|[xX]0*{_hexadecimal(f'{ord(character):x}')});"]
    if html.escape(character) != character:
        ways.append(re.escape(html.escape(character)))
    if character == " ":
        ways.append(r"\+")
    if character == "\t":
        ways.append(r"\\{1,4}t")
    return "(?:" + "|".join(ways) + ")"


_BACKSLASH = r"(?:\\u005[cC]|\\x5[cC]|\\|%(?:25){0,2}5[cC]|&#(?:92|[xX]5[cC]);)"


def _base64_cores(secret):
    """What base64 makes of a secret wherever it stands in what is encoded, such as user:password.

    Three bytes become four characters, so there are three alignments; the characters at either end that hold bits
    of the neighbours are not looked at.
    """
    for before in range(3):
        raw = b"\0" * before + secret.encode("utf-8", "surrogatepass")
        first, last = -(-before * 8 // 6), len(raw) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            core = encode(raw).decode()[first:last]
            if len(core) >= 6:
                yield core


class Cover:
    """Finds every secret in all its forms, the longest first, and hides it."""

    #: So many characters in a row of a long secret, or of its base64, are a piece of it: base64 breaks its lines, messages
    #: are cut.
    PIECE = 16

    def __init__(self, secrets):
        known = {form for secret in secrets for form in (secret, unquote(secret), unquote_plus(secret)) if len(form) >= 4}
        ways = []
        for secret in sorted(known, key=len, reverse=True):
            # A run of backslashes is doubled as a whole; one by one, the ways to read it would multiply.
            ways.append("".join(_BACKSLASH + f"{{{len(part)},{8 * len(part)}}}" if part[0] == "\\" else _spellings(part)
                                for part in re.findall(r"\\+|[\s\S]", secret)))
        cores = {core for secret in known for core in _base64_cores(secret)}
        self._whole = re.compile("|".join([*ways, *map(re.escape, sorted(cores, key=len, reverse=True)), *_ANY_TOKEN]))
        # Not of user:password as it is: the name of a user is no secret.
        self._pieces = {text[at:at + self.PIECE] for text in known | cores if ":" not in text
                        for at in range(len(text) - self.PIECE + 1)}

    def hide(self, text):
        text = self._whole.sub(lambda match: (match.group("lead") or "") + "***", text)
        return re.sub(r"[A-Za-z0-9+/_.=-]{16,}", self._hide_pieces, text) if self._pieces else text

    def _hide_pieces(self, match):
        text, hidden, end = match.group(), [], 0
        for at in range(len(text) - self.PIECE + 1):
            if text[at:at + self.PIECE] in self._pieces:
                if not hidden or at > end:
                    hidden.append(text[end:at] + "***")
                end = at + self.PIECE
        return "".join(hidden) + text[end:]


class Redactor:
    """A text stream that lets no known secret through: not in another spelling, and not in pieces.

    A line goes on when it is whole, since the next piece may be the second half of a secret.
    """

    LONGEST = 1 << 16  # of a line without end, in characters; the last bit of what is longer waits for the next piece
    WAITS = 1 << 13

    def __init__(self, stream, secrets):
        self._stream = stream
        self._secrets = secrets  # shared and mutable: a login in the middle of a job makes a new one
        self._cover, self._known = None, None
        self._begun = ""

    def cover(self, text):
        if self._known != len(self._secrets):
            self._known = len(self._secrets)
            self._cover = Cover(self._secrets)
        return self._cover.hide(text)

    def write(self, text):
        begun = self._begun + text
        end = max(begun.rfind("\n"), begun.rfind("\r")) + 1
        whole, self._begun = begun[:end], begun[end:]
        if whole:
            self._stream.write(self.cover(whole))
        if len(self._begun) > self.LONGEST:
            covered = self.cover(self._begun)
            self._stream.write(covered[:-self.WAITS])
            self._begun = covered[-self.WAITS:]
        return len(text)

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def finish(self):
        """What was begun is all that comes."""
        begun, self._begun = self._begun, ""
        self._stream.write(self.cover(begun))

    def __getattr__(self, name):
        return getattr(self._stream, name)


class Report:
    """Collects what the last lines of the log say."""

    def __init__(self, program):
        self.program = program
        self.what = program
        self.secrets = []
        self.tell_supervisor = None
        self.bytes_in = 0
        self.bytes_out = 0
        self.packed = False  # the output is there, whole and verified
        self._started = time.monotonic()

    def describe(self, args):
        made = args.data_type if not args.level else "lower level" if args.level == "combine" else f"{args.level} level"
        what = f"{self.program} {made} of run {args.run:06d}"
        if getattr(args, "chunk_start", None) is not None:
            what += f", chunks {args.chunk_start} to {args.chunk_stop - 1}"
        if getattr(args, "chunk_stops", None):
            what += f", {args.chunk_stops[-1]} chunks in {len(args.chunk_stops)} groups"
        self.what = what

    def hide(self, secrets):
        """Secrets that came up after the start, such as the token of a new login."""
        new = [secret for secret in secrets if secret not in self.secrets]
        self.secrets.extend(new)
        if new and self.tell_supervisor:
            self.tell_supervisor({"secrets": new})

    def finish(self, code, cause=""):
        cause = " ".join(Cover(self.secrets).hide(cause).split())
        seconds = round(time.monotonic() - self._started, 1)
        # Linux counts in KiB; children are pip and openssl, never at the same time as the analysis.
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        summary = {
            "what": self.what,
            "exit": code,
            "result": "done" if code == DONE else "failed",
            "cause": cause,
            "seconds": seconds,
            "peak_memory_mb": round(peak * 1024 / 1e6, 1),
            "bytes_in": self.bytes_in,
            "bytes_out": self.bytes_out,
        }
        print("==== summary ====")
        print(f"what         {summary['what']}")
        print(f"result       {summary['result']}, exit {code}")
        if code != DONE:
            print(f"cause        {cause}")
        print(f"duration     {seconds} s")
        print(f"peak memory  {summary['peak_memory_mb']} MB")
        print(f"bytes in     {self.bytes_in}")
        print(f"bytes out    {self.bytes_out}")
        print("outsource-summary " + json.dumps(summary, sort_keys=True), flush=True)


def run(program, work, canary=False, argv=None):
    """Runs `work(args, report)` and ends the process with the code that says why it ended."""
    report = Report(program)
    os.umask(0o077)
    protect(".xenon_config", ".dbtoken", "rucio.cfg")
    report.secrets.extend(find_secrets(".xenon_config", ".dbtoken", os.environ.get("X509_USER_PROXY", "")))
    for path in (os.environ.get("RUCIO_CONFIG", ""), "rucio.cfg",
                 os.path.join(os.environ.get("RUCIO_HOME", "/opt/rucio"), "etc", "rucio.cfg")):
        report.secrets.extend(secret for secret in find_secrets(path, "") if secret not in report.secrets)
    report.tell_supervisor = supervise(report, open_log(sys.argv[1:] if argv is None else argv))
    output = None
    try:
        for number in ENDING:
            signal.signal(number, _on_signal)
        args = parse_arguments(program, canary, sys.argv[1:] if argv is None else argv)
        report.describe(args)
        report.tell_supervisor({"what": report.what})
        if not canary:
            set_threads(args.cores)
        payload = os.environ.get("OUTSOURCE_PAYLOAD", "")
        if canary != (payload == "canary"):
            raise PayloadError(ARGUMENTS, f"OUTSOURCE_PAYLOAD is '{payload}', but the staged program is the "
                               + ("canary." if canary else "real one."))
        output = args.output
        start_afresh(output)
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            if os.environ.get(name, "").startswith(os.getcwd()):
                os.makedirs(os.environ[name], exist_ok=True)
        work(args, report)
        code, cause = DONE, ""
    except PayloadError as error:
        code, cause = error.code, error.cause
    except Signalled as error:
        code, cause = SIGNALLED + error.number, f"ended by {signal.Signals(error.number).name} (the job was removed)."
    except SystemExit as error:  # --help
        code, cause = int(error.code or 0), ""
        report.tell_supervisor({"told": True})
        _leave(code)
    except BaseException as error:  # pylint: disable=broad-except
        traceback.print_exc()
        code, cause = judge(error)
    # From here on nothing may interrupt: a second signal would leave a log without its cause.
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number in (*ENDING, signal.SIGALRM):
        signal.signal(number, signal.SIG_IGN)
    # What is made and verified, but not proved to be at its storage element, stays: PegasusLite brings an output that it
    # finds to the staging site, whatever the job's code.
    if code != DONE and output and not report.packed:
        remove_output(output)
    with contextlib.suppress(BrokenPipeError):
        report.finish(code, cause)
        report.tell_supervisor({"told": True})
    _leave(code)


#: Signals that mean: end now.
ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def _on_signal(number, _frame):
    # Once is enough: a process group and our supervisor may both tell us.
    for other in ENDING:
        signal.signal(other, signal.SIG_IGN)
    # Libraries with a bare `except:` (admix has some) swallow even this: it is raised again until somebody listens.
    signal.signal(signal.SIGALRM, lambda *_: _raise(Signalled(number)))
    signal.setitimer(signal.ITIMER_REAL, 1, 1)
    raise Signalled(number)


def _raise(error):
    raise error


def _leave(code):
    """Ends this process; its supervisor passes on what is still in the pipes."""
    # strax may leave threads waiting for each other after a failure; an ordinary exit would join them for ever.
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            if isinstance(stream, Redactor):
                stream.finish()
            stream.flush()
    os._exit(code)


# --- the supervisor: whatever a job prints, and however it ends ----------------------------------------


#: A file in the directory of the job, or in one folder below it.
LOG = re.compile(r"([A-Za-z0-9_][A-Za-z0-9._-]*/)?[A-Za-z0-9_][A-Za-z0-9._-]*")


def open_log(argv):
    """File descriptor of the file that `--log` names, which gets all that is printed too; None without it.

    It is an output of the job: kickstart's record of a job that did its work is not kept for long.
    """
    for option, value in zip(argv, [*argv[1:], ""]):
        name = option[len("--log="):] if option.startswith("--log=") else value if option == "--log" else None
        if name is not None and LOG.fullmatch(name):
            with contextlib.suppress(OSError):
                os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
                return os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    return None


def supervise(report, log=None):
    """Forks. The child goes on as the job and gets a function that tells the parent things; the parent stays until the
    job has ended, and ends with its code.

    All that the job prints goes through the parent, which covers secrets: also what libraries in C and child processes
    write to the file descriptors 1 and 2. It is another process, so that nothing is lost when the job is killed, and so
    that a job that a signal or a crash ends has a summary too.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    # One pipe for both where both are one file: two would lose the order of their lines.
    pipes = [os.pipe() for _ in range(1 if _same_file(1, 2) else 2)]
    hear, tell = os.pipe()
    parent = os.getpid()
    signal.pthread_sigmask(signal.SIG_BLOCK, [*ENDING, signal.SIGCHLD])
    try:
        child = os.fork()
    except OSError as error:  # no more processes: what this one prints itself is covered, the rest not
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [*ENDING, signal.SIGCHLD])
        sys.stdout, sys.stderr = Redactor(sys.stdout, report.secrets), Redactor(sys.stderr, report.secrets)
        print(f"no supervisor: {_one_line(error)}")
        return lambda message: None
    if child != 0:
        for _, write_end in pipes:
            os.close(write_end)
        os.close(tell)
        code = PROCESSING
        try:
            code = _Supervisor(report, child, [read_end for read_end, _ in pipes], hear, log).run()
        except BaseException as error:  # pylint: disable=broad-except
            with contextlib.suppress(Exception):
                os.kill(child, signal.SIGKILL)
                traceback.print_exc()
                report.finish(code, f"The supervisor of the job failed: {type(error).__name__}.")
        finally:
            os._exit(code)
    _die_with(parent)
    for read_end, _ in pipes:
        os.close(read_end)
    os.close(hear)
    os.dup2(pipes[0][1], 1)
    os.dup2(pipes[-1][1], 2)
    for _, write_end in pipes:
        os.close(write_end)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [*ENDING, signal.SIGCHLD])
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError):  # no text file, in a test
            stream.reconfigure(line_buffering=True)

    def tell_supervisor(message):
        with contextlib.suppress(OSError):
            os.write(tell, (json.dumps(message) + "\n").encode())

    return tell_supervisor


def _same_file(a, b):
    a, b = os.fstat(a), os.fstat(b)
    return (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino)


def _die_with(parent):
    """A job whose supervisor was killed must not work on, unseen by HTCondor (prctl(2), PR_SET_PDEATHSIG)."""
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).prctl(1, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(SIGNALLED + signal.SIGKILL)


class _Descriptor:
    """The end of a log as a stream of text, and a file that gets the same; whoever does not read it any more, or a full
    disk, must not end the job."""

    def __init__(self, number, log=None):
        self._ends = [end for end in (number, log) if end is not None]

    def write(self, text):
        content = text.encode("utf-8", "surrogateescape")
        for end in list(self._ends):
            rest = memoryview(content)
            while rest and end in self._ends:
                try:
                    rest = rest[os.write(end, rest):]
                except OSError:
                    self._ends.remove(end)

    def flush(self):
        """What is written is not held back."""


class _Supervisor:
    def __init__(self, report, child, sources, hear, log=None):
        self._report, self._child, self._hear, self._log = report, child, hear, log
        decoder = codecs.getincrementaldecoder("utf-8")
        self._sources = {source: (decoder("surrogateescape"), Redactor(_Descriptor(number, log), report.secrets))
                         for source, number in zip(sources, (1, 2))}
        self._heard, self._told = b"", False

    def run(self):
        wakes, wake = os.pipe()
        for end in (wakes, wake, self._hear, *self._sources):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
        for number in ENDING:
            signal.signal(number, lambda number, _: self._forward(number))
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [*ENDING, signal.SIGCHLD])
        open_sources, status = set(self._sources), None
        while status is None:
            ready, _, _ = select.select([wakes, *open_sources], [], [], 5)
            if wakes in ready:
                _drain(wakes)
            for source in open_sources.intersection(ready):
                if not self._pass_on(source):
                    open_sources.discard(source)
            self._listen()
            ended, status_now = os.waitpid(self._child, os.WNOHANG)
            status = status_now if ended else None
        # The rest that is in the pipes; not until their end, which a process that the job left behind may keep open.
        for source in open_sources:
            self._pass_on(source)
        self._listen()
        for _, redactor in self._sources.values():
            redactor.finish()
        return self._judge(status)

    def _forward(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._child, number)

    def _pass_on(self, source):
        """Copies what is there; False at the end."""
        decoder, redactor = self._sources[source]
        for _ in range(256):
            content = _read(source)
            # What the job told before it printed is known before it is passed on.
            self._listen()
            redactor.write(decoder.decode(content or b"", final=content == b""))
            if not content:
                return content is None
        return True

    def _listen(self):
        while content := _read(self._hear):
            self._heard += content
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError):
                message = json.loads(line)
                self._report.secrets.extend(message.get("secrets", []))
                self._told = self._told or message.get("told", False)
                self._report.what = message.get("what", self._report.what)

    def _judge(self, status):
        """The code to end with; and the summary, when the job had no time for one."""
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            code, cause = SIGNALLED + number, f"The program was killed by {_signal_name(number)}" + (
                ", as when the memory is short." if number == signal.SIGKILL else ".")
        else:
            code = os.WEXITSTATUS(status)
            cause = f"The program ended with status {code} before it was done."
            if not self._told and (code == DONE or code not in EXIT_CODES):
                code = PROCESSING
        if not self._told:
            with contextlib.suppress(BrokenPipeError), contextlib.redirect_stdout(_Descriptor(1, self._log)):
                self._report.finish(code, cause)
        return code


def _signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _read(descriptor):
    """What is there of a pipe: nothing at its end, None when nothing has come."""
    try:
        return os.read(descriptor, 1 << 16)
    except BlockingIOError:
        return None


def _drain(descriptor):
    while _read(descriptor):
        pass


def judge(error):
    """Exit code and cause of an error nobody foresaw: the chain of causes says whose fault it was."""
    seen, chain = set(), []
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        chain.append(error)
        error = error.__cause__ or error.__context__
    for link in chain:
        if isinstance(link, PayloadError):
            return link.code, link.cause
    for link in chain:
        if isinstance(link, OSError) and link.errno in (errno.ENOSPC, errno.EDQUOT):
            return DISK, f"The disk is full: {link}."
    for link in chain:
        kind = type(link)
        if kind.__name__ == "DataNotAvailable" or kind.__module__.split(".")[0] in ("rucio", "admix"):
            return INPUT, f"Data could not be read: {_one_line(link)}"
    return PROCESSING, f"{type(chain[0]).__name__}: {_one_line(chain[0])}"


def _one_line(error):
    text = " ".join(str(error).split())
    return (text[:300] + " …" if len(text) > 300 else text) or type(error).__name__


# --- arguments ----------------------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise PayloadError(ARGUMENTS, f"{self.prog}: {message}.")


def _matching(pattern, what):
    def convert(text):
        if not re.fullmatch(pattern, text):
            raise argparse.ArgumentTypeError(f"'{text}' is not {what}")
        return text
    return convert


def _whole_number(least, most=None):
    def convert(text):
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least or (most is not None and int(text) > most):
            raise argparse.ArgumentTypeError(f"'{text}' is not a whole number from {least}"
                                             + (f" to {most}" if most is not None else ""))
        return int(text)
    return convert


def _seconds(text):
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of seconds")
    return float(text)


def _megabytes(text):
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of MB")
    return float(text)


def _stops(text):
    if not re.fullmatch(r"[0-9]{1,9}(,[0-9]{1,9})*", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of chunk numbers such as 10,20,23")
    stops = [int(part) for part in text.split(",")]
    if stops[0] < 1 or any(b <= a for a, b in zip(stops, stops[1:])):
        raise argparse.ArgumentTypeError(f"'{text}' does not rise")
    return stops


def _expected(text):
    match = re.fullmatch(r"([a-z0-9_]+)=([a-z0-9]+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not TYPE=HASH")
    return match.groups()


def _data_types(text):
    names = text.split(",")
    if not all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of data types such as peaklets,peaklet_classification")
    if len(set(names)) != len(names):
        raise argparse.ArgumentTypeError(f"'{text}' names a data type twice")
    return names


def _modes(text):
    names = text.split(",")
    if not set(names) <= set(SALTAX_MODES) or len(set(names)) != len(names):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of modes of saltax; there are {','.join(SALTAX_MODES)}")
    return names


def _pair(pattern, form):
    """A converter of NAME=VALUE."""
    def convert(text):
        match = re.fullmatch(pattern, text)
        if not match:
            raise argparse.ArgumentTypeError(f"'{text}' is not {form}")
        return match.groups()
    return convert


def _failure(text):
    match = re.fullmatch(r"([0-9]{1,6}):([a-z][a-z0-9_]*)(?::([0-9]{1,9}|combine))?(?:@([1-9][0-9]{0,8}))?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not RUN:TYPE or RUN:TYPE:GROUP, each with @MB or without")
    run_number, data_type, group, memory = match.groups()
    return int(run_number), data_type, group if group in (None, "combine") else int(group), int(memory) if memory else None


DATA_TYPE = _matching(r"[a-z][a-z0-9_]*", "a data type")
CONTEXT = _matching(r"[A-Za-z][A-Za-z0-9_]*", "the name of a context")
XEDOCS_VERSION = _matching(r"[A-Za-z][A-Za-z0-9_.-]*", "a global version of corrections such as global_v14")
#: No directory, no leading dash or dot: the tarball is written where the job runs and nowhere else.
OUTPUT = _matching(r"[A-Za-z0-9][A-Za-z0-9._-]*\.tar\.gz", "the bare name of a .tar.gz file")


def make_parser(program, canary=False):
    prog = f"{program}.py"
    epilog = "exit codes: " + "; ".join(f"{code} {words}" for code, words in EXIT_CODES.items())
    parser = _Parser(prog=prog, allow_abbrev=False, epilog=epilog)
    parser.add_argument("--run", type=_whole_number(0, 999999), required=True, metavar="NUMBER", help="run number")
    parser.add_argument("--context", type=CONTEXT, required=True, metavar="NAME", help="context of cutax")
    parser.add_argument("--xedocs-version", type=XEDOCS_VERSION, metavar="VERSION",
                        help="global version of the corrections, handed to the context (default: the context's own)")
    parser.add_argument("--data-type", type=DATA_TYPE, metavar="TYPE", help="data type to make")
    levels = ("lower", "upper") if program == "process" else ("combine",)
    parser.add_argument("--level", choices=levels, help="make the types of a level, with --data-types, and not one data type")
    parser.add_argument("--data-types", type=_data_types, metavar="TYPE,TYPE", help="types that strax is asked for, in this order")
    parser.add_argument("--output", type=OUTPUT, required=True, metavar="FILE", help="output tarball")
    if program == "process":
        parser.add_argument("--chunk-start", type=_whole_number(0), metavar="N", help="first chunk of raw data")
        parser.add_argument("--chunk-stop", type=_whole_number(1), metavar="N", help="chunk after the last one")
    else:
        parser.add_argument("--chunk-stops", type=_stops, required=True, metavar="N,N,…",
                            help="for each group, the chunk after its last one")
    parser.add_argument("--open-end", action="store_true",
                        help="the plan ends here: the last chunk is that of raw data's metadata, whatever the plan says")
    parser.add_argument("--stage", action="store_true",
                        help="have raw data that is on tape brought to disk before it is read")
    parser.add_argument("--upload", action="store_true", help="upload what was made through admix")
    parser.add_argument("--update-rundb", action="store_true", help="enter what was uploaded into the RunDB")
    parser.add_argument("--expect-hash", type=_expected, action="append", default=[], metavar="TYPE=HASH",
                        help="planned lineage hash of a type that this job stores; repeatable")
    parser.add_argument("--ignore-processed", action="store_true",
                        help="by level: do not look in Rucio for what is between raw data and what is to be made")
    parser.add_argument("--no-remote", action="store_true",
                        help="by level: read data from local folders only, those of the context that are there, and not from Rucio")
    parser.add_argument("--local-data", type=_matching(r"/[^\n]*", "an absolute path"), action="append", default=[], metavar="FOLDER",
                        help="with --no-remote: a further folder of data; repeatable")
    parser.add_argument("--download-heavy", action="store_true", help="by level: raw data may be downloaded")
    parser.add_argument("--remove-heavy", action="store_true", help="by level: delete each chunk of raw data after it was read")
    parser.add_argument("--upload-rse", type=_pair(rf"([a-z][a-z0-9_]*)=({'|'.join(RSE_KEYS)})", f"TYPE=KEY, KEY one of {', '.join(RSE_KEYS)}"),
                        action="append", default=[], metavar="TYPE=KEY",
                        help="by level: key of the configuration that names the RSE of this type; repeatable")
    parser.add_argument("--part-chunk-target", type=_pair(r"([A-Za-z_][A-Za-z0-9_]*)=([1-9][0-9]{0,5})", "CLASS=MB"), action="append",
                        default=[], metavar="CLASS=MB", help="by level, lower: size of the chunks that a plugin writes; repeatable "
                        f"(default {' '.join(f'{name}={size}' for name, size in PART_CHUNK_TARGETS.items())})")
    parser.add_argument("--expect-package", type=_pair(r"([A-Za-z_][A-Za-z0-9_]*)=([A-Za-z0-9][A-Za-z0-9._+!-]*)", "NAME=VERSION"),
                        action="append", default=[], metavar="NAME=VERSION", help="by level: version of an installed package; repeatable")
    parser.add_argument("--saltax", type=_modes, default=[], metavar="MODE,MODE", help="by level: modes of saltax to make one after the other")
    parser.add_argument("--resources-test", action="store_true", help="by level: put measurements of memory, time and disk into the output")
    parser.add_argument("--cores", type=_whole_number(1, 999), metavar="N", help="threads of libraries (default: what the job requests, or 1)")
    parser.add_argument("--log", type=_matching(LOG, "FILE, or FOLDER/FILE"), metavar="FILE",
                        help="file that gets all that is printed too")
    parser.add_argument("--max-wait", type=_seconds, default=0.0 if canary else 20.0, metavar="SECONDS",
                        help="wait at random up to this long before the first call to a service (default %(default)s)")
    if canary:
        parser.add_argument("--canary-fail", type=_failure, action="append", default=[], metavar="RUN:TYPE[:GROUP][@MB]",
                            help="fail as a failed processing would; GROUP is a chunk job's number, or 'combine'; "
                                 "with @MB only where the job asks HTCondor for less memory")
        parser.add_argument("--canary-sleep", type=_seconds, default=0.0, metavar="SECONDS", help="work this long")
        parser.add_argument("--canary-megabytes", type=_megabytes, default=0.001, metavar="N",
                            help="size of the file written per chunk, or per higher-level job")
    return parser


def parse_arguments(program, canary, argv):
    parser = make_parser(program, canary)
    args = parser.parse_args(argv)
    _check_level(parser, args)
    if program == "process":
        if (args.chunk_start is None) != (args.chunk_stop is None):
            parser.error("--chunk-start and --chunk-stop go together")
        if args.chunk_start is not None and args.chunk_start >= args.chunk_stop:
            parser.error(f"--chunk-start {args.chunk_start} is not below --chunk-stop {args.chunk_stop}")
        if args.open_end and args.chunk_start is None:
            parser.error("--open-end is about chunks, and goes with --chunk-start and --chunk-stop")
    if args.update_rundb and not args.upload:
        parser.error("--update-rundb without --upload would enter data that is nowhere")
    expected = {}
    for data_type, lineage_hash in args.expect_hash:
        if expected.setdefault(data_type, lineage_hash) != lineage_hash:
            parser.error(f"--expect-hash gives {data_type} two hashes")
    args.expect_hash = expected
    args.upload_rse = dict(args.upload_rse)
    args.expect_package = dict(args.expect_package)
    args.part_chunk_target = {name: int(size) for name, size in args.part_chunk_target} or PART_CHUNK_TARGETS
    args.run_id = f"{args.run:06d}"
    return args


#: Options that say nothing about a single data type.
_BY_LEVEL = ("ignore_processed", "no_remote", "local_data", "download_heavy", "remove_heavy", "upload_rse", "part_chunk_target", "expect_package", "saltax",
             "resources_test")


def _check_level(parser, args):
    """A job makes one data type, or the types of a level; afterwards `data_types` has them in both cases."""
    if args.level is None:
        if args.data_type is None:
            parser.error("the following arguments are required: --data-type, or --level and --data-types")
        for name in ("data_types", *_BY_LEVEL):
            if getattr(args, name):
                parser.error(f"--{name.replace('_', '-')} goes with --level")
        args.data_types = [args.data_type]
        return
    if args.data_type is not None:
        parser.error("--data-type does not go with --level: --data-types names what is to be made")
    if not args.data_types:
        parser.error("--level goes with --data-types")
    chunked = getattr(args, "chunk_start", None) is not None
    if args.local_data and not args.no_remote:
        parser.error("--local-data goes with --no-remote")
    if args.level == "lower" and not chunked:
        parser.error("--level lower goes with --chunk-start and --chunk-stop")
    if args.level == "upper" and chunked:
        parser.error("--level upper is made of the whole run, without --chunk-start")
    if args.saltax and args.context != "xenonnt_offline":
        parser.error(f"--saltax makes its context of xenonnt_offline, not of {args.context}")
    if args.upload:
        for name in ("ignore_processed", "saltax"):
            if getattr(args, name):
                parser.error(f"--{name.replace('_', '-')} does not go with --upload")


# --- configuration and secrets ------------------------------------------------------------------------

_SECRET_KEY = re.compile(r"passw|secret|token|(^|_)key$", re.IGNORECASE)


def read_config(path=".xenon_config"):
    parser = configparser.RawConfigParser()
    try:
        with open(path, encoding="utf-8") as file:
            parser.read_file(file)
    except FileNotFoundError:
        raise PayloadError(ARGUMENTS, f"{path} was not staged into the job's directory.") from None
    except (configparser.Error, UnicodeDecodeError) as error:
        # The message of configparser quotes the line, and the line may hold a password.
        raise PayloadError(ARGUMENTS, f"{path} is not a valid configuration ({type(error).__name__}).") from None
    return parser


def config_list(config, key):
    value = os.path.expandvars(config.get("Outsource", key, fallback=""))
    return [part.strip() for part in value.split(",") if part.strip()]


def config_number(config, key, default):
    value = os.path.expandvars(config.get("Outsource", key, fallback=str(default))).strip()
    if not re.fullmatch(r"[1-9][0-9]{0,5}", value):
        raise PayloadError(ARGUMENTS, f".xenon_config: [Outsource] {key} must be a whole number from 1, not '{value}'.")
    return int(value)


def find_secrets(config_path, token_path, proxy_path=""):
    """Values that must never be printed. Lenient: a broken file is somebody else's error to report."""
    found = set()
    with contextlib.suppress(Exception):
        parser = configparser.RawConfigParser()
        parser.read(config_path, encoding="utf-8")
        for section in list(parser.sections()) + ["DEFAULT"]:
            values = parser.defaults() if section == "DEFAULT" else dict(parser.items(section))
            users = {os.path.expandvars(value) for key, value in values.items() if key.endswith("user")}
            for key, value in values.items():
                if _SECRET_KEY.search(key):
                    found.update(value.splitlines())
                    found.update(os.path.expandvars(value).splitlines())
                    # Basic authentication encodes the two together, which hides the second.
                    found.update(f"{user}:{os.path.expandvars(value)}" for user in users if len(value) >= 4)
                for match in re.finditer(r"://[^/@\s:]*:([^/@\s]+)@", value):
                    found.add(match.group(1))
    with contextlib.suppress(Exception):
        found.add(json.loads(Path(token_path).read_text(encoding="utf-8"))["string"])
    with contextlib.suppress(Exception):
        key = re.search(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)-----END", Path(proxy_path).read_text(encoding="ascii"), re.DOTALL)
        found.update(line for line in key.group(1).split() if len(line) >= 16)
    # Longest first, so that a secret that contains another is gone as a whole; very short ones would eat the log.
    return sorted((s for s in found if isinstance(s, str) and len(s) >= 4), key=len, reverse=True)


def protect(*names):
    """Pegasus stages files with the modes of a site."""
    for name in names:
        with contextlib.suppress(OSError):  # not there, or not ours
            if not os.path.islink(name):
                os.chmod(name, os.stat(name).st_mode & 0o700)


# --- directories and checks before work ---------------------------------------------------------------


def work_dir(name):
    return Path(WORK, name)


def start_afresh(output):
    """A second try in the same directory must not trust what a killed one left."""
    remove_output(output)
    shutil.rmtree(WORK, ignore_errors=True)
    for name in ("input", "data", "staging"):
        work_dir(name).mkdir(parents=True)


def remove_output(output):
    for path in (Path(output), Path("." + output + PARTIAL)):
        with contextlib.suppress(FileNotFoundError):
            path.unlink()


def wait_at_random(most):
    """Thousands of jobs start in the same minute; their first calls should not reach a service in the same second."""
    if most > 0:
        seconds = random.SystemRandom().uniform(min(1.0, most), most)
        print(f"waiting {seconds:.1f} s, to spread the calls of many jobs", flush=True)
        time.sleep(seconds)


def set_threads(cores):
    """Libraries that see the whole machine would start a thread for each of its cores. What the workflow says is left alone."""
    cores = cores or request_of_job("requestcpus") or 1
    for name in THREAD_VARIABLES:
        os.environ.setdefault(name, str(cores))
    os.environ.setdefault("XLA_FLAGS", f"--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads={cores}")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")


_RETRY_REQUEST = re.compile(
    r"ifthenelse\(\s*isundefined\(\s*DAGNodeRetry\s*\)\s*\|\|\s*DAGNodeRetry\s*==\s*0\s*,\s*(\d+)\s*,"
    r"\s*\(\s*DAGNodeRetry\s*\+\s*1\s*\)\s*\*\s*(\d+)\s*\)", re.IGNORECASE)

#: By level: the value grows by a part of itself with each retry after the first ones.
_GROWING_REQUEST = re.compile(
    r"ifthenelse\(\s*isundefined\(\s*DAGNodeRetry\s*\)\s*\|\|\s*DAGNodeRetry\s*<=\s*(\d+)\s*,\s*(\d+)\s*,"
    r"\s*\(\s*\(?\s*DAGNodeRetry\s*(?:-\s*(\d+)\s*\))?\s*\*\s*(\d+(?:\.\d+)?)\s*\+\s*1\s*\)\s*\*\s*(\d+)\s*\)", re.IGNORECASE)


def read_job_ad(path):
    """Attributes of a ClassAd file (`Name = value` per line), keys in lower case, values as written."""
    ad = {}
    for line in Path(path).read_text(encoding="utf-8", errors="replace").splitlines():
        name, equals, value = line.partition("=")
        if equals and re.fullmatch(r"\s*\w+\s*", name):
            ad[name.strip().lower()] = value.strip()
    return ad


def requested(ad, name):
    """A request of the job in HTCondor's unit (RequestDisk: KB, RequestMemory: MB), or None when it is not a form that we know:
    better unknown than a guess.
    """
    value = ad.get(name, "")
    if re.fullmatch(r"\d+", value):
        return int(value)
    match, growing = _RETRY_REQUEST.fullmatch(value), _GROWING_REQUEST.fullmatch(value)
    retry = ad.get("dagnoderetry", "0").strip('"')
    if not (match or growing) or not retry.isdigit():
        return None
    if growing:
        still, first, from_retry, growth, most = growing.groups()
        return int(first) if int(retry) <= int(still) else int(((int(retry) - int(from_retry or 0)) * float(growth) + 1) * int(most))
    return int(match.group(1)) if int(retry) == 0 else (int(retry) + 1) * int(match.group(2))


def request_of_job(name):
    """The same of this very job; None as well when HTCondor left no ad."""
    path = os.environ.get("_CONDOR_JOB_AD", "")
    return requested(read_job_ad(path), name) if path and os.path.isfile(path) else None


def check_disk():
    asked = request_of_job("requestdisk")
    free = shutil.disk_usage(".").free // 1024
    # What was staged in already counts against the request.
    used = tree_size(".") // 1024
    print(f"disk: {free} KB free, {used} KB used here, " + (f"{asked} KB asked" if asked else "request unknown"))
    if asked and free + used < asked:
        raise PayloadError(DISK, f"{free + used} KB of disk, but the job asked for {asked} KB.")


def tree_size(path):
    """Bytes in files below path, links not followed."""
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(folder, name)).st_size
    return total


def check_token(config, path=".dbtoken"):
    """The RunDB token of a job that enters something; none, or an old one, will do when utilix can log in."""
    fault = None
    try:
        token = json.loads(Path(path).read_text(encoding="utf-8"))
        made, user = float(token["creation_time"]), token["user"]
        if not token["string"]:
            raise ValueError
    except FileNotFoundError:
        fault = f"{path} was not staged into the job's directory"
    except (ValueError, KeyError, TypeError):
        raise PayloadError(CREDENTIALS, f"{path} is not a RunDB token (string, creation_time, user).") from None
    if fault is None:
        left = made + TOKEN_LIFETIME - time.time()
        configured = config.get("RunDB", "rundb_api_user", fallback=None)
        if configured is not None and user != configured:
            fault = f"{path} is of user {user}, but .xenon_config says {configured}"
        elif left <= 0:
            fault = f"{path} expired {-left / 3600:.1f} h ago"
    if fault is None:
        print(f"RunDB token: {left / 3600:.1f} h left")
    elif can_log_in(config):
        print(f"RunDB token: {fault}; a new one will be asked for")
    else:
        raise PayloadError(CREDENTIALS, f"{fault}, and .xenon_config has no rundb_api_user and rundb_api_password to get a new one.")


def can_log_in(config):
    return all(config.get("RunDB", key, fallback="") for key in ("rundb_api_user", "rundb_api_password"))


def check_proxy():
    path = os.environ.get("X509_USER_PROXY", "")
    if not path:
        raise PayloadError(CREDENTIALS, "X509_USER_PROXY is not set: the job came without a proxy.")
    if not os.path.isfile(path):
        raise PayloadError(CREDENTIALS, f"The proxy {path} (X509_USER_PROXY) does not exist.")
    if shutil.which("openssl") is None:
        print("X.509 proxy: present, time left unknown (no openssl here)")
        return
    answer = subprocess.run(["openssl", "x509", "-noout", "-enddate", "-in", path], check=False,
                            capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
    match = re.fullmatch(r"notAfter=(.+) GMT\s*", answer.stdout)
    if answer.returncode != 0 or not match:
        raise PayloadError(CREDENTIALS, f"The proxy {path} (X509_USER_PROXY) is not a certificate.")
    end = datetime.strptime(" ".join(match.group(1).split()), "%b %d %H:%M:%S %Y").replace(tzinfo=timezone.utc)
    left = end.timestamp() - time.time()
    if left < PROXY_NEEDED:
        raise PayloadError(CREDENTIALS, f"The X.509 proxy has {left / 3600:.1f} h left; "
                           f"{PROXY_NEEDED / 3600:.0f} h are needed.")
    print(f"X.509 proxy: {left / 3600:.1f} h left")


def print_build_info():
    path = Path(os.environ.get("OUTSOURCE_BUILD_INFO", "/image-build-info.txt"))
    if path.is_file():
        print(f"image build info ({path}):")
        print(path.read_text(encoding="utf-8", errors="replace").rstrip())
    else:
        print(f"image build info: none ({path} does not exist)")


# --- tarballs -----------------------------------------------------------------------------------------


def pack(folder, output, top="data"):
    """Packs a folder so that equal content gives equal bytes; the name appears only when the file is whole."""
    partial = Path("." + output + PARTIAL)
    try:
        with open(partial, "wb") as raw:
            # Level 1: data files are compressed already. No name and no time in the header: both would differ.
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=1, mtime=0) as zipped:
                with tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as tar:
                    _add(tar, Path(folder), top)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(partial, output)
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()
    size = os.path.getsize(output)
    print(f"packed {output}: {size} bytes")
    return size


def _add(tar, path, name):
    info = tarfile.TarInfo(name)  # owner 0, no owner names, time 0
    if path.is_symlink():
        raise PayloadError(VERIFICATION, f"{path} is a link; a job's output holds files and folders only.")
    if path.is_dir():
        info.type, info.mode = tarfile.DIRTYPE, 0o755
        tar.addfile(info)
        for child in sorted(path.iterdir(), key=lambda p: p.name.encode("utf-8", "surrogateescape")):
            _add(tar, child, f"{name}/{child.name}")
    else:
        info.size, info.mode = path.stat().st_size, 0o644
        with open(path, "rb") as file:
            tar.addfile(info, file)


class _Bounded:
    """A stream that refuses to give more than it may, whatever a tarball's headers say or hide."""

    def __init__(self, stream, most, refuse):
        self._stream, self._left, self._refuse = stream, most, refuse

    def read(self, size=-1):
        content = self._stream.read(self._left + 1 if size < 0 else min(size, self._left + 1))
        self._left -= len(content)
        if self._left < 0:
            self._refuse("it unpacks to far more than its size")
        return content


def unpack(tarball, target, strip=0, links=False, code=INPUT):
    """Unpacks a tarball that is not trusted, without its `strip` leading components.

    Refused: absolute paths, '..', names that no file can have, devices and pipes, a file given twice, links that leave the
    target (with links=False: any link), too many members, and more bytes than a tarball of this size can hold honestly.
    Nothing is ever written through a link.
    """
    target = Path(target)
    target.mkdir(parents=True, exist_ok=True)
    tarball = Path(tarball)

    def refuse(why):
        raise PayloadError(code, f"Tarball {tarball.name} is refused: {why}.")

    made_links = []
    try:
        most = UNPACKED_BESIDES + UNPACKED_GROWTH * tarball.stat().st_size
        # In blocks of a stream, which cannot be read beyond its bounds, and not backwards.
        with gzip.open(tarball) as zipped:
            bounded = _Bounded(zipped, most, refuse)
            with tarfile.open(fileobj=bounded, mode="r|") as tar:
                for number, member in enumerate(tar):
                    if number >= MEMBERS_MOST:
                        refuse(f"it has more than {MEMBERS_MOST} members")
                    try:
                        _unpack_member(tar, member, target, strip, links, refuse, made_links)
                    except OSError as error:
                        if isinstance(error, gzip.BadGzipFile) or error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
                            raise
                        # Another name of the same file, a file where a folder has to be: whatever the file system refuses.
                        refuse(f"member {_shown(member.name)} cannot be made ({error.strerror or type(error).__name__})")
            # tarfile stops at the end marker; the checksum of gzip, which a cut-off transfer lacks, comes after it.
            while bounded.read(1 << 20):
                pass
    except FileNotFoundError as error:
        if error.filename == str(tarball):
            raise PayloadError(code, f"Tarball {tarball.name} does not exist.") from None
        raise
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, OverflowError) as error:
        raise PayloadError(code, f"Tarball {tarball.name} is damaged ({_one_line(error)}).") from None
    # Only now, when every link exists, does a chain of them show where it really leads.
    root = os.path.realpath(target)
    for path, name in made_links:
        if os.path.commonpath([root, os.path.realpath(path)]) != root:
            path.unlink()
            refuse(f"link {_shown(name)} points out")


def _shown(name):
    """A name of somebody else's in a sentence: what is no printable character is escaped, what is long is cut."""
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)
    return f"'{shown[:100]}…'" if len(shown) > 100 else f"'{shown}'"


def _unpack_member(tar, member, target, strip, links, refuse, made_links):
    name = _shown(member.name)
    parts = _safe_parts(member.name)
    if parts is None:
        refuse(f"member {name} leaves the folder")
    if not all(part.isprintable() and len(os.fsencode(part)) <= 255 for part in parts) or len(os.fsencode(member.name)) > 2048:
        refuse(f"member {name} has a name that no file of ours has")
    parts = parts[strip:]
    if not parts:
        if not member.isdir():
            refuse(f"member {name} is not in a folder")
        return
    path = target.joinpath(*parts)
    if any(parent.is_symlink() for parent in _parents(target, parts)):
        refuse(f"member {name} goes through a link")
    if any(os.path.lexists(parent) and not parent.is_dir() for parent in _parents(target, parts)):
        refuse(f"member {name} is in a file, not in a folder")
    if member.isdir():
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            refuse(f"{name} is given twice")
        path.mkdir(parents=True, exist_ok=True)
        return
    if os.path.lexists(path):
        refuse(f"{name} is given twice")
    path.parent.mkdir(parents=True, exist_ok=True)
    if member.type in (tarfile.REGTYPE, tarfile.AREGTYPE):  # and not what tarfile counts as such: sparse files have any size
        with tar.extractfile(member) as source, open(path, "xb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
        path.chmod(0o700 if member.mode & 0o100 else 0o600)
    elif member.issym() and links:
        if posixpath.isabs(member.linkname):
            refuse(f"link {name} points out")
        path.symlink_to(member.linkname)
        made_links.append((path, member.name))
    elif member.islnk() and links:
        source = _safe_parts(member.linkname)
        original = target.joinpath(*source[strip:]) if source and source[strip:] else None
        if original is None or original.is_symlink() or not original.is_file() or any(
                parent.is_symlink() for parent in _parents(target, source[strip:])):
            refuse(f"link {name} points out")
        shutil.copyfile(original, path)
    elif member.issym() or member.islnk():
        refuse(f"{name} is a link")
    else:
        refuse(f"{name} is neither file nor folder")


def _safe_parts(name):
    """Components of a member's name, or None when it could lead out of the target."""
    if not name or name.startswith("/") or "\0" in name or "\\" in name:
        return None
    parts = [part for part in name.split("/") if part not in ("", ".")]
    return None if ".." in parts else parts


def _parents(target, parts):
    path = target
    for part in parts[:-1]:
        path = path / part
        yield path


def unpack_inputs(args, report):
    """Unpacks every tarball of the run that was staged in, each apart, then brings their folders together.

    Together at once, one tarball could overwrite what another brought. A folder that comes twice must be
    the same to the byte.
    """
    names = sorted(p.name for p in Path(".").glob(f"{args.run_id}*.tar.gz") if p.name != args.output)
    for number, name in enumerate(names):
        size = os.path.getsize(name)
        report.bytes_in += size
        print(f"input {name}: {size} bytes")
        apart = work_dir(f"unpack-{number}")
        unpack(name, apart, strip=1)
        for folder in sorted(apart.iterdir()):
            there = work_dir("input") / folder.name
            if there.exists():
                if not same_tree(folder, there):
                    raise PayloadError(INPUT, f"{folder.name} comes twice, the second time from {name}, and differs.")
            else:
                os.replace(folder, there)
        shutil.rmtree(apart, ignore_errors=True)
    return names


def same_tree(a, b):
    if a.is_dir() != b.is_dir():
        return False
    if not a.is_dir():
        return a.stat().st_size == b.stat().st_size and a.read_bytes() == b.read_bytes()
    names = sorted(p.name for p in a.iterdir())
    return names == sorted(p.name for p in b.iterdir()) and all(same_tree(a / n, b / n) for n in names)


# --- the analysis software ----------------------------------------------------------------------------


def install_software(args):
    """Installs what was staged, for this job alone: by type cutax, by level every package. Gives the names of the latter."""
    if not args.level:
        target = work_dir("cutax")
        install("cutax", target, ["--quiet", "--target", str(target.resolve())])
        return []
    named = os.environ.get("USER_INSTALL_PACKAGE", "").split()
    wrong = [name for name in named if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)]
    if wrong:
        raise PayloadError(ENVIRONMENT, f"USER_INSTALL_PACKAGE names {_shown(wrong[0])}, which is no package.")
    there = sorted(path.name[:-len(".tar.gz")] for path in Path(".").glob("*.tar.gz")
                   if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*\.tar\.gz", path.name) and path.name != args.output)
    # A retry in the same directory finds its tarballs again: they stay, as they are inputs.
    absent = [name for name in named if name not in there]
    if absent:
        raise PayloadError(ENVIRONMENT, f"{', '.join(f'{name}.tar.gz' for name in absent)} of USER_INSTALL_PACKAGE was not staged into the "
                           "directory of the job.")
    base = work_dir("user").resolve()
    folder = Path(sysconfig.get_path("purelib", "posix_user", vars={"userbase": str(base)}))
    names = list(dict.fromkeys([*named, *there]))
    for name in names:
        if install(name, folder, ["--user", "-qq"], {"PYTHONUSERBASE": str(base)}):
            shutil.rmtree(work_dir(f"{name}-source"), ignore_errors=True)
    return names


def install(name, target, how, variables=None):
    """Installs the package of a tarball, ahead of the one that the image may have; whether pip did, and its source is not needed."""
    tarball, source = f"{name}.tar.gz", work_dir(f"{name}-source")
    unpack(tarball, source, strip=1, links=True, code=ENVIRONMENT)
    # Never with the network: thousands of jobs would fetch build tools, and what they fetch is not what was planned.
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--disable-pip-version-check", "--no-index",
               "--no-build-isolation", *how, str(source.resolve())]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PIP_")}
    environment.update({"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, **(variables or {})})
    outcome = subprocess.run(command, check=False, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    if outcome.returncode != 0:
        print(outcome.stdout.rstrip())
        plain = next((folder for folder in (source, source / "src") if (folder / name / "__init__.py").is_file()), None)
        if plain is None:
            raise PayloadError(ENVIRONMENT, f"pip could not install {tarball} (status {outcome.returncode}), and it holds no "
                               f"package {name} that could be used as it is.")
        print(f"{name}: pip could not install {tarball} (status {outcome.returncode}) without the network; its source is used as it is")
        target = plain
    if str(target.resolve()) not in sys.path:
        sys.path.insert(0, str(target.resolve()))
    importlib.invalidate_caches()
    return outcome.returncode == 0


def check_packages(args, names):
    """Imports what was installed, and says what it is; ends the job if it is not what was planned."""
    for name in names:
        module = import_module(name)
        file, version = getattr(module, "__file__", None) or "", str(getattr(module, "__version__", "unknown"))
        print(f"installed {name}: {file}, version {version}")
        if not os.path.realpath(file).startswith(os.path.join(os.path.realpath(WORK), "")):
            raise PayloadError(ENVIRONMENT, f"{name} was installed from {name}.tar.gz, but is imported from {file or 'nowhere'}.")
    for name, planned in args.expect_package.items():
        version = str(getattr(import_module(name), "__version__", "unknown"))
        if version != planned:
            raise PayloadError(ENVIRONMENT, f"{name} of this job has version {version}, but {planned} was planned.")


def import_module(name):
    try:
        return importlib.import_module(name)
    except Exception as error:
        traceback.print_exc()
        raise PayloadError(ENVIRONMENT, f"{name} cannot be imported in this image: {_one_line(error)}.") from error


def load_stack():
    """The modules of the image, by name; refuses an image that cannot do the work before any work is done."""
    stack = argparse.Namespace()
    with contextlib.suppress(Exception):
        # utilix (0.12.1 and before) takes this number for a text and cannot log in; admix logs in while it is imported.
        importlib.import_module("utilix").uconfig.remove_option("RunDB", "rundb_retry")
    for name in ("strax", "straxen", "cutax", "utilix", "admix"):
        module = import_module(name)
        setattr(stack, name, module)
        print(f"version {name}: {getattr(module, '__version__', 'unknown')}")
        if name == "strax":
            _check_strax(module)
    if not getattr(stack.straxen, "HAVE_ADMIX", True):
        raise PayloadError(ENVIRONMENT, "straxen of this image works without admix, so it can read no remote data.")
    with contextlib.suppress(Exception):  # not every release has it
        # Corrections of long lists of runs are sorted on the server's disk, not refused.
        mongo = importlib.import_module("rframe.interfaces.mongo")
        mongo.MongoAggregation.allow_disk_use = mongo.MultiMongoAggregation.allow_disk_use = True
    return stack


def _check_strax(strax):
    needed = ".".join(map(str, STRAX_NEEDED))
    found = re.match(r"(\d+)\.(\d+)", strax.__version__)
    if not found or tuple(map(int, found.groups())) < STRAX_NEEDED:
        raise PayloadError(ENVIRONMENT, f"The image has strax {strax.__version__}, but per-chunk storage needs strax "
                           f"{needed} or newer.")
    if not hasattr(strax.Context, "merge_per_chunk_storage"):
        raise PayloadError(ENVIRONMENT, f"strax {strax.__version__} of the image lacks the per-chunk storage of strax "
                           f"{needed}.")


def find_factory(contexts, name, xedocs_version):
    """The function of cutax that makes a context and its arguments; None when there is none.

    Documents of the RunDB call `xenonnt_vN` what cutax calls xenonnt_offline(xedocs_version="global_vN").
    """
    factory = getattr(contexts, name, None)
    if callable(factory):
        return factory, {} if xedocs_version is None else {"xedocs_version": xedocs_version}
    alias = re.fullmatch(r"xenonnt_v([0-9]+)", name)
    offline = getattr(contexts, "xenonnt_offline", None)
    if alias is None or not callable(offline):
        return None
    meant = f"global_v{alias.group(1)}"
    if xedocs_version not in (None, meant):
        raise PayloadError(ARGUMENTS, f"Context {name} means xenonnt_offline with xedocs_version {meant}, but --xedocs-version "
                           f"is {xedocs_version}.")
    return offline, {"xedocs_version": meant}


def open_saltax(args, config, mode):
    """The context of simulated and salted data, made as today's programs make it."""
    saltax = import_module("saltax")
    simulation = config.get("Outsource", "simulation_config", fallback="")
    if not simulation:
        raise PayloadError(ARGUMENTS, ".xenon_config: [Outsource] simulation_config is needed with --saltax.")
    print(f"context sxenonnt of saltax {getattr(saltax, '__version__', '')}: mode {mode}, corrections_version {args.xedocs_version}")
    try:
        st = saltax.contexts.sxenonnt(
            saltax_mode=mode, generator_name=config.get("Outsource", "generator_name", fallback="flat"),
            nestid=config_number(config, "nestid", 8), simu_mode=config.get("Outsource", "simu_mode", fallback="all"),
            simulation_config=simulation, corrections_version=args.xedocs_version, output_folder=str(work_dir("data")))
    except Exception as error:
        traceback.print_exc()
        raise PayloadError(ENVIRONMENT, f"The context of saltax, mode {mode}, cannot be set up: {_one_line(error)}.") from error
    for data_type in SIMULATED:
        if data_type in st._plugin_class_registry:
            st._plugin_class_registry[data_type].save_when = importlib.import_module("strax").SaveWhen.ALWAYS
    return st


def open_context(stack, args, config, mode=None):
    if mode is not None:
        return open_saltax(args, config, mode)
    name = args.context
    found = find_factory(getattr(stack.cutax, "contexts", stack.cutax), name, args.xedocs_version)
    if found is None:
        raise PayloadError(ENVIRONMENT, f"cutax {getattr(stack.cutax, '__version__', '')} of this job defines no "
                           f"context {name}.")
    factory, arguments = found
    words = "".join(f", {key} {value}" for key, value in arguments.items())
    print(f"context {name}: {getattr(factory, '__name__', name)}{words}")
    try:
        return factory(**arguments)
    except Exception as error:
        traceback.print_exc()
        raise PayloadError(ENVIRONMENT, f"Context {name}{words} cannot be set up: {_one_line(error)}.") from error


def local_storage(stack):
    return [stack.strax.DataDirectory(str(work_dir("data"))),
            stack.strax.DataDirectory(str(work_dir("input")), readonly=True)]


def remote_storage(stack, config, args, roots, exclude=None):
    """Raw data from the RSEs of the configuration; with `exclude` also everything else but those types.

    By type, raw data is always downloaded, and removed as soon as it is read; by level, the arguments say so.
    """
    try:
        frontend = stack.straxen.storage.RucioRemoteFrontend
    except AttributeError:
        raise PayloadError(ENVIRONMENT, "straxen of this image has no RucioRemoteFrontend.") from None
    # Options came one by one with releases of straxen.
    known = inspect.signature(frontend.__init__).parameters
    options = {"staging_dir": str(work_dir("staging")), "download_heavy": args.download_heavy or not args.level, "tries": 3}
    if args.level:
        options.update(tries=config_number(config, "admix_tries", 3), num_threads=config_number(config, "admix_num_threads", 5))
    if args.stage:
        if "stage" not in known:
            raise PayloadError(ENVIRONMENT, f"straxen {getattr(stack.straxen, '__version__', '')} of this image cannot have data "
                               "brought from tape to disk (--stage); straxen 3.0.2 can.")
        options["stage"] = True
    options = {key: value for key, value in options.items() if key in known}
    found = [frontend(rses_only=raw_rses(config), take_only=tuple(sorted(roots)), **options)]
    for backend in getattr(found[0], "backends", []) if args.remove_heavy or not args.level else ():
        _remove_after_reading(backend)
    if exclude is not None:
        found.append(frontend(exclude=tuple(sorted(set(roots) | set(exclude))), **options))
    return found


def further_storage(stack, context, config, args, roots, exclude=None):
    """Where data is read from that no input brings: Rucio, or with --no-remote local folders. `context`: the context's own storage.

    Raw data only; with `exclude` also everything else but those types.
    """
    if not args.no_remote:
        return remote_storage(stack, config, args, roots, exclude)
    paths, found = set(), []
    for frontend in [*context, *(stack.strax.DataDirectory(path, readonly=True) for path in args.local_data if os.path.isdir(path))]:
        # As today's programs do: folders, and no catalogue (the RunDB, Rucio) that knows where data is.
        if not isinstance(frontend, stack.strax.DataDirectory):
            continue
        path = os.path.realpath(frontend.path)
        # A context makes a folder for its own output, in the directory of the job.
        if path in paths or not os.path.isdir(path) or path.startswith(os.path.realpath(".") + os.sep):
            continue
        paths.add(path)
        # A folder of its own for this job: nothing is written into one that others read.
        only, without = set(_types(frontend, "take_only")), set(_types(frontend, "exclude"))
        if exclude is None:
            only = only & set(roots) if only else set(roots)
            if not only:
                continue
        else:
            without |= set(exclude)
        found.append(stack.strax.DataDirectory(frontend.path, readonly=True, take_only=tuple(sorted(only)), exclude=tuple(sorted(without))))
        print(f"data is read from {frontend.path}" + (f": {', '.join(sorted(only))}" if only else ""))
    if not found:
        raise PayloadError(INPUT, "With --no-remote data is read from local folders, and none of them exists where the job runs"
                           + (f": {', '.join(args.local_data)}." if args.local_data else "."))
    return found


def _types(frontend, name):
    value = getattr(frontend, name, ()) or ()
    return (value,) if isinstance(value, str) else tuple(value)


def raw_rse_key(config):
    """The key that names the RSEs of raw data: it has two names."""
    return "raw_records_rses" if config_list(config, "raw_records_rses") and not config_list(config, "raw_records_rse") else "raw_records_rse"


def raw_rses(config):
    return tuple(config_list(config, raw_rse_key(config)))


#: Size of each file of raw data that was read and removed, by its path.
read_and_removed = {}


def _remove_after_reading(backend):
    """Raw data goes as soon as it is read. straxen removes it itself since 3.2, and not of every detector."""
    read = backend._read_chunk

    def read_chunk(backend_key, chunk_info, *args, **kwargs):
        data = read(backend_key, chunk_info, *args, **kwargs)
        name = chunk_info.get("filename")
        folder = backend_key.replace("xnt_", "").replace(":", "-") if isinstance(backend_key, str) else ""
        path = work_dir("staging") / folder / str(name)
        if name and "/" not in folder and path.is_file():
            read_and_removed[path] = path.stat().st_size
            path.unlink()
        return data

    backend._read_chunk = read_chunk


def why_not_available(stack, config, args, key):
    """What Rucio and the packages say of data that a job cannot find, as words behind a comma; nothing when nobody can say."""
    if args.no_remote:
        return f": {key} is whole in none of the local folders, and with --no-remote nothing else is asked"
    with contextlib.suppress(Exception):
        did = stack.admix.utils.make_did(args.run, key.data_type, key.lineage_hash)
        rses = sorted(set(complete_rses(stack, did)))
        if not rses:
            return f": Rucio has no rule in state OK for {did}"
        allowed = [rse for rse in rses if rse in raw_rses(config)]
        if not allowed:
            return f": it is at {', '.join(rses)}, and {raw_rse_key(config)} contains {', '.join(raw_rses(config)) or 'none'}"
        if stack.admix.downloader.determine_rse(allowed) is None:
            return (f": it is at {', '.join(allowed)}, which admix never chooses "
                    f"(GLIDEIN_Country {os.environ.get('GLIDEIN_Country') or 'not set'})")
    return ""


def check_heavy(stack, args, key):
    """straxen refuses raw data that it calls heavy, without a word of the reason in what it raises."""
    backend = getattr(getattr(stack.straxen, "storage", None), "RucioRemoteBackend", None)
    if args.level and not args.no_remote and not args.download_heavy and key.data_type in getattr(backend, "heavy_types", ()):
        raise PayloadError(INPUT, f"{key.data_type} of run {args.run_id} is to be read, and is heavy; the job needs --download-heavy.")


def check_source(stack, config, args, key):
    """Raw data that admix would take from tape has to be brought to disk first, or its transfer waits until it fails."""
    if args.no_remote:
        return
    chosen = None
    with contextlib.suppress(Exception):
        did = stack.admix.utils.make_did(args.run, key.data_type, key.lineage_hash)
        allowed = [rse for rse in complete_rses(stack, did) if rse in raw_rses(config)]
        chosen = stack.admix.downloader.determine_rse(allowed)
        tape = chosen in importlib.import_module("admix.manager").TAPE_RSES
        print(f"{key.data_type}: to be read from {chosen}" + (", which is tape" if tape else ""))
        chosen = chosen if tape else None
    if chosen and not args.stage:
        raise PayloadError(INPUT, f"{key.data_type} of run {args.run_id} is on tape only for this job ({chosen}); it needs --stage, "
                           "which has it brought to disk first.")


def chunks_of_group(args, root, number):
    """[start, stop) of a chunk job, by the number of chunks that raw data really has.

    A listing of files is a lower bound of it, for strax writes none for an empty chunk: a job at the open end takes the rest.
    A plan that goes further is cut: combine proves that all of the run is there.
    """
    stop = number if args.open_end else min(args.chunk_stop, number)
    if stop != args.chunk_stop:
        print(f"{root} of run {args.run_id} has {number} chunks, planned were chunks {args.chunk_start} to {args.chunk_stop - 1}: "
              + (f"{args.chunk_start} to {stop - 1} are made" if stop > args.chunk_start else "nothing is to be made"))
    return args.chunk_start, max(stop, args.chunk_start)


def groups_of_run(stops, number, open_end):
    """The groups of chunks that the jobs of a plan made, by the number of chunks that raw data really has."""
    stops = [*stops[:-1], number if open_end else stops[-1]]
    pairs = [(start, min(stop, number)) for start, stop in zip([0, *stops], stops)]
    return [list(range(start, stop)) for start, stop in pairs if start < stop]


class Tree:
    """What a context's plugins say of its types: dependencies, siblings, what is saved, the order of making."""

    def __init__(self, stack, st):
        self._strax, self._st = stack.strax, st
        levels = st.tree_levels
        # Since strax 2.1 twice: by the longest (False) and by the shortest way to a root.
        self._levels = levels[False] if False in levels else levels
        self._plugins = {}

    def __contains__(self, data_type):
        return data_type in self._st._plugin_class_registry  # strax has no public way to ask

    def plugin(self, data_type):
        """The plugin, not configured: enough for what its class says, and free of calls to databases."""
        if data_type not in self._plugins:
            self._plugins[data_type] = self._st._plugin_class_registry[data_type]()
        return self._plugins[data_type]

    def depends_on(self, data_type):
        return tuple(self._strax.to_str_tuple(self.plugin(data_type).depends_on))

    def siblings(self, data_type):
        """All types that the plugin of this one makes, itself included."""
        return tuple(self._strax.to_str_tuple(self.plugin(data_type).provides))

    def save_when(self, data_type):
        return self._strax.SaveWhen(self._st.get_save_when(data_type)).name

    def rechunks(self, data_type):
        return bool(self._of(data_type, "rechunk_on_save"))

    def target_mb(self, data_type):
        """Size of a stored chunk that the plugin asks for."""
        return self._of(data_type, "chunk_target_size_mb")

    def _of(self, data_type, attribute):
        """What a plugin says of one of its types: one value for all, or one for each."""
        value = getattr(self.plugin(data_type), attribute)
        return value[data_type] if hasattr(value, "keys") else value

    def write_small_chunks(self, data_types):
        """Has the plugins of these types, in this process, write chunks of at most PART_CHUNK_MB. It is not in their lineage.

        Only where combine can bring the parts back to the plugin's own size (strax 2.1 and later).
        """
        if "rechunk_to_mb" not in inspect.signature(self._st.merge_per_chunk_storage).parameters:
            return
        for data_type in data_types:
            cls = self._st._plugin_class_registry[data_type]
            size = getattr(cls, "chunk_target_size_mb", None)
            if hasattr(size, "keys"):
                cls.chunk_target_size_mb = type(size)({t: min(mb, PART_CHUNK_MB) for t, mb in size.items()})
            elif size is not None:
                cls.chunk_target_size_mb = min(size, PART_CHUNK_MB)

    def write_chunks_of(self, targets):
        """Has plugins, in this process, write chunks of so many MB. targets: {name of the class, or of one that it derives from: MB}"""
        for cls in set(self._st._plugin_class_registry.values()):
            size = next((targets[base.__name__] for base in cls.__mro__ if base.__name__ in targets), None)
            if size is not None:
                print(f"{cls.__name__} writes chunks of {size} MB")
                cls.chunk_target_size_mb = size

    def order(self, data_type):
        return self._levels[data_type]["order"]

    def in_order(self, data_types):
        return sorted(data_types, key=self.order)

    def closure(self, data_types):
        found, todo = set(), list(data_types)
        while todo:
            data_type = todo.pop()
            if data_type not in found:
                found.add(data_type)
                todo.extend(self.depends_on(data_type))
        return found

    def whole_closure(self, data_types):
        """What the plugins of these types, and of all that they need, make and depend on."""
        found, todo = set(), list(data_types)
        while todo:
            data_type = todo.pop()
            if data_type not in found:
                found.add(data_type)
                todo.extend((*self.siblings(data_type), *self.depends_on(data_type)))
        return found

    def rse_key_of(self, args):
        """A function from a type to the key of the configuration that names its RSE."""
        if not args.level:
            return rse_key
        closures = [(key, self.whole_closure(t for t in types if t in self)) for key, types in RSE_BY_CLOSURE]
        return lambda data_type: args.upload_rse.get(data_type) or next(
            (key for key, closure in closures if data_type in closure), "events_rse")

    def roots(self, data_types):
        return {t for t in self.closure(data_types) if not self.depends_on(t)}

    def lower(self, data_type):
        """Types that chunk jobs make, and that a job above them therefore never makes."""
        if data_type in CHUNKED:
            return set()
        below = self.closure(t for t in CHUNKED if t in self)
        below |= {s for t in below for s in self.siblings(t)}
        return {t for t in below if self.depends_on(t)}

    def below(self, args, kept):
        """Types that a job of the whole run never makes.

        By type, those that chunk jobs make; by level, those that plugins always save and that are not planned for it: another
        level stores them.
        """
        if not args.level:
            return self.lower(args.data_type)
        return {t for t in self.whole_closure(args.data_types)
                if t not in kept and self.depends_on(t) and self.save_when(t) == "ALWAYS"}

    def own(self, args, kept):
        """Types of those kept that the job is to make, wherever they are stored: by level, what strax is asked for, and what
        its plugins make beside it."""
        return kept & {s for t in args.data_types for s in self.siblings(t)} if args.level else set(kept)

    def _of_level(self, args, asked):
        """By level the plan names all that is stored. Without one, it is what was asked for and what its plugins save beside it."""
        if args.expect_hash:
            return asked
        return asked | {s for t in asked for s in self.siblings(t) if self.save_when(s) == "ALWAYS"}

    def kept(self, args):
        """Types that the job stores: those asked for, planned or made together, and all that plugins always save."""
        asked = {*args.data_types, *args.expect_hash}
        unknown = sorted(t for t in asked if t not in self)
        if unknown:
            raise PayloadError(ENVIRONMENT, f"Context {args.context} of this image does not define {', '.join(unknown)}.")
        if args.level:
            return self._savable(self._of_level(args, asked))
        together = {t for t in MADE_TOGETHER.get(args.data_type, ()) if t in self and self.save_when(t) != "NEVER"}
        own = self.closure(asked | together) - self.lower(args.data_type)
        # What a plugin on the way makes beside what is needed is made anyway; it is lost when it is not kept.
        own |= {s for t in own for s in self.siblings(t)}
        always = {t for t in own if self.save_when(t) == "ALWAYS" and self.depends_on(t) and t not in NEVER_KEPT}
        return self._savable(asked | together | always)

    def _savable(self, kept):
        never = sorted(t for t in kept if self.save_when(t) == "NEVER")
        if never:
            raise PayloadError(ENVIRONMENT, f"The plugins of this image never save {', '.join(never)}, "
                               "which the job was planned to store.")
        return kept

    def computed(self, data_type, stored):
        """Types that come out of plugins when this one is made and `stored` ones are read."""
        found, todo = set(), [data_type]
        while todo:
            for one in self.siblings(todo.pop()):
                if one not in found:
                    found.add(one)
                    todo.extend(d for d in self.depends_on(one) if d not in stored and d not in found)
        return found

    def passes(self, kept, available, share=True, asked=None):
        """The types to ask strax for, in order, so that each plugin runs once.

        A type that two passes would compute is written down too, if its plugin lets us and it is not heavy
        (`share`). A type whose plugin runs anyway for another pass needs none of its own. Of the products of one
        plugin, the one that strax saves only when it is the target comes first, then the `asked` one.
        `available` are the types that are read, not made.
        """
        stored = set(kept)
        plugin_of = {t: self.siblings(t) for t in kept}
        if share:
            between = {t for k in kept for t in self.computed(k, stored | available)} - stored - HEAVY
            for candidate in sorted(between, key=self.order, reverse=True):
                if self.save_when(candidate) == "NEVER":
                    continue
                users = {plugin_of.setdefault(t, self.siblings(t)) for t in stored - available
                         if self.siblings(t) != self.siblings(candidate)
                         and candidate in self.computed(t, stored | available)}
                if len(users) > 1:
                    stored.add(candidate)
        passes, made_beside = [], set()

        def turn(one):
            plugin = min(self.order(s) for s in self.siblings(one) if s in self._levels)
            return plugin, self.save_when(one) == "ALWAYS", one != asked, self.order(one)

        for one in sorted(stored - available, key=turn):
            if one in made_beside:
                continue
            others = (t for t in stored - available if self.siblings(t) != self.siblings(one))
            if self.save_when(one) == "ALWAYS" and any(
                    one in self.computed(t, stored | available) for t in others):
                continue
            passes.append(one)
            made_beside |= {s for s in self.siblings(one) if self.save_when(s) == "ALWAYS"}
        return passes


def compare_hashes(st, tree, args, kept, mode=None):
    """Prints the lineage hashes of what will be stored; ends the job when they are not the planned ones."""
    different = []
    for data_type in tree.in_order(kept):
        found = st.key_for(args.run_id, data_type).lineage_hash
        planned = args.expect_hash.get(data_type) if mode in (None, SALTAX_MODES[-1]) else None
        print(f"lineage {data_type}: {found}" + ("" if planned is None else f" ({planned} planned)"))
        if planned not in (None, found):
            different.append(f"{data_type} ({found} instead of {planned})")
    if different:
        raise PayloadError(HASHES, "Lineage hashes differ from those planned: " + ", ".join(different)
                           + "; image and context do not belong together.")


def stored_path(key):
    return work_dir("data") / str(key)


def verify(st, args, data_type, chunk_number=None, span=None):
    """Proves that a product is there, whole and loadable; gives the number of its items.

    span: the time (start, end) that its chunks must cover without a gap.
    """
    key = st.key_for(args.run_id, data_type, chunk_number=chunk_number)
    path = stored_path(key)

    def fault(what):
        return PayloadError(VERIFICATION, f"{data_type} of run {args.run_id} {what}.")

    if not path.is_dir():
        raise fault("is not stored")
    metadata = read_metadata(path)
    if "writing_ended" not in metadata or "exception" in metadata:
        raise fault("was not written to its end")
    chunks = metadata.get("chunks", [])
    if not chunks or [c["chunk_i"] for c in chunks] != list(range(len(chunks))):
        raise fault(f"has chunks {[c['chunk_i'] for c in chunks]}, which are not numbered from 0 without a gap")
    for before, after in zip(chunks, chunks[1:]):
        if before["end"] != after["start"]:
            raise fault(f"has a gap in time after chunk {before['chunk_i']}")
    if span is not None and (chunks[0]["start"], chunks[-1]["end"]) != tuple(span):
        raise fault(f"covers {chunks[0]['start']} to {chunks[-1]['end']} ns, but its raw data {span[0]} to {span[1]} ns")
    promised = sum(c["n"] for c in chunks)
    try:
        loaded = sum(len(chunk.data) for chunk in st.get_iter(
            args.run_id, data_type, chunk_number=chunk_number, progress_bar=False))
    except Exception as error:
        traceback.print_exc()
        raise fault(f"cannot be loaded: {_one_line(error)}") from error
    if loaded != promised:
        raise fault(f"has {loaded} items, but its metadata says {promised}")
    print(f"verified {path.name}: {len(chunks)} chunks, {loaded} items")
    return loaded


def read_metadata(path):
    """The metadata of a folder of strax data."""
    files = sorted(Path(path).glob("*-metadata.json"))
    if len(files) != 1:
        raise PayloadError(VERIFICATION, f"{Path(path).name} has {len(files)} metadata files instead of one.")
    try:
        return json.loads(files[0].read_text(encoding="utf-8"))
    except ValueError:
        raise PayloadError(VERIFICATION, f"{Path(path).name} has unreadable metadata.") from None


def helpers(args, folder):
    """Files of a run beside its folders of data, such as measurements and the instructions of a simulation."""
    return sorted(path for path in Path(folder).iterdir()
                  if path.name.startswith(args.run_id) and path.suffix in HELPER_SUFFIXES and path.is_file() and not path.is_symlink())


def hand_helpers_on(args):
    """By level: brings the helper files of the inputs into the output; gives all that are there."""
    if not args.level:
        return []
    for path in helpers(args, work_dir("input")):
        if not (work_dir("data") / path.name).exists():
            print(f"handed on: {path.name}")
            shutil.move(path, work_dir("data") / path.name)
    return helpers(args, work_dir("data"))


def tidy(keep):
    """Leaves in the data folder only what the job is to hand on."""
    names = {path.name for path in keep}
    for path in sorted(work_dir("data").iterdir()):
        if path.name not in names:
            print(f"not kept: {path.name}")
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink()


# --- upload and RunDB ---------------------------------------------------------------------------------


def rse_key(data_type):
    if data_type in RECORDS_LEVEL:
        return "records_rse"
    return "peaklets_rse" if data_type in PEAKLETS_LEVEL else "events_rse"


def find_rses(config, data_types, key_of=rse_key):
    """The RSE of each type; asked before the work, because afterwards it is too late to say that there is none."""
    found = {}
    for data_type in sorted(data_types):
        rses = config_list(config, key_of(data_type))
        if len(rses) != 1:
            raise PayloadError(ARGUMENTS, f".xenon_config: [Outsource] {key_of(data_type)} must name one RSE for "
                               f"{data_type}, but names {len(rses)}.")
        found[data_type] = rses[0]
    return found


def persist(what, code, action, tries=3):
    """Services have bad minutes: a failure is final only after some of them."""
    pause = float(os.environ.get("OUTSOURCE_RETRY_SECONDS", "30"))
    for attempt in range(1, tries + 1):
        try:
            return action()
        except PayloadError:
            raise
        except Exception as error:  # whatever the libraries of the image raise
            cause = f"{type(error).__name__}: {_one_line(error)}"
            print(f"{what}: try {attempt} of {tries} failed, {cause}", flush=True)
            if attempt == tries:
                raise PayloadError(code, f"{what} failed {tries} times, at last with {cause}") from error
        time.sleep(pause * attempt)
    raise AssertionError("unreachable")


def _unknown_did(error):
    return type(error).__name__ == "DataIdentifierNotFound"


#: States of a replica by the letters of Rucio's REST interface and the names of its answers (rucio/db/sqla/constants.py).
REPLICA_STATES = {"A": "AVAILABLE", "U": "UNAVAILABLE", "C": "COPYING", "B": "BEING_DELETED", "D": "BAD",
                  "T": "TEMPORARY_UNAVAILABLE"}


class RemoteFile(NamedTuple):
    """A file in Rucio's catalogue. Size (bytes) and Adler-32 are what was registered, before any transfer."""

    size: int
    adler32: str
    attached: bool  # to the dataset
    state: Optional[str] = None  # of its replica at the RSE in question; None: it has none there

    @property
    def available(self):
        return self.state == "AVAILABLE"

    def is_like(self, local):
        return (self.size, self.adler32) == local


def remote_files(stack, did, rse, names=()):
    """{name: RemoteFile} of a dataset, and of `names` that the catalogue knows and that are not attached to it (yet).

    What is attached proves nothing: Rucio's client registers a file before it transfers it and takes nothing back when
    the transfer fails, and admix's preupload attaches every file that is registered. Only the state of the replicas at
    the RSE says whether a file is there.
    """
    scope = did.split(":")[0]
    try:
        listed = stack.admix.rucio.list_files(did, verbose=True)
    except Exception as error:
        if not _unknown_did(error):
            raise
        listed = []
    found = {}
    for file in listed:
        name = file["name"] if file.get("scope", scope) == scope else f"{file['scope']}:{file['name']}"
        found[name] = RemoteFile(int(file["bytes"]), _checksum(file.get("adler32")), True)
    unclear = []
    for file in _replicas(stack, scope, sorted({name for name in found if ":" not in name} | set(names)), rse):
        before = found.get(file["name"])
        state = (file.get("states") or {}).get(rse)
        if state is None and rse in file["rses"]:
            unclear.append(file["name"])
        found[file["name"]] = RemoteFile(
            before.size if before else int(file["bytes"]), before.adler32 if before else _checksum(file.get("adler32")),
            before is not None, REPLICA_STATES.get(state, state))
    if unclear:  # old servers (1.23) give states by numbers of theirs; without `all_states` they list what is available
        available = {file["name"] for file in _replicas(stack, scope, unclear, rse, all_states=False) if rse in file["rses"]}
        for name in unclear:
            found[name] = found[name]._replace(state="AVAILABLE" if name in available else "COPYING")
    return found


def _replicas(stack, scope, names, rse, all_states=True):
    """What Rucio lists of these files: also those without a replica at the RSE, but not those it does not know."""
    client = stack.admix.clients.replica_client
    for first in range(0, len(names), 500):
        dids = [{"scope": scope, "name": name} for name in names[first:first + 500]]
        try:
            yield from list(client.list_replicas(dids, rse_expression=rse, all_states=all_states))
        except Exception as error:
            if not _unknown_did(error):
                raise
            # A server that refuses the whole question for the one that it does not know.
            for one in dids:
                with contextlib.suppress(type(error)):
                    yield from list(client.list_replicas([one], rse_expression=rse, all_states=all_states))


def _checksum(text):
    return (text or "").lower().zfill(8)


def complete_rses(stack, did):
    """RSEs where Rucio says that all it knows of the dataset is."""
    return [rule["rse_expression"] for rule in _rules(stack, did) if rule["state"] == "OK"]


def _rules(stack, did):
    try:
        return stack.admix.rucio.list_rules(did)
    except Exception as error:
        if _unknown_did(error):
            return []
        raise


def local_files(path):
    return {file.name: (file.stat().st_size, file_checksum(file)) for file in sorted(Path(path).iterdir())}


def file_checksum(path):
    checksum = 1
    with open(path, "rb") as content:
        while block := content.read(1 << 20):
            checksum = zlib.adler32(block, checksum)
    return f"{checksum & 0xffffffff:08x}"


def metadata_name(did):
    return did.split(":")[1] + "-metadata.json"


def remote_metadata(stack, did, rse):
    folder = work_dir("staging") / "metadata"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    paths = stack.admix.download(f"{did.split(':')[0]}:{metadata_name(did)}", location=str(folder), tries=3, rse=rse)
    return json.loads(Path(paths[0]).read_text(encoding="utf-8"))


def stored_remotely(stack, did):
    """The RSE where a remote product is whole, or None.

    A rule in state OK is not enough, it may have been made when the dataset was empty: each file that the metadata
    names has an available replica of the size in the metadata, and the dataset has no others.
    """
    for rse in complete_rses(stack, did):
        files = remote_files(stack, did, rse)
        if not files.get(metadata_name(did), RemoteFile(0, "", False)).available:
            continue
        try:
            chunks = [c for c in remote_metadata(stack, did, rse)["chunks"] if c["n"]]
            expected = {metadata_name(did), *(c["filename"] for c in chunks)}
        except (ValueError, KeyError, TypeError):
            print(f"not whole: {did} at {rse}: {metadata_name(did)} is not metadata")
            continue
        absent = sorted(name for name in expected if name not in files or not files[name].available)
        other = sorted(c["filename"] for c in chunks if c["filename"] in files
                       and c.get("filesize") not in (None, files[c["filename"]].size))
        foreign = sorted(set(files) - expected)
        if not absent and not other and not foreign:
            return rse
        for names, what in ((absent, "not available there"), (other, "of another size than its metadata says"),
                            (foreign, "not in its metadata")):
            if names:
                print(f"not whole: {did} at {rse}: {_some(names)}: {what}")
    return None


def _some(names, most=3):
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _same_data(stack, path, did, rse):
    try:
        return _essence(remote_metadata(stack, did, rse)) == _essence(read_metadata(path))
    except (ValueError, KeyError, TypeError, AttributeError):  # what is there is no metadata
        return False


def _essence(metadata):
    """What two writings of the same data have in common: not the time of writing, nor the time it took."""
    return (metadata.get("lineage_hash"),
            [tuple(c.get(k) for k in ("chunk_i", "start", "end", "n", "filename")) for c in metadata["chunks"]])


def upload_differences(stack, path, did, rse, local, same):
    """What separates a product from being at its RSE: ({name: RemoteFile or None} of what is not proved to be there,
    sentences about what differs). Proved is what is attached and has an available replica of our size and Adler-32.

    local: {name: (bytes, Adler-32)} of the product; same: keeps for the next call which metadata was fetched and compared,
    by its Adler-32.
    """
    remote = remote_files(stack, did, rse, local)
    unproved = {name: remote.get(name) for name in sorted(local)
                if name not in remote or not remote[name].attached or not remote[name].available}
    wrong = [f"{name} is in the dataset, but not here" for name in sorted(set(remote) - set(local))]
    for name in sorted(set(local) & set(remote)):
        there = remote[name]
        if there.is_like(local[name]):
            continue
        # A first try wrote the same data at another time of day: its metadata differs, and is as good. Whether it is
        # the same data is seen when it can be fetched.
        if name == metadata_name(did) and there.state is not None:
            if there.available and there.adler32 not in same:
                same[there.adler32] = _same_data(stack, path, did, rse)
            if not there.available or same[there.adler32]:
                continue
        wrong.append(f"{name} has {there.size} bytes, adler32 {there.adler32} there, "
                     f"{local[name][0]} bytes, adler32 {local[name][1]} here")
    return unproved, wrong


class Storage:
    """What lies at a storage element under the name of a file, whatever the catalogue says of it."""

    def __init__(self, stack, rse):
        self._manager = importlib.import_module("rucio.rse.rsemanager")
        self._client = stack.admix.clients.upload_client
        self._replicas = stack.admix.clients.replica_client
        self._rse = rse
        self._settings = self._manager.get_rse_info(rse, vo=self._client.client.vo)

    def look(self, scope, name):
        """(bytes, Adler-32), or None when nothing is there."""
        file = {"scope": scope, "name": name}
        if not self._manager.exists(self._settings, file, auth_token=self._client.auth_token, vo=self._client.client.vo):
            return None
        protocol = self._manager.create_protocol(self._settings, "read", domain="wan", auth_token=self._client.auth_token)
        protocol.connect()
        try:
            address = next(iter(protocol.lfns2pfns(file).values()))
            try:
                found = protocol.stat(address)
            except Exception as error:  # of a storage that does not count checksums, if it is no worse
                print(f"{name} at {self._rse}: {_one_line(error)}")
                found = {}
            if "filesize" in found and found.get("adler32"):
                return int(found["filesize"]), _checksum(found["adler32"])
            copy = work_dir("staging") / "look"
            copy.unlink(missing_ok=True)
            protocol.get(address, str(copy))
            try:
                return copy.stat().st_size, file_checksum(copy)
            finally:
                copy.unlink()
        finally:
            protocol.close()

    def declare_available(self, scope, name, file):
        """Tells Rucio what the client could not any more, that was killed after the transfer."""
        replica = {"scope": scope, "name": name, "bytes": file.size, "adler32": file.adler32, "state": "A"}
        if file.state is None:
            self._replicas.add_replicas(self._rse, [replica])
        else:
            self._replicas.update_replicas_states(self._rse, [replica])
        print(f"{name} was at {self._rse} already, as registered: said to be available")

    def declare_lost(self, scope, name):
        self._replicas.update_replicas_states(self._rse, [{"scope": scope, "name": name, "state": "U"}])

    def delete(self, scope, name):
        self._manager.delete(self._settings, [{"scope": scope, "name": name}], auth_token=self._client.auth_token)
        print(f"{name} at {self._rse} was a remainder: deleted")


def settle(stack, did, rse, unproved, local):
    """Brings files that the catalogue knows, and that are not available, to a state from which they can be sent.

    Rucio's client sends nothing where it finds a file of that name at the storage element, be it whole or half. What
    is whole needs only to be said; what is not, is in the way.
    """
    scope, storage = did.split(":")[0], None
    for name, file in unproved.items():
        if file is None or file.available:
            continue
        if file.state in ("BEING_DELETED", "TEMPORARY_UNAVAILABLE"):
            raise RuntimeError(f"the replica of {name} is {file.state.lower().replace('_', ' ')}")
        storage = storage or Storage(stack, rse)
        there = storage.look(scope, name)
        if there is None:
            continue
        if file.is_like(there) and file.state != "BAD":
            storage.declare_available(scope, name, file)
        elif file.is_like(local[name]):
            storage.delete(scope, name)


def send(stack, path, did, rse, unproved):
    """Sends files through Rucio's client itself: admix.upload skips what is attached, and hides why it failed."""
    scope, dataset = did.split(":")
    # New files are registered after their transfer: whatever ends it, the catalogue promises nothing that is not there.
    # What is registered already goes the other way, in which the client says at the end that it is available. The
    # metadata last: without it, no one takes a dataset for whole.
    names = sorted(unproved, key=lambda name: (name == metadata_name(did), name))
    items = []
    for name in names:
        file = unproved[name]
        if file is not None and file.available:
            continue
        item = {"path": str(Path(path, name)), "rse": rse, "did_scope": scope, "did_name": name,
                "register_after_upload": file is None}
        if file is None or not file.attached:
            item.update(dataset_scope=scope, dataset_name=dataset)
        items.append(item)
    if not items:
        return None
    print(f"sending {len(items)} files of {did} to {rse}: {_some([item['did_name'] for item in items])}", flush=True)
    with _reasons() as reasons:
        try:
            stack.admix.clients.upload_client.upload(items)
            return None
        except Exception as error:  # not all of it may have failed, and it says so too where a file was there already
            return f"{type(error).__name__} {_one_line(error)}" + (f" ({reasons[-1]})" if reasons else "")


@contextlib.contextmanager
def _reasons():
    """Why transfers fail: Rucio's client says it in the log only, to those who listen to INFO."""
    found, root = [], logging.getLogger()
    logging.basicConfig()  # as the first message would; a handler of ours alone would silence it

    class Listener(logging.Handler):
        def emit(self, record):
            message = record.getMessage()
            if message.startswith("Exception: "):
                found.append(_one_line(message[len("Exception: "):]))

    level, levels, listener = root.level, [(handler, handler.level) for handler in root.handlers], Listener(logging.INFO)
    for handler, own in levels:
        handler.setLevel(max(own, level))
    root.addHandler(listener)
    root.setLevel(min(level, logging.INFO))
    try:
        yield found
    finally:
        root.setLevel(level)
        root.removeHandler(listener)
        for handler, own in levels:
            handler.setLevel(own)


def open_dataset(stack, did, rse):
    """Scope and dataset, which the client does not make for files that are there already, and a rule that keeps them."""
    scope, dataset = did.split(":")
    clients = stack.admix.clients
    for make, exists in (
            (lambda: stack.admix.rucio.add_scope(clients.upload_client.client.account, scope), ("Duplicate",)),
            (lambda: clients.did_client.add_dataset(scope, dataset), ("DataIdentifierAlreadyExists",))):
        try:
            make()
        except Exception as error:
            if type(error).__name__ not in exists:
                raise
    if rse not in [rule["rse_expression"] for rule in _rules(stack, did)]:
        try:
            clients.rule_client.add_replication_rule([{"scope": scope, "name": dataset}], 1, rse)
        except Exception as error:
            if type(error).__name__ != "DuplicateRule":
                raise


def attach(stack, did, names):
    """Files that are available, but were not attached to the dataset when a former try was killed."""
    scope, dataset = did.split(":")
    for name in names:
        try:
            stack.admix.clients.did_client.attach_dids(scope, dataset, [{"scope": scope, "name": name}])
        except Exception as error:
            if type(error).__name__ not in ("FileAlreadyExists", "DuplicateContent"):
                raise


def defend(stack, did, rse, local):
    """Two jobs that make the same product may send it in the same second. Their data files are equal, their metadata is
    not: whoever came last has overwritten a file that the other one registered, and the catalogue cannot know it. Who
    registered it (`local`: bytes, Adler-32) can send it again.
    """
    scope, name = did.split(":")[0], metadata_name(did)
    try:
        file = remote_files(stack, did, rse, [name]).get(name)
        storage = Storage(stack, rse)
        there = storage.look(scope, name) if file is not None and file.available else None
    except Exception as error:  # a storage that one may write to and not read
        print(f"{name} at {rse} could not be looked at: {_one_line(error)}")
        return
    if there is not None and not file.is_like(there):
        if file.is_like(local):
            storage.delete(scope, name)
            storage.declare_lost(scope, name)
        raise RuntimeError(f"{name} at {rse} had {there[0]} bytes, adler32 {there[1]}, and was registered with {file.size} bytes, "
                           f"adler32 {file.adler32}: another job sent the same product in the same moment")


def upload(stack, path, did, rse):
    """Brings a product to its RSE and proves that it is there; does nothing twice when it is there already.

    Gives {name: (bytes, Adler-32)} of what is there.
    """
    local, same = local_files(path), {}
    expected = {metadata_name(did), *(c["filename"] for c in read_metadata(path)["chunks"] if c["n"])}
    if set(local) != expected:
        raise PayloadError(VERIFICATION, f"{Path(path).name} holds other files than its metadata says: "
                           f"{_some(sorted(set(local) ^ expected))}.")

    def refuse(wrong):
        raise PayloadError(CONFLICT, f"{did} at {rse} is not what was made here: {'; '.join(wrong[:3])}. Another try made it of "
                           "other chunks or in another image. Resubmit with its chunks_per_job and image; or have the "
                           f"dataset erased (admix.rucio.erase('{did}', now=True)), wait until Rucio has deleted its "
                           "files, and resubmit.")

    def look():
        unproved, wrong = upload_differences(stack, path, did, rse, local, same)
        if wrong:
            refuse(wrong)
        return unproved

    def kept():
        return rse in [rule["rse_expression"] for rule in _rules(stack, did)]

    def attempt():
        unproved = look()
        if not unproved and kept():
            print(f"uploaded {did} to {rse}: all files were there already")
            return
        open_dataset(stack, did, rse)
        settle(stack, did, rse, unproved, local)
        unproved = look()
        metadata = unproved.get(metadata_name(did))
        if metadata is not None and not metadata.available and not metadata.is_like(local[metadata_name(did)]):
            # Rucio never changes a checksum, and what the other try wrote went away with its directory.
            refuse([f"{metadata_name(did)} is registered with adler32 {metadata.adler32}, is not available, and has "
                    f"{local[metadata_name(did)][1]} here"])
        error = send(stack, path, did, rse, unproved)
        if metadata_name(did) in unproved:
            defend(stack, did, rse, local[metadata_name(did)])
        unproved = look()
        attach(stack, did, [name for name, file in unproved.items() if file is not None and file.available])
        unproved = look()
        if unproved:
            name, file = next(iter(unproved.items()))
            raise RuntimeError(f"{len(unproved)} of {len(local)} files are not there after the upload, such as {name} "
                               f"(replica {'unknown' if file is None or file.state is None else file.state.lower()})"
                               + (f": {error}" if error else ""))
        if not kept():
            raise RuntimeError(f"Rucio has no rule for {did} at {rse}")
        print(f"uploaded {did} to {rse}: {len(local)} files are available there, sizes and checksums agree")

    persist(f"Upload of {did} to {rse}", UPLOAD, attempt)
    return local


class RunDB:
    """utilix's client, which keeps for the whole job the token that it found at the beginning."""

    def __init__(self, stack, config, report):
        self._stack, self._config, self._report = stack, config, report
        self._renewed = False

    def ask(self, question):
        """The answer of `question(db)`; with exactly one new login when the token is refused, however many questions."""
        db = self._stack.utilix.DB()
        self._hide_token()
        try:
            return question(db)
        except Exception as error:
            if not re.search(r"\b401\b", str(error)):
                raise
            if self._renewed:
                raise PayloadError(CREDENTIALS, "The RunDB refuses the token (401), although it is new.") from error
            if not can_log_in(self._config):
                raise PayloadError(CREDENTIALS, "The RunDB refuses the token (401), and .xenon_config has no rundb_api_user and "
                                   "rundb_api_password to get a new one. Resubmit with a new token.") from error
        print("RunDB: the token is refused (401); logging in", flush=True)
        path = Path(os.environ.get("HOME", "."), ".dbtoken")
        path.unlink(missing_ok=True)
        token = self._stack.utilix.rundb.Token(str(path))  # finds none, and so asks for one
        self._renewed = True
        db.headers["Authorization"] = f"Bearer {token()}"
        self._hide_token()
        return question(db)

    def _hide_token(self):
        self._report.hide(find_secrets("", Path(os.environ.get("HOME", "."), ".dbtoken")))


def enter_into_rundb(rundb, args, data_type, lineage_hash, did, rse, files):
    """Adds the entry of what is proved to be at an RSE; does nothing when it is there: the server appends.

    files: {name: (bytes, Adler-32)}
    """
    where = {"type": data_type, "host": "rucio-catalogue", "did": did, "location": rse}
    sent = False

    def entered():
        return rundb.ask(lambda db: [entry for entry in db.get_data(args.run, **where) if entry.get("status") == "transferred"])

    def attempt():
        nonlocal sent
        there = len(entered())
        if there:
            print(f"RunDB: {did} at {rse} " + ("entered" if sent else "was entered already")
                  + (f", {there} times: all but one of the entries can be deleted" if there > 1 else ""))
            return
        if sent:
            raise RuntimeError("the entry is not there after it was sent")
        datum = {**where, "status": "transferred", "protocol": "rucio",
                 "creation_time": datetime.now(timezone.utc).replace(tzinfo=None).isoformat(),
                 "meta": {"lineage_hash": lineage_hash, "file_count": len(files),
                          "size_mb": sum(size for size, _ in files.values()) / 1e6}}
        rundb.ask(lambda db: db.update_data(args.run, datum))
        # The server has said yes: sent again it would be there twice, if it only shows late.
        sent = True
        if not entered():
            raise RuntimeError("the entry is not there after it was sent")
        print(f"RunDB: {did} at {rse} entered")

    persist(f"RunDB entry of {did}", RUNDB, attempt)


def hand_over(stack, st, args, config, data_types, rses, report):
    """Uploads each type, then enters it into the RunDB, in the order of making.

    One type after the other and not all uploads first: after a failure, what is whole is known to be so.
    """
    rundb = RunDB(stack, config, report)
    for data_type in data_types:
        key = st.key_for(args.run_id, data_type)
        did = stack.admix.utils.make_did(args.run, data_type, key.lineage_hash)
        rse = rses[data_type]
        if stored_path(key).is_dir():
            files = upload(stack, stored_path(key), did, rse)
            report.bytes_out += tree_size(stored_path(key))
        else:
            found = persist(f"Looking for {did}", UPLOAD, lambda did=did: stored_remotely(stack, did))
            if found is None:
                raise PayloadError(UPLOAD, f"{did} was stored remotely when the job began, and is not any more.")
            rse = found
            files = {name: (file.size, file.adler32) for name, file in persist(
                f"Looking for {did}", UPLOAD, lambda did=did, rse=rse: remote_files(stack, did, rse)).items()}
        if args.update_rundb:
            enter_into_rundb(rundb, args, data_type, key.lineage_hash, did, rse, files)


# --- measurements of a resources test -------------------------------------------------------------------


class Meter:
    """By level, with --resources-test: memory of the job each second, start and end of each type, sizes of the folders.

    Without it, it only gives context managers that do nothing.
    """

    SECONDS = 1.0

    def __init__(self, args):
        self._args, self._times, self._memory = args, {}, []
        self._ended = threading.Event()
        self._thread = None
        if args.resources_test:
            self._thread = threading.Thread(target=self._measure, name="resources", daemon=True)
            self._thread.start()

    def _measure(self):
        while True:
            with contextlib.suppress(OSError, ValueError):
                self._memory.append([round(time.time(), 3), round(resident_bytes() / 1e6, 1)])
            if self._ended.wait(self.SECONDS):
                return

    @contextlib.contextmanager
    def type(self, data_type, mode=None):
        started = time.time()
        yield
        self._times[f"{mode}/{data_type}" if mode else data_type] = {"start": round(started, 3), "end": round(time.time(), 3)}

    def finish(self):
        """Writes the file into the output's data folder."""
        if self._thread is None:
            return
        self._ended.set()
        self._thread.join()
        args = self._args
        chunks = [args.chunk_start, args.chunk_stop] if args.level == "lower" else None
        # A run has a job of a level for each detector, whose types differ; and a lower job for each group of chunks.
        suffix = f"{args.chunk_start}_{args.chunk_stop}" if chunks else args.data_types[0]
        sizes = {name: file_sizes(work_dir(folder)) for name, folder in (("input", "input"), ("output", "data"), ("staging", "staging"))}
        for path, size in read_and_removed.items():
            sizes["staging"][str(path.relative_to(work_dir("staging")))] = size
        document = {
            "schema": "outsource/resources/1", "run": args.run, "level": args.level, "data_types": args.data_types, "chunks": chunks,
            "memory": [[second, megabytes] for second, megabytes in self._memory],
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
            "cgroup_peak_mb": cgroup_peak_mb(),
            "times": self._times,
            "sizes": sizes,
            "bytes": {name: sum(files.values()) for name, files in sizes.items()},
        }
        path = work_dir("data") / f"{args.run_id}-{args.level}-{suffix}.resources.json"
        path.write_text(json.dumps(document, sort_keys=True) + "\n", encoding="utf-8")
        print(f"measured: {path.name}, {len(self._memory)} times, at most {document['peak_memory_mb']} MB")


def resident_bytes():
    """Memory of this process that is in use now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


def cgroup_peak_mb(proc="/proc/self/cgroup", root="/sys/fs/cgroup"):
    """The most memory, in MB, that the job's control group has held; None where the kernel does not say."""
    with contextlib.suppress(OSError):
        for line in Path(proc).read_text(encoding="utf-8").splitlines():
            _, controllers, path = line.split(":", 2)
            old = "memory" in controllers.split(",")
            if not old and controllers:
                continue
            for folder in (Path(root + ("/memory" if old else "") + path), Path(root + ("/memory" if old else ""))):
                with contextlib.suppress(OSError, ValueError):
                    name = "memory.max_usage_in_bytes" if old else "memory.peak"
                    return round(int((folder / name).read_text(encoding="ascii")) / 1e6, 1)
    return None


def file_sizes(folder):
    """{path below the folder: bytes} of its files, links not followed."""
    found = {}
    for path in sorted(Path(folder).rglob("*")) if Path(folder).is_dir() else ():
        if path.is_file() and not path.is_symlink():
            found[str(path.relative_to(folder))] = path.stat().st_size
    return found


# --- canary: what its two programs share (they are staged with this module and nothing else) ----------


def canary_types(args):
    """Types of a canary job: the asked one first, with the planned hashes where the workflow gave some."""
    hashes = {**dict.fromkeys(args.data_types, "canary"), **args.expect_hash}
    return [(data_type, hashes[data_type]) for data_type in [*args.data_types, *sorted(set(hashes) - set(args.data_types))]]


def canary_start(args, group):
    print(f"canary: run {args.run_id}, context {args.context}; no strax, no service, no credentials")
    if args.upload:
        print("canary: nothing is uploaded" + (", the RunDB is left alone" if args.update_rundb else ""))
    for data_type, lineage_hash in sorted(args.expect_hash.items()):
        print(f"lineage {data_type}: {lineage_hash} planned")
    check_disk()
    wait_at_random(args.max_wait)
    for run_number, data_type, only, least in args.canary_fail:
        if run_number != args.run or data_type not in (*args.data_types, args.level) or only not in (None, group):
            continue
        asked = request_of_job("requestmemory")
        if least is None or asked is None or asked < least:
            raise PayloadError(PROCESSING, f"The canary was told to fail here (run {args.run_id}, {data_type}"
                               + (f", group {only}" if only is not None else "")
                               + ("" if least is None else f", below {least} MB; the job asks for {'an unknown amount' if asked is None else f'{asked} MB'}") + ").")
    if args.canary_sleep:
        print(f"canary: working for {args.canary_sleep} s", flush=True)
        time.sleep(args.canary_sleep)


def canary_write(folder, prefix, seed, numbers, megabytes, **more):
    """Writes one file per number, never the same for two seeds or numbers, always the same for the same ones."""
    folder = Path(folder)
    folder.mkdir(parents=True)
    chunks = []
    for number in numbers:
        content = random.Random(f"{seed}:{number}").randbytes(max(1, round(megabytes * 1e6)))
        name = f"{prefix}-{number:06d}"
        (folder / name).write_bytes(content)
        chunks.append({"chunk_i": number, "filename": name, "filesize": len(content),
                       "sha256": hashlib.sha256(content).hexdigest()})
    canary_write_metadata(folder, prefix, chunks, **more)
    return chunks


def canary_write_metadata(folder, prefix, chunks, **more):
    text = json.dumps({"chunks": chunks, **more}, indent=1, sort_keys=True)
    Path(folder, f"{prefix}-metadata.json").write_text(text + "\n", encoding="utf-8")


def canary_read(folder):
    """Metadata of a folder written by a canary, after its files were compared with it one by one."""
    folder = Path(folder)
    found = [p for p in folder.iterdir() if p.name.endswith("-metadata.json")]
    if len(found) != 1:
        raise PayloadError(VERIFICATION, f"{folder.name} has {len(found)} metadata files instead of one.")
    metadata = json.loads(found[0].read_text(encoding="utf-8"))
    names = {p.name for p in folder.iterdir()} - {found[0].name}
    for chunk in metadata["chunks"]:
        path = folder / chunk["filename"]
        if chunk["filename"] not in names:
            raise PayloadError(VERIFICATION, f"{folder.name} lacks {chunk['filename']}.")
        if hashlib.sha256(path.read_bytes()).hexdigest() != chunk["sha256"]:
            raise PayloadError(VERIFICATION, f"{folder.name}/{chunk['filename']} is not what its metadata says.")
        names.discard(chunk["filename"])
    if names:
        raise PayloadError(VERIFICATION, f"{folder.name} has files of no chunk: {', '.join(sorted(names))}.")
    return metadata
