"""The operator's command line, and how it reads and writes an installed Warren."""
