// The studio: forms.
