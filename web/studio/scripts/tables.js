// The studio: tables.
