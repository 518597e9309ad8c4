#!/usr/bin/env bash
# lettre 0.11.23: valid recipients stand in the Cc line and are missing from the envelope, without an error.
# Exit 0: still so. Exit 1: it changed. Exit 2: the packages could not be had.
set -euo pipefail
dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT
cd "$dir"
export CARGO_TARGET_DIR="$dir/target"

mkdir src
cat > Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
lettre = { version = "=0.11.23", default-features = false, features = ["builder"] }
TOML

cat > src/main.rs <<'RUST'
use lettre::message::Mailbox;
use lettre::{Address, Message};

fn main() {
    // The first one is the control.
    let cases: [&[&str]; 4] = [
        &["ops@shop.example"],
        &["ops@[192.0.2.1]"],
        &["\"front desk\"@shop.example"],
        &["ops@shop.example", "ops@[192.0.2.1]"],
    ];
    for copies in cases {
        let mut builder = Message::builder()
            .from("portal@portal.example".parse().unwrap())
            .to("ada@shop.example".parse().unwrap());
        for copy in copies {
            let address: Address = copy.parse().expect("lettre itself takes the address");
            builder = builder.cc(Mailbox::new(None, address));
        }
        let message = builder.body(String::new()).expect("the message is built without an error");
        let written = String::from_utf8(message.formatted()).unwrap();
        let cc = written.lines().find(|line| line.starts_with("Cc:")).unwrap_or("no Cc line");
        let recipients: Vec<_> = message.envelope().to().iter().map(ToString::to_string).collect();
        println!("{cc} | envelope: {}", recipients.join(", "));
    }
    let alone = Message::builder()
        .from("portal@portal.example".parse().unwrap())
        .to(Mailbox::new(None, "ops@[192.0.2.1]".parse().unwrap()))
        .body(String::new());
    println!("ops@[192.0.2.1] alone in To: {}", alone.map_or_else(|error| error.to_string(), |_| "built".into()));
}
RUST

cargo fetch -q || { echo "the crates could not be had" >&2; exit 2; }
seen=$(nice -n 10 cargo run -q) || true

read -r -d '' described <<'TEXT' || true
Cc: ops@shop.example | envelope: ada@shop.example, ops@shop.example
Cc: ops@[192.0.2.1] | envelope: ada@shop.example
Cc: "front desk"@shop.example | envelope: ada@shop.example
Cc: ops@shop.example, ops@[192.0.2.1] | envelope: ada@shop.example
ops@[192.0.2.1] alone in To: missing destination address, invalid envelope
TEXT

cat <<TEXT
lettre 0.11.23
expected: each address given to cc() is in the envelope, or building the message fails. Address::from_str takes them all,
          RFC 5321 (4.1.2 Mailbox, 4.1.3 address literals) and RFC 5322 (3.4.1) allow them, and where such an address is the
          only recipient, building does fail.
seen:
$seen
TEXT
[ "$seen" = "$described" ] || { echo "changed: it was"; echo "$described"; exit 1; }
echo "as described: build() says Ok, readers see the addresses of the copies, and no server is ever told of them, good neighbours included"
