"""Runs every bench: `python -m bench`."""

import sys

from bench import search
from bench.ingest import __main__ as ingest
from bench.ingest import importing, sizes
from bench.live import __main__ as live
from bench.page import __main__ as page

search.main([])
live.main([])
ingest.main()
importing.main([])
sizes.main([])
sys.exit(page.main([]))
