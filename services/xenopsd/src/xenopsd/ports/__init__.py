"""What the back end stands on, as protocols, and who satisfies them."""
