"""Tests of the model-backed analyst against the stand-in of the provider's API."""
