"""What hosts tell by themselves: ``<kind>.py`` takes the updates of a kind.

Importing such a module declares its handler; all are found by themselves.
"""

import importlib
import pkgutil

for _found in pkgutil.iter_modules(__path__, f"{__name__}."):
    importlib.import_module(_found.name)
