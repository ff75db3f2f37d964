"""Storage paths: ``watch`` runs on each host and reports them; ``alert`` tells operators."""
