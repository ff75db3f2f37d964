"""What every message's function needs: its context, and how it is declared and run."""
