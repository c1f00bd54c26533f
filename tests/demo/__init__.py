"""Tests of the local GitHub stand-in, over a real socket."""
