//! New entries from the command line: each from a PEM file, or from the service itself with a pinned fingerprint.

use super::list::List;
use super::sources::{self, Source};
use crate::CliError;
use crate::commands::network::Network;
use clap::Args;
use tuffet_trust_root::{AuthorityKind, Compose, ComposeError, LogKind, NewAuthority, NewLog};

/// Entries, each a list such as
/// `kind=rekor-v2,key=log.pem,url=https://log.example.org,start=2026-01-01T00:00:00Z`.
#[derive(Debug, Default, Clone, Args)]
pub struct Entries {
    /// A log: kind=rekor-v1|rekor-v2,key=PEM,url=URL,start=TIME[,end=TIME]
    /// [,checkpoint=FILE][,sha256=HEX]; of v1 also service=URL in place of key=
    #[arg(long = "log", value_name = "LIST")]
    pub logs: Vec<String>,
    /// A certificate authority: chain=PEM,uri=URL,start=TIME[,end=TIME]
    /// [,sha256=HEX]; also service=URL in place of chain=
    #[arg(long = "ca", value_name = "LIST")]
    pub cas: Vec<String>,
    /// A certificate transparency log: key=PEM,url=URL,start=TIME[,end=TIME]
    /// [,checkpoint=FILE][,sha256=HEX]
    #[arg(long = "ct", value_name = "LIST")]
    pub cts: Vec<String>,
    /// A timestamp authority: chain=PEM,uri=URL,start=TIME[,end=TIME]
    /// [,sha256=HEX]; also service=URL in place of chain=
    #[arg(long = "tsa", value_name = "LIST")]
    pub tsas: Vec<String>,
    /// The way to services that are asked: service=URL,sha256=HEX in place of
    /// a file.
    #[command(flatten)]
    pub network: Network,
}

/// An entry with everything it is made of.
pub(crate) struct Given {
    pub(crate) label: String,
    pub(crate) pem: Vec<u8>,
    pub(crate) url: String,
    pub(crate) start: chrono::DateTime<chrono::Utc>,
    pub(crate) end: Option<chrono::DateTime<chrono::Utc>>,
    pub(crate) kind: GivenKind,
}

/// What it is to become.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum GivenKind {
    Log(LogKind),
    Authority(AuthorityKind),
}

impl Entries {
    /// Whether none was given.
    pub(crate) fn is_empty(&self) -> bool {
        [&self.logs, &self.cas, &self.cts, &self.tsas].iter().all(|list| list.is_empty())
    }

    /// Each as it was given, in the order of the trust root's lists.
    pub(crate) fn given(&self) -> Result<Vec<Given>, CliError> {
        let (ca, tsa) = (AuthorityKind::CertificateAuthority, AuthorityKind::TimestampAuthority);
        let logs = self.logs.iter().map(|text| log("--log", None, text, &self.network));
        let cas = self.cas.iter().map(|text| authority("--ca", ca, text, &self.network));
        let cts = self.cts.iter().map(|text| log("--ct", Some(LogKind::CtLog), text, &self.network));
        let tsas = self.tsas.iter().map(|text| authority("--tsa", tsa, text, &self.network));
        logs.chain(cas).chain(cts).chain(tsas).collect()
    }
}

/// All of them, at the end of what is there.
pub(crate) fn compose(given: &[Given], start: Compose) -> Result<Compose, CliError> {
    if given.is_empty() {
        return Err(CliError::usage("expected at least one of --log, --ca, --ct and --tsa, found none"));
    }
    given.iter().try_fold(start, |compose, given| given.add(compose))
}

impl Given {
    /// Whether it is a log of the second version of Rekor, which its id does not tell where its key is ECDSA.
    pub(crate) fn is_rekor_v2(&self) -> bool {
        self.kind == GivenKind::Log(LogKind::RekorV2)
    }

    fn add(&self, compose: Compose) -> Result<Compose, CliError> {
        match self.kind {
            GivenKind::Log(kind) => compose.log(&self.as_log(kind)),
            GivenKind::Authority(kind) => compose.authority(&self.as_authority(kind)),
        }
        .map_err(|e| refused(&e))
    }

    pub(crate) fn as_log(&self, kind: LogKind) -> NewLog<'_> {
        let Self { label, pem, url, start, end, .. } = self;
        NewLog { label, kind, pem, base_url: url, start: *start, end: *end }
    }

    pub(crate) fn as_authority(&self, kind: AuthorityKind) -> NewAuthority<'_> {
        let Self { label, pem, url, start, end, .. } = self;
        NewAuthority { label, kind, pem, uri: url, start: *start, end: *end }
    }
}

fn log(option: &str, kind: Option<LogKind>, text: &str, network: &Network) -> Result<Given, CliError> {
    let required: &[&str] = if kind.is_some() { &["start"] } else { &["kind", "start"] };
    let list = List::read(option, text, required, &["key", "service", "url", "end", "checkpoint", "sha256"])?;
    let kind = match (kind, list.optional("kind")) {
        (Some(kind), _) => kind,
        (None, Some("rekor-v1")) => LogKind::RekorV1,
        (None, Some("rekor-v2")) => LogKind::RekorV2,
        (None, other) => {
            let found = other.unwrap_or_default().escape_debug();
            return Err(list.refuse(&format!("kind: expected rekor-v1 or rekor-v2, found `{found}`")));
        }
    };
    let source = match kind {
        LogKind::RekorV1 => Source::RekorV1,
        LogKind::RekorV2 | LogKind::CtLog => Source::FileAlone,
    };
    let given = given(&list, "key", "url", GivenKind::Log(kind), source, network)?;
    if let Some((path, bytes)) = list.file("checkpoint")? {
        sources::prove(&given.as_log(kind), &path, &bytes)?;
    }
    Ok(given)
}

fn authority(option: &str, kind: AuthorityKind, text: &str, network: &Network) -> Result<Given, CliError> {
    let list = List::read(option, text, &["start"], &["chain", "service", "uri", "end", "sha256"])?;
    let source = match kind {
        AuthorityKind::CertificateAuthority => Source::Fulcio,
        AuthorityKind::TimestampAuthority => Source::Tsa,
    };
    given(&list, "chain", "uri", GivenKind::Authority(kind), source, network)
}

fn given(
    list: &List<'_>,
    file: &str,
    address: &str,
    kind: GivenKind,
    source: Source,
    network: &Network,
) -> Result<Given, CliError> {
    let pin = list.optional("sha256");
    let service = list.optional("service");
    let (label, pem) = match (list.file(file)?, service) {
        (Some((path, bytes)), None) => {
            let label = path.display().to_string();
            sources::pinned(&label, &bytes, kind, pin)?;
            (label, bytes)
        }
        (None, Some(url)) => (url.to_owned(), source.ask(list, url, pin, network)?),
        _ => return Err(list.refuse(&format!("expected one of `{file}=` and `service=`"))),
    };
    let url = list.optional(address).or(service);
    let url = url.ok_or_else(|| list.refuse(&format!("expected `{address}=`, found none")))?.to_owned();
    Ok(Given { label, pem, url, start: list.time("start")?, end: list.optional_time("end")?, kind })
}

pub(crate) fn refused(error: &ComposeError) -> CliError {
    CliError::new("trust-root", error.to_string())
}
