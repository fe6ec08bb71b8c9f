// The studio: replay.
