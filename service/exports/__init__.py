"""A review in other formats: pure text in, text out, for the command line and the workspace alike."""
