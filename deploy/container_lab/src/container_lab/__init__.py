"""A private container engine, base images made without a registry, and Warren's composition."""
