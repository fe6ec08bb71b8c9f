"""Cases moved to a changed diagram behave as the token game of the new diagram says from there."""
