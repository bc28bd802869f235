"""`python -m app …` is `modelhub …`."""

from app.cli import main

main()
