"""Stand-in for utilix 0.12.1: its configuration, read while it is imported, and its RunDB client."""

import configparser
import os

__version__ = "0.12.1"

LEVELS = ("NOTSET", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class _Interpolation(configparser.BasicInterpolation):
    def before_get(self, parser, section, option, value, defaults):
        return os.path.expandvars(value)


class Config(configparser.ConfigParser):
    def __init__(self):
        super().__init__(interpolation=_Interpolation())
        with open(os.environ["XENON_CONFIG"], encoding="utf-8") as file:
            self.read_file(file)

    @property
    def logging_level(self):
        level = self.get("basic", "logging_level", fallback="WARNING")
        if level not in LEVELS:
            raise RuntimeError(f"The logging level {level} is not valid. Available levels are: {LEVELS}.")
        return level


# Without a file there is no configuration, as on a machine that only asks cutax for its hashes.
uconfig = Config() if "XENON_CONFIG" in os.environ else None
_ = uconfig and uconfig.logging_level

from . import rundb  # noqa: E402
from .rundb import DB  # noqa: E402


def _collection(experiment, name):
    return name, *(uconfig.get("RunDB", f"{experiment}_{key}") for key in ("url", "user", "password", "database"))


def xent_collection(collection="runs"):
    return _collection("xent", collection)


def xe1t_collection(collection="runs_new"):
    return _collection("xe1t", collection)
