//! What people point a client at by mistake: the whole message, its hint, and the cache as it was.

use crate::World;
use crate::http::over_http;
use crate::server::Answer;
use crate::simulator::{Simulator, now};
use tuffet_client::{Cache, Client, HttpConfig, Policy};

/// What a refresh says over a server that answers everything so.
fn said(answer: fn() -> Answer) -> (String, Option<&'static str>) {
    let world = World::refreshed();
    let before = world.disk();
    let (server, mut client) = over_http(&world.sim, world.dir.path(), HttpConfig::default(), move |_| Some(answer()));
    let refused = client.refresh(now()).unwrap_err();
    assert_eq!(world.disk(), before);
    (refused.to_string().replace(&server.url(), "URL/"), refused.hint())
}

#[test]
fn an_empty_answer_and_a_login_are_no_repository() {
    assert_eq!(
        said(|| Answer::file(b"")),
        ("URL/2.root.json: root: byte 0: expected a JSON value, found the end of the file (F26)".into(), None)
    );
    assert_eq!(
        said(|| Answer::redirect("https://login.example.org/?to=2.root.json")),
        (
            "cannot fetch root: URL/2.root.json: expected the same host, found a redirect to \
             https://login.example.org/?to=2.root.json (X16)"
                .into(),
            Some("give the URL that the redirect leads to, if that host is right")
        )
    );
}

#[test]
fn x3_a_cache_of_another_repository_is_said_and_not_mixed_with_this_one() {
    // Other keys from root 1 on, and a cache that is further on.
    let mut other = Simulator::new();
    for role in tuffet_metadata::RoleName::TOP_LEVEL {
        other.keys.get_mut(&role).unwrap().0.iter_mut().for_each(|seed| *seed += 20);
    }
    other.versions.insert(tuffet_metadata::RoleName::Root, 1);
    other.write_root();
    let pin = other.write_root();
    other.publish();

    let world = World::refreshed();
    let cache = Cache::new(world.dir.path());
    let mut client = Client::bootstrap(cache, other.served.clone(), Policy::default(), &pin).unwrap();
    let trusted = client.refresh(now()).unwrap();
    let events: Vec<String> = client.events().iter().map(ToString::to_string).collect();
    assert_eq!(
        events,
        [
            "cached root v1 is not the pinned root v1, which replaced it",
            "online keys were rotated: cached timestamp and snapshot removed (TUF 5.3.11)",
        ]
    );
    assert_eq!(trusted.root.bytes(), pin);
    assert_eq!(client.target_bytes(&trusted, "trusted_root.json").unwrap(), b"keys of the logs");
}
