"""Our own diagrams, forms and tables, each broken in one place: is the verdict right?"""
