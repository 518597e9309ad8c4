# Slipway. `make` alone lists what there is.
# Needs make, git, Rust by rustup and Node.js; everything else is installed by end2end/parts/setup (apt, as root or by sudo).

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo cluster check test parts-test bench build front release clean
MAKEFLAGS += --no-print-directory
# Where end2end/cluster/up keeps its things.
cluster = $${XDG_DATA_HOME:-$$HOME/.local/share}/slipway-cluster

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

demo: ## a whole Slipway on this machine, with real servers behind it; CLUSTER=1 runs the sites on a local Kubernetes, IONOS=simulated makes databases at a simulated IONOS
	@end2end/parts/setup demo
	@if [ -n "$(CLUSTER)" ]; then end2end/cluster/up; fi
	@app/build-web
	cargo build --workspace --bins --locked
	@exec target/debug/slipway demo $(if $(CLUSTER),--cluster "$(cluster)") $(if $(IONOS),--ionos $(IONOS))

cluster: ## a real Kubernetes on this machine for tenants' sites; end2end/cluster/README.md
	@end2end/cluster/up

check: front ## the fast loop: format, lints and unit tests, nothing outside
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo test --workspace --lib --bins --locked

test: ## everything that must hold: format, lints, licences, unit, integration and end-to-end tests, beside a real Kubernetes
	@end2end/parts/setup
	cargo fmt --all --check
	@app/build-web
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy -p app --no-default-features --features hydrate --locked -- -D warnings
	@if ! cargo deny --version >/dev/null 2>&1; then \
	  echo '!! cargo-deny is not installed: licences and advisories are NOT checked here. Next: cargo install cargo-deny'; \
	elif cargo deny --locked fetch db >/dev/null 2>&1; then cargo deny --locked check; \
	else echo '!! the advisory database is out of reach: advisories are NOT checked here.'; \
	  cargo deny --locked check bans licenses sources; fi
	@end2end/cluster/with $(MAKE) parts-test

# What needs real parts. end2end/cluster/with says by SLIPWAY_* which cluster there is.
parts-test:
	cargo build --workspace --bins --locked # `cargo test` alone builds no program without integration tests of its own
	cargo test --workspace --locked
	cargo test -p server --locked --test it -- --ignored real_openwebui --test-threads 1
	@.ci/image-test
	@charts/tests/run $${SLIPWAY_KUBECONFIG:+--server "$$SLIPWAY_KUBECONFIG"}
	@terraform/tests/run
	@.github/tests/run $${SLIPWAY_KUBECONFIG:+"$$SLIPWAY_KUBECONFIG"}
	@if [ -n "$${SLIPWAY_END2END_CLUSTER:-}" ]; then end2end/cluster/install "$$SLIPWAY_END2END_CLUSTER"; fi
	@wordpress/tests/run
	@wordpress/tests/run --wordpress 6.1 renewal
	@end2end/api
	@end2end/proxies/run
	@end2end/proxies/demo
	@end2end/ionos/conform
	@SLIPWAY_END2END_CLUSTER= SLIPWAY_END2END_IDENTITY=authentik SLIPWAY_END2END_PICTURES=none end2end/run story
	@end2end/run story
	@SLIPWAY_END2END_CLUSTER= end2end/run kill9

bench: front ## what Slipway costs, next to references (docs/benchmarks.md); takes ten minutes
	cargo test -p server --release --locked --test it -- --ignored bench --nocapture --test-threads 1

build: front ## the browser's half and a server for development
	cargo build --workspace --locked

front: ## only the browser's half, into app/assets/dist
	@end2end/parts/setup wasm
	@app/build-web

release: front ## the server as it is shipped, the browser's half inside
	cargo build -p server --release --locked

clean: ## remove what was built here; what was installed stays (~/.cache/slipway)
	cargo clean
	rm -rf app/assets/dist end2end/out end2end/node_modules
