"""What residents can do, and what they are told."""
