"""What a complaint's diagram asks for, and what follows its steps."""
