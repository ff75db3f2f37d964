"""QEMU's block layer, which opens disks and exports them: one process for each VM."""
