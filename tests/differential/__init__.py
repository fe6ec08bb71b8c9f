"""Our FEEL against feelin: many expressions; every difference is fixed or listed with who is right."""
