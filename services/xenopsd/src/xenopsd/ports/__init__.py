"""The ports under the back end: protocols, each with a real and a simulated side."""
