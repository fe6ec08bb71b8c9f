"""Our FEEL beside feelin's: many expressions, and every difference either mended or listed with who is right."""
