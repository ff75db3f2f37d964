"""The messages of VIF."""
