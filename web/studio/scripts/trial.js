// The studio: trial.
