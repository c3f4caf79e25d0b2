"""Stand-in for cutax on the real straxen: its one function, with raw data that is made up and corrections that need no database."""

from . import contexts

__version__ = "2.3.7"
