"""Prints the schema: `python -m app.schema > schema.graphql`."""

import sys

from app.schema import schema

sys.stdout.write(schema.as_str() + "\n")
