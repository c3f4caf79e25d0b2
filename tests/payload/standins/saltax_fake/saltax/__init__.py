"""Stand-in for saltax 0.2.3 on the stand-ins of strax and cutax: one context, whose modes differ in what is made from the simulation."""

from . import contexts

__version__ = "0.2.3"
