"""The interfaces of a host's daemons, xenopsd and squeezed: types, methods, errors, encoding."""
