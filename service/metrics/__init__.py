"""Numbers: what models cost, and what waits."""
