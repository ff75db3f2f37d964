"""HTTP in: both protocols over one application."""
