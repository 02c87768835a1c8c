# The list of commands. Each line is an ordinary command: without `just`, copy it from here.

# Show this list.
default:
    @just --list --unsorted

# Build the program.
build:
    cargo build --release --locked --bin driveway

# Start a server with sample people and files; prints what to paste next.
demo *flags:
    cargo run --release --locked --bin driveway -- demo {{ flags }}

# Run every test. What they need and this machine lacks is installed, and said.
test *filter:
    scripts/test {{ filter }}

# The same with nextest, when it is installed: faster, and clearer about what is slow.
nextest *filter:
    scripts/smtp-server
    scripts/graph-sdks
    scripts/rclone
    scripts/onedrive
    cargo nextest run --workspace --locked {{ filter }}

# Check formatting, lints and documentation.
lint:
    .ci/run lint

# Check licences, advisories and sources of what we depend on (needs cargo-deny).
deny:
    cargo deny check

# Measure against two ceilings; prints ratios (needs nginx-light and wrk; `just bench --help`).
bench *flags:
    cargo bench --locked -p driveway --bench links -- {{ flags }}

# Check a data directory for damage.
check data="driveway-data":
    cargo run --release --locked --bin driveway -- check --data {{ data }}

# Draw the sample picture and the sample document anew.
samples:
    python3 crates/server/assets/demo/generate.py

# Put the code in its usual form.
format:
    cargo fmt --all

# What has to pass before a change is taken.
ci:
    .ci/run
