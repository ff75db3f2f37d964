"""VBD.*: whether a VM may have its disk."""

from datamodel.classes import VBD, VBDRef
from pooldb import Reader
from rules.lifecycle import vbd as table

from xapi.questions import asks


@asks("VBD.assert_attachable")
def assert_attachable(view: Reader, self: VBDRef) -> None:
    table.check(view, self, view.get(VBD, self), "attach")
