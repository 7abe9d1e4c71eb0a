# The whole developer interface. `just` with no argument lists it; README.md gives the two commands that need no just.

python := ".venv/bin/python"

_list:
    @just --list --unsorted

# Make the virtual environment, with the versions in constraints.txt
setup:
    python3 -m venv .venv
    .venv/bin/pip install -q -c constraints.txt -e '.[test]'

# Run the tests; arguments go to pytest: just test -k lineage
test *args:
    {{python}} -m pytest -q {{args}}

# Style and likely bugs
lint *args:
    .venv/bin/ruff check {{args}}

# Types, strict, tests included
types:
    .venv/bin/mypy

# The floors: who may import whom
layers:
    .venv/bin/lint-imports

# Faults in data/, ontology/ and the graph made of them
check:
    .venv/bin/kg check

# Compile the graph
build:
    .venv/bin/kg build

# Write data/README.md and docs/cli.md anew from the code
docs:
    {{python}} -m kg.faces.reference
    {{python}} -m kg.faces.gallery

# Measure; quote medians and ratios of one run
bench:
    {{python}} -m benchmarks

# Install the SSSOM toolkit in a folder of its own; then KG_SSSOM=.sssom/bin/sssom just test -k mappings
sssom:
    python3 -m venv .sssom
    .sssom/bin/pip install -q --no-deps -r .ci/sssom.txt

# Install what the tests of drawings need from npm; then KG_NPM=.npm/node_modules just test -k 'browser or renderers'
npm:
    npm install --prefix .npm --no-package-lock --ignore-scripts --no-audit --no-fund $(grep -v '^#' .ci/npm.txt)

# Write constraints.txt and .ci/sssom.txt anew, from the newest versions that pyproject.toml allows
constraints:
    #!/usr/bin/env bash
    set -euo pipefail
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install -q '.[test]'
    head -n 2 constraints.txt > "$work/constraints.txt"
    "$work/venv/bin/pip" freeze --exclude nhs-kg | sort -f >> "$work/constraints.txt"
    cp "$work/constraints.txt" constraints.txt
    python3 -m venv "$work/sssom"
    "$work/sssom/bin/pip" install -q 'sssom>=0.4.21,<0.5'
    head -n 2 .ci/sssom.txt > "$work/sssom.txt"
    "$work/sssom/bin/pip" freeze | sort -f >> "$work/sssom.txt"
    cp "$work/sssom.txt" .ci/sssom.txt

# Everything that a change must pass
all: lint types layers check test
