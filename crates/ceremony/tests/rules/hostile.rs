//! Files somebody sent: wrong, edited, empty, huge. Each refused in full, none recorded.

use crate::table::{Laid, Table, drafted, hash, key, text};
use tuffet_ceremony::{Ceremony, Invite, Replay, SignatureFile};
use tuffet_keys::Sign;

fn bobs() -> (Laid, SignatureFile) {
    let laid = drafted();
    let (_, bytes) = laid.signed_by("@bob").remove(0);
    let file = serde_json::from_slice(&bytes).unwrap();
    (laid, file)
}

/// The refusal of a signature file after an edit, sent in and laid down.
fn sent(edit: impl FnOnce(&mut SignatureFile, &Laid)) -> String {
    let (laid, mut file) = bobs();
    edit(&mut file, &laid);
    let before = laid.tree();
    let bytes = serde_json::to_vec(&file).unwrap();
    let good = laid.signed_by("@carol").remove(0);
    let message = text(laid.assemble(&[good, ("bob.json".into(), bytes)]));
    // All or nothing: nor is Carol's good one taken.
    assert_eq!(laid.tree(), before);
    message
}

#[test]
fn k1_a_signature_for_another_plan_is_refused() {
    let mut plans = (String::new(), String::new());
    let message = sent(|file, laid| {
        plans = (hash(&laid.get("plan.toml")), hash(b"another plan"));
        file.plan_hash = plans.1.clone();
    });
    let (want, found) = plans;
    assert_eq!(message, format!("bob.json: given for another plan: expected plan hash {want}, found {found} (K1)"));
}

#[test]
fn r22_a_signature_over_another_payload_is_refused() {
    let mut digest = String::new();
    let message = sent(|file, _| {
        digest = file.payload_sha256.clone();
        file.payload_sha256 = "x\u{1b}[2J".into();
    });
    assert_eq!(message, format!("bob.json: given over another payload: expected {digest}, found x\\u{{1b}}[2J (R22)"));
    // It names the right payload and signs another one.
    let forged = hex(&key("@bob").sign(b"another payload").unwrap());
    let wrong = "bob.json: the signature of @bob does not verify over payload/root.json";
    assert_eq!(sent(|file, _| file.sig = forged), wrong);
    for sig in ["", "zz", "00"] {
        assert_eq!(sent(|file, _| file.sig = sig.into()), wrong);
    }
}

#[test]
fn f8_a_signature_by_a_key_outside_the_role_is_refused() {
    let message = sent(|file, laid| {
        file.keyid = hash(b"mallory");
        file.sig = hex(&key("@mallory").sign(&laid.get("payload/root.json")).unwrap());
    });
    let may = "@alice, @bob, @carol, @dave, @erin may sign";
    assert_eq!(message, format!("bob.json: keyid {} is not one of root's keys: {may}", hash(b"mallory")));
    assert_eq!(
        sent(|file, _| file.keyid = "../../x".into()),
        format!("bob.json: keyid ../../x is not one of root's keys: {may}")
    );
}

#[test]
fn k1_a_signature_for_a_role_that_is_not_drafted_is_refused() {
    for role in ["snapshot", "rooot", "../root", ""] {
        let message = sent(|file, _| file.role = role.into());
        assert_eq!(message, format!("bob.json: expected a role of this ceremony, found `{role}`"));
    }
}

#[test]
fn k16_a_signature_file_under_another_name_is_refused() {
    let (laid, file) = bobs();
    let bytes = serde_json::to_vec(&file).unwrap();
    laid.put("signatures/root/bob.json", &bytes);
    let refused = format!("signatures/root/bob.json: expected the name {}", file.path());
    assert_eq!(text(laid.open().status()), refused);
    assert_eq!(text(laid.assemble(&[])), refused);
}

#[test]
fn k1_wrong_schemas_and_unknown_members_are_refused() {
    assert_eq!(
        sent(|file, _| file.schema = "tuffet-signature-v2".into()),
        "bob.json: expected a signature, an approval or a signature of a rehearsal, found `tuffet-signature-v2`"
    );
    let (laid, file) = bobs();
    let with = |text_of: &str| text(laid.assemble(&[("bob.json".into(), text_of.as_bytes().to_vec())]));
    let good = serde_json::to_string(&file).unwrap();
    let more = good.replacen('{', "{\"pin\":\"1234\",", 1);
    assert_eq!(
        with(&more),
        "bob.json: expected a file of schema tuffet-signature-v1: unknown field `pin`, expected one of `schema`, \
         `plan_hash`, `role`, `payload_sha256`, `keyid`, `sig`, `review_sha256`, `tool`, `station_time` at line 1 column 6"
    );
    let escape = good.replacen('{', "{\"\\u001b[2J\":1,", 1);
    assert!(with(&escape).starts_with(
        "bob.json: expected a file of schema tuffet-signature-v1: unknown field `\\u{1b}[2J`, expected one of "
    ));
    let twice = good.replacen('{', "{\"role\":\"root\",", 1);
    assert!(with(&twice).starts_with(
        "bob.json: expected a file of schema tuffet-signature-v1: duplicate field `role` at line 1 column "
    ));
    assert!(
        with(&format!("{good}{{}}")).starts_with(
            "bob.json: expected a file of schema tuffet-signature-v1: trailing characters at line 1 column "
        )
    );

    let invite = Table::initial().invite("@erin").to_json();
    let parse = |text_of: &str| text(Invite::parse("invite.json", text_of.as_bytes()));
    assert_eq!(
        parse(&invite.replace("tuffet-invite-v1", "tuffet-enrolment-v1")),
        "invite.json: expected schema tuffet-invite-v1, found `tuffet-enrolment-v1`"
    );
    assert_eq!(
        parse(&invite.replacen('{', "{\"x\": 1,", 1)),
        "invite.json: expected a file of schema tuffet-invite-v1: unknown field `x`, expected one of `schema`, \
         `ceremony`, `previous_root`, `owner`, `nonce` at line 1 column 4"
    );
    for other in ["", "[\"tuffet-invite-v1\", \"c\", \"none\", \"@erin\", \"00\"]", "null", "\u{feff}{}"] {
        assert_eq!(parse(other), "invite.json: expected a file of schema tuffet-invite-v1, found no JSON object");
    }
}

#[test]
fn k3_empty_huge_and_random_files_are_refused_and_nothing_panics() {
    let laid = crate::table::closed();
    let bodies =
        [vec![], vec![0; 1 << 20], vec![b'['; 1 << 20], b"\xff\xfe".to_vec(), b"null".to_vec(), b"{}".to_vec()];
    for (name, good) in laid.tree() {
        for body in &bodies {
            laid.put(&name, body);
            let _ = Ceremony::open(laid.path()).and_then(|ceremony| ceremony.status());
            assert!(Replay::run(laid.path()).is_err(), "{name}");
        }
        laid.put(&name, &good);
    }
    let open = drafted();
    for body in bodies {
        assert!(open.assemble(&[("x.json".into(), body.clone())]).is_err());
        assert!(tuffet_ceremony::Enrolment::parse("x.json", &body).is_err());
        assert!(Invite::parse("x.json", &body).is_err());
    }
    assert_eq!(
        text(open.assemble(&[("x.json".into(), Vec::new())])),
        "x.json: expected a signature, an approval or a signature of a rehearsal, found neither"
    );
}

#[test]
fn k16_an_output_that_is_a_folder_is_refused() {
    let laid = drafted();
    std::fs::create_dir_all(laid.path().join("assembled/root.json")).unwrap();
    let files: Vec<_> = ["@alice", "@bob", "@carol"].iter().flat_map(|name| laid.signed_by(name)).collect();
    assert_eq!(text(laid.assemble(&files)), "assembled/root.json: Is a directory (os error 21)");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
