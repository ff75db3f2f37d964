"""What operations hold, and whose turn it is."""
