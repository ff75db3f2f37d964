"""The actions of HTTP beside calls: who may ask, what is served, and how bytes go."""
