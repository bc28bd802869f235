"""The embedded servers: real processes, killed in every way."""
