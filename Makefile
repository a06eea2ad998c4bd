# Every command there is; `make` alone lists them. Python >= 3.11 and make are all that is needed.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
MINUTES ?= 40
TRAIN := .venv-train
AUDIT := .venv-audit
DATA ?= ../shared/data
SEED ?= 7
BENCH ?= var/bench

.DEFAULT_GOAL := help
.PHONY: help setup run test check faults faults-slice train accuracy bench-desk bench-keys bench-proof bench bench-peers messages embed privacy sbom wordpress fix lock migrate demo image audit bench-growth bench-scale drill check-types check-tests coverage documents screenshots dist image-journey clean

help:  ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Replydesk needs Python 3.11 or newer; say which with: make PYTHON=/path/to/python3"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/run.stamp: $(BIN)/python requirements/run.lock pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r requirements/run.lock
	@touch $@

$(VENV)/dev.stamp: $(VENV)/run.stamp requirements/dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r requirements/dev.lock
	$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(VENV)/dev.stamp  ## install everything for development, hash-checked, into .venv

run: $(VENV)/run.stamp  ## run the whole service with the demo site on http://127.0.0.1:8000/ (PORT=8000)
	$(BIN)/python -m ops up --demo --port $(PORT)

demo: $(VENV)/run.stamp  ## post the demo's sample replies to what `make run` started, and show what became of them
	$(BIN)/python -m ops demo replies --url http://127.0.0.1:$(PORT)

migrate: $(VENV)/run.stamp  ## make the data directory and the key if need be, and bring the database up to date
	$(BIN)/python -m ops migrate

test: $(VENV)/dev.stamp  ## run every test; with ARGS, only some: make test ARGS="tests/workers -k drain"
	$(BIN)/pytest -n auto --maxprocesses=4 $(ARGS)

check: $(VENV)/dev.stamp  ## everything that must hold before a change goes in
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@$(MAKE) --no-print-directory -j 2 check-types check-tests

# Side by side: a test that waits for a browser or a process leaves a core to the types.
check-types: $(VENV)/dev.stamp
	$(BIN)/mypy
	$(BIN)/lint-imports

check-tests: $(VENV)/dev.stamp
	$(BIN)/pytest -n 3 --dist worksteal

coverage: $(VENV)/dev.stamp  ## run every test and show which lines of source and tests none of them runs (twice the time)
	rm -f .coverage .coverage.*
	$(BIN)/pytest -n 3 --dist worksteal --cov --cov-report=
	$(BIN)/coverage report

$(TRAIN)/stamp: training/requirements.txt requirements/run.lock
	$(PYTHON) -m venv $(TRAIN)
	$(TRAIN)/bin/python -m pip install -q --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r requirements/run.lock
	$(TRAIN)/bin/python -m pip install -q --disable-pip-version-check --only-binary :all: -r training/requirements.txt
	@touch $@

train: $(TRAIN)/stamp  ## train the shipped first-stage models anew: make train DATA=../shared/data SEED=7
	$(TRAIN)/bin/python -m training first-stage --data $(DATA) --seed $(SEED)

accuracy: $(VENV)/run.stamp $(TRAIN)/stamp  ## measure every accuracy bar: make accuracy DATA=../shared/data [PEERS=/path/to/python]
	$(BIN)/python -m benchmarks.accuracy --data $(DATA) --trainer $(TRAIN)/bin/python $(if $(PEERS),--peers $(PEERS)) $(ARGS)

bench-desk: $(VENV)/dev.stamp  ## time every page of the desk with 100 and with 10,000 held comments (BENCH=var/bench)
	nice -n 15 $(BIN)/python -m benchmarks.desk --folder $(BENCH) --json benchmarks/results/desk.json $(ARGS)

bench: $(VENV)/dev.stamp  ## measure how fast comments come in, are judged and are read (wrk by apt; BENCH=var/bench)
	$(BIN)/python -m benchmarks.speed --folder $(BENCH)/speed --json benchmarks/results/speed.json --document docs/performance.md $(ARGS)

bench-peers: $(VENV)/dev.stamp  ## the same beside Isso and WordPress in one run (root; Debian's packages by apt, Isso by pip)
	$(BIN)/python -m benchmarks.speed --peers --folder $(BENCH)/speed --json benchmarks/results/peers.json --document docs/performance.md $(ARGS)

bench-growth: $(VENV)/dev.stamp  ## time everything with 10 thousand comments and with a million (BENCH=var/bench ARGS="--sizes …")
	nice -n 15 $(BIN)/python -m benchmarks.growth --folder $(BENCH) --json benchmarks/results/growth.json --chart docs/images/growth.svg $(ARGS); \
	  found=$$?; $(BIN)/python -m benchmarks.tables && exit $$found

bench-scale: $(VENV)/dev.stamp  ## accept and drain with 1, 2 and 4 replicas of web and worker on PostgreSQL
	$(BIN)/python -m benchmarks.scale --json benchmarks/results/scale.json --chart docs/images/scale.svg $(ARGS)
	$(BIN)/python -m benchmarks.tables

drill: $(VENV)/dev.stamp  ## back up and restore 100,000 comments while readers write, on both databases, and compare
	$(BIN)/python -m benchmarks.drill --json benchmarks/results/drill.json $(ARGS)
	$(BIN)/python -m benchmarks.tables

bench-keys: $(VENV)/dev.stamp  ## time a hundred held comments, one key each, in a real browser (median at most 100 ms)
	$(BIN)/python -m benchmarks.desk_keys --json benchmarks/results/desk_keys.json

bench-proof: $(VENV)/dev.stamp  ## time the proof of work in a real browser, also slowed down as a phone
	$(BIN)/python -m benchmarks.proof_of_work --json benchmarks/results/proof_of_work.json $(ARGS)

fix: $(VENV)/dev.stamp  ## format, and mend what can be mended by itself
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: $(VENV)/dev.stamp  ## gather the texts for people, bring the catalogues up to date, list what native readers should see
	for domain in readers desk; do \
	  $(BIN)/pybabel -q extract -F service/translations/$$domain.cfg -k phrase -k counted:1,2 --no-location --sort-output --omit-header \
	    -o service/translations/$$domain.pot . || exit 1; done
	$(BIN)/python -m tests.translations

documents: $(VENV)/dev.stamp  ## write what docs/ has from the code: every setting, every route
	$(BIN)/python -m tests.documents

screenshots: $(VENV)/dev.stamp  ## take the pictures in docs/images anew (Chromium and Debian's pngquant)
	$(BIN)/python -m tests.screenshots

embed: $(BIN)/python  ## make service/static/embed.js from its source, service/embed/source
	$(BIN)/python -m service.embed.build

faults: $(VENV)/dev.stamp  ## break everything for 40 minutes (MINUTES=40 FAULTS_SEED=…) and write the tables of docs/reliability.md
	$(BIN)/python -m tests.faults nightly --minutes $(MINUTES) $(if $(FAULTS_SEED),--seed $(FAULTS_SEED))

faults-slice: $(VENV)/dev.stamp  ## break a little of everything, as `make check` does
	$(BIN)/pytest -n 2 tests/faults

privacy: $(VENV)/dev.stamp  ## send addresses in by every door and look for them everywhere
	$(BIN)/python -m tests.privacy --json benchmarks/results/privacy.json $(ARGS)

wordpress: $(VENV)/dev.stamp  ## ask a real WordPress what we answer for it, and record that (root; Debian's packages by apt)
	$(BIN)/python -m tests.wordpress $(ARGS)

sbom: $(VENV)/dev.stamp  ## write the bill of materials of what is shipped (CycloneDX, no network) to var/replydesk.cdx.json
	$(BIN)/python -m tests.supply

$(AUDIT)/stamp: requirements/audit.lock
	$(PYTHON) -m venv $(AUDIT)
	$(AUDIT)/bin/python -m pip install -q --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r requirements/audit.lock
	@touch $@

audit: $(AUDIT)/stamp $(BIN)/python  ## ask about known holes in every locked package (needs the network; 1: some have, 2: could not ask)
	$(BIN)/python -m tests.supply.audit $(AUDIT)/bin/pip-audit

image:  ## build the container image replydesk:local (SECOND_STAGE=off: without the second model)
	docker build -t replydesk:local $(if $(SECOND_STAGE),--build-arg SECOND_STAGE=$(SECOND_STAGE)) .

image-journey: $(VENV)/dev.stamp  ## run the journeys against an image's own file system (root, buildah; IMAGE=replydesk:local, or ROOT=/unpacked)
	$(BIN)/python -m tests.deploy --json benchmarks/results/image.json $(if $(ROOT),--root $(ROOT),--image $(or $(IMAGE),localhost/replydesk:local)) $(ARGS)

dist: $(VENV)/dev.stamp  ## build wheel and sdist into dist/ and look whether all is in them
	rm -rf dist
	$(BIN)/hatchling build
	$(BIN)/python -m tests.supply.package dist

clean:  ## remove everything that was made here, except the data in var/
	rm -rf $(VENV) $(AUDIT) .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist build

lock:  ## choose versions anew: hash-pinned, without index addresses (needs uv)
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  --python-version 3.11 pyproject.toml --extra postgres --extra second-stage -o requirements/run.lock
	uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  --python-version 3.11 pyproject.toml --extra dev -c requirements/run.lock -o requirements/dev.lock
	echo pip-audit | uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate \
	  --python-version 3.11 - -c requirements/run.lock -c requirements/dev.lock -o requirements/audit.lock

