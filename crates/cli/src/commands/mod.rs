//! One module a group of commands. Each has its arguments and turns them into an [`Outcome`](crate::Outcome).

pub(crate) mod audit;
pub(crate) mod bins;
pub(crate) mod carry;
pub(crate) mod ceremony;
pub(crate) mod check;
pub(crate) mod client;
pub(crate) mod diff;
pub(crate) mod drill;
pub(crate) mod evidence;
pub(crate) mod instance;
pub(crate) mod key;
pub(crate) mod mirror;
pub(crate) mod network;
pub(crate) mod online;
pub(crate) mod page;
pub(crate) mod plan;
pub(crate) mod publish;
pub(crate) mod recover;
#[cfg(feature = "rehearsal")]
pub(crate) mod rehearse;
pub(crate) mod review;
pub(crate) mod selftest;
#[cfg(feature = "network")]
pub(crate) mod serve;
pub(crate) mod signatures;
pub(crate) mod takeover;
pub(crate) mod throw_away;
pub(crate) mod trust_pack;
pub(crate) mod trust_root;
pub(crate) mod watch;

use crate::arguments::Command;
use crate::{CliError, Context, Outcome};
use std::io::{ErrorKind, Write};
use std::path::Path;
use tuffet_ceremony::CeremonyError;

/// Runs a command.
pub(crate) fn run(command: Command, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Command::Init(command) => plan::init(&command, context),
        Command::Key(command) => key::run(command, context),
        Command::Plan(command) => plan::run(command, context),
        Command::Draft(command) => ceremony::draft::run(&command, context).map_err(|e| e.with_dir(&command.ceremony)),
        Command::Review(command) => review::run(&command, context).map_err(|e| e.with_dir(&command.ceremony)),
        Command::Diff(command) => diff::run(&command, context),
        Command::Sign(command) => ceremony::sign::run(&command, context).map_err(|e| e.with_dir(&command.ceremony)),
        Command::Approve(command) => {
            ceremony::approve::run(&command, context).map_err(|e| e.with_dir(&command.ceremony))
        }
        Command::Abort(command) => ceremony::abort::run(&command, context).map_err(|e| e.with_dir(&command.ceremony)),
        Command::Status(command) => ceremony::status::run(&command).map_err(|e| e.with_dir(&command.ceremony)),
        Command::Assemble(command) => {
            ceremony::assemble::run(&command, context).map_err(|e| e.with_dir(&command.ceremony))
        }
        Command::Publish(command) => publish::publish(&command, context),
        Command::Online(command) => online::run(command, context),
        Command::Page(command) => page::run(&command, context),
        Command::Recover(command) => recover::run(&command, context),
        Command::Bins(command) => bins::run(&command, context),
        Command::Ceremony(command) => ceremony::record::run(&command, context),
        Command::Carry(command) => carry::run(command, context),
        Command::Selftest(command) => selftest::run(&command),
        Command::TrustRoot(command) => trust_root::run(command, context),
        Command::Client(command) => client::run(command, context),
        Command::TrustPack(command) => trust_pack::run(command, context),
        Command::Watch(command) => watch::run(&command, context),
        Command::Mirror(command) => mirror::run(&command, context),
        #[cfg(feature = "network")]
        Command::Serve(command) => serve::run(&command, context),
        Command::Audit(command) => audit::run(&command, context),
        Command::Check(command) => check::run(&command, context),
        Command::Drill(command) => drill::run(&command, context),
        Command::Signatures(command) => signatures::run(&command),
        Command::Import(command) => takeover::import(&command, context),
        Command::Export(command) => takeover::export(&command, context),
        #[cfg(feature = "rehearsal")]
        Command::Rehearse(command) => rehearse::run(&command, context),
    }
}

/// Reads a file the person named.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let found = |found: &str| CliError::new("io", format!("{}: expected a file, found {found}", path.display()));
    std::fs::read(path).map_err(|e| match e.kind() {
        ErrorKind::NotFound => found("none"),
        ErrorKind::IsADirectory => found("a directory"),
        _ => CliError::io(path, &e),
    })
}

/// What a person is told who named a directory that is no ceremony's.
pub(crate) fn no_ceremony(dir: &Path, error: CeremonyError) -> CliError {
    match error {
        CeremonyError::Io { file, cause }
            if file == "plan.toml" && matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
        {
            let message = format!("{}: expected a ceremony's directory, found no plan.toml in it", dir.display());
            CliError::new("ceremony", message).hint("name the directory that `tuffet plan new` made, or a copy of it")
        }
        error => error.into(),
    }
}

/// Makes the folder of a file to write, and those above it.
pub(crate) fn make_folder(folder: &Path) -> Result<(), CliError> {
    std::fs::create_dir_all(folder).map_err(|e| match e.kind() {
        ErrorKind::AlreadyExists | ErrorKind::NotADirectory => {
            CliError::new("io", format!("{}: expected a folder, found a file in its place", folder.display()))
        }
        _ => CliError::io(folder, &e),
    })
}

/// Writes a file the person named, whole or not at all, and never over another.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    let failed = |e: &std::io::Error| CliError::io(path, e);
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_folder(parent)?;
    let mut file = tempfile::Builder::new().prefix(".tuffet-").tempfile_in(parent).map_err(|e| failed(&e))?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(|e| failed(&e))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let readable = std::fs::Permissions::from_mode(0o644);
        std::fs::set_permissions(file.path(), readable).map_err(|e| failed(&e))?;
    }
    match file.persist_noclobber(path) {
        Ok(_) => Ok(()),
        Err(e) if e.error.kind() == ErrorKind::AlreadyExists => Err(exists(path)),
        Err(e) => Err(failed(&e.error)),
    }
}

/// The output file is there: found before anything is computed or asked.
pub(crate) fn refuse_existing(path: &Path) -> Result<(), CliError> {
    if path.exists() { Err(exists(path)) } else { Ok(()) }
}

fn exists(path: &Path) -> CliError {
    CliError::new("exists", format!("{}: expected no such file, found one: it is never overwritten", path.display()))
        .hint("move it away, or name another file")
}
