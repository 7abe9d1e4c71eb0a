"""`python -m kg` is the command line."""

from kg.faces.cli import main

main()
