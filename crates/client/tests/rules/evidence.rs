//! The first root and what speaks for it (C2, C4).

use crate::simulator::Simulator;
use tuffet_client::{Evidence, EvidenceError, Policy, Transport, TransportError, prove_root};
use tuffet_keys::{sha256, words};

fn chain() -> (Simulator, Vec<Vec<u8>>) {
    let mut sim = Simulator::new();
    let roots = [sim.pin_v1(), sim.publish_root(), sim.publish_root(), sim.publish_root()].to_vec();
    (sim, roots)
}

fn prove(
    root: &[u8],
    evidence: Evidence<'_>,
    transport: Option<&dyn Transport>,
) -> Result<u64, (String, Option<&'static str>)> {
    let proved = prove_root(root, evidence, transport, &Policy::default());
    proved.map(|root| root.common.version).map_err(|e: EvidenceError| (e.to_string(), e.hint()))
}

const AGAIN: &str = "do not use this file: get it again, and ask its owner for the digest once more by another way";

#[test]
fn c2_a_digest_speaks_for_one_file_and_no_other() {
    let (_, roots) = chain();
    let (right, other) = (sha256(&roots[0]), sha256(&roots[1]));
    assert_eq!(prove(&roots[0], Evidence::Sha256(right), None), Ok(1));
    let text = format!("root: expected SHA-256 {other}, found {right}");
    assert_eq!(prove(&roots[0], Evidence::Sha256(other), None), Err((text, Some(AGAIN))));

    let said = words::encode(right.as_bytes());
    assert_eq!(prove(&roots[0], Evidence::Words(&said.to_uppercase()), None), Ok(1));
    let wrong = words::encode(other.as_bytes());
    let text = format!("root: expected the words \"{wrong}\", found \"{said}\"");
    assert_eq!(prove(&roots[0], Evidence::Words(&wrong), None), Err((text, Some(AGAIN))));
}

#[test]
fn c2_words_lost_or_misheard_are_said() {
    let (_, roots) = chain();
    let said = words::encode(sha256(&roots[0]).as_bytes());
    let hint = Some("listen to the words again: one was lost, added or misheard");
    let short = said.rsplit_once(' ').unwrap().0;
    assert_eq!(prove(&roots[0], Evidence::Words(short), None), Err(("words: expected 32, found 31".into(), hint)));
    let (_, late) = said.split_once(' ').unwrap();
    let first = late.split(' ').next().unwrap();
    let text = format!(
        "words: word 1: expected a word of two syllables, found `{first}`: a word before it is missing or said twice"
    );
    assert_eq!(prove(&roots[0], Evidence::Words(late), None), Err((text, hint)));
}

#[test]
fn c10_an_older_root_leads_to_the_file_or_not() {
    let (sim, roots) = chain();
    let older = Evidence::OlderRoot(&roots[0]);
    assert_eq!(prove(&roots[0], older, None), Ok(1));
    assert_eq!(prove(&roots[1], older, None), Ok(2));
    assert_eq!(prove(&roots[3], older, Some(&sim.served)), Ok(4));
    assert_eq!(sim.served.log(), ["2.root.json", "3.root.json"]);

    let text = "root: expected the roots between v1 and v4, found nowhere to fetch them from";
    let hint = Some("give the repository's URL as well");
    assert_eq!(prove(&roots[3], older, None), Err((text.into(), hint)));
    let text = "root: expected a version above 2, that of the older root, found 1";
    assert_eq!(prove(&roots[0], Evidence::OlderRoot(&roots[1]), None), Err((text.into(), None)));

    sim.served.break_file("3.root.json", TransportError::NotFound { url: "3.root.json".into() });
    let text = "cannot fetch root: 3.root.json: not found";
    assert_eq!(prove(&roots[3], older, Some(&sim.served)), Err((text.into(), None)));
}

#[test]
fn c10_a_file_the_older_root_does_not_lead_to_is_refused() {
    let (mut sim, roots) = chain();
    // Other people's root 2: its keys sign it, root 1's do not.
    sim.versions.insert(tuffet_metadata::RoleName::Root, 2);
    sim.keys.insert(tuffet_metadata::RoleName::Root, (vec![8, 9], 2));
    sim.write_root();
    let foreign = sim.write_root();
    let text =
        "chain from the older root: root v2: 0 of 2 required signatures are valid by the keys of root v1 (TUF 5.3.4)";
    let refused = prove(&foreign, Evidence::OlderRoot(&roots[0]), None).unwrap_err();
    assert_eq!(refused.0, text);
    assert_eq!(refused.1, Some("do not use this file: the root you trust does not lead to it"));

    let (expected, found) = (sha256(&roots[1]), sha256(&foreign));
    let text = format!("root v2: expected SHA-256 {expected}, that of the root trusted already, found {found}");
    assert_eq!(prove(&foreign, Evidence::OlderRoot(&roots[1]), None), Err((text, Some(AGAIN))));
}

#[test]
fn c4_evidence_does_not_replace_the_files_own_threshold() {
    let junk = b"{}";
    let refused = prove(junk, Evidence::Sha256(sha256(junk)), None).unwrap_err();
    assert!(refused.0.starts_with("root: "), "{}", refused.0);
}
