//! `tuffet trust-root export`: the trust root as other programs want it.

mod mirror;

use super::parse;
use crate::commands::network::Network;
use crate::commands::{read, refuse_existing, trust_pack, write_new};
use crate::{CliError, Context, Outcome};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tuffet_repository::Staging;
use tuffet_trust_root::export::{ExportError, SigstoreKeys, client_trust_config, gh_line, pem_files};

/// Arguments of `trust-root export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The trusted_root.json; several for gh, whose file has one a line
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The form
    #[arg(long = "as", value_enum, value_name = "FORM")]
    pub form: Form,
    /// Write there: a file, or a folder for pem [default: stdout]
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// The signing_config.v0.2.json of a client-trust-config
    #[arg(long, value_name = "FILE")]
    pub signing_config: Option<PathBuf>,
    /// The repository of a mirrorfs or a trust-pack: a URL or a directory
    #[arg(long, value_name = "LOCATION")]
    pub repository: Option<String>,
    /// The root.json to start from there
    #[arg(long, value_name = "FILE")]
    pub root: Option<PathBuf>,
    /// The trusted root's name in the repository
    #[arg(long, value_name = "NAME", default_value = "trusted_root.json")]
    pub target: String,
    /// The name of the resource TrustRoot
    #[arg(long, value_name = "NAME", default_value = "sigstore")]
    pub name: String,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

/// The forms by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// JSON lines of `gh attestation verify --custom-trusted-root`
    Gh,
    /// Trusted root and signing config in one file
    ClientTrustConfig,
    /// A folder of PEM files and an index.json
    Pem,
    /// policy-controller's TrustRoot with a whole repository
    Mirrorfs,
    /// policy-controller's TrustRoot with keys: those valid at --at
    SigstoreKeys,
    /// One file for places without a network, as `trust-pack make` makes it
    TrustPack,
}

pub(super) fn run(command: &Export, context: &Context<'_>) -> Result<Outcome, CliError> {
    command.fits()?;
    if let Some(out) = &command.out {
        refuse_existing(out)?;
    }
    match command.form {
        Form::Gh => gh(command),
        Form::ClientTrustConfig => config(command),
        Form::Pem => pem(command),
        Form::Mirrorfs => mirror::run(command, context),
        Form::SigstoreKeys => keys(command, context),
        Form::TrustPack => trust_pack::run(trust_pack::Pack::Make(command.pack()?), context),
    }
}

impl Export {
    /// Exactly what the form needs: an option that is passed over would be one that somebody relied on.
    fn fits(&self) -> Result<(), CliError> {
        let form = self.form.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        let whole = matches!(self.form, Form::Mirrorfs | Form::TrustPack);
        let wants = [
            ("--signing-config", self.signing_config.is_some(), self.form == Form::ClientTrustConfig),
            ("--repository", self.repository.is_some(), whole),
            ("--root", self.root.is_some(), whole),
        ];
        for (option, given, wanted) in wants {
            if given != wanted {
                let (expected, found) = if wanted { ("", "none") } else { ("no ", "one") };
                return Err(CliError::usage(format!("--as {form}: expected {expected}{option}, found {found}")));
            }
        }
        let (files, many) = (self.files.len(), self.form == Form::Gh);
        if (whole && files > 0) || (!whole && (files == 0 || files > 1 && !many)) {
            let expected = match (whole, many) {
                (true, _) => "no FILE, because the repository has it",
                (_, true) => "at least one FILE",
                _ => "one FILE",
            };
            return Err(CliError::usage(format!("--as {form}: expected {expected}, found {files}")));
        }
        if self.out.is_none() && matches!(self.form, Form::Pem | Form::TrustPack) {
            return Err(CliError::usage(format!("--as {form}: expected --out, found none")));
        }
        Ok(())
    }

    /// The one file of a form that has one.
    fn file(&self) -> Result<(&Path, Vec<u8>), CliError> {
        let file = self.files.first().ok_or_else(|| CliError::usage("expected one FILE, found none"))?;
        Ok((file, read(file)?))
    }

    fn pack(&self) -> Result<trust_pack::Make, CliError> {
        let missing = || CliError::usage("--as trust-pack: expected --repository, --root and --out");
        Ok(trust_pack::Make {
            url: self.repository.clone().ok_or_else(missing)?,
            targets: None,
            root: self.root.clone().ok_or_else(missing)?,
            out: self.out.clone().ok_or_else(missing)?,
            names: vec![self.target.clone()],
            network: self.network.clone(),
        })
    }

    /// A form that is a text: to the file that is named, else to stdout as it is.
    fn written(&self, text: String, told: &str, mut data: Value) -> Result<Outcome, CliError> {
        let Some(out) = &self.out else {
            data["content"] = text.clone().into();
            return Ok(Outcome::new(text, SCHEMA, data));
        };
        write_new(out, text.as_bytes())?;
        data["file"] = json!(out);
        data["sha256"] = tuffet_keys::sha256(text.as_bytes()).to_string().into();
        Ok(Outcome::new(format!("{} is written: {told}", out.display()), SCHEMA, data))
    }
}

fn gh(command: &Export) -> Result<Outcome, CliError> {
    let mut text = String::new();
    for file in &command.files {
        text += &gh_line(&read(file)?).map_err(|e| refused(file, &e))?;
    }
    let told = match command.files.len() {
        1 => "1 trust root".to_owned(),
        many => format!("{many} trust roots, one a line"),
    };
    command.written(text, &told, json!({"form": "gh", "trust_roots": command.files.len()}))
}

fn config(command: &Export) -> Result<Outcome, CliError> {
    let (file, root) = command.file()?;
    let beside = command.signing_config.as_deref().unwrap_or(Path::new(""));
    let config = read(beside)?;
    parse(&file.display().to_string(), &root)?;
    let text = client_trust_config(&root, &config).map_err(|e| refused(beside, &e))?;
    command.written(text, "trusted root and signing config", json!({"form": "client-trust-config"}))
}

fn pem(command: &Export) -> Result<Outcome, CliError> {
    let (file, bytes) = command.file()?;
    let root = parse(&file.display().to_string(), &bytes)?;
    let out = command.out.as_deref().unwrap_or(Path::new(""));
    let mut staging = Staging::beside(out)?;
    let mut names = Vec::new();
    for file in pem_files(&root) {
        staging.file(&file.name, file.text.as_bytes())?;
        names.push(file.name);
    }
    staging.finish(&[""])?;
    let text = format!(
        "{} is written: {} files for {} entries\nindex.json says when each is valid: PEM does not",
        out.display(),
        names.len(),
        root.entries().len()
    );
    Ok(Outcome::new(text, SCHEMA, json!({"form": "pem", "folder": out, "files": names})))
}

fn keys(command: &Export, context: &Context<'_>) -> Result<Outcome, CliError> {
    let (file, bytes) = command.file()?;
    let root = parse(&file.display().to_string(), &bytes)?;
    let keys = SigstoreKeys::new(&command.name, &root, context.reading_time())
        .map_err(|e| form_refused(&file.display().to_string(), &e))?;
    if keys.left_out > 0 {
        let (left, written) = (keys.left_out, keys.written);
        crate::outcome::warn(&format!(
            "{left} of {} entries are not valid now and left out: the resource has no windows, and would trust them for ever",
            left.saturating_add(written)
        ));
    }
    let data = json!({"form": "sigstore-keys", "written": keys.written, "left_out": keys.left_out});
    let told = format!("{} entries", keys.written);
    command.written(keys.yaml, &told, data)
}

fn refused(file: &Path, error: &dyn std::fmt::Display) -> CliError {
    CliError::new("trust-root", format!("{}: {error}", file.display()))
}

fn form_refused(place: &str, error: &ExportError) -> CliError {
    let place = if matches!(error, ExportError::Name { .. }) { "--name" } else { place };
    let error_text = error.to_string();
    let message = error_text.strip_prefix("name: ").unwrap_or(&error_text);
    let refused = CliError::new("export", format!("{place}: {message}"));
    match error.hint() {
        Some(hint) => refused.hint(hint),
        None => refused,
    }
}

const SCHEMA: &str = "tuffet-trust-root-export-v1";
