"""Doors: HTTP in, HTML out."""
