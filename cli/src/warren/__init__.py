"""The operator's command line and what it knows of an installed Warren."""
