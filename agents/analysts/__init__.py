"""The things that judge."""
