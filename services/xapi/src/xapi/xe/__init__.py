"""The server of the command line ``xe``: its protocol, grammar, output and commands."""
