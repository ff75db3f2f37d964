"""Which values are valid: rules that need no host and change no record."""
