//! S3, as moto answers.

use crate::http::{ask, header};
use crate::server::Server;
use crate::site::first;
use crate::store::{Store, nobody};
use crate::world::publish;
use std::process::Command;
use tuffet_repository::{Place, PlaceErrorKind, Repository};

/// Moto looks at who asks, and at no signature.
const SOMEBODY: (&str, &str) = (
    "Authorization",
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
);

fn start() -> Option<(Server, Store)> {
    let python = Server::program("TUFFET_MOTO", "moto")?;
    let server = Server::start(Command::new(python).args(["-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]));
    let (status, ..) = ask(&server.address, "PUT /bucket", &[], "");
    assert_eq!(status, 200);
    let store = store(&server.address);
    Some((server, store))
}

fn store(address: &str) -> Store {
    let endpoint = format!("http://{address}");
    let variables = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "not a secret"),
        ("AWS_REGION", "us-east-1"),
        // What makes writes conditional cannot be switched off, and other programs' settings are none of ours.
        ("AWS_CONDITIONAL_PUT", "disabled"),
        ("AWS_PAGER", "less"),
        ("PATH", "/bin"),
    ];
    Store::new("s3://bucket", &variables)
}

#[test]
fn r5_x20_s3_keeps_what_places_promise() {
    let Some((_server, store)) = start() else { return };
    store.keeps_its_promises();
    store.notices_another_publisher();
    store.tells_of_a_bucket_that_is_not_there("s3://none/tuf", "NoSuchBucket, HTTP status 404");
}

#[test]
fn r10_t31_the_story_in_s3() {
    let Some((_server, store)) = start() else { return };
    store.tells_the_story();
}

#[test]
fn r10_x19_after_a_crash_at_any_write_to_s3_clients_see_old_or_new_and_the_next_run_finishes() {
    let Some((_server, store)) = start() else { return };
    store.survives_crashes();
}

#[test]
fn x20_of_two_publishers_to_s3_one_wins_every_round() {
    let Some((_server, store)) = start() else { return };
    store.lets_one_win(12);
}

#[test]
fn r6_files_in_s3_have_the_headers_that_caches_go_by() {
    let Some((server, store)) = start() else { return };
    let place = store.at("s3://bucket/tuf");
    publish(&Repository::at(&place), first()).unwrap();
    place.create("index.html", b"<!doctype html>").unwrap();
    place.create("1.a%2Fb.json", b"role").unwrap();
    let keys = format!("targets/logs/{}.keys.json", tuffet_keys::sha256(b"{}"));
    for (file, cache, kind) in [
        ("1.root.json", "public, max-age=31536000, immutable", "application/json"),
        (keys.as_str(), "public, max-age=31536000, immutable", "application/json"),
        ("timestamp.json", "public, max-age=60", "application/json"),
        ("index.html", "public, max-age=60", "text/html; charset=utf-8"),
        // A client asks for it under the escaped name, which a server takes for the plain one.
        ("1.a%2Fb.json", "public, max-age=31536000, immutable", "application/json"),
    ] {
        let (status, head, body) = ask(&server.address, &format!("GET /bucket/tuf/{file}"), &[SOMEBODY], "");
        assert_eq!(
            (status, header(&head, "cache-control"), header(&head, "content-type")),
            (200, cache, kind),
            "{file}"
        );
        assert_eq!(body, place.read(file).unwrap().unwrap().bytes, "{file}");
    }
}

#[test]
fn a_store_that_does_not_answer_is_told_without_its_secrets() {
    let place = store(&nobody()).at("s3://bucket/tuf");
    let error = place.read("timestamp.json").err().unwrap();
    assert_eq!(
        error.to_string(),
        "s3://bucket/tuf: timestamp.json: the store does not answer (Connection refused (os error 111))"
    );
    assert_eq!(error.kind, PlaceErrorKind::Passing);
    assert_eq!(error.hint(), Some("run the same command again: what was written is taken up"));
}

#[test]
fn locations_of_stores_that_are_none_are_told() {
    let forms = "expected s3://BUCKET/PREFIX, gs://BUCKET/PREFIX or az://CONTAINER/PREFIX";
    let prefix = "expected a prefix of letters, digits, `-`, `.`, `_` and single `/`";
    for (location, problem) in [
        ("s3://", forms),
        ("s3:///tuf", forms),
        ("s3://buc ket/tuf", forms),
        ("az://container?sig=secret", forms),
        ("s3://bucket/a//b", prefix),
        ("s3://bucket/../b", prefix),
        ("gs://bucket/a?b", prefix),
    ] {
        let error = tuffet_repository::open_place(location, std::iter::empty()).err().unwrap();
        let shown = location.split_once('?').map_or(location.to_owned(), |(before, _)| format!("{before}?…"));
        assert_eq!(error.to_string(), format!("{shown}: {problem}"));
    }
    let settings = [("AZURE_STORAGE_ACCOUNT_KEY".to_owned(), "not base64!".to_owned())];
    let error = tuffet_repository::open_place("az://container", settings).err().unwrap();
    assert_eq!(
        error.to_string(),
        "az://container: the settings in the environment (AWS_…, GOOGLE_…, AZURE_…) are not complete, or not readable"
    );
}
