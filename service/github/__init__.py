"""Everything that talks to GitHub: the only package that imports PyGithub."""
