//! The arguments, by person: who types what (architecture.md).

use crate::commands::{
    audit, bins, carry, ceremony, check, client, diff, drill, key, mirror, online, page, plan, publish, recover,
    review, selftest, signatures, takeover, trust_pack, trust_root, watch,
};
use clap::{Parser, Subcommand};
use std::path::PathBuf;

/// Manages a TUF root of trust: ceremonies for keyholders, repositories for release engineers, trust for clients.
#[derive(Debug, Parser)]
// As wide, and as plain, whatever the environment says: COLUMNS and CLICOLOR_FORCE are none that a station reads (K14).
#[command(name = "tuffet", version, term_width = 80, color = clap::ColorChoice::Never)]
#[command(propagate_version = true, subcommand_required = true)]
pub struct Arguments {
    /// Print the result as JSON
    #[arg(long, global = true)]
    pub json: bool,
    /// Reference time, YYYY-MM-DDTHH:MM:SSZ, for commands that read
    #[arg(long, global = true, value_name = "TIME")]
    pub at: Option<String>,
    /// The folder that holds tuffet.toml
    #[arg(long, global = true, value_name = "DIR")]
    pub workspace: Option<PathBuf>,
    /// Send a PIN even where one more wrong one would lock the token
    #[arg(long, global = true)]
    pub last_try: bool,
    /// Derive throw-away keys from this text (rehearsal builds only)
    #[cfg(feature = "rehearsal")]
    #[arg(long, global = true, value_name = "TEXT")]
    pub seed: Option<String>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a workspace: tuffet.toml, ceremony/ and repository/
    Init(Box<plan::Init>),
    /// Keys: list, generate, show, enroll, verify
    #[command(subcommand)]
    Key(key::Key),
    /// Plan a ceremony: invite, new, replace, change, rotate
    #[command(subcommand)]
    Plan(plan::Plan),
    /// Compute the payloads of a plan and check them
    Draft(ceremony::draft::Draft),
    /// Show what a signature would change
    Review(review::Review),
    /// Show what changed between two files: metadata, trust roots, signing configs
    Diff(diff::Diff),
    /// As a witness, approve a draft and confirm the time
    Approve(ceremony::approve::Approve),
    /// Sign the payloads of a ceremony with one key
    Sign(ceremony::sign::Sign),
    /// Show whose approvals and signatures are there, who can finish, and by when
    Status(ceremony::status::Status),
    /// Verify approvals and signatures, record them, assemble what is complete
    Assemble(ceremony::assemble::Assemble),
    /// Give a ceremony up; its record says what was signed
    Abort(ceremony::abort::Abort),
    /// Publish what a ceremony assembled
    Publish(publish::Publish),
    /// The online key: sign snapshot and timestamp anew before they expire
    #[command(subcommand)]
    Online(online::Online),
    /// Write the public page of the repository, and status.json beside it
    Page(page::Page),
    /// After a loss, a theft, an expiry: what clients do, and the plan that mends it
    #[command(subcommand)]
    Recover(recover::Recover),
    /// Repositories of very many targets: make, update, show
    #[command(subcommand)]
    Bins(bins::Bins),
    /// Ceremony records: verify
    #[command(subcommand)]
    Ceremony(ceremony::record::Record),
    /// Across a gap without a network: pack, unpack, show, read
    #[command(subcommand)]
    Carry(carry::Carry),
    /// Check this program on this machine: known answers, and a ceremony in memory
    Selftest(selftest::Selftest),
    /// Trust roots of log and CA: compose, change, check, prove, export
    #[command(subcommand)]
    TrustRoot(trust_root::TrustRoot),
    /// A TUF client: init, refresh, download, watch
    #[command(subcommand)]
    Client(client::Client),
    /// Trust in one file, for places without a network: make, open
    #[command(subcommand)]
    TrustPack(trust_pack::Pack),
    /// Look at a repository from the outside: expiries, mirrors, rollback, missing files
    Watch(Box<watch::Watch>),
    /// Copy a repository, verified, for places without a network; check a copy
    Mirror(Box<mirror::Mirror>),
    /// Serve a folder on the loopback, for trials
    #[cfg(feature = "network")]
    Serve(crate::commands::serve::Serve),
    /// Check every root and the current metadata of a repository
    Audit(audit::Audit),
    /// Hold a repository or a draft to every lint, and say which clients it locks out
    Check(check::Check),
    /// Losses, thefts and time, tried out on a copy with throw-away keys
    Drill(drill::Drill),
    /// Whose signatures are in metadata files, and one file of several
    Signatures(signatures::Signatures),
    /// Take a repository over: a workspace from a directory, a URL or a git remote
    Import(takeover::Import),
    /// Hand a repository back: its tree as another tool lays it out
    Export(takeover::Export),
    /// The whole story with throw-away keys in a scratch directory
    #[cfg(feature = "rehearsal")]
    Rehearse(crate::commands::rehearse::Rehearse),
}
