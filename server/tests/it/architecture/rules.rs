//! The tables: who may know whom, and why.

/// Parts of the server that are no outside crate.
pub(super) const TOPS: [&str; 13] = [
    "boot", "cli", "config", "connect", "domain", "mcp", "portal", "saga", "steps", "store", "systems", "vault", "web",
];

/// From, to, and why this is right.
pub(super) const SERVER: &[(&str, &[&str], &str)] = &[
    (
        "web",
        &["portal"],
        "Implements its own seams (feed, who comes and goes) for the house; pages ask through the trait.",
    ),
    ("web", &["domain"], "Callers, clocks and checks of shape."),
    ("connect", &["portal"], "The house hands out store, journal, vault and ports."),
    ("connect", &["saga"], "Wishes are entries of the journal; secrets go through the saga's trait."),
    ("connect", &["store"], "Intents and their redeeming are records, and the protocol is what they are for."),
    ("connect", &["domain"], "Words."),
    ("mcp", &["portal"], "The house is the gateway's ledger (mcp/ledger.rs)."),
    ("mcp", &["store"], "The ledger translates the store's claims into its own."),
    ("mcp", &["systems"], "The gateway works at a desk, a port."),
    ("mcp", &["domain"], "Words."),
    ("cli", &["boot"], "The command line starts the house."),
    ("cli", &["config"], "It reads the configuration first."),
    ("cli", &["portal"], "`serve` hands the house to the front."),
    ("cli", &["systems"], "The demo asks its parts how they are, through the drivers' client."),
    ("cli", &["web"], "`serve` listens."),
    ("cli", &["domain"], "Words."),
    ("portal", &["saga"], "Wishes go into the journal, pages read the folded log."),
    ("portal", &["store"], "Use cases are reads and writes of records."),
    ("portal", &["vault"], "The house keeps the vault; an order throws the site's secret."),
    ("portal", &["steps"], "The ports that steps act through, for previews and health; purposes in the vault."),
    ("portal", &["systems"], "What a port says of a site, read off the log; the words of letters."),
    ("portal", &["domain"], "Words."),
    ("saga", &["store"], "The log; the engine also reads leases and pairings."),
    ("saga", &["vault"], "The engine opens a tenant's secrets for its steps."),
    ("saga", &["domain"], "Words."),
    ("vault", &["saga"], "Implements the steps' view of secrets."),
    ("vault", &["store"], "Envelopes and wrapped keys are rows."),
    ("vault", &["domain"], "Dice, ids and faults."),
    ("steps", &["saga"], "A step is what the saga runs."),
    ("steps", &["systems"], "A step acts through ports."),
    ("steps", &["domain"], "Words."),
    ("systems", &["domain"], "Words."),
    ("store", &["domain"], "Records are the domain's."),
    ("config", &["domain"], "Slugs and plans are checked when they are read."),
    (
        "boot",
        &["config", "connect", "domain", "mcp", "portal", "saga", "steps", "store", "systems", "vault", "web"],
        "The composition root knows everybody.",
    ),
];

/// From, to, the only paths it may name there, and why.
pub(super) const PARTS: &[(&str, &str, &[&str], &str)] = &[
    (
        "saga",
        "store",
        &[
            "store::log",
            "store",
            "store::Store",
            "store::Held",
            "store::Result",
            "store::Lease",
            "store::Appended",
            "store::Noted",
            "store::AuditEntry",
        ],
        "The engine needs the log and the lease it writes under, and tells the audit what came late; all else is the store's.",
    ),
    ("saga", "vault", &["vault::Vault"], "Only to hand a tenant's secrets to a step."),
    ("mcp", "store", &["store", "store::Claim"], "Only the claims of the ledger."),
    ("mcp", "systems", &["systems::wordpress", "systems::chat::PROBE"], "The desk, and whom the chat probes as."),
    ("mcp", "portal", &["portal::House"], "Only the house behind the ledger."),
    (
        "web",
        "portal",
        &["portal::House", "portal::token"],
        "Only the house behind its seams, and why it turned a token away.",
    ),
    (
        "portal",
        "systems",
        &["systems::wordpress", "systems::letters", "systems::mail::Letter"],
        "Only what the log holds of a site, and the words of letters.",
    ),
    ("vault", "saga", &["saga::cx::Secrets"], "Only the trait."),
];

/// No ports but ways to outside systems, which all drivers share.
pub(super) const CLIENTS: [&str; 2] = ["http", "cluster"];

/// Ports that speak of each other: from, what it may name, and why.
pub(super) const SIBLINGS: &[(&str, &str, &str)] = &[
    ("site", "systems::database", "A site is told which database is its own."),
    ("letters", "systems::mail", "What is written becomes a letter of the port."),
    ("site", "systems::identity", "A site is told its sign-in client."),
];

/// The same for the pages.
pub(super) const APP: &[(&str, &[&str], &str)] = &[
    ("context", &["model", "portal"], "What every page is given."),
    ("islands", &["model"], "The slug field proposes by the rule that the server judges by."),
    ("pages", &["context", "islands", "model", "parts", "portal", "shell"], "Pages are made of all the others."),
    ("parts", &["model", "context"], "Parts show words of the model; the frame knows who is signed in."),
    ("portal", &["model"], "The contract speaks in the model's words."),
    ("render", &["model", "parts"], "Fragments of live pages."),
    ("shell", &["context", "pages"], "The document around a page."),
];
