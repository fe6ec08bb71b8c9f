"""Read a diagram's XML into executable specifications, or report what is wrong with it."""
