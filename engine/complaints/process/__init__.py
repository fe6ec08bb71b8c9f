"""What a complaint's diagram can call, and what follows its steps."""
