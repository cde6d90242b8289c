//! `tuffet audit`: every root from the pinned one on, and the current metadata, with every deviation by name.

mod data;
pub(super) mod devices;
mod findings;
mod text;

use super::read;
use crate::{CliError, Context, Outcome};
use clap::{Args, ValueEnum};
use devices::Devices;
use std::path::PathBuf;
use tuffet_attestation::Anchors;
use tuffet_client::{ClientError, Transport, TransportError, open_transport};
use tuffet_keys::{KeyId, Sha256};
use tuffet_metadata::{Finding, KeyidExceptions, Problem, RoleName};
use tuffet_verifier::{Audit as Walk, AuditRefusal, AuditReport, Limits, Policy, Profile, UpdateError};

/// Arguments of `audit`.
#[derive(Debug, Args)]
pub struct Audit {
    /// The repository's metadata: a directory or a URL
    pub location: String,
    /// The root.json to start from, which reached you in a way you trust
    #[arg(long, value_name = "PINNED")]
    pub root: PathBuf,
    /// How strictly files are read
    #[arg(long, value_enum, default_value_t = ProfileName::Deployed)]
    pub profile: ProfileName,
    /// A key that may be used though its keyid is wrong; may be given again
    #[arg(long = "except", value_name = "ROOT_SHA256:KEYID")]
    pub exceptions: Vec<String>,
    /// A folder of attestation certificates: say which signatures come from devices that made
    /// their keys
    #[arg(long, value_name = "DIR")]
    pub attestations: Option<PathBuf>,
    /// Leave out the exception that is built in, for root 11 of Sigstore
    #[arg(long)]
    pub no_exceptions: bool,
}

/// The profiles by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ProfileName {
    /// The format rules to the letter
    Strict,
    /// What production repositories contain, each deviation a finding
    Deployed,
}

/// Root 11 of Sigstore's production repository gives the online key under keyid 7247f0db…, which is the hash of no
/// subset of the key's fields: the key's object was changed and its name was not (D1). Every deployed client used
/// the key all the same, and the chain cannot be audited to its end as they saw it without it. The library has no
/// exception of its own: an application that meets such a root decides for itself.
pub(super) const SIGSTORE_ROOT_11: (&str, &str) = (
    "641adcaddce7b4af7d7ce81d8b58fa5dc871f13af48097dbf543597677702587",
    "7247f0dbad85b147e1863bade761243cc785dcb7aa410e7105dd3d2b61a36d2c",
);

pub(crate) fn run(command: &Audit, context: &Context<'_>) -> Result<Outcome, CliError> {
    let exceptions = exceptions(command)?;
    let at = context.reading_time();
    let profile = match command.profile {
        ProfileName::Strict => Profile::Strict,
        ProfileName::Deployed => Profile::Deployed { keyid_exceptions: KeyidExceptions::Listed(exceptions.clone()) },
    };
    let pinned = read(&command.root)?;
    let devices =
        command.attestations.as_ref().map(|folder| Devices::read(folder, &Anchors::yubico(), at)).transpose()?;
    let transport = open_transport(&command.location).map_err(ClientError::from)?;
    // An audit may take its time: more delegated roles than a client looks through for one target.
    let limits = Limits { delegated_roles: DELEGATED_ROLES, ..Limits::default() };
    let policy = Policy { profile, limits, ..Policy::default() };
    let report = walk(Walk::start(pinned, at, policy), &*transport)?;
    let seen = Seen {
        location: &command.location,
        profile: command.profile,
        exceptions: &exceptions,
        report: &report,
        devices: devices.as_ref(),
    };
    let outcome = Outcome::new(text::render(&seen), "tuffet-audit-v1", data::of(&seen));
    Ok(if report.is_accepted() { outcome } else { outcome.refused() })
}

/// What both ways of telling it need.
struct Seen<'a> {
    location: &'a str,
    profile: ProfileName,
    exceptions: &'a [(Sha256, KeyId)],
    report: &'a AuditReport,
    devices: Option<&'a Devices>,
}

/// "There is no such file" is the audit's to judge; any other failure to fetch says nothing about the repository.
fn walk(mut audit: Walk, transport: &dyn Transport) -> Result<AuditReport, CliError> {
    while let Some(request) = audit.request() {
        audit = match transport.fetch_metadata(&request.name, request.limit) {
            Ok(bytes) => audit.take(bytes),
            Err(TransportError::NotFound { .. }) => audit.absent(),
            Err(cause) => return Err(ClientError::Fetch { role: request.role, cause }.into()),
        };
    }
    Ok(audit.report())
}

fn exceptions(command: &Audit) -> Result<Vec<(Sha256, KeyId)>, CliError> {
    if command.profile == ProfileName::Strict {
        return match command.exceptions.first() {
            None => Ok(Vec::new()),
            Some(_) => Err(CliError::usage("--except has no meaning under --profile strict, which knows no exception")),
        };
    }
    let (sha256, keyid) = SIGSTORE_ROOT_11;
    let built_in = Sha256::from_hex(sha256).map(|sha256| (sha256, KeyId::new(keyid)));
    let mut list: Vec<_> = built_in.into_iter().filter(|_| !command.no_exceptions).collect();
    for text in &command.exceptions {
        let parts = text.split_once(':').filter(|(_, keyid)| !keyid.is_empty());
        let exception = parts.and_then(|(sha256, keyid)| Some((Sha256::from_hex(sha256)?, KeyId::new(keyid))));
        list.push(exception.ok_or_else(|| {
            let found = text.escape_debug();
            CliError::usage(format!(
                "--except: expected SHA-256 of the root in lower-case hex, `:`, keyid; found `{found}`"
            ))
            .hint("`sha256sum 11.root.json` gives the first part; the audit's JSON report has both")
        })?);
    }
    Ok(list)
}

impl Seen<'_> {
    /// What to do about the refusal.
    fn hint(&self) -> Option<String> {
        match self.report.refused.as_ref()? {
            AuditRefusal::Absent { role: RoleName::Delegated(_), .. } | AuditRefusal::NotInSnapshot { .. } => {
                Some("clients find nothing below that role: tell the repository's owner".into())
            }
            AuditRefusal::Absent { .. } => Some(IS_IT_THE_URL.into()),
            AuditRefusal::File(UpdateError::Metadata(error)) if matches!(error.problem, Problem::Deviation(_)) => {
                Some("`--profile deployed` audits it as today's clients read it".into())
            }
            AuditRefusal::File(UpdateError::Metadata(error))
                if matches!(error.problem, Problem::Signature { .. }) && self.mismatch().is_some() =>
            {
                let (sha256, keyid) = self.mismatch()?;
                Some(format!("a key is not used because its keyid is wrong; to use it: --except {sha256}:{keyid}"))
            }
            AuditRefusal::File(UpdateError::Freeze { .. }) if self.report.roots.len() == 1 => {
                Some(format!("there is no newer root at {}: {IS_IT_THE_URL}", self.location))
            }
            AuditRefusal::File(_) if self.report.roots.is_empty() => {
                Some("compare the pinned file's SHA-256 with the one its owner announced".into())
            }
            AuditRefusal::File(cause) => {
                let as_client = ClientError::Refused { url: String::new(), cause: cause.clone(), web_page: false };
                as_client.hint().map(str::to_owned)
            }
        }
    }

    /// A key of the last root that is not used because of its keyid.
    fn mismatch(&self) -> Option<(Sha256, &KeyId)> {
        let root = self.report.roots.last()?;
        root.findings.iter().find_map(|finding| match finding {
            Finding::KeyidMismatch { keyid, .. } => Some((root.sha256, keyid)),
            _ => None,
        })
    }
}

const DELEGATED_ROLES: usize = 1_024;
const IS_IT_THE_URL: &str = "is this the repository's metadata URL?";
