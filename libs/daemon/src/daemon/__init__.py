"""What a host's daemons are built of; see the README."""
