"""Mirrors the tree; `test_flow.py` reads like the life of a delivery."""
