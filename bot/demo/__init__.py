"""Recorded feeds for a first look."""
