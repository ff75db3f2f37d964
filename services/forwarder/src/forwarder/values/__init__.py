"""Which values are good ones: rules that need no host and change no record."""
