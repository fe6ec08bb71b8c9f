"""What staff put right about a complaint."""
