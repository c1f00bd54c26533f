"""Benchmarks: ratios within one run, so that a noisy machine tells the truth."""
