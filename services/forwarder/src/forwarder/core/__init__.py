"""What every message's function stands on: its context, and how it is declared and run."""
