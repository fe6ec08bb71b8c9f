"""Pages by which a company changes what it runs on."""
