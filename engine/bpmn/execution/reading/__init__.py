"""From a diagram's XML to the specifications that run, and what is wrong with it where it cannot."""
