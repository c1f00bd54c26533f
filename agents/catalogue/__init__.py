"""The catalogue: threats, patterns, frameworks and the closed vocabulary, as files and as values."""
