//! The places of a ceremony's directory that are carried. A name that is none of them is no name of a bundle, whatever
//! it would do to a disk.

use super::Way;
use crate::plan::safe_path;
use tuffet_keys::Sha256;
use tuffet_metadata::RoleName;

/// Whether a bundle that goes this way may hold a file of this name.
pub(super) fn knows(way: Way, path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    match (way, parts.as_slice()) {
        (_, ["approvals", name]) => is_json(name, is_digest),
        (Way::Out, ["plan.toml" | "transcript.jsonl"]) => true,
        (
            Way::Out,
            ["keys", fingerprint, "enrolment.json" | "attestation.pem"]
            | ["previous", "keys", fingerprint, "enrolment.json" | "attestation.pem"],
        ) => is_digest(fingerprint),
        (Way::Out, ["roots", name]) => name.strip_suffix(".pem").is_some_and(is_digest),
        (Way::Out, ["previous", "root.json" | "targets.json"]) => true,
        (Way::Out, ["previous", "delegated", name] | ["payload", name]) => is_json(name, is_role),
        (Way::Out, ["targets", _, ..] | ["previous", "targets", _, ..]) => safe_path(path),
        (Way::Back, ["signatures" | "rehearsal", role, name]) => is_role(role) && is_json(name, is_keyid),
        (Way::Back, ["statement.json"]) => true,
        _ => false,
    }
}

fn is_json(name: &str, stem: impl Fn(&str) -> bool) -> bool {
    name.strip_suffix(".json").is_some_and(stem)
}

fn is_digest(text: &str) -> bool {
    Sha256::from_hex(text).is_some()
}

/// A role's name as a ceremony writes it in its directory: neither snapshot nor timestamp, which nobody carries.
fn is_role(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
    let role = RoleName::named(text);
    let offline = !matches!(role, RoleName::Snapshot | RoleName::Timestamp);
    offline && (1..=255).contains(&text.len()) && text.bytes().all(plain) && !text.starts_with('.')
}

/// A digest in every repository we know; TAP 12 lets it be another text.
fn is_keyid(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=128).contains(&text.len()) && text.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_outside_or_elsewhere() {
        let digest = "a".repeat(64);
        let out = ["plan.toml", "targets/a", "targets/a/b.json", "previous/root.json", "previous/targets/a/b"];
        let keyed: [&str; 5] = [
            "keys/D/enrolment.json",
            "keys/D/attestation.pem",
            "roots/D.pem",
            "approvals/D.json",
            "previous/keys/D/enrolment.json",
        ];
        for name in out.into_iter().map(str::to_owned).chain(keyed.map(|name| name.replace('D', &digest))) {
            assert!(knows(Way::Out, &name), "{name}");
            assert!(name.starts_with("approvals/") || !knows(Way::Back, &name), "{name}");
        }
        for name in ["signatures/root/D.json", "rehearsal/targets/D.json", "statement.json", "signatures/root/k-1.json"]
        {
            let name = name.replace('D', &digest);
            assert!(knows(Way::Back, &name) && !knows(Way::Out, &name), "{name}");
        }
        for name in [
            "",
            "/plan.toml",
            "./plan.toml",
            "../plan.toml",
            "plan.toml/",
            "manifest.json",
            "assembled/root.json",
            "payload/../plan.toml",
            "payload/snapshot.json",
            "targets",
            "targets/",
            "targets/..",
            "targets/../x",
            "targets//x",
            "targets/a\\b",
            "targets/a\u{1b}[2J",
            "targets/c:x",
            "previous/targets/",
            "previous/targets/../x",
            "keys/x/enrolment.json",
            "keys/D/other",
            "keys/D",
            "roots/D",
            "void/2/payload/root.json",
            "previous/keys/x/enrolment.json",
            "approvals/x.json",
            "approvals/D.json/x",
            "signatures/root/../D.json",
            "signatures/root/.D.json",
            "signatures/snapshot/D.json",
            "signatures/root/.json",
        ] {
            let name = name.replace('D', &digest);
            assert!(!knows(Way::Out, &name) && !knows(Way::Back, &name), "{name}");
        }
        assert!(!knows(Way::Out, &format!("keys/{}/enrolment.json", "A".repeat(64))));
    }
}
