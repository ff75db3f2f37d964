"""A container engine of its own, a base image made without a registry, and Warren's composition."""
