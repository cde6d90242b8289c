//! Azure's blobs, as Azurite answers.

use crate::http::ask;
use crate::server::Server;
use crate::store::Store;
use ring::hmac;
use std::process::Command;
use tuffet_repository::{Place, PlaceErrorKind};

const ACCOUNT: &str = "tuffet";
/// Of 32 zero bytes.
const KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

fn start() -> Option<(Server, Store)> {
    let program = Server::program("TUFFET_AZURITE", "azurite")?;
    let server = Server::start(
        Command::new("node")
            .arg(program)
            .args(["--blobHost", "127.0.0.1", "--blobPort", "0", "--inMemoryPersistence"])
            .args(["--skipApiVersionCheck", "--silent", "--disableTelemetry"])
            .env("AZURITE_ACCOUNTS", format!("{ACCOUNT}:{KEY}")),
    );
    make_container(&server.address);
    let store = store(&server.address, KEY);
    Some((server, store))
}

fn store(address: &str, key: &str) -> Store {
    let endpoint = format!("http://{address}/{ACCOUNT}");
    let variables = [
        ("AZURE_STORAGE_ENDPOINT", endpoint.as_str()),
        ("AZURE_ALLOW_HTTP", "true"),
        ("AZURE_STORAGE_ACCOUNT_NAME", ACCOUNT),
        ("AZURE_STORAGE_ACCOUNT_KEY", key),
    ];
    Store::new("az://container", &variables)
}

/// A container, by a request signed with the account's key.
fn make_container(address: &str) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now = chrono::DateTime::from_timestamp(i64::try_from(now.as_secs()).unwrap(), 0).unwrap();
    let date = now.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let said = format!(
        "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:2021-12-02\n/{ACCOUNT}/{ACCOUNT}/container\n\
         restype:container"
    );
    let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &[0; 32]), said.as_bytes());
    let authorization = format!("SharedKey {ACCOUNT}:{}", base64(signature.as_ref()));
    let headers = [("x-ms-date", &*date), ("x-ms-version", "2021-12-02"), ("Authorization", &*authorization)];
    let (status, head, body) = ask(address, &format!("PUT /{ACCOUNT}/container?restype=container"), &headers, "");
    assert_eq!(status, 201, "{head}\n{}", String::from_utf8_lossy(&body));
}

fn base64(bytes: &[u8]) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let three = |chunk: &[u8]| {
        let bits = chunk.iter().chain(&[0, 0]).take(3).fold(0_usize, |bits, byte| bits << 8 | usize::from(*byte));
        let letter = |at: usize| if at <= chunk.len() { char::from(letters[bits >> (18 - 6 * at) & 63]) } else { '=' };
        [0, 1, 2, 3].map(letter)
    };
    bytes.chunks(3).flat_map(three).collect()
}

#[test]
fn r5_x20_azure_keeps_what_places_promise() {
    let Some((server, azure)) = start() else { return };
    azure.keeps_its_promises();
    azure.notices_another_publisher();
    azure.tells_of_a_bucket_that_is_not_there("az://none/tuf", "ContainerNotFound, HTTP status 404");
    // Another key than the account's.
    let place = store(&server.address, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=").at("az://container/tuf");
    let error = place.create("1.root.json", b"").err().unwrap();
    assert_eq!(
        error.to_string(),
        "az://container/tuf: 1.root.json: the credentials do not allow it (AuthorizationFailure, HTTP status 403)"
    );
    assert_eq!(error.kind, PlaceErrorKind::Denied);
    assert_eq!(
        error.hint(),
        Some(
            "renew the credentials, or have them allowed to read, list, create and replace there; then run the same command \
             again: what was written is taken up"
        )
    );
}

#[test]
fn r10_t31_the_story_in_azure() {
    let Some((_server, store)) = start() else { return };
    store.tells_the_story();
}

#[test]
fn r10_x19_after_a_crash_at_any_write_to_azure_clients_see_old_or_new_and_the_next_run_finishes() {
    let Some((_server, store)) = start() else { return };
    store.survives_crashes();
}

#[test]
fn x20_of_two_publishers_to_azure_one_wins_every_round() {
    let Some((_server, store)) = start() else { return };
    store.lets_one_win(12);
}
