//! Google Cloud Storage, as fake-gcs-server answers behind `shim`.

use crate::http::{ask, header};
use crate::server::Server;
use crate::site::first;
use crate::store::{Store, nobody};
use crate::world::publish;
use std::process::Command;
use tuffet_repository::Repository;

fn start() -> Option<(Server, Store)> {
    let program = Server::program("TUFFET_FAKE_GCS", "fake-gcs-server")?;
    let address = nobody();
    let port = address.rsplit(':').next().unwrap().to_owned();
    let server = Server::start(
        Command::new(program)
            .args(["-backend", "memory", "-scheme", "http", "-host", "127.0.0.1", "-port", &port])
            .args(["-external-url", &format!("http://{address}"), "-public-host", &address]),
    );
    let made = ask(
        &server.address,
        "POST /storage/v1/b?project=tuffet",
        &[("Content-Type", "application/json")],
        r#"{"name":"bucket"}"#,
    );
    assert_eq!(made.0, 200, "{}", made.1);
    let endpoint = format!("http://{}", crate::shim::before(&address));
    let variables = [
        ("GOOGLE_BASE_URL", endpoint.as_str()),
        ("GOOGLE_ALLOW_HTTP", "true"),
        ("GOOGLE_BEARER_TOKEN", "not a secret"),
    ];
    let store = Store::new("gs://bucket", &variables);
    Some((server, store))
}

#[test]
fn r6_files_in_google_have_the_headers_that_caches_go_by() {
    let Some((server, store)) = start() else { return };
    let place = store.at("gs://bucket/tuf");
    publish(&Repository::at(&place), first()).unwrap();
    for (file, cache) in
        [("1.root.json", "public, max-age=31536000, immutable"), ("timestamp.json", "public, max-age=60")]
    {
        let (status, head, _) = ask(&server.address, &format!("GET /bucket/tuf/{file}"), &[], "");
        let found = (status, header(&head, "cache-control"), header(&head, "content-type"));
        assert_eq!(found, (200, cache, "application/json"), "{file}");
    }
}

#[test]
fn r5_x20_google_keeps_what_places_promise() {
    let Some((_server, store)) = start() else { return };
    store.keeps_its_promises();
    store.notices_another_publisher();
}

#[test]
fn r10_t31_the_story_in_google() {
    let Some((_server, store)) = start() else { return };
    store.tells_the_story();
}

#[test]
fn r10_x19_after_a_crash_at_any_write_to_google_clients_see_old_or_new_and_the_next_run_finishes() {
    let Some((_server, store)) = start() else { return };
    store.survives_crashes();
}

#[test]
fn x20_of_two_publishers_to_google_one_wins_every_round() {
    let Some((_server, store)) = start() else { return };
    store.lets_one_win(12);
}
