//! TR4: nothing that was trusted is lost or altered.

use super::certs::Key;
use super::{GITHUB, PRODUCTION, Pki, composed, new_ca, new_log, utc};
use crate::{Compose, EntryKind, LogKind, NewAuthority, TrustedRoot};

const END: &str = "2026-12-01T00:00:00Z";

fn broken(old: &TrustedRoot, json: &str) -> Vec<String> {
    let new = TrustedRoot::parse(json.as_bytes()).unwrap();
    new.breaks_history_of(old).iter().map(ToString::to_string).collect()
}

#[test]
fn tr4_entries_may_come_and_end() {
    let pki = Pki::new();
    let old = composed(&pki);
    let key = Key::ed25519(40).pem();
    let new = Compose::from_trusted_root(old.clone())
        .log(&new_log(LogKind::CtLog, &key, "https://ct.example.org/2027"))
        .and_then(|c| c.close(None, "https://log.example.org", utc(END)))
        .and_then(|c| c.close(Some(EntryKind::CtLog), "https://ct.example.org/2026/", utc(END)))
        .and_then(|c| c.close(None, "https://ca.example.org", utc(END)))
        .and_then(|c| c.close(None, "https://tsa.example.org", utc(END)))
        .unwrap()
        .finish();
    assert_eq!(new.breaks_history_of(&old), []);
    let ends: Vec<_> = new.entries().iter().map(|e| e.end.as_ref().map(ToString::to_string)).collect();
    assert_eq!(ends, [Some(END.into()), Some(END.into()), Some(END.into()), None, Some(END.into())]);
    // An earlier end takes only what is to come.
    let sooner =
        Compose::from_trusted_root(new.clone()).close(None, "https://log.example.org", utc("2026-11-01T00:00:00Z"));
    assert_eq!(sooner.unwrap().finish().breaks_history_of(&new), []);
}

#[test]
fn tr4_whatever_else_changes_is_told() {
    let old = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let with = |from: &str, to: &str| {
        let json = PRODUCTION.replacen(from, to, 1);
        assert_ne!(json, PRODUCTION, "{from}");
        broken(&old, &json)
    };
    let first = "transparency log https://rekor.sigstore.dev (id c0d23d6a d406973f)";
    assert_eq!(
        with("2021-01-12T11:53:27Z", "2021-01-12T11:53:28Z"),
        [format!("moves the start of {first} from 2021-01-12T11:53:27Z to 2021-01-12T11:53:28Z, later")]
    );
    assert_eq!(with("2021-01-12T11:53:27Z", "2021-01-12T11:53:27.000Z"), [""; 0], "the same moment");
    let ct = "CT log https://ctfe.sigstore.dev/test (id 086092f0 2852ff68)";
    assert_eq!(
        with("2022-10-31T23:59:59.999Z", "2022-11-30T23:59:59.999Z"),
        [format!("moves the end of {ct} from 2022-10-31T23:59:59.999Z to 2022-11-30T23:59:59.999Z, later")]
    );
    let reopened = with(",\n          \"end\": \"2022-10-31T23:59:59.999Z\"", "");
    assert_eq!(reopened, [format!("WARNING: reopens {ct}: no end any more, which was 2022-10-31T23:59:59.999Z")]);
    assert_eq!(with("https://rekor.sigstore.dev\"", "https://rekor.sigstore.dev/\"").len(), 1);
    assert_eq!(with("trustedroot+json;version=0.1", "trustedroot.v0.2+json").len(), 1);
    // Another instance's file: everything is lost.
    let lost = broken(&old, GITHUB);
    assert_eq!(lost.iter().filter(|text| text.starts_with("WARNING: removes ")).count(), old.entries().len());
}

#[test]
fn tr4_closing_keeps_the_start_and_opens_nothing() {
    let old = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let close = |named: &str, end: &str| {
        let closed = Compose::from_trusted_root(old.clone()).close(None, named, utc(end));
        closed.map(Compose::finish).map_err(|error| error.to_string())
    };
    let new = close("https://log2025-1.rekor.sigstore.dev", END).unwrap();
    let edited = PRODUCTION.replace(
        "\"start\": \"2025-09-23T00:00:00Z\"",
        "\"start\": \"2025-09-23T00:00:00Z\",\n          \"end\": \"2026-12-01T00:00:00Z\"",
    );
    assert_eq!(new.to_json(), edited);
    // Of two at one address it is the open one; a closed one is named by its id.
    let new = close("https://fulcio.sigstore.dev", END).unwrap();
    assert_eq!(new.certificate_authorities()[1].valid_for().end().unwrap().as_str(), END);
    let ct = "086092f02852ff68";
    assert_eq!(
        close(ct, END).unwrap_err(),
        format!(
            "{ct}: expected an end not after 2022-10-31T23:59:59.999Z, which the entry has, found \
             2026-12-01T00:00:00+00:00: what was over stays over (TR4)"
        )
    );
    assert_eq!(
        close(ct, "2021-03-14T00:00:00Z").unwrap_err(),
        format!("{ct}: expected an end after the start 2021-03-14T00:00:00Z, found 2021-03-14T00:00:00Z (TR3)")
    );
    assert_eq!(
        close("https://fulcio.sigstore.dev", "2031-10-05T13:56:59Z").unwrap_err(),
        "https://fulcio.sigstore.dev: expected an end not after 2031-10-05T13:56:58Z, when the first certificate \
         expires, found 2031-10-05T13:56:59Z (TR3)"
    );
    let none = close("https://nowhere.example", END).unwrap_err();
    assert!(none.starts_with(
        "https://nowhere.example: expected the URL or the id of an entry, found none so called; there are: \
         transparency log https://rekor.sigstore.dev (c0d23d6ad406973f); "
    ));
}

#[test]
fn tr4_a_name_of_two_open_entries_is_not_guessed() {
    let pki = Pki::new();
    let other = Pki { anchor: Key::ed25519(31), issuing: Key::ed25519(32), tsa: Key::ed25519(33) };
    let file = other.ca_chain();
    let second = NewAuthority { uri: "https://ca.example.org", ..new_ca(&file) };
    let two = Compose::from_trusted_root(composed(&pki)).authority(&second).unwrap();
    let error = two.clone().close(None, "https://ca.example.org", utc(END)).unwrap_err().to_string();
    let ids: Vec<_> =
        two.so_far().certificate_authorities().iter().map(|ca| hex::encode(ca.chain()[0].sha256())).collect();
    assert_eq!(
        error,
        format!(
            "https://ca.example.org: expected the name of one entry, found 2: certificate authority \
             https://ca.example.org ({}); certificate authority https://ca.example.org ({}); name one by its id (TR4)",
            &ids[0][..16],
            &ids[1][..16]
        )
    );
    let closed = two.close(None, &ids[1][..8].to_uppercase(), utc(END)).unwrap().finish();
    assert_eq!(closed.certificate_authorities()[0].valid_for().end(), None);
    assert!(closed.certificate_authorities()[1].valid_for().end().is_some());
}
