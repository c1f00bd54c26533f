"""A local GitHub stand-in: one repository, GitHub's rules, state in one SQLite file."""
