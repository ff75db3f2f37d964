"""What each message means: ``<class>.py``, or a folder of that name, has the class's functions.

Importing a module declares its functions; this package imports all of them.
"""

import importlib
import pkgutil

DRAWERS = tuple(module.name for module in pkgutil.walk_packages(__path__, f"{__name__}."))

for _name in DRAWERS:
    importlib.import_module(_name)
