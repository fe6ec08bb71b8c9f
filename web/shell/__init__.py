"""What every page stands on: the request, the guard, language, layout."""
