"""Talks to the daemons of hosts: connections, what daemons are told, and what they answer."""
