"""HTTP's actions, which are not calls: who may ask, what is served, and how bytes are sent."""
