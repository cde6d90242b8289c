//! What is exported says the same as what it was made of.

use super::{GITHUB, PRODUCTION, Pki, STAGING, Spec, chain, composed, new_ca, utc};
use crate::export::{ExportError, MirrorFs, SigstoreKeys, client_trust_config, gh_line, pem_files};
use crate::{Compose, SigningConfig, TrustedRoot, pem_file};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::collections::BTreeMap;

fn parsed(text: &str) -> TrustedRoot {
    TrustedRoot::parse(text.as_bytes()).unwrap()
}

#[test]
fn a_line_for_gh_is_the_same_trust_root_on_one_line() {
    for file in [PRODUCTION, STAGING, GITHUB] {
        let line = gh_line(file.as_bytes()).unwrap();
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.ends_with("}\n") && !line.contains("\": "), "{line}");
        assert_eq!(parsed(&line), parsed(file));
        assert!(sigstore_trust_root::TrustedRoot::from_json(&line).is_ok(), "the foreign reader takes it");
        // Once compact, it stays what it is.
        assert_eq!(gh_line(line.as_bytes()).unwrap(), line);
    }
}

#[test]
fn white_space_in_strings_is_no_white_space_between_tokens() {
    let pki = Pki::new();
    let text = composed(&pki).to_json().replace("https://ca.example.org", "a \\\"b\\\\   c");
    let line = gh_line(text.as_bytes()).unwrap();
    assert!(line.contains(r#""uri":"a \"b\\   c""#), "{line}");
    assert_eq!(parsed(&line), parsed(&text));
}

#[test]
fn a_client_trust_config_holds_both_files_as_they_are() {
    let config = sigstore_trust_root::SIGSTORE_PRODUCTION_SIGNING_CONFIG;
    let text = client_trust_config(PRODUCTION.as_bytes(), config.as_bytes()).unwrap();
    assert!(text.contains(PRODUCTION.trim()) && text.contains(config.trim()));
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["mediaType"], "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json");
    assert_eq!(value.as_object().unwrap().len(), 3);
    assert_eq!(parsed(&value["trustedRoot"].to_string()).entries(), parsed(PRODUCTION).entries());
    let again = SigningConfig::parse(value["signingConfig"].to_string().as_bytes()).unwrap();
    assert_eq!(again, SigningConfig::parse(config.as_bytes()).unwrap());
    let root = serde_json::from_value::<sigstore_trust_root::TrustedRoot>(value["trustedRoot"].clone());
    let config = serde_json::from_value::<sigstore_trust_root::SigningConfig>(value["signingConfig"].clone());
    assert!(root.is_ok() && config.is_ok(), "the foreign reader takes both");
}

#[test]
fn what_is_no_trust_root_becomes_no_export() {
    let config = sigstore_trust_root::SIGSTORE_PRODUCTION_SIGNING_CONFIG;
    let swapped = client_trust_config(config.as_bytes(), PRODUCTION.as_bytes()).unwrap_err().to_string();
    let expected = "mediaType: expected the media type of a trusted root v0.1 or v0.2, found \
                    \"application/vnd.dev.sigstore.signingconfig.v0.2+json\" (TR6)";
    assert_eq!(swapped, expected);
    let error = gh_line(b"{} {}").unwrap_err().to_string();
    let expected = "trusted root: expected one JSON document, found: trailing characters at line 1 column 4 (TR6)";
    assert_eq!(error, expected);
}

#[test]
fn plain_pem_holds_every_key_and_chain_and_the_index_their_windows() {
    for file in [PRODUCTION, STAGING, GITHUB] {
        let root = parsed(file);
        let files: BTreeMap<_, _> = pem_files(&root).into_iter().map(|file| (file.name, file.text)).collect();
        let index: Value = serde_json::from_str(&files["index.json"]).unwrap();
        assert_eq!(index["schema"], "tuffet-trust-root-pem-v1");
        let rows = index["entries"].as_array().unwrap();
        assert_eq!(rows.len(), root.entries().len());
        let mut keys = root.tlogs().iter().chain(root.ctlogs()).map(|log| log.public_key().spki().to_vec());
        let chains = root.certificate_authorities().iter().chain(root.timestamp_authorities());
        let mut chains = chains.map(|authority| authority.chain().to_vec());
        for (row, entry) in rows.iter().zip(root.entries()) {
            let text = &files[row["file"].as_str().unwrap()];
            assert_eq!((row["id"].as_str(), row["url"].as_str()), (Some(&*entry.id), entry.url.as_deref()));
            assert_eq!(row["start"].as_str(), entry.start.as_ref().map(crate::WrittenTime::as_str));
            assert_eq!(row["end"].as_str(), entry.end.as_ref().map(crate::WrittenTime::as_str));
            match row["kind"].as_str().unwrap() {
                "transparency-log" | "ct-log" => {
                    let key = pem_file::public_key(text.as_bytes()).unwrap();
                    assert!(keys.any(|expected| expected == key.der()), "{}", entry.id);
                }
                _ => {
                    let read = pem_file::certificates(text.as_bytes(), 9).unwrap();
                    assert!(chains.any(|expected| expected == read), "{}", entry.id);
                }
            }
        }
        for name in files.keys() {
            assert!(name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b)), "{name}");
        }
    }
}

#[test]
fn two_windows_of_one_chain_share_a_file_and_another_chain_has_its_own() {
    let pki = Pki::new();
    let text = composed(&pki).to_json();
    let mut value: Value = serde_json::from_str(&text).unwrap();
    let mut again = value["certificateAuthorities"][0].clone();
    again["validFor"]["start"] = "2027-01-01T00:00:00Z".into();
    let mut short = again.clone();
    short["certChain"]["certificates"].as_array_mut().unwrap().pop();
    value["certificateAuthorities"].as_array_mut().unwrap().extend([again, short]);
    let files = pem_files(&parsed(&value.to_string()));
    let names: Vec<_> = files.iter().filter(|file| file.name.starts_with("ca-")).map(|file| &*file.name).collect();
    let id = &parsed(&text).entries()[1].id;
    assert_eq!(names, [format!("ca-{id}-2.pem"), format!("ca-{id}.pem")]);
}

/// The values of the resource, by their names, as YAML has them.
fn values<'a>(yaml: &'a str, name: &str) -> Vec<&'a str> {
    let name = format!("{name}: ");
    let lines = yaml.lines().filter_map(|line| line.trim_start_matches([' ', '-']).strip_prefix(&*name));
    lines.map(|value| value.trim_matches('"')).collect()
}

#[test]
fn the_mirror_of_a_repository_is_a_resource_of_policy_controller() {
    let mirror = MirrorFs { name: "example", root: b"{}", mirror_fs: &[0x1f, 0x8b], target: "trusted_root.json" };
    let expected = "apiVersion: policy.sigstore.dev/v1alpha1\nkind: TrustRoot\nmetadata:\n  name: \"example\"\nspec:\n  \
                    repository:\n    root: \"e30=\"\n    mirrorFS: \"H4s=\"\n    targets: \"targets\"\n";
    assert_eq!(mirror.to_yaml().unwrap(), expected);
    let other = MirrorFs { target: "a\"b", ..mirror }.to_yaml().unwrap();
    assert_eq!(other, format!("{expected}    trustedRootTarget: \"a\\\"b\"\n"));
    for name in ["", "A", "a_b", "-a", "a-", "a..b", "a\nspec: x", &"a".repeat(254)] {
        let error = MirrorFs { name, ..mirror }.to_yaml().unwrap_err();
        assert_eq!(error, ExportError::Name { found: name.to_owned() });
    }
    assert_eq!(
        MirrorFs { name: "A", ..mirror }.to_yaml().unwrap_err().to_string(),
        "name: expected lower-case letters, digits, hyphens and dots, beginning and ending with a letter or digit, at most \
         253, found \"A\""
    );
}

#[test]
fn keys_in_a_resource_are_those_valid_at_the_time() {
    let root = parsed(GITHUB);
    let at = utc("2026-12-01T00:00:00Z");
    let keys = SigstoreKeys::new("github", &root, at).unwrap();
    let valid = root.at(at);
    assert_eq!((keys.written, keys.left_out), (root.entries_at(at).len(), root.entries().len() - keys.written));
    let chains: Vec<_> = values(&keys.yaml, "certChain").iter().map(|value| STANDARD.decode(value).unwrap()).collect();
    let read: Vec<_> = chains.iter().map(|pem| pem_file::certificates(pem, 9).unwrap()).collect();
    let authorities = valid.certificate_authorities.iter().chain(&valid.timestamp_authorities);
    assert_eq!(read, authorities.map(|authority| authority.chain().to_vec()).collect::<Vec<_>>());
    // Before the log of Rekor v2, whose key is Ed25519.
    let root = parsed(PRODUCTION);
    let keys = SigstoreKeys::new("sigstore", &root, utc("2024-01-01T00:00:00Z")).unwrap();
    let logs: Vec<_> = values(&keys.yaml, "publicKey").iter().map(|value| STANDARD.decode(value).unwrap()).collect();
    let read: Vec<_> = logs.iter().map(|pem| pem_file::public_key(pem).unwrap().der().to_vec()).collect();
    assert_eq!(read, [&root.tlogs()[0], &root.ctlogs()[1]].map(|log| log.public_key().spki().to_vec()));
    assert_eq!(values(&keys.yaml, "hashAlgorithm"), ["sha-256", "sha-256"]);
    assert_eq!((keys.written, keys.left_out), (3, 4));
}

#[test]
fn what_the_resource_cannot_say_is_refused() {
    let keys = |root: &TrustedRoot, at: &str| SigstoreKeys::new("a", root, utc(at)).unwrap_err();
    let production = parsed(PRODUCTION);
    let error = keys(&production, "2026-01-01T00:00:00Z");
    let expected = "log https://log2025-1.rekor.sigstore.dev: expected an ECDSA key, the one kind of log key that \
                    `sigstoreKeys` takes, found Ed25519";
    assert_eq!(error.to_string(), expected);
    assert_eq!(error.hint(), Some("export --as mirrorfs instead: it carries trusted_root.json as it is"));
    let error = keys(&production, "2020-01-01T00:00:00Z");
    let expected =
        "expected a certificate authority or a timestamp authority that is valid at 2020-01-01T00:00:00Z, found none";
    assert_eq!(error.to_string(), expected);
    let pki = Pki::new();
    let nameless = [pki.issuing(), pki.anchor()].map(|spec| Spec { organization: None, ..spec });
    let root = Compose::new().authority(&new_ca(&chain(&nameless))).unwrap().finish();
    let expected = "certificate authority CN=anchor: expected an organisation in its subject, which `sigstoreKeys` requires, \
                    found none";
    assert_eq!(keys(&root, "2026-06-01T00:00:00Z").to_string(), expected);
}
