"""What a job prints: no secret in any form and by any way; nothing is lost, however the job ends, and its code is kept."""

import base64
import html
import io
import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
import unittest
from pathlib import Path
from urllib.parse import quote, quote_plus

from support import PAYLOAD, interpreter
from test_shared import InFolder, common

PASSWORDS = ("hunter-two-and-a-half", 'p@ss/w"rd!x', "q%40zz", "a b+c&d=e", "back\\slash\\\\es", "<tag>'s & more", "пароль-ß",
             "tab\there", "x\\n$HOME'\"`", "====", "😀 emoji 😀")


def forms(secret):
    """How other programs write it."""
    yield from {
        "raw": secret, "quote": quote(secret), "quote all": quote(secret, safe=""), "plus": quote_plus(secret),
        "lower": quote(secret, safe="").lower() if secret.lower() == secret else secret, "twice": quote(quote(secret, safe=""), safe=""),
        "json": json.dumps(secret)[1:-1], "json utf-8": json.dumps(secret, ensure_ascii=False)[1:-1],
        "json in json": json.dumps(json.dumps(secret))[1:-1], "slash": json.dumps(secret)[1:-1].replace("/", "\\/"),
        "repr": repr(secret)[1:-1], "bytes": repr(secret.encode())[2:-1], "html": html.escape(secret),
        "url": f"mongodb://someone:{quote_plus(secret)}@host:1/db",
    }.items()


class RedactorTest(unittest.TestCase):
    def cover(self, secrets, *pieces):
        stream = io.StringIO()
        redactor = common.Redactor(stream, list(secrets))
        for piece in pieces:
            redactor.write(piece)
        redactor.finish()
        return stream.getvalue()

    def test_should_know_a_secret_in_every_form(self):
        for secret in PASSWORDS:
            for form, text in forms(secret):
                with self.subTest(secret=secret, form=form):
                    self.assertNotIn(text, self.cover([secret], f"before {text} after\n"))
                    self.assertRegex(self.cover([secret], f"before {text} after\n"), r"^before .*\*\*\*.* after\n$")

    def test_should_know_what_the_file_has_encoded_decoded_too(self):
        self.assertEqual(self.cover(["q%40zz%2Fw"], "q%40zz%2Fw q@zz/w q%40zz/w q@zz%2fw\n"), "*** *** *** ***\n")

    def test_should_know_a_secret_inside_of_base64(self):
        random.seed(4)
        for secret in ("hunter-two-and-a-half", "пароль-ß", "s3cr3tly"):
            for before in ("", "u", "us", "user:", "another user:", "{\"a\": \""):
                for after in ("", ":", "\n", "\"}"):
                    for encode in (base64.b64encode, base64.urlsafe_b64encode):
                        text = encode((before + secret + after).encode()).decode()
                        covered = self.cover([secret], text + "\n").strip()
                        with self.subTest(secret=secret, text=text):
                            self.assertIn("***", covered)
                            # Only the characters at the edges, which share bits with the neighbours, are left.
                            left = covered.replace("***", "")
                            self.assertLessEqual(len(left), len(text) - (len(secret.encode()) * 8 // 6 - 2))

    def test_should_know_a_piece_of_a_long_secret_and_of_its_base64(self):
        random.seed(5)
        token = "".join(random.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(300))
        for text in (base64.encodebytes(b"user:" + token.encode()).decode(), base64.encodebytes(token.encode()).decode(),
                     f"cut: {token[:40]}...\n", f"x{token[100:130]}y and {token[140:160]}\n"):
            covered = "".join(self.cover([token], line + "\n") for line in text.splitlines())
            with self.subTest(text):
                self.assertLessEqual(max(map(len, covered.replace("***", "\n").split("\n"))), 16, covered)
        self.assertEqual(self.cover([token], f"x{token[100:130]}y\n"), "x***y\n")
        words = "the-production-account-of-outsource"
        self.assertEqual(self.cover([f"{words}:password-of-it"], words + "\n"), words + "\n")

    def test_should_hold_back_what_may_be_the_beginning_of_a_secret(self):
        secret = "hunter-two-and-a-half"
        for cuts in ((5,), (1, 2, 3), tuple(range(1, len(secret)))):
            pieces = [secret[a:b] for a, b in zip((0, *cuts), (*cuts, len(secret)))]
            self.assertEqual(self.cover([secret], "x ", *pieces, " y\n"), "x *** y\n")

    def test_should_pass_on_whole_lines_at_once_and_the_rest_at_the_end(self):
        stream = io.StringIO()
        redactor = common.Redactor(stream, ["secret"])
        redactor.write("one\ntwo\rthr")
        self.assertEqual(stream.getvalue(), "one\ntwo\r")
        redactor.finish()
        self.assertEqual(stream.getvalue(), "one\ntwo\rthr")

    def test_should_pass_on_a_line_without_end_and_hide_secrets_at_every_place_of_it(self):
        secret = "hunter-two-and-a-half"
        random.seed(7)
        text = "".join(random.choice((secret, "x" * random.randrange(3000))) for _ in range(400))
        cuts = sorted(random.sample(range(len(text)), 300))
        covered = self.cover([secret], *(text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)])))
        self.assertEqual(covered, text.replace(secret, "***"))

    def test_should_know_tokens_that_nobody_told_by_their_form(self):
        token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJvdXRzb3VyY2UifQ.c2lnbmF0dXJlLW9mLXRva2Vu"
        for text in (token, f"Authorization: Bearer {token}", "{'access_token': 'opaque-token-1'}", '{"access_token": "opaque-token-1"}',
                     "X-Rucio-Auth-Token: opaque-token-1", "Bearer opaque-token-1", "password=opaque-token-1&x=1"):
            with self.subTest(text):
                covered = self.cover([], text + "\n")
                self.assertNotIn("opaque-token-1", covered)
                self.assertNotIn(token, covered)
                self.assertIn("***", covered)

    def test_should_leave_ordinary_words_alone(self):
        text = "RunDB token: 48.0 h left, password of nobody, 100% of 5 chunks, ../a/b?c=d&e=f \\n \\u0041 ****\n"
        self.assertEqual(self.cover(["hunter-two-and-a-half", "====x"], text), text)

    def test_should_not_be_slow_on_hostile_lines(self):
        secrets = ["back\\slash\\\\es" * 3, "%%%%%%%%%%%%", "\\\\\\\\\\\\\\\\", "aaaaaaaaaaaaaaaaaaaaab", *PASSWORDS]
        started = time.process_time()
        for piece in ("\\" * 60000, "%25" * 20000, "a" * 60000, "&#" * 30000, "eyJ" * 20000, "Bearer " * 8000, "=" * 60000):
            self.cover(secrets, piece, "\n")
        # A pattern whose ways multiply takes minutes, or for ever.
        self.assertLess(time.process_time() - started, 60)


class SecretsTest(InFolder):
    def test_should_know_the_key_of_the_proxy_and_user_and_password_as_one(self):
        Path("proxy").write_text("-----BEGIN CERTIFICATE-----\nMIIpublicpublicpublic\n-----END CERTIFICATE-----\n-----BEGIN RSA PRIVATE "
                                 "KEY-----\nMIIprivateprivateprivate\n-----END RSA PRIVATE KEY-----\n")
        Path(".xenon_config").write_text("[RunDB]\nrundb_api_user = me\nrundb_api_password = one\n  two-of-it\n")
        secrets = common.find_secrets(".xenon_config", "nothing", "proxy")
        self.assertIn("MIIprivateprivateprivate", secrets)
        self.assertNotIn("MIIpublicpublicpublic", secrets)
        self.assertIn("two-of-it", secrets)


class SupervisorTest(InFolder):
    """Jobs of a few lines, through the same `run` as the real ones."""

    def start(self, work, before="", arguments=(), **options):
        Path(".xenon_config").write_text("[RunDB]\nrundb_api_user = me\nrundb_api_password = hunter-two-and-a-half\n")
        Path("job.py").write_text("import os, signal, subprocess, sys, time\nimport payload_common as common\n"
                                  f"{textwrap.dedent(before)}\n"
                                  f"def work(args, report):\n{textwrap.indent(textwrap.dedent(work), '    ')}\n"
                                  "common.run('process', work)\n")
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options}
        return subprocess.Popen([interpreter(), "job.py", "--run", "1", "--context", "x", "--data-type", "peaklets",
                                 "--output", "o.tar.gz", *arguments], stdin=subprocess.DEVNULL,
                                env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PAYLOAD), "PYTHONDONTWRITEBYTECODE": "1"}, **options)

    def run_it(self, work, **options):
        process = self.start(work, **options)
        out, err = process.communicate(timeout=120)
        return process.returncode, out.decode("utf-8", "surrogateescape"), err and err.decode()

    def summary(self, output):
        return json.loads(output.splitlines()[-1].removeprefix("outsource-summary "))

    def test_should_cover_every_way_to_the_log(self):
        code, output, _ = self.run_it("""
            secret = "hunter-two-and-a-half"
            print(secret); print(secret, file=sys.stderr)
            sys.stdout.buffer.write(secret.encode() + b"\\n"); sys.stdout.buffer.flush()
            os.write(1, secret.encode() + b"\\n"); os.write(2, secret.encode() + b"\\n")
            os.write(1, secret[:9].encode()); os.write(1, secret[9:].encode() + b"\\n")
            subprocess.run(["sh", "-c", "echo hunter-two-and-a-half; echo hunter-two-and-a-half >&2; printf hunter-; printf 'two-and-a-half\\n'"])
            import ctypes
            ctypes.CDLL(None).puts(b"hunter-two-and-a-half"); ctypes.CDLL(None).fflush(None)
            raise common.PayloadError(30, "no data with hunter-two-and-a-half")""")
        self.assertEqual(code, 30, output)
        self.assertNotIn("hunter-two", output)
        self.assertEqual(output.count("***\n"), 11, output)
        self.assertEqual(self.summary(output)["cause"], "no data with ***")

    def test_should_write_the_same_into_the_file_that_is_named_however_the_job_ends(self):
        for end in ("", "os.kill(os.getpid(), signal.SIGKILL)", "raise common.PayloadError(30, 'no hunter-two-and-a-half')"):
            with self.subTest(end):
                _, output, _ = self.run_it(f"print('hunter-two-and-a-half'); os.write(2, b'more'); {end}",
                                           arguments=("--log", "logs/o.tar.gz.log"))
                self.assertEqual(Path("logs/o.tar.gz.log").read_text(), output)
                self.assertNotIn("hunter-two", output)
                self.assertIn("outsource-summary", output)

    def test_should_refuse_a_log_elsewhere(self):
        for name in ("../o.log", "/tmp/o.log", "a/b/c.log", ".hidden/o.log"):
            code, output, _ = self.run_it("pass", arguments=("--log", name))
            self.assertEqual(code, 10, output)
            self.assertIn("--log", output)

    def test_should_hide_what_became_a_secret_during_the_job(self):
        code, output, _ = self.run_it("""
            for number in range(200):
                report.hide([f"new-secret-{number:03d}x"])
                print(f"got new-secret-{number:03d}x")""")
        self.assertEqual((code, output.count("new-secret"), output.count("got ***\n")), (0, 0, 200))

    def test_should_keep_the_order_of_both_streams_in_one_log_and_part_them_in_two(self):
        work = "for i in range(500): print(i, file=(sys.stdout, sys.stderr)[i % 2])"
        code, output, _ = self.run_it(work)
        self.assertEqual((code, output.splitlines()[:500]), (0, [str(i) for i in range(500)]))
        code, output, error = self.run_it(work, stderr=subprocess.PIPE)
        self.assertEqual(error.splitlines(), [str(i) for i in range(1, 500, 2)])
        self.assertEqual(output.splitlines()[:250], [str(i) for i in range(0, 500, 2)])

    def test_should_lose_nothing_of_much_output_whatever_the_bytes(self):
        for end, expected in (("", 0), ("os.kill(os.getpid(), signal.SIGKILL)", 137), ("os._exit(30)", 30)):
            with self.subTest(end):
                code, output, _ = self.run_it(f"""
                    line = bytes(b for b in range(256) if b not in b"\\r\\n")
                    with os.fdopen(os.dup(1), "wb") as out:
                        for i in range(20000): out.write(line + b"\\n")
                    print("no end of line", end="", flush=True)
                    {end}""")
                self.assertEqual(code, expected)
                line = bytes(b for b in range(256) if b not in b"\r\n").decode("utf-8", "surrogateescape")
                lines = output.split("\n")
                self.assertEqual((lines[:20000].count(line), lines[20000].startswith("no end of line")), (20000, True))
                self.assertEqual(self.summary(output)["exit"], expected)

    def test_should_cover_what_it_prints_itself_if_there_are_no_more_processes(self):
        code, output, _ = self.run_it("print('hunter-two-and-a-half')", before="""
            def fork():
                raise BlockingIOError(11, "Resource temporarily unavailable")
            os.fork = fork""")
        self.assertEqual((code, output.count("hunter"), output.count("***\n")), (0, 0, 1), output)
        self.assertIn("no supervisor: [Errno 11]", output)
        self.assertEqual(self.summary(output)["result"], "done")

    def test_should_say_how_a_job_ended_that_could_not(self):
        for how, code, cause in (
                ("os.kill(os.getpid(), signal.SIGKILL)", 137, "The program was killed by SIGKILL, as when the memory is short."),
                ("os.kill(os.getpid(), signal.SIGSEGV)", 139, "The program was killed by SIGSEGV."),
                ("os.abort()", 134, "The program was killed by SIGABRT."),
                ("os._exit(0)", 40, "The program ended with status 0 before it was done."),
                ("os._exit(7)", 40, "The program ended with status 7 before it was done."),
                ("os._exit(22)", 22, "The program ended with status 22 before it was done.")):
            with self.subTest(how):
                found, output, _ = self.run_it(how)
                summary = self.summary(output)
                self.assertEqual((found, summary["exit"], summary["result"], summary["cause"]), (code, code, "failed", cause))
                self.assertEqual(summary["what"], "process peaklets of run 000001")

    def test_should_pass_a_signal_on_once(self):
        for number, group in ((signal.SIGTERM, False), (signal.SIGINT, True), (signal.SIGTERM, True), (signal.SIGHUP, False)):
            with self.subTest(number=number, group=group):
                process = self.start("print('begun', flush=True); time.sleep(100)", start_new_session=True)
                self.assertEqual(process.stdout.readline(), b"begun\n")
                (os.killpg if group else os.kill)(process.pid, number)
                output, _ = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 128 + number)
                self.assertIn("ended by", self.summary(output.decode())["cause"])
                self.assertNotIn(b"Traceback", output)

    def test_should_end_the_job_if_its_supervisor_is_killed(self):
        process = self.start("print(os.getpid(), flush=True); time.sleep(100)")
        job = int(process.stdout.readline())
        process.kill()
        # The pipe ends when the last process that could write to it has ended.
        process.communicate(timeout=60)
        with self.assertRaises(ProcessLookupError):
            for _ in range(6000):
                os.kill(job, 0)
                state = Path(f"/proc/{job}/stat")
                if state.exists() and state.read_text().rsplit(") ", 1)[1][0] == "Z":
                    raise ProcessLookupError  # dead, and nobody collects it here
                time.sleep(0.01)

    def test_should_not_wait_for_a_process_that_the_job_left_behind(self):
        with open("log", "wb") as log:
            process = self.start("print(subprocess.Popen(['sleep', '100']).pid)", stdout=log)
            self.addCleanup(lambda: os.kill(int(Path("log").read_text().split()[0]), signal.SIGKILL))
            self.assertEqual(process.wait(timeout=60), 0)
        self.assertEqual(self.summary(Path("log").read_text())["result"], "done")

    def test_should_keep_the_code_if_nobody_reads_the_log(self):
        process = self.start("for i in range(100000): print(i)\nraise common.PayloadError(41, 'x')")
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), 41)

    def test_should_end_with_a_summary_if_the_supervisor_itself_fails(self):
        code, output, _ = self.run_it("time.sleep(100)", before="""
            def fail(*_):
                raise ValueError("x")
            common._Supervisor._listen = fail""")
        self.assertEqual((code, self.summary(output)["exit"]), (40, 40))
        self.assertEqual(self.summary(output)["cause"], "The supervisor of the job failed: ValueError.")

    def test_should_cover_the_secrets_of_rucio_too(self):
        Path("rucio.cfg").write_text("[client]\nusername = me\npassword = a-password-of-rucio\n")
        code, output, _ = self.run_it("print('a-password-of-rucio')")
        self.assertEqual((code, output.startswith("***\n")), (0, True), output)

    def test_should_print_no_summary_after_the_help(self):
        found = subprocess.run([interpreter(), str(PAYLOAD / "process.py"), "--help"], capture_output=True, text=True)
        self.assertEqual((found.returncode, "summary" in found.stdout), (0, False))
        self.assertIn("exit codes", found.stdout)


if __name__ == "__main__":
    unittest.main()
