//! A client that speaks the command line of the TUF client conformance suite (its CLIENT-CLI.md): nothing of it
//! decides anything, `tuffet-client` does.
//!
//! ```text
//! conformance --metadata-dir D                     init ROOT
//! conformance --metadata-dir D --metadata-url U    refresh
//! conformance ... --target-name N... --target-base-url U --target-dir T  download
//! ```
//!
//! Exit code 0 where all of it succeeded, else 1. The suite moves the clock by preloading a library, so the time is
//! asked of the system, through libc.
#![expect(clippy::print_stderr, reason = "what went wrong is for the suite's log")]

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;
use tuffet_client::{Cache, Client, ClientError, Policy, open_transport};

#[derive(Debug, Parser)]
struct Arguments {
    /// Where trusted metadata is kept
    #[arg(long)]
    metadata_dir: PathBuf,
    /// Where the repository's metadata is
    #[arg(long)]
    metadata_url: Option<String>,
    /// A target to download; may be given again
    #[arg(long)]
    target_name: Vec<String>,
    /// Where the repository's targets are
    #[arg(long)]
    target_base_url: Option<String>,
    /// Where targets are put
    #[arg(long)]
    target_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start from a trusted root
    Init {
        /// The root
        trusted_root: PathBuf,
    },
    /// Bring the metadata up to date
    Refresh,
    /// Bring the metadata up to date, then download targets
    Download,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(wrong) => {
            eprintln!("{wrong}");
            return ExitCode::FAILURE;
        }
    };
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            eprintln!("{refused}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let mut cache = Cache::new(&arguments.metadata_dir);
    if let Command::Init { trusted_root } = &arguments.command {
        let root = std::fs::read(trusted_root).map_err(|e| format!("{}: {e}", trusted_root.display()))?;
        return tuffet_client::init(&mut cache, &root, &Policy::default()).map(|_| ()).map_err(text);
    }
    let open = |url: &Option<String>, name: &str| {
        let url = url.as_deref().ok_or_else(|| format!("expected --{name}"))?;
        open_transport(url).map_err(|e| e.to_string())
    };
    let metadata = open(&arguments.metadata_url, "metadata-url")?;
    let mut client = Client::open(cache, metadata, Policy::default());
    let now = SystemTime::now().into();
    if let Command::Refresh = arguments.command {
        return client.refresh(now).map(|_| ()).map_err(text);
    }
    let mut client = client.with_targets(open(&arguments.target_base_url, "target-base-url")?);
    let directory = arguments.target_dir.as_deref().ok_or("expected --target-dir")?;
    let trusted = client.refresh(now).map_err(text)?;
    for name in &arguments.target_name {
        client.download(&trusted, name, directory).map_err(text)?;
    }
    Ok(())
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err gives")]
fn text(error: ClientError) -> String {
    format!("{}: {error}", error.code())
}
