"""The process of one SR: all that touches the SR's files and mounts, so that only it can hang."""
