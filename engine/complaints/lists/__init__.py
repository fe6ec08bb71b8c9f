"""Lists of complaints: filters, search, counts, exports."""
