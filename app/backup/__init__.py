"""The whole database as one file, and back: `modelhub backup`, `modelhub restore`."""
