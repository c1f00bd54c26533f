"""What a repository asks of Lintel in `.github/lintel.yml`."""
