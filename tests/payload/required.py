"""Tests that need real packages: skipped with the reason where those are not there, or failed where OUTSOURCE_REQUIRE_REAL is set, so
that a pipeline that is to run them cannot pass without them."""

import os
import unittest


def is_required():
    return os.environ.get("OUTSOURCE_REQUIRE_REAL", "") not in ("", "0")


def skip(test, why):
    """Within a test."""
    if is_required():
        test.fail(f"OUTSOURCE_REQUIRE_REAL is set, and {why}")
    test.skipTest(why)


def needs(why):
    """Of a class of tests. why: what is missing; None or False: nothing."""
    if not why:
        return lambda tests: tests
    if not is_required():
        return unittest.skip(why)

    def failed(tests):
        tests.setUp = lambda test: skip(test, why)
        return tests
    return failed
