"""Stand-in for cutax on the stand-in of strax."""

import os

from . import contexts

__version__ = "1.15.0"

# A chatty import, as imports of analysis packages are: nothing of it may end up in a JSON document.
print("cutax says hello")
if os.environ.get("STANDIN_CUTAX") == "broken":
    raise ImportError("cutax is broken, said the stand-in")
