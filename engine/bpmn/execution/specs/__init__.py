"""The nodes of a diagram as SpiffWorkflow specifications, one file a kind, with the meaning of the standard."""
