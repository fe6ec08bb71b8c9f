"""What happened to a complaint, line by line, for staff and residents."""
