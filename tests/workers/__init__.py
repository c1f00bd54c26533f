"""Tests of `workers/` and of processes."""
