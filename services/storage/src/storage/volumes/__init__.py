"""The disks of an SR: its index, the nodes that the disks consist of, and operations on both."""
