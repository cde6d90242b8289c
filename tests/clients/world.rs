//! Three repositories, each made by a ceremony of our own: Sigstore's production, its staging, and a private instance whose
//! trust root is composed from PEM files, proved, and rotated by a second ceremony.

use crate::bundles::{self, ATTESTATION, BLOB, REKOR_V2};
use crate::case::Case;
use crate::installed::Installed;
use crate::matrix::Phase;
use crate::terminal;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use sigstore_verify::trust_root::{
    SIGSTORE_PRODUCTION_SIGNING_CONFIG, SIGSTORE_PRODUCTION_TRUSTED_ROOT, SIGSTORE_STAGING_SIGNING_CONFIG,
    SIGSTORE_STAGING_TRUSTED_ROOT,
};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use tuffet_metadata::format_time;

/// The folder of the workspaces.
pub(crate) struct World {
    scratch: TempDir,
    now: DateTime<Utc>,
}

/// What everyone answers.
const RIGHT: &[(&str, &str)] = &[("passphrase", "correct horse"), ("Type `sign`", "sign")];

/// Functions for the scripts below. Each workspace has people of its own: the root of one is no pin of another.
const PEOPLE: &str = r#"
enrol() { # CEREMONY WHO...
    ceremony=$1; shift
    for who in "$@"; do
        owner=@$who; [ $who != online ] || owner=file:online.pem
        tuffet plan invite --ceremony $ceremony --owner $owner --out $ceremony-$who.invite
        [ -e ../$workspace-$who.pem ] || tuffet key generate file:../$workspace-$who.pem --scheme p256
        tuffet key enroll --key file:../$workspace-$who.pem --invite $ceremony-$who.invite --out $ceremony-$who
    done
}
hold() { # CEREMONY
    for who in alice bob; do tuffet sign ceremony/$1 --key file:../$workspace-$who.pem; done
    tuffet assemble ceremony/$1
    tuffet publish ceremony/$1 --online-key file:../$workspace-online.pem
    tuffet ceremony verify ceremony/$1 --repository repository
}
first() { # WORKSPACE
    workspace=$1
    enrol first alice bob online
    tuffet plan new first --approvals 0 --waive K5=test --allow-software-keys --date $NOW --threshold 2 \
        --keyholder first-alice --keyholder first-bob --online first-online \
        --target trusted_root.json=../$1.json --target signing_config.v0.2.json=../$1.config.json
    tuffet draft ceremony/first
}
"#;

impl World {
    /// All three, before the rotation. The clock is asked here: what clients look at must not have expired.
    pub(crate) fn begin(installed: &Installed) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let world = Self { scratch, now: DateTime::<Utc>::from(std::time::SystemTime::now()).trunc_subsecs(0) };
        let put = |name: &str, text: &str| fs::write(world.path(name), text).unwrap();
        put("production.json", SIGSTORE_PRODUCTION_TRUSTED_ROOT);
        put("production.config.json", SIGSTORE_PRODUCTION_SIGNING_CONFIG);
        put("staging.json", SIGSTORE_STAGING_TRUSTED_ROOT);
        put("staging.config.json", &staging_config());
        world.instance(installed, "old", TimeDelta::days(-30), TimeDelta::days(-29));
        world.instance(installed, "new", TimeDelta::days(-8), TimeDelta::hours(-1));
        let tampered = [fs::read(world.path("old/artifact")).unwrap(), b"and more\n".to_vec()].concat();
        fs::write(world.path("tampered"), tampered).unwrap();
        let [blob, of] = BLOB.map(|name| bundles::path(name).display().to_string());
        let start = world.at(TimeDelta::days(-30));
        let composed = entries("old", &start);
        world.run(&format!(
            "
            tuffet trust-root compose --out private.json {composed} \\
                --signing-config private.config.json --operator example.org
            for name in production staging private; do
                tuffet init $name
                cd $name
                first $name
                if [ $name = private ]; then
                    tuffet trust-root prove ../private.json --ceremony ceremony/first \\
                        --bundle bundle=../old/blob.json,artifact=../old/artifact \\
                        --bundle bundle=../old/attestation.json,artifact=../old/artifact \\
                        --foreign bundle={blob},artifact={of},root=../production.json
                fi
                hold first
                cd ..
            done"
        ));
        world
    }

    /// The private instance has a second CA, log, CT log and TSA; the first ones ended a day ago.
    pub(crate) fn rotate(&self) {
        let (start, end) = (self.at(TimeDelta::days(-8)), self.at(TimeDelta::days(-1)));
        let added = entries("new", &start);
        self.run(&format!(
            "
            cp private.json closed-.json
            for service in rekor fulcio ct tsa; do
                tuffet trust-root close closed-.json --entry https://$service.one.example.org --end {end} --out closed.json
                mv closed.json closed-.json
            done
            tuffet trust-root add closed-.json --out rotated.json {added}
            cd private
            workspace=private
            tuffet plan change second --approvals 0 --waive K5=test --allow-software-keys --date $NOW \\
                --target trusted_root.json=../rotated.json
            tuffet draft ceremony/second
            tuffet trust-root prove ../rotated.json --before ../private.json --ceremony ceremony/second \\
                --bundle bundle=../old/blob.json,artifact=../old/artifact \\
                --bundle bundle=../new/blob.json,artifact=../new/artifact
            hold second"
        ));
    }

    /// What was published.
    pub(crate) fn repository(&self, name: &str) -> PathBuf {
        self.path(name).join("repository")
    }

    /// What clients are asked: before the rotation, or after it.
    pub(crate) fn cases(&self, phase: Phase) -> Vec<Case> {
        let real = |name: &str, repository, [bundle, artifact]: [&str; 2]| {
            Case::new(name, repository, &bundles::path(bundle), &bundles::path(artifact))
        };
        let private = |name: &str, bundle: &str, artifact: &str| {
            Case::new(name, "private", &self.path(bundle), &self.path(artifact))
        };
        let at_private = |case| Case { repository: "private", pin: "private", ..case };
        // Of an attestation, this client verifies what is in it; an artifact it takes for signatures over blobs.
        let not_javascript = |case| Case { left_out: &["javascript"], ..case };
        let old = |name: &str| private(name, "old/attestation.json", "old/artifact");
        match phase {
            Phase::Before => vec![
                real("production, blob", "production", BLOB),
                real("production, attestation", "production", ATTESTATION),
                real("staging, blob, Rekor v2 and TSA", "staging", REKOR_V2),
                private("private, blob", "old/blob.json", "old/artifact"),
                old("private, attestation"),
                private("private, attestation by keys to come", "new/attestation.json", "new/artifact"),
                private("private, blob, tampered artifact", "old/blob.json", "tampered"),
                not_javascript(private("private, attestation, tampered artifact", "old/attestation.json", "tampered")),
                at_private(real("production's attestation at private", "production", ATTESTATION)),
                Case { repository: "production", pin: "production", ..old("private's attestation at production") },
                Case { pin: "production", ..old("private, pinned to production's root") },
            ],
            Phase::After => vec![
                private("rotated, old blob", "old/blob.json", "old/artifact"),
                old("rotated, old attestation"),
                private("rotated, new blob", "new/blob.json", "new/artifact"),
                private("rotated, new attestation", "new/attestation.json", "new/artifact"),
                not_javascript(private("rotated, attestation, tampered artifact", "new/attestation.json", "tampered")),
                at_private(real("production's attestation at rotated", "production", ATTESTATION)),
            ],
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.scratch.path().join(name)
    }

    fn at(&self, from_now: TimeDelta) -> String {
        format_time(self.now + from_now)
    }

    /// PEM files and bundles of a private instance, in a folder of this name.
    fn instance(&self, installed: &Installed, folder: &str, keys: TimeDelta, signed: TimeDelta) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/clients/private_instance.mjs");
        let mut node = Command::new("node");
        node.arg(script).arg(&installed.javascript).arg(self.path(folder)).arg("one");
        let output = node.args([self.at(keys), self.at(signed)]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    fn run(&self, script: &str) {
        let now = format_time(self.now);
        let script = format!("NOW={now}\n{PEOPLE}{script}");
        let sitting = terminal::sit(self.scratch.path(), Some(&now), &script, RIGHT);
        assert_eq!(sitting.code, 0, "{script}\n{}", sitting.screen);
    }
}

/// The signing config of Sigstore's staging, without a log that its trust root of then did not have (TR7).
fn staging_config() -> String {
    let mut config: serde_json::Value = serde_json::from_str(SIGSTORE_STAGING_SIGNING_CONFIG).unwrap();
    let logs = config["rekorTlogUrls"].as_array_mut().unwrap();
    let all = logs.len();
    logs.retain(|log| log["url"] != "https://global.rekor.sigstage.dev");
    assert_eq!(logs.len() + 1, all);
    config.to_string()
}

/// The options that add an instance's log, CA, CT log and TSA.
fn entries(folder: &str, start: &str) -> String {
    format!(
        "--log kind=rekor-v1,key={folder}/rekor.pub,url=https://rekor.one.example.org,start={start} \
         --ca chain={folder}/ca.pem,uri=https://fulcio.one.example.org,start={start} \
         --ct key={folder}/ct.pub,url=https://ct.one.example.org,start={start} \
         --tsa chain={folder}/tsa.pem,uri=https://tsa.one.example.org,start={start}"
    )
}
