"""A complaint's story, line by line, for staff and residents."""
