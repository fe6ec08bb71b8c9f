"""The nodes of a diagram as the library's specifications, one file a kind; each means what the standard says."""
