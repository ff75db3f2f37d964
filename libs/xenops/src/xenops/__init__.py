"""What xenopsd understands: types, methods, errors and their wire encoding."""
