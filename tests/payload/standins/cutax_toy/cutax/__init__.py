"""Stand-in for cutax on the real strax: a toy context made of the plugins that strax tests itself with."""

from . import contexts

__version__ = "1.15.0"
