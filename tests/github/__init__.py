"""Tests of service/github."""
