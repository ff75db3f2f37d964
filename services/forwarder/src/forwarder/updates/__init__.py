"""What hosts report unasked: ``<kind>.py`` takes the updates of a kind.

Importing such a module declares its handler; this package imports all of them.
"""

import importlib
import pkgutil

for _found in pkgutil.iter_modules(__path__, f"{__name__}."):
    importlib.import_module(_found.name)
