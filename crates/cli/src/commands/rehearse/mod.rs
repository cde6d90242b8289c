//! `tuffet rehearse`: the whole story with throw-away keys, through the commands people type.

mod people;
mod server;
mod steps;
mod tamper;

use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use chrono::{Duration, SubsecRound, Utc};
use clap::Args;
use people::Actor;
use serde_json::json;
use server::Web;
use std::path::{Path, PathBuf};
use steps::Steps;
use tamper::{Copies, copy};
use tuffet_client::{Cache, Client, HttpConfig, HttpTransport, Policy, Refreshed};
use tuffet_trust_root::{Compose, Entry, EntryKind, ExistingEntry, TrustedRoot};

/// Arguments of `rehearse`.
#[derive(Debug, Args)]
pub struct Rehearse {
    /// Distribute the entries of this trusted_root.json [default: Sigstore's production instance]
    #[arg(long, value_name = "FILE")]
    pub trust_root: Option<PathBuf>,
    /// Rehearse in this new folder and keep it [default: a temporary one]
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}

pub(crate) fn run(command: &Rehearse, context: &Context<'_>) -> Result<Outcome, CliError> {
    let temporary = tempfile::Builder::new().prefix("tuffet-rehearsal-").tempdir();
    let temporary = temporary.map_err(|e| CliError::new("io", format!("temporary folder: {e}")))?;
    let scratch = match &command.keep {
        Some(folder) => {
            super::refuse_existing(folder)?;
            std::fs::create_dir_all(folder).map_err(|e| CliError::io(folder, &e))?;
            folder.clone()
        }
        None => temporary.path().to_owned(),
    };
    let story = Story::prepare(scratch, context.reading_time().trunc_subsecs(0), command.trust_root.as_deref())?;
    story.play()
}

/// Everyone and everything in the story.
struct Story {
    scratch: PathBuf,
    workspace: PathBuf,
    start: chrono::DateTime<Utc>,
    holders: Vec<Actor>,
    witnesses: Vec<Actor>,
    frank: Actor,
    online: Actor,
    coordinator: Actor,
    trust_root: Vec<u8>,
}

impl Story {
    fn prepare(scratch: PathBuf, start: chrono::DateTime<Utc>, trust_root: Option<&Path>) -> Result<Self, CliError> {
        let json = match trust_root {
            Some(path) => super::read(path)?,
            None => sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes().to_vec(),
        };
        let mut holders = Vec::new();
        for name in ["@alice", "@bob", "@carol"] {
            holders.push(Actor::with_file(&scratch, name)?);
        }
        for name in ["@dave", "@erin"] {
            holders.push(Actor::with_device(&scratch, name)?);
        }
        Ok(Self {
            workspace: scratch.join("workspace"),
            start,
            holders,
            witnesses: vec![Actor::with_file(&scratch, "@walter")?, Actor::with_file(&scratch, "@xenia")?],
            frank: Actor::with_file(&scratch, "@frank")?,
            online: Actor::with_file(&scratch, "online")?,
            coordinator: Actor::with_file(&scratch, "coordinator")?,
            trust_root: compose(&json)?,
            scratch,
        })
    }

    fn play(&self) -> Result<Outcome, CliError> {
        let mut steps = Steps::new(15);
        steps.say("REHEARSAL: key files and simulated tokens made for this run and thrown away".into());
        steps.say(format!("scratch folder {}", self.scratch.display()));

        steps.begin("keys");
        self.coordinator_types(self.start, &["init", &self.workspace.display().to_string()])?;
        for actor in self.holders.iter().chain(&self.witnesses).chain([&self.online]) {
            actor.types(&self.workspace, self.start, &["key", "generate", &actor.key])?;
        }
        let files = names(self.holders.iter().filter(|actor| !actor.has_device()));
        let devices = names(self.holders.iter().filter(|actor| actor.has_device()));
        steps.end(format!("{files} on encrypted key files; {devices} on simulated YubiHSMs"));

        steps.begin("enrolment");
        let first = format!("{}-initial", self.start.format("%Y-%m-%d"));
        for actor in self.holders.iter().chain(&self.witnesses).chain([&self.online]) {
            self.enrol(&first, actor, self.start)?;
        }
        steps.end("8 invites answered, each key proved by a signature");

        let target = self.scratch.join("trusted_root.json");
        std::fs::write(&target, &self.trust_root).map_err(|e| CliError::io(&target, &e))?;
        let records: Vec<String> = self.holders.iter().map(|actor| actor.path(&first)).collect();
        let witnesses: Vec<String> = self.witnesses.iter().map(|actor| actor.path(&first)).collect();
        let (date, online, target) =
            (tuffet_metadata::format_time(self.start), self.online.path(&first), target.display().to_string());
        let mut words = vec!["plan", "new", &first, "--threshold", "3", "--date", &date, "--online", &online];
        words.extend(["--target", &target, "--allow-software-keys"]);
        words.extend(witnesses.iter().flat_map(|record| ["--witness", record]));
        for record in &records {
            words.extend(["--keyholder", record]);
        }
        let [alice, bob, carol, dave, erin] = &self.holders[..] else { unreachable!("five keyholders were prepared") };
        self.ceremony(&mut steps, "ceremony 1", &first, self.start, &words, &[erin, alice, dave])?;
        let repository = self.workspace.join("repository");
        let before = self.scratch.join("before");
        copy(&repository, &before)?;

        steps.begin("client");
        let web = Web::start(&repository)?;
        let pin = super::read(&repository.join("1.root.json"))?;
        let old_client = self.scratch.join("client-old");
        let (refreshed, entries) = self.refresh(&old_client, &web, &pin, self.start)?;
        steps.end(format!("from 1.root.json over {}: {}", web.url(), versions(&refreshed)));
        steps.say(format!("  trusted at {date}:"));
        describe(&mut steps, &entries);

        let later = self.start.checked_add_signed(Duration::days(3)).unwrap_or(self.start);
        let second = format!("{}-replace-erin", later.format("%Y-%m-%d"));
        steps.begin("a new keyholder");
        self.frank.types(&self.workspace, later, &["key", "generate", &self.frank.key])?;
        for actor in self.witnesses.iter().chain([&self.frank]) {
            self.enrol(&second, actor, later)?;
        }
        steps.end("@frank comes for @erin");
        let (date, record) = (tuffet_metadata::format_time(later), self.frank.path(&second));
        let witnesses: Vec<String> = self.witnesses.iter().map(|actor| actor.path(&second)).collect();
        let mut words = vec![
            "plan",
            "replace",
            &second,
            "--outgoing",
            "@erin",
            "--incoming",
            &record,
            "--date",
            &date,
            "--target",
            &target,
            "--allow-software-keys",
        ];
        words.extend(witnesses.iter().flat_map(|record| ["--witness", record]));
        self.ceremony(&mut steps, "ceremony 2", &second, later, &words, &[&self.frank, bob, carol, dave])?;

        steps.begin("both clients");
        let (old, _) = self.refresh(&old_client, &web, &pin, later)?;
        let (fresh, _) = self.refresh(&self.scratch.join("client-fresh"), &web, &pin, later)?;
        if versions(&old) != versions(&fresh) {
            return Err(CliError::new("rehearsal", "the first client and a fresh one ended at different versions"));
        }
        steps.end(format!("the first one followed, a fresh one too: {}", versions(&fresh)));

        steps.begin("six attacks");
        let copies = Copies { now: &repository, before: &before, scratch: &self.scratch, at: later };
        let mut refusals = Vec::new();
        for attack in copies.attacks()? {
            web.switch(&attack.folder);
            let cache = self.scratch.join("attacked").join(attack.code);
            if attack.known {
                copy(&old_client, &cache)?;
            }
            match self.refresh(&cache, &web, &pin, attack.at) {
                Err(error) if error.code == attack.code => refusals.push((attack.name, error)),
                Err(error) => {
                    let message = format!("{}: expected the refusal `{}`, found: {error}", attack.name, attack.code);
                    return Err(CliError::new("rehearsal", message));
                }
                Ok(_) => return Err(CliError::new("rehearsal", format!("{}: a client accepted it", attack.name))),
            }
        }
        steps.end("every tampered repository is refused, with its reason");
        for (name, error) in &refusals {
            steps.say(wrap(&format!("  {name:<19} "), &" ".repeat(22), &shorten(&error.message, &web.url())));
        }

        steps.begin("records");
        let repository = repository.display().to_string();
        for id in [&first, &second] {
            let record = self.workspace.join("ceremony").join(id).display().to_string();
            self.coordinator_types(later, &["ceremony", "verify", &record, "--repository", &repository])?;
        }
        steps.end("both ceremonies replayed from their directories alone, their statements signed by the witnesses");

        let data = json!({
            "scratch": self.scratch, "steps": steps.timings(), "seconds": steps.total(),
            "versions": {"root": fresh.root.common.version, "targets": fresh.targets.common.version,
                "snapshot": fresh.snapshot.common.version, "timestamp": fresh.timestamp.common.version},
            "trusted": entries,
            "refused": refusals.iter().map(|(name, error)| json!({"attack": name, "code": error.code, "error": error.message})).collect::<Vec<_>>(),
        });
        Ok(Outcome::new(steps.finish(), "tuffet-rehearsal-v1", data))
    }

    fn coordinator_types(&self, at: chrono::DateTime<Utc>, words: &[&str]) -> Result<Outcome, CliError> {
        self.coordinator.types(&self.workspace, at, words)
    }

    /// Invite, and its answer on the person's own machine.
    fn enrol(&self, ceremony: &str, actor: &Actor, at: chrono::DateTime<Utc>) -> Result<(), CliError> {
        let (invite, record) = (actor.path(&format!("{ceremony}.invite.json")), actor.path(ceremony));
        let owner = if actor.name.starts_with('@') { actor.name.clone() } else { "file:online.pem".to_owned() };
        self.coordinator_types(at, &["plan", "invite", "--ceremony", ceremony, "--owner", &owner, "--out", &invite])?;
        actor.types(
            &self.workspace,
            at,
            &["key", "enroll", "--key", &actor.key, "--invite", &invite, "--out", &record],
        )?;
        Ok(())
    }

    /// A ceremony from its plan to its publication. Every signer works on a copy of the directory and sends back two
    /// files; nobody shares anything.
    fn ceremony(
        &self,
        steps: &mut Steps,
        label: &'static str,
        id: &str,
        at: chrono::DateTime<Utc>,
        plan: &[&str],
        signers: &[&Actor],
    ) -> Result<(), CliError> {
        steps.begin(label);
        self.coordinator_types(at, plan)?;
        let directory = self.workspace.join("ceremony").join(id);
        let name = directory.display().to_string();
        let drafted = self.coordinator_types(at, &["draft", &name])?;
        steps.end(format!("{id}: plan hash {}", short(&drafted.json()["plan_hash"])));
        for payload in drafted.json()["payloads"].as_array().into_iter().flatten() {
            let (role, digest) = (payload["role"].as_str().unwrap_or(""), payload["sha256"].as_str().unwrap_or(""));
            steps.say(format!("  {role:<8} v{} {digest}", payload["version"]));
        }
        steps.begin("dual control");
        for actor in &self.witnesses {
            let station = actor.folder.join("station").join(id);
            copy(&directory, &station)?;
            let approved =
                actor.types(&self.workspace, at, &["approve", &station.display().to_string(), "--key", &actor.key])?;
            let file = approved.json()["file"].as_str().unwrap_or_default().to_owned();
            self.coordinator_types(at, &["assemble", &name, &file])?;
        }
        steps.end(format!("{} read the review and confirmed the time", names(self.witnesses.iter())));
        steps.begin("signing");
        for actor in signers {
            let station = actor.folder.join("station").join(id);
            copy(&directory, &station)?;
            let station = station.display().to_string();
            let signed = actor.types(&self.workspace, at, &["sign", &station, "--key", &actor.key])?;
            let files = signed.json()["signatures"].as_array().cloned().unwrap_or_default();
            let files: Vec<&str> = files.iter().filter_map(|file| file["file"].as_str()).collect();
            let words: Vec<&str> = ["assemble", &name].into_iter().chain(files).collect();
            self.coordinator_types(at, &words)?;
        }
        steps.end(format!("{} signed on their own machines; assembled", names(signers.iter().copied())));
        steps.begin("publication");
        let words = ["publish", &name, "--online-key", &self.online.key];
        let published = self.online.types(&self.workspace, at, &words)?;
        let count = published.json()["files"].as_object().map_or(0, serde_json::Map::len);
        steps.end(format!("{count} files, accepted by our client and by tough, timestamp last"));
        for actor in &self.witnesses {
            actor.types(&self.workspace, at, &["ceremony", "statement", &name, "--key", &actor.key])?;
        }
        Ok(())
    }

    /// A client that starts from the pinned root over HTTP and reads the trust root.
    fn refresh(
        &self,
        cache: &Path,
        web: &Web,
        pin: &[u8],
        at: chrono::DateTime<Utc>,
    ) -> Result<(Refreshed, Vec<Entry>), CliError> {
        let transport =
            HttpTransport::new(&web.url(), HttpConfig::default()).map_err(tuffet_client::ClientError::from)?;
        let mut client = Client::bootstrap(Cache::new(cache), transport, Policy::default(), pin)?;
        let refreshed = client.refresh(at)?;
        let bytes = client.target_bytes(&refreshed, "trusted_root.json")?;
        let trusted = TrustedRoot::parse(&bytes).map_err(|e| CliError::new("trust-root", e.to_string()))?;
        Ok((refreshed, trusted.entries_at(at)))
    }
}

/// A new trust root from the entries of an existing one, in the form that is published.
fn compose(json: &[u8]) -> Result<Vec<u8>, CliError> {
    let refused = |e: &dyn std::fmt::Display| CliError::new("trust-root", e.to_string());
    let real = TrustedRoot::parse(json).map_err(|e| refused(&e))?;
    let entries = (real.tlogs().iter().cloned().map(ExistingEntry::TransparencyLog))
        .chain(real.certificate_authorities().iter().cloned().map(ExistingEntry::CertificateAuthority))
        .chain(real.ctlogs().iter().cloned().map(ExistingEntry::CtLog))
        .chain(real.timestamp_authorities().iter().cloned().map(ExistingEntry::TimestampAuthority));
    let mut composed = Compose::new();
    for entry in entries {
        composed = composed.append("trusted_root.json", entry).map_err(|e| refused(&e))?;
    }
    Ok(composed.finish().to_json().into_bytes())
}

/// Two lines an entry: what it is, and for logs the id that every bundle names.
fn describe(steps: &mut Steps, entries: &[Entry]) {
    for entry in entries {
        let what = entry.subject.clone().or_else(|| entry.url.clone()).unwrap_or_default();
        steps.say(format!("  {:<21} {what}, {}", entry.kind.words(), entry.algorithm));
        if matches!(entry.kind, EntryKind::TransparencyLog | EntryKind::CtLog) {
            steps.say(format!("    id {}", entry.id));
        }
    }
}

fn versions(refreshed: &Refreshed) -> String {
    format!(
        "root {}, timestamp {}, snapshot {}, targets {}",
        refreshed.root.common.version,
        refreshed.timestamp.common.version,
        refreshed.snapshot.common.version,
        refreshed.targets.common.version
    )
}

fn names<'a>(actors: impl Iterator<Item = &'a Actor>) -> String {
    actors.map(|actor| actor.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn short(digest: &serde_json::Value) -> String {
    digest.as_str().unwrap_or("").chars().take(16).collect()
}

/// The message without the URL that is the same in all of them.
fn shorten(message: &str, url: &str) -> String {
    message.replace(url, "")
}
