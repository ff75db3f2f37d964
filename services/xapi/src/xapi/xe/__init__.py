"""The command line ``xe``, served: its protocol, its grammar, what it prints, and its commands."""
