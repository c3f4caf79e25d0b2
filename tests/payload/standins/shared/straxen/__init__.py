"""Stand-in for straxen: its remote storage, on whichever strax is importable."""

import os

import world

world.demand(os.environ.get("STANDIN_SETUP_DONE") == "yes", "setup.sh was sourced")
world.demand("http_proxy" not in os.environ, "http_proxy is unset")
world.demand(os.environ.get("XDG_CACHE_HOME", "").startswith(os.getcwd()), "XDG_CACHE_HOME is private")

from . import storage  # noqa: E402

__version__ = "3.2.8"
try:
    import admix  # noqa: F401
    HAVE_ADMIX = True
except (ImportError, AttributeError):  # no others, as in the real one
    HAVE_ADMIX = False
