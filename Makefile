# Everything a person types. Each target sets up what it needs; the second run starts at once.
# Needs only make and Python 3.11 or newer (PYTHON=/path/to/python chooses one).

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python3.14; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
BOOTSTRAP = @test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed: install python3 (Debian, Ubuntu: apt-get install python3 python3-venv)."; exit 1; }; \
	"$(PYTHON)" packaging/bootstrap.py --venv "$(VENV)"
OFFSCREEN := QT_QPA_PLATFORM=offscreen
TESTS ?=

.PHONY: demo run test check bench soak screens package site lock clean

demo: ## the application in offline demo mode; in the terminal where there is no display
	$(BOOTSTRAP)
	@$(BIN)/looop-gui demo $(ARGUMENTS)

run: ## the application on your own data
	$(BOOTSTRAP)
	@$(BIN)/looop-gui $(ARGUMENTS)

test: ## all tests, offscreen
	$(BOOTSTRAP) --development
	$(OFFSCREEN) $(BIN)/python -m pytest -n 2 --dist worksteal $(TESTS)

check: ## format, lint, strict types, import contracts
	$(BOOTSTRAP) --development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: ## measured side by side in one run; prints figures, asserts nothing
	$(BOOTSTRAP) --development
	@for f in tests/benchmarks/bench_*.py; do echo "== $$f"; $(OFFSCREEN) $(BIN)/python $$f || exit 1; done

soak: ## thousands of simulated schedules
	$(BOOTSTRAP) --development
	LOOOP_SOAK=1 $(OFFSCREEN) $(BIN)/python -m pytest -n 2 tests/simulation tests/properties

screens: ## a picture of every screen, light and dark, in build/screens
	$(BOOTSTRAP) --development
	$(OFFSCREEN) $(BIN)/python packaging/screens.py

package: ## wheel, folder build for Linux, metadata checked, self-check of what was built
	$(BOOTSTRAP) --development
	$(BIN)/python packaging/build_linux.py

site: ## the user documentation as a site, in build/site
	$(BOOTSTRAP) --development
	$(BIN)/mkdocs build --strict --config-file packaging/mkdocs.yml

lock: ## new versions of the dependencies, with hashes
	$(BOOTSTRAP) --development
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --extra build -o packaging/requirements.lock
	$(BIN)/uv pip compile --quiet --universal --upgrade --generate-hashes --no-emit-index-url --no-annotate --no-header pyproject.toml --extra build --extra dev -c packaging/requirements.lock -o packaging/requirements-dev.lock

clean:
	rm -rf build dist $(VENV)
