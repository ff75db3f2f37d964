"""What a host's daemons understand, xenopsd and squeezed: types, methods, errors, encoding."""
