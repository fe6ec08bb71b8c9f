"""The basis of every page: request, guard, language, layout."""
