"""The command line. It may reach everything, lazily; nothing imports it."""
