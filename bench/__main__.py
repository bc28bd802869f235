"""Runs every bench: `python -m bench`."""

from bench import search

search.main()
