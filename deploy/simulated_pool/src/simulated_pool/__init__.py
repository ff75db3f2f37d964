"""A whole pool on one machine: broker, services and simulated hosts, for the demo and the tests."""
