//! `trust-root compose` and `trust-root add`: a trust root from keys and chains, and what may stand beside it.

use super::entries::{self, Entries, Given, refused};
use super::{read_root, written};
use crate::commands::{read, refuse_existing, write_new};
use crate::context::time;
use crate::{CliError, Outcome};
use chrono::{DateTime, Utc};
use clap::Args;
use std::path::{Path, PathBuf};
use tuffet_trust_root::{ComposeConfig, LegacyPem, NewService, ServiceKind, SigningConfig, TrustedRoot};

/// Arguments of `trust-root compose`.
#[derive(Debug, Args)]
pub struct Compose {
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// A trusted_root.json whose entries all stay
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// What is to be in it.
    #[command(flatten)]
    pub entries: Entries,
    /// What stands beside it.
    #[command(flatten)]
    pub beside: Beside,
}

/// Files beside a trusted_root.json, made of the same entries.
#[derive(Debug, Args)]
#[command(next_help_heading = "Files beside it")]
pub struct Beside {
    /// Write a signing_config.v0.2.json: sign with these logs and authorities from
    /// their start on
    #[arg(long, value_name = "FILE", requires = "operator")]
    pub signing_config: Option<PathBuf>,
    /// Who operates the services, such as example.org
    #[arg(long, value_name = "NAME")]
    pub operator: Option<String>,
    /// The identity provider of the signing config, from the first CA's start on
    #[arg(long, value_name = "URL", requires = "signing_config")]
    pub oidc: Option<String>,
    /// Write the same as trusted_root.v0.2.json, which names the operator; old clients
    /// do not read it, so it is a target of its own
    #[arg(long, value_name = "FILE", requires = "operator")]
    pub v02: Option<PathBuf>,
    /// Write the files of clients from before trusted_root.json into a new folder,
    /// and their `custom` into FOLDER.custom.json
    #[arg(long, value_name = "DIR", requires = "legacy_at")]
    pub legacy: Option<PathBuf>,
    /// A folder of such files that are published already: they keep names and bytes
    #[arg(long, value_name = "DIR", requires = "legacy")]
    pub legacy_from: Option<PathBuf>,
    /// When those files are published: what is valid then is Active, the rest Expired
    #[arg(long, value_name = "TIME", requires = "legacy")]
    pub legacy_at: Option<String>,
}

/// Arguments of `trust-root add`.
#[derive(Debug, Args)]
pub struct Add {
    /// The trusted_root.json that is published
    pub file: PathBuf,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// What comes.
    #[command(flatten)]
    pub entries: Entries,
}

pub(super) fn run(command: &Compose) -> Result<Outcome, CliError> {
    let beside = &command.beside;
    let files = [Some(&command.out), beside.signing_config.as_ref(), beside.v02.as_ref(), beside.legacy.as_ref()];
    files.into_iter().flatten().try_for_each(|path| refuse_existing(path))?;
    let start = match &command.from {
        Some(file) => tuffet_trust_root::Compose::from_trusted_root(read_root(file)?),
        None => tuffet_trust_root::Compose::new(),
    };
    let given = command.entries.given()?;
    let root = entries::compose(&given, start)?.finish();
    let others = beside.made(&root, &given)?;
    // The trust root last: whoever sees it sees what stands beside it as well.
    let mut more = String::new();
    for (path, bytes) in &others {
        write_new(path, bytes)?;
        more += &format!("{} is written\n", path.display());
    }
    written(&command.out, &root, "tuffet-trust-root-compose-v1", &more)
}

pub(super) fn add(command: &Add) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    let old = read_root(&command.file)?;
    let start = tuffet_trust_root::Compose::from_trusted_root(old);
    let root = entries::compose(&command.entries.given()?, start)?.finish();
    written(&command.out, &root, "tuffet-trust-root-compose-v1", "")
}

impl Beside {
    fn made(&self, root: &TrustedRoot, given: &[Given]) -> Result<Vec<(PathBuf, Vec<u8>)>, CliError> {
        let mut files = Vec::new();
        let operator = self.operator.as_deref().unwrap_or_default();
        if let Some(path) = &self.signing_config {
            let config = signing_config(root, given, operator, self.oidc.as_deref())?;
            files.push((path.clone(), config.to_json().into_bytes()));
        }
        if let Some(path) = &self.v02 {
            let json = root.to_v02(operator).map_err(|e| refused(&e))?.to_json();
            TrustedRoot::parse(json.as_bytes()).map_err(|e| CliError::new("trust-root", e.to_string()))?;
            files.push((path.clone(), json.into_bytes()));
        }
        if let (Some(dir), Some(at)) = (&self.legacy, &self.legacy_at) {
            let known = self.legacy_from.as_deref().map(known).transpose()?.unwrap_or_default();
            files.extend(legacy(root, dir, time(at)?, &known)?);
        }
        Ok(files)
    }
}

/// Every open log and authority of the trust root as a service, from its start on.
pub(crate) fn signing_config(
    root: &TrustedRoot,
    given: &[Given],
    operator: &str,
    oidc: Option<&str>,
) -> Result<SigningConfig, CliError> {
    let mut compose = ComposeConfig::new();
    let open = |end: Option<&tuffet_trust_root::WrittenTime>| end.is_none();
    let mut add = |kind, url: &str, major_api_version, start: DateTime<Utc>| -> Result<(), CliError> {
        let new = NewService { kind, url, major_api_version, operator, start, end: None };
        compose = std::mem::take(&mut compose).service(&new).map_err(|e| refused(&e))?;
        Ok(())
    };
    let mut first_ca = None;
    for ca in root.certificate_authorities().iter().filter(|ca| open(ca.valid_for().end())) {
        if let (Some(uri), Some(start)) = (ca.uri(), ca.valid_for().start()) {
            first_ca.get_or_insert(start.time());
            add(ServiceKind::CertificateAuthority, uri, 1, start.time())?;
        }
    }
    if let (Some(oidc), Some(start)) = (oidc, first_ca) {
        add(ServiceKind::IdentityProvider, oidc, 1, start)?;
    }
    for log in root.tlogs().iter().filter(|log| open(log.valid_for().end())) {
        if let Some(start) = log.valid_for().start() {
            // An id that is bound to the origin is Rekor v2's; of other keys whoever gives the log says it.
            let bound = log.key_id_rule() == Some(tuffet_trust_root::KeyIdRule::SignedNote);
            let said = given.iter().any(|given| given.is_rekor_v2() && given.url == log.base_url());
            let version = if bound || said { 2 } else { 1 };
            add(ServiceKind::TransparencyLog, log.base_url(), version, start.time())?;
        }
    }
    for tsa in root.timestamp_authorities().iter().filter(|tsa| open(tsa.valid_for().end())) {
        if let (Some(uri), Some(start)) = (tsa.uri(), tsa.valid_for().start()) {
            add(ServiceKind::TimestampAuthority, uri, 1, start.time())?;
        }
    }
    Ok(compose.finish())
}

/// The files of old clients below `dir`, and beside it what their entries say in `custom`.
pub(super) fn legacy(
    root: &TrustedRoot,
    dir: &Path,
    at: DateTime<Utc>,
    known: &[(String, Vec<u8>)],
) -> Result<Vec<(PathBuf, Vec<u8>)>, CliError> {
    let files: Vec<LegacyPem> = root.legacy_files(at, known);
    let custom: serde_json::Map<String, serde_json::Value> = files
        .iter()
        .map(|file| (file.path.clone(), serde_json::from_str(&file.custom()).unwrap_or_default()))
        .collect();
    let custom = serde_json::to_string_pretty(&custom).unwrap_or_default() + "\n";
    let beside = PathBuf::from(format!("{}.custom.json", dir.display()));
    refuse_existing(&beside)?;
    let mut out: Vec<_> = files.into_iter().map(|file| (dir.join(&file.path), file.bytes)).collect();
    out.push((beside, custom.into_bytes()));
    Ok(out)
}

/// The files of a folder, by name.
pub(super) fn known(dir: &Path) -> Result<Vec<(String, Vec<u8>)>, CliError> {
    let entries = std::fs::read_dir(dir).map_err(|e| CliError::io(dir, &e))?;
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|e| CliError::io(dir, &e))?.path();
        if path.is_file() {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            files.push((name, read(&path)?));
        }
    }
    files.sort();
    Ok(files)
}
