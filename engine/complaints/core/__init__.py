"""What a complaint is, who may see it, and what belongs to it."""
