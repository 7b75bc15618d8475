# One word per task; each sets up what it needs first (scripts/setup.sh).
.DEFAULT_GOAL := help
.PHONY: arm64 help demo test bench check crash fuzz lint power screenshots sim
SHELL := /bin/bash

TIME ?= 60
KILLS ?= 500
SEEDS ?= 1000
CUTS ?= 200

help:
	@echo "make demo            central, a simulated Midtrans and two gates with 5,000 sold tickets; prints the addresses"
	@echo "make demo STORY=1    the same, and plays the story by itself: buy, pay, scan offline, reconcile"
	@echo "make test            everything that CI runs: formatting, lints, documentation, all tests on both databases"
	@echo "make check           the same without the tests that need a server, for while you work"
	@echo "make bench           the figures, one JSON line each in target/bench/results.jsonl"
	@echo "make screenshots     the pictures of the README, made by the tests"
	@echo "make crash KILLS=500 kill -9 in a loop, and full, read-only and copied disks (as root); SEED repeats a run"
	@echo "make power CUTS=200  power cuts of a gate in a virtual machine, in a loop; SEED repeats a plan"
	@echo "make arm64           the gate's program for a 64-bit Raspberry Pi, built on an x86_64 Debian"
	@echo "make sim SEEDS=1000  whole worlds from as many fresh seeds; FIRST begins elsewhere; SEED=… repeats one step by step"
	@echo "make fuzz TIME=60    every fuzz target for that many seconds"

# The built program is started directly: cargo run would choose other features and build again.
demo:
	@scripts/setup.sh demo
	cargo build --workspace --bins
	"$${CARGO_TARGET_DIR:-target}/debug/demo" $(if $(STORY),--story)

# Lints first: they fail soonest, and what they compile of foreign crates is theirs alone (metadata, no code).
# The last lines are who may do what in the panel, as a test found it, and the acceptance table (tests/acceptance), out
# of what the run wrote down, also after a failure.
test:
	@scripts/setup.sh test
	@$(MAKE) --no-print-directory lint
	cargo build --workspace --bins --tests
	@$(if $(and $(filter x86_64,$(shell uname -m)),$(filter-out off,$(or $(GERBANG_ARM64),on))),scripts/arm64.sh,:)
	@built="$${CARGO_TARGET_DIR:-target}"; status=0; set -o pipefail; \
	if command -v cargo-nextest >/dev/null; then \
		said="$$built/nextest/whole/junit.xml"; rm -f "$$said"; set -x; \
		cargo test --workspace --doc --quiet || status=1; \
		scripts/with-mariadb.sh cargo nextest run --profile whole --workspace --lib --bins --tests || status=1; \
	else \
		said="$$built/libtest.txt"; set -x; \
		cargo test --workspace --doc || status=1; \
		scripts/with-mariadb.sh cargo test --no-fail-fast --workspace --lib --bins --tests | tee "$$said" || status=1; \
	fi; { set +x; } 2>/dev/null; \
	sed -n '/^| |/,$$p' docs/panel-rights.md; \
	"$$built/debug/acceptance" "$$said" || status=1; exit $$status

lint:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items --quiet

# cargo-deny is not demanded: tests/tidy repeats its rules on dependencies, licences and sources.
check:
	@scripts/setup.sh build
	@$(MAKE) --no-print-directory lint
	cargo test --workspace --test tidy
	@if command -v cargo-deny >/dev/null; then set -x; cargo deny check bans licenses sources; fi

# Durability is measured, so the databases lie on the project's disk rather than in a /tmp of memory.
bench:
	@scripts/setup.sh bench
	@mkdir -p target/bench/tmp
	cargo build --release --workspace --bins
	GERBANG_MARIADB_DURABLE=1 TMPDIR="$(CURDIR)/target/bench/tmp" cargo bench --workspace --bench figures

# A night's run. The same tests with fewer kills are part of make test.
crash:
	@scripts/setup.sh test
	cargo build --workspace --bins
	GERBANG_KILLS=$(KILLS) GERBANG_SEED=$(or $(SEED),$(shell date +%s)) \
		cargo test --workspace --test crash -- --nocapture

# The same for power cuts in a virtual machine.
power:
	@scripts/setup.sh test
	cargo build --workspace --bins
	GERBANG_POWER_CUTS=$(CUTS) GERBANG_POWER_SEED=$(or $(SEED),$(shell date +%s)) \
		cargo test --workspace --test machine -- --nocapture

# The tests use an unoptimised one, which is there sooner.
arm64:
	@scripts/setup.sh build arm64
	@scripts/arm64.sh release

# Seeds that nobody played before; the fixed ones are part of `make test`. A seed that broke becomes a named test.
sim:
	@scripts/setup.sh build
	cargo build --workspace --test simulation
ifdef SEED
	SEED=$(SEED) cargo test --workspace --test simulation the_seed_that_was_asked_for
else
	SEEDS=$(SEEDS) FIRST=$(or $(FIRST),$(shell date +%s)000) \
		cargo test --workspace --test simulation as_many_seeds_as_were_asked_for
endif

# Fuzzing needs the compiler's unstable sanitizer flags; RUSTC_BOOTSTRAP opens them on the stable one.
fuzz:
	@scripts/setup.sh build fuzz
	@set -e; targets=$$(cargo fuzz list); for target in $$targets; do set -x; \
		RUSTC_BOOTSTRAP=1 cargo fuzz run "$$target" -- -max_total_time=$(TIME); { set +x; } 2>/dev/null; done

# The README's pictures are the tests' own: what they show was asserted when they were made.
screenshots:
	@scripts/setup.sh test demo
	cargo build --workspace --bins
	cargo test --workspace --test browser --test story
	cd target/screenshots && cp gate.png gate-refuse.png gate-before-doors.png ticket.png event.png cart.png order-paid.png ../../docs/images/
	cd target/screenshots && cp $(addsuffix .png,$(addprefix panel-,dashboard orders order staff roles audit sign-in sure)) ../../docs/images/
