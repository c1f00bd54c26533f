"""Benchmarks; imports the product, is imported by nothing."""
