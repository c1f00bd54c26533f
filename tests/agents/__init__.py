"""Tests of the pure part: documents, catalogue, steps and analysts."""
