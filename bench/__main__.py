"""Runs every bench: `python -m bench`."""

import sys

from bench import search
from bench.page import __main__ as page

search.main([])
sys.exit(page.main([]))
