"""Measurements against floors and rivals: `make bench`."""
