//! K10: an enrolment proves one key of one person for one ceremony.

use crate::table::{NAMES, Table, hash, key, now, text, token};
use tuffet_ceremony::{Enrolment, Invite, TokenStatement};
use tuffet_keys::sha256;

fn record() -> Enrolment {
    Table::initial().invite("@erin").answer(&key("@erin"), token(), None).unwrap()
}

/// The refusal of a draft in which Erin's record is this one, under its own hash; the message without the file.
fn drafted(record: &Enrolment) -> String {
    let mut table = Table::initial();
    let file = format!("keys/{}/enrolment.json", key("@erin").fingerprint());
    let text_of = record.to_json();
    table.files.insert(file.clone(), text_of.clone().into_bytes());
    table.plan.people[4].enrolment = hash(text_of.as_bytes());
    let laid = table.lay();
    let before = laid.tree();
    let message = text(laid.open().draft(None, now()));
    assert_eq!(laid.tree(), before);
    message.strip_prefix(&format!("{file}: ")).expect("the file first").to_owned()
}

#[test]
fn k10_a_record_for_something_else_is_refused() {
    let answer = |invite: &Invite| invite.answer(&key("@erin"), token(), None).unwrap();
    let fresh = |ceremony: &str, previous, owner: &str| Invite::new(ceremony, previous, owner, [7; 32]);
    assert_eq!(
        drafted(&answer(&fresh("2026-12-01-other", None, "@erin"))),
        "ceremony: expected `2026-12-01-initial`, found `2026-12-01-other` (K10)"
    );
    assert_eq!(
        drafted(&answer(&fresh("2026-12-01-initial", None, "@mallory"))),
        "owner: expected `@erin`, found `@mallory` (K10)"
    );
    let root = sha256(b"root");
    assert_eq!(
        drafted(&answer(&fresh("2026-12-01-initial", Some(root), "@erin"))),
        format!("previous root: expected `none`, found `{root}` (K10)")
    );
    let other = Table::initial().invite("@erin").answer(&key("@mallory"), token(), None).unwrap();
    assert_eq!(
        drafted(&other),
        format!("key: expected `{}`, found `{}` (K10)", key("@erin").fingerprint(), key("@mallory").fingerprint())
    );
}

#[test]
fn k10_an_edited_proof_invite_or_key_is_refused() {
    let no_proof = "the proof of @erin is not a signature by its key (K10)";
    for edit in [
        |r: &mut Enrolment| r.proof.replace_range(0..1, if r.proof.starts_with('0') { "1" } else { "0" }),
        |r: &mut Enrolment| r.proof.clear(),
        |r: &mut Enrolment| r.proof = "not hex".into(),
        |r: &mut Enrolment| r.proof.truncate(64),
        |r: &mut Enrolment| r.invite.nonce = hash(b"another"),
        |r: &mut Enrolment| r.invite.ceremony = "x".into(),
    ] {
        let mut edited = record();
        edit(&mut edited);
        assert_eq!(drafted(&edited), no_proof);
    }
    let mut edited = record();
    edited.public_key = tuffet_keys::Sign::public_key(&key("@mallory")).to_pem();
    assert_eq!(
        drafted(&edited),
        format!("expected fingerprint {}, found {} (K10)", key("@mallory").fingerprint(), key("@erin").fingerprint())
    );
    edited.public_key = "no PEM".into();
    assert_eq!(drafted(&edited), "expected one PEM block PUBLIC KEY, found 0 blocks (K10)");
    let mut edited = record();
    edited.invite.schema = "x".into();
    assert_eq!(drafted(&edited), "expected an invite tuffet-invite-v1, found `x` (K10)");
}

#[test]
fn k10_a_record_other_than_the_planned_one_is_refused() {
    let laid = Table::initial().lay();
    let file = format!("keys/{}/enrolment.json", key("@bob").fingerprint());
    let before = laid.get(&file);
    laid.edit(&file, "\"token\": \"test\"", "\"token\": \"hsm\"");
    assert_eq!(
        text(laid.open().draft(None, now())),
        format!("{file}: expected SHA-256 {}, found {} (K10)", hash(&before), hash(&laid.get(&file)))
    );
    std::fs::remove_file(laid.path().join(&file)).unwrap();
    assert_eq!(text(laid.open().draft(None, now())), format!("{file}: No such file or directory (os error 2)"));
}

/// Everybody who signs reads what a keyholder's station said, and the proof does not cover it.
#[test]
fn k10_words_that_would_steer_a_terminal_are_refused() {
    let plain = "expected text on one line without control characters, found";
    type Edit = fn(&mut Enrolment);
    let edits: [(Edit, String); 6] = [
        (|r| r.token = "key\u{1b}[2J\u{1b}[1;1H".into(), format!("token: {plain} `key\\u{{1b}}[2J\\u{{1b}}[1;1H`")),
        (|r| r.serial = Some("1\n2".into()), format!("serial: {plain} `1\\n2`")),
        (|r| r.place = Some("\u{202e}9c".into()), format!("place: {plain} `\\u{{202e}}9c`")),
        (|r| r.claims = vec!["sound".into(), "\r".into()], format!("claims: {plain} `\\r`")),
        (|r| r.claims = vec!["x".into(); 21], "claims: expected at most 20, found 21".into()),
        (|r| r.token = "x".repeat(501), "token: expected at most 500 characters, found 501".into()),
    ];
    for (edit, message) in edits {
        let mut edited = record();
        edit(&mut edited);
        assert_eq!(drafted(&edited), format!("{message} (K10)"));
    }
    let labelled = TokenStatement { place: Some("token \"\u{1b}c\"".into()), ..token() };
    let record = Table::initial().invite("@erin").answer(&key("@erin"), labelled, None).unwrap();
    assert_eq!(record.place.unwrap(), "token \"\\u{1b}c\"", "an honest station writes what can be shown");
}

#[test]
fn k10_an_invite_with_names_that_no_plan_takes_is_refused() {
    let mut invite = Table::initial().invite("@erin");
    invite.owner = "@erin\u{1b}[8m".into();
    assert_eq!(
        text(Invite::parse("i.json", invite.to_json().as_bytes())),
        "i.json: owner: expected text on one line without control characters, found `@erin\\u{1b}[8m`"
    );
    invite.ceremony = "../x".into();
    assert_eq!(
        text(Invite::parse("i.json", invite.to_json().as_bytes())),
        "i.json: ceremony: expected letters, digits and hyphens, found `../x`"
    );
}

#[test]
fn k10_a_nonce_serves_once() {
    let mut table = Table::initial();
    let invite = Invite::new("2026-12-01-initial", None, "@erin", *sha256(b"@bob").as_bytes());
    let (_, enrolment) = table.keep(&invite.answer(&key("@erin"), token(), None).unwrap());
    table.plan.people[4].enrolment = enrolment;
    assert_eq!(
        text(table.lay().open().draft(None, now())),
        format!(
            "keys/{}/enrolment.json: nonce: expected one of its own, found that of @bob's invite (K10)",
            key("@erin").fingerprint()
        )
    );
}

#[test]
fn k10_the_proof_covers_the_invite_however_it_is_laid_out() {
    let invite = Table::initial().invite("@erin");
    let squeezed: String = invite.to_json().split_whitespace().collect();
    let read = Invite::parse("invite.json", squeezed.as_bytes()).unwrap();
    assert_eq!(read, invite);
    let record = read.answer(&key("@erin"), token(), None).unwrap();
    let (parsed, public) = Enrolment::parse("e", record.to_json().as_bytes()).unwrap();
    assert_eq!((parsed, public.fingerprint().to_string()), (record, key("@erin").fingerprint()));
}

/// F8: the same P-256 key with another armour is the same key to the plan.
#[test]
fn f8_pem_variants_of_one_key_have_one_fingerprint() {
    let mut table = Table::initial();
    let mut record = table.invite("@erin").answer(&key("@alice"), token(), None).unwrap();
    record.public_key = format!("\n{}\n\n", record.public_key.replace('\n', "\r\n"));
    let (fingerprint, enrolment) = table.keep(&record);
    assert_eq!(fingerprint, key("@alice").fingerprint());
    (table.plan.people[4].key, table.plan.people[4].enrolment) = (fingerprint.clone(), enrolment);
    let laid = table.lay();
    let refused = tuffet_ceremony::Ceremony::open(laid.path());
    assert_eq!(
        text(refused),
        format!(
            "plan.toml: people: @alice and @erin have the same key {}: one token cannot fill two seats (K5, F8)",
            &fingerprint[..16]
        )
    );
    assert_eq!(NAMES[4], "@erin");
}
