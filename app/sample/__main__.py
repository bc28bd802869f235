"""`python -m app.sample` is `modelhub-sample-server`."""

from app.sample.server import main

main()
