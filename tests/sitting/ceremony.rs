//! A ceremony whose people hold their keys in every way there is without a device: on a token, in a file, behind a program.

use crate::softhsm::PIN;
use crate::station::{PASSPHRASE, Station};
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// `w/ceremony/c` of @alice (SoftHSM), @erin (a file) and @pat (a program), two of three, witnesses @wendy (SoftHSM) and
/// @walt (a file). Approved as far as `until` says.
pub(crate) struct Held {
    pub(crate) station: Station,
    pub(crate) alice: String,
    pub(crate) wendy: String,
    pub(crate) pat: String,
}

/// How far it has come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(crate) enum Until {
    Drafted,
    Approved,
    Published,
}

/// What everyone answers.
pub(crate) const RIGHT: &[(&str, &str)] = &[
    ("PIN of", PIN),
    ("passphrase", PASSPHRASE),
    ("Type `sign`", "sign"),
    ("Type `rehearse`", "rehearse"),
    ("Type `right`", "right"),
    ("Type `approve`", "approve"),
    ("Type `state`", "state"),
];

impl Held {
    /// `None`, said aloud, where a program is missing.
    pub(crate) fn new(until: Until) -> Option<Self> {
        let station = Station::new()?;
        station.hsm.token("alice");
        station.hsm.token("wendy");
        let signer = station.program_key("pat.pem")?;
        let (alice, wendy) = (station.on_token("alice", "release"), station.on_token("wendy", "witness"));
        let pat = signer.replace(crate::station::PROGRAM, "./pat.sh");
        let script = station.folder().join("pat.sh");
        fs::write(&script, PAT.replace("SIGNER", crate::station::PROGRAM)).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let held = Self { station, alice, wendy, pat };
        held.done(&held.story());
        if until >= Until::Approved {
            held.done(&format!(
                "tuffet approve w/ceremony/c --key '{}'\ntuffet approve w/ceremony/c --key file:walt.pem",
                held.wendy
            ));
        }
        if until == Until::Published {
            held.done(&format!(
                "tuffet sign w/ceremony/c --key '{}'
                 tuffet sign w/ceremony/c --key file:erin.pem
                 tuffet assemble w/ceremony/c
                 tuffet publish w/ceremony/c --online-key file:online.pem",
                held.alice
            ));
        }
        Some(held)
    }

    fn story(&self) -> String {
        let keys = [
            ("alice", &*self.alice, "alice"),
            ("erin", "file:erin.pem", "erin"),
            ("pat", &*self.pat, ""),
            ("wendy", &*self.wendy, "wendy"),
            ("walt", "file:walt.pem", "walt"),
        ];
        let mut script = "tuffet init w\ntuffet() { command PROGRAM --workspace w \"$@\"; }\n"
            .replace("PROGRAM", env!("CARGO_BIN_EXE_tuffet"));
        for (name, uri, made) in keys.into_iter().chain([("online", "file:online.pem", "online")]) {
            let owner = if name == "online" { uri.to_owned() } else { format!("@{name}") };
            script += &format!("tuffet plan invite --ceremony c --owner {owner} --out {name}.invite\n");
            if !made.is_empty() {
                script += &format!("tuffet key generate '{uri}'\n");
            }
            script += &format!("tuffet key enroll --key '{uri}' --invite {name}.invite --out {name}\n");
        }
        script += "tuffet plan new c --date 2026-12-01T10:00:00Z --threshold 2 --allow-software-keys \
                   --keyholder alice --keyholder erin --keyholder pat --online online --witness wendy --witness walt
                   tuffet draft w/ceremony/c";
        script
    }

    pub(crate) fn done(&self, script: &str) -> String {
        let sitting = self.station.answer(None, script, RIGHT);
        assert_eq!(sitting.code, 0, "{script}\n{}", sitting.screen);
        sitting.screen
    }
}

/// Signs with a key file; at the question that `pat.sh.stop` names (`2 before`: the second one, before it is answered) it
/// presses Ctrl-C, which goes to everybody at the terminal.
const PAT: &str = r#"#!/usr/bin/env bash
question=$(cat)
answer() { python3 SIGNER <<<"$question"; }
case $question in *'"request":"sign"'*) ;; *) answer; exit ;; esac
n=$(($(cat "$0.count" 2>/dev/null || echo 0) + 1))
echo $n >"$0.count"
stop=$(cat "$0.stop" 2>/dev/null)
[ "$stop" != "$n before" ] || kill -INT 0
answer
[ "$stop" != "$n after" ] || kill -INT 0
"#;
