"""What talks to the daemons of hosts: connections, what they are told, what they answer."""
