# Builds the four programs and runs a study: ingest → priors → train → analyze.
# The programs decide what has to be made; make only spares them a start when no file they read or made has changed.

CONFIG ?= pipeline.toml
ARTIFACTS ?= $(or $(shell sed -n 's/^artifacts *= *"\(.*\)".*/\1/p' '$(CONFIG)' 2>/dev/null),artifacts)
FIELD ?=
SET ?=

CARGO ?= cargo
# Rows of the synthetic table that `make bench` filters.
SYNAPSES ?= 5000000
BIN := $(or $(CARGO_TARGET_DIR),target)/release
STAMPS := $(ARTIFACTS)/.make
STAGES := ingest priors train analyze
ARGUMENTS = --config '$(CONFIG)' --artifacts '$(ARTIFACTS)' $(FIELD:%=--field %) $(foreach set,$(SET),--set '$(set)')

.DEFAULT_GOAL := all
.PHONY: all build $(STAGES) slurm test test-slurm test-faults test-nwb fuzz check audit bench cuda metal clean help

all: analyze
	@echo "$(ARTIFACTS)/analyze/report.html is up to date"

priors: ingest
train: priors
analyze: train

# What a stage last ran on and left: settings, and size and time of its program and of every file that it read and made.
seen = { echo "$(subst ",,$(ARGUMENTS))"; cat '$(CONFIG)'; \
	{ echo '$(BIN)/$1'; cat '$(STAMPS)/$1.files'; } | tr '\n' '\0' | xargs -0 stat $(IDENTITY); } 2>&1
# Of GNU and of BSD.
IDENTITY := $(if $(shell stat --version 2>/dev/null),-c '%n %s %y',-f '%N %z %Fm')

# Whether anything is other than it was, not whether it is newer: clocks may be set back.
$(STAGES): build
	@mkdir -p '$(STAMPS)'
	@$(call seen,$@) | cmp -s - '$(STAMPS)/$@.seen' || { \
		$(BIN)/$@ run $(ARGUMENTS) --dependencies '$(STAMPS)/$@.files' && $(call seen,$@) > '$(STAMPS)/$@.seen'; }

build:
	@start=$$(date +%s); $(CARGO) build --release --locked --quiet --bins && \
	seconds=$$(($$(date +%s) - start)); if [ $$seconds -ge 2 ]; then echo "built in $$seconds s"; fi

# PARTITION, ARRAY, TIME, CPUS and MEMORY reach the script by the environment.
slurm: build
	@PROGRAMS='$(BIN)' cluster/slurm.sh $(ARGUMENTS)

test-slurm: build
	@PROGRAMS='$(BIN)' cluster/test.sh

test: build
	$(CARGO) test --release --locked --workspace

# Kills, full disks, damaged artifacts and more, put into a small study: some ten minutes. SEED=N chooses other moments.
test-faults: build
	SEED='$(SEED)' $(CARGO) test --release --locked --workspace --test faults -- $(PARTS)

check:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --release --locked --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --release --locked --workspace --no-deps
	$(CARGO) test --release --locked --workspace --test dependencies --test unsafe_code

# Advisories of RustSec as well, which need the network.
audit:
	@$(CARGO) deny --version >/dev/null 2>&1 || { echo 'cargo-deny is missing: cargo install --locked cargo-deny' >&2; exit 1; }
	$(CARGO) deny check

# The reader of NWB alone: its feature would rebuild the compression of everything else.
test-nwb:
	$(CARGO) test --release --locked --manifest-path crates/nwb/Cargo.toml --features hdf5

# libFuzzer without cargo-fuzz, on the stable compiler; corpora and findings stay in fuzz/.
FUZZED := npy pickle position header page
SECONDS ?= 600
SANITIZED := -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
	-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
	-Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Zsanitizer=address --cfg fuzzing
HOST = $(shell rustc -vV | sed -n 's/^host: //p')

fuzz:
	cd fuzz && RUSTC_BOOTSTRAP=1 RUSTFLAGS='$(SANITIZED)' CARGO_TARGET_DIR=target $(CARGO) build --release --locked --target $(HOST)
	for target in $(FUZZED); do \
		mkdir -p fuzz/corpus/$$target fuzz/artifacts/$$target && \
		fuzz/target/$(HOST)/release/$$target -max_total_time=$(SECONDS) -max_len=16384 -malloc_limit_mb=64 -rss_limit_mb=1024 \
			-timeout=20 -print_final_stats=1 -artifact_prefix=fuzz/artifacts/$$target/ fuzz/corpus/$$target fuzz/seeds/$$target \
			|| exit 1; \
	done

# The comparisons with JAX and scikit-learn take the interpreter that LAMINA_PYTHON names, python3 unless set.
bench: build
	RAYON_NUM_THREADS=1 $(CARGO) bench --locked --workspace --bench training_step
	python3 crates/train/benches/large_plan.py $(BIN)
	$(CARGO) bench --locked --workspace --bench kernel_measures
	$(CARGO) bench --locked --workspace --bench functional_measures
	RAYON_NUM_THREADS=1 $(CARGO) bench --locked --workspace --bench exponential
	$(CARGO) bench --locked --workspace --bench large_field
	python3 crates/ingest/benches/against_duckdb.py $(BIN)/ingest --synapses $(SYNAPSES)

cuda:
	@command -v nvcc >/dev/null || { echo 'nvcc is missing: install the CUDA toolkit and put its bin folder on the PATH' >&2; exit 1; }
	$(CARGO) build --release --locked --workspace --bins --features train/cuda

metal:
	@test "$$(uname)" = Darwin || { echo "macOS is missing: train/metal needs Apple's frameworks, and this is $$(uname)" >&2; exit 1; }
	$(CARGO) build --release --locked --workspace --bins --features train/metal

clean:
	rm -rf '$(ARTIFACTS)'

help:
	@echo 'make                    build what is missing and run the study to its report'
	@echo 'make ingest|priors|train|analyze   run the study up to this stage'
	@echo 'make slurm              submit the study to Slurm: PARTITION=P ARRAY=TASKS TIME=T CPUS=N MEMORY=M'
	@echo 'make test               run every test'
	@echo 'make test-slurm         run the default study through a Slurm of its own and compare it with a local run'
	@echo 'make test-faults        kill, starve and damage a small study, and compare'
	@echo 'make test-nwb           test the reader of NWB files'
	@echo 'make fuzz               feed the readers of foreign bytes with nonsense, SECONDS=600 each'
	@echo 'make check              format, lints, documentation, licences and versions of dependencies, unsafe code'
	@echo 'make audit              the same of dependencies by cargo-deny, with known vulnerabilities'
	@echo 'make bench              measure the hot paths against their limits'
	@echo 'make cuda|metal         build with this accelerator'
	@echo 'make clean              remove the artifacts of the study'
	@echo
	@echo 'CONFIG=FILE             the study, pipeline.toml unless given'
	@echo 'ARTIFACTS=DIR           where its artifacts lie'
	@echo "FIELD='F G'             these fields instead of the configuration's"
	@echo "SET='KEY=VALUE'         settings laid over the configuration, such as train.epochs=3"
