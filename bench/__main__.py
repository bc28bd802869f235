"""Runs every bench: `python -m bench`."""

import sys

from bench import search
from bench.live import __main__ as live
from bench.page import __main__ as page

search.main([])
live.main([])
sys.exit(page.main([]))
