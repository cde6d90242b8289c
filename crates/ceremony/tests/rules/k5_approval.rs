//! Dual control: witnesses, their approvals, and who may not be one.

use crate::people::Key;
use crate::table::{Laid, NAMES, Table, closed, key, now, previous, sitting, text, token};
use tuffet_ceremony::{Action, CeremonyError, Purpose, Replay, Waiver};
use tuffet_keys::{Sign, sha256};
use tuffet_metadata::RoleName;

pub(crate) const WITNESSES: [&str; 3] = ["@walter", "@xenia", "@yusuf"];

pub(crate) fn witness(name: &str) -> Key {
    Key::ed25519(name.as_bytes()[1])
}

fn watched(approvals: u64, witnesses: &[&str]) -> Table {
    let mut table = Table::initial();
    table.plan.waivers.clear();
    table.plan.approvals = approvals;
    for name in witnesses {
        table.witness(name, &witness(name));
    }
    table
}

pub(crate) fn drafted() -> Laid {
    let laid = watched(2, &WITNESSES).lay();
    laid.draft();
    laid
}

/// The approval `name` makes on a copy of the directory.
pub(crate) fn approved_by(laid: &Laid, name: &str) -> (String, Vec<u8>) {
    let copy = laid.copy();
    let approval = copy.open().approve(&witness(name), "review", now(), None).unwrap();
    (format!("{name}.json"), copy.get(&approval.path()))
}

fn rules(result: Result<impl Sized, CeremonyError>) -> Vec<String> {
    let Err(CeremonyError::Rules(findings)) = result else { panic!("expected findings") };
    findings.iter().map(|f| format!("{} {}: {}", f.rule, f.place, f.message)).collect()
}

#[test]
fn k5_nobody_signs_before_two_witnesses_have_approved() {
    let laid = drafted();
    let refused = "expected 2 approvals by witnesses of the plan before anybody signs, found 0 (K5)";
    let alice = key("@alice");
    assert_eq!(text(laid.open().sign(&RoleName::Root, &alice, &sitting())), refused);
    let fingerprint = alice.public_key().fingerprint();
    assert_eq!(text(laid.open().roles_to_sign(&fingerprint, Purpose::Ceremony)), refused);
    assert_eq!(alice.asked.get(), 0, "before the token is asked");
    laid.assemble(&[approved_by(&laid, "@walter")]).unwrap();
    assert_eq!(text(laid.open().sign(&RoleName::Root, &alice, &sitting())), refused.replace("found 0", "found 1"));
    let outcome = laid.assemble(&[approved_by(&laid, "@xenia")]).unwrap();
    assert_eq!(outcome.approved, ["@xenia"]);
    laid.carry_out(&NAMES[..3]);
    // A third one may come late.
    laid.assemble(&[approved_by(&laid, "@yusuf")]).unwrap();
    laid.close();
    let replay = Replay::run(laid.path()).unwrap();
    let mut approvals = replay.approvals;
    approvals.sort();
    assert_eq!(approvals, WITNESSES.map(|name| (name.to_owned(), "2026-12-01T12:00:00Z".to_owned())));
}

#[test]
fn k5_signatures_that_come_without_approvals_are_not_recorded() {
    let laid = drafted();
    // A station that does not ask: its file is good, and comes too early.
    let eager = Table { plan: laid.open().plan().clone(), files: [].into() };
    let signed = {
        let copy = laid.copy();
        for name in &WITNESSES[..2] {
            copy.put_approval(&approved_by(&laid, name).1);
        }
        let file = copy.open().sign(&RoleName::Root, &key("@bob"), &sitting()).unwrap();
        (file.path(), copy.get(&file.path()))
    };
    assert_eq!(eager.plan.approvals, 2);
    let before = laid.tree();
    assert_eq!(
        text(laid.assemble(std::slice::from_ref(&signed))),
        "expected 2 approvals by witnesses of the plan before anybody signs, found 0 (K5)"
    );
    assert_eq!(laid.tree(), before);
    laid.assemble(&[signed, approved_by(&laid, "@walter"), approved_by(&laid, "@yusuf")]).unwrap();
    let names: Vec<_> = laid.open().transcript().unwrap().entries().iter().map(|e| e.action.name()).collect();
    assert_eq!(names, ["draft", "approve", "approve", "signature"], "whatever order they arrived in");
}

#[test]
fn k5_one_approval_is_a_finding_and_none_stops() {
    let laid = watched(1, &WITNESSES[..1]).lay();
    let warnings = laid.open().draft(None, now()).unwrap().warnings;
    let (finding, waived) = warnings.iter().find(|(finding, _)| finding.lint.is_none()).unwrap();
    assert_eq!(
        (finding.rule, finding.message.as_str(), waived),
        ("K5", "expected 2 approvals before anybody signs, found 1 asked for", &None)
    );
    let mut table = watched(0, &[]);
    assert_eq!(
        rules(table.lay().open().draft(None, now())),
        ["K5 approvals: expected 2 approvals before anybody signs, found none asked for"]
    );
    table.plan.waivers.push(Waiver { rule: "K5".into(), reason: "one person's own repository".into() });
    table.lay().open().draft(None, now()).unwrap();
}

#[test]
fn k5_a_plan_without_the_key_asks_for_two() {
    let text_of = |table: &Table| table.plan.to_toml();
    let plan = text_of(&watched(2, &WITNESSES[..2])).replace("approvals = 2\n", "");
    assert_eq!(tuffet_ceremony::Plan::parse(plan.as_bytes()).unwrap().approvals, 2);
    assert_eq!(
        tuffet_ceremony::Plan::parse(text_of(&watched(2, &WITNESSES[..1])).as_bytes()).unwrap_err().to_string(),
        "plan.toml: approvals: expected at most 1, the number of witnesses, found 2 (K5)"
    );
}

#[test]
fn k5_one_token_never_fills_two_seats() {
    // By its key.
    let mut table = watched(1, &[]);
    table.witness("@walter", &key("@bob"));
    assert_eq!(
        tuffet_ceremony::Plan::parse(table.plan.to_toml().as_bytes()).unwrap_err().to_string(),
        format!(
            "plan.toml: people: @bob and @walter have the same key {}: one token cannot fill two seats (K5, F8)",
            &key("@bob").fingerprint()[..16]
        )
    );
    // By the serial number of its device.
    let mut table = watched(2, &WITNESSES[..1]);
    let stated = |serial: &str| tuffet_ceremony::TokenStatement { serial: Some(serial.into()), ..token() };
    table.person_on("@bob", &key("@bob"), stated("12345"));
    table.witness_on("@xenia", &witness("@xenia"), stated("0012345"));
    assert_eq!(
        rules(table.lay().open().draft(None, now())),
        ["AT10 @xenia: expected a token of their own, found the test of @bob"]
    );
}

#[test]
fn k5_a_keyholder_who_stays_is_no_witness() {
    let first = closed();
    let (root, targets) = (first.get("assembled/root.json"), first.get("assembled/targets.json"));
    for (name, with, what) in
        [("@walter", key("@bob"), "key signs metadata"), ("@bob", witness("@walter"), "name is a keyholder's")]
    {
        let mut table = Table::replacement(sha256(&root));
        table.plan.approvals = 1;
        table.witness(name, &with);
        table.plan.waivers.clear();
        assert_eq!(
            rules(table.lay().open().draft(Some(&previous(&root, &targets)), now())),
            [format!("K5 {name}: expected a witness who signs no metadata, found one whose {what}")]
        );
    }
}

#[test]
fn k5_an_approval_counts_for_its_plan_its_draft_and_its_witness_alone() {
    let laid = drafted();
    let (_, approval) = approved_by(&laid, "@walter");
    let edit = |from: &str, to: &str| {
        let edited = String::from_utf8(approval.clone()).unwrap().replacen(from, to, 1);
        assert_ne!(edited.as_bytes(), approval, "{from}");
        text(laid.assemble(&[("walter.json".into(), edited.into_bytes())]))
    };
    let clock = "2026-12-01T12:00:00Z";
    let wrong = "walter.json: the signature of @walter does not verify (K5)";
    assert_eq!(edit(clock, "2026-12-01T13:00:00Z"), wrong);
    assert_eq!(edit(clock, "noon"), "walter.json: clock: expected a time, found `noon`");
    assert_eq!(edit("\"review_sha256\": \"", "\"review_sha256\": \"0"), wrong);
    let (xenia, walter) = (witness("@xenia").fingerprint(), witness("@walter").fingerprint());
    assert_eq!(
        edit(&walter, &xenia),
        format!("walter.json: expected a witness of the plan, found @walter with key {xenia} (K5)")
    );
    // A keyholder is no witness.
    assert_eq!(
        text(laid.open().approve(&key("@bob"), "review", now(), None)),
        format!(
            "key {} is no witness of the plan: @walter, @xenia, @yusuf may be one (K5)",
            &key("@bob").fingerprint()[..16]
        )
    );
    // Given once.
    laid.assemble(&[("walter.json".into(), approval.clone())]).unwrap();
    assert_eq!(
        text(laid.open().approve(&witness("@walter"), "review", now(), None)),
        "@walter has approved this draft already (K5)"
    );
    // Another draft of another plan: approved again.
    laid.edit("plan.toml", "2026-12-08", "2026-12-09");
    laid.draft();
    let plan = sha256(&laid.get("plan.toml"));
    let message = text(laid.assemble(&[("walter.json".into(), approval.clone())]));
    assert!(
        message.starts_with(&format!("walter.json: given for another plan: expected plan hash {plan}, found ")),
        "{message}"
    );
    assert!(laid.open().approvals().unwrap().is_empty());
    // The first plan again, drafted a third time: the same bytes, another sitting.
    laid.edit("plan.toml", "2026-12-09", "2026-12-08");
    laid.draft();
    let message = text(laid.assemble(&[("walter.json".into(), approval)]));
    assert!(message.starts_with("walter.json: given for another draft: expected "), "{message}");
}

#[test]
fn k5_an_approval_never_counts_as_anything_else() {
    let laid = drafted();
    let (_, bytes) = approved_by(&laid, "@walter");
    let approval: tuffet_ceremony::Approval = serde_json::from_slice(&bytes).unwrap();
    let signature = hex::decode(&approval.sig).unwrap();
    for payload in laid.open().payloads().unwrap() {
        assert!(witness("@walter").public_key().verify(&payload.bytes, &signature).is_err());
    }
}

#[test]
fn k15_the_times_that_two_people_confirmed_are_recorded() {
    let laid = drafted();
    laid.assemble(&[approved_by(&laid, "@walter"), approved_by(&laid, "@xenia")]).unwrap();
    let transcript = laid.open().transcript().unwrap();
    let clocks: Vec<_> = transcript
        .entries()
        .iter()
        .filter_map(|entry| match &entry.action {
            Action::Approve { witness, clock, .. } => Some(format!("{witness} {clock}")),
            _ => None,
        })
        .collect();
    assert_eq!(clocks, ["@walter 2026-12-01T12:00:00Z", "@xenia 2026-12-01T12:00:00Z"]);
}

#[test]
fn k15_a_clock_before_the_last_line_is_noticed() {
    let transcript = drafted().open().transcript().unwrap();
    let second = chrono::Duration::seconds(1);
    assert_eq!(transcript.later_than(now() - second), Some("2026-12-01T12:00:00Z"));
    assert_eq!(transcript.later_than(now()), None);
}

#[test]
fn k15_expiry_comes_from_the_plan_whatever_the_clock_says() {
    let laid = drafted();
    let late = watched(2, &WITNESSES).lay();
    late.open().draft(None, now() + chrono::Duration::days(3650)).unwrap();
    for role in ["root", "targets"] {
        let name = format!("payload/{role}.json");
        assert_eq!(laid.get(&name), late.get(&name));
    }
}

#[test]
fn k1_programs_the_plan_does_not_list_do_not_count() {
    let mut table = watched(1, &WITNESSES[..1]);
    table.plan.tools = vec!["tuffet 9.9.9".into()];
    let laid = table.lay();
    laid.draft();
    let tool = concat!("tuffet ", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        text(laid.open().approve(&witness("@walter"), "review", now(), None)),
        format!("approvals/{}.json: tool: expected tuffet 9.9.9, found {tool} (K1)", witness("@walter").fingerprint())
    );
}

#[test]
fn k12_a_key_in_a_file_comes_in_only_where_the_plan_says_so() {
    let mut table = Table::initial();
    let file = tuffet_ceremony::TokenStatement { kind: tuffet_ceremony::SOFTWARE.into(), ..token() };
    table.person_on("@bob", &key("@bob"), file);
    assert_eq!(
        rules(table.lay().open().draft(None, now())),
        ["K12 @bob: expected a key on a device, found one in a file"]
    );
    table.plan.software_keys = true;
    table.lay().draft();
}
