//! TUF 5.6.7 carried out: delegated roles fetched, stored and used again.

use crate::World;
use crate::simulator::{Branch, branch, disk, now};
use tempfile::TempDir;
use tuffet_client::{Refreshed, TransportError};

/// A repository with these delegated roles, a client that has refreshed, and an empty request log.
fn world(branches: Vec<Branch>) -> (World, Refreshed) {
    let mut world = World::new();
    world.sim.publish_branches(branches);
    let trusted = world.client().refresh(now()).unwrap();
    world.log();
    (world, trusted)
}

/// What looking for `path` gives, in a process of its own: the role that lists it, or why none does.
fn find(world: &World, trusted: &Refreshed, path: &str) -> Result<String, String> {
    let found = world.client().find(trusted, path).map(|target| target.role.to_string());
    found.map_err(|error| error.to_string())
}

fn two() -> Vec<Branch> {
    vec![branch("targets", "A", &["*"], &["a"]), branch("targets", "B", &["*"], &["a", "b"])]
}

#[test]
fn c49_delegated_targets_are_found_fetched_and_put_in_place() {
    let (world, trusted) = world(two());
    let out = TempDir::new().unwrap();
    let mut client = world.client();
    assert_eq!(client.target_bytes(&trusted, "b").unwrap(), b"B");
    let asked = world.log();
    assert_eq!(asked[..2], ["1.A.json", "1.B.json"], "in order of appearance");
    assert!(asked[2].starts_with("targets/") && asked.len() == 3);
    assert!(client.download(&trusted, "a", out.path()).unwrap().fetched);
    assert_eq!(disk(out.path())["a"], b"A");
    assert_eq!(world.log().len(), 1, "A is known, B is not needed");
    let refused = client.download(&trusted, "c", out.path()).unwrap_err();
    let text = "target `c`: not listed by targets v2 or by the 2 delegated roles searched (TUF 5.6.7)";
    assert_eq!((refused.to_string(), refused.code()), (text.into(), "unknown-target"));
    assert_eq!(disk(out.path()).len(), 1);
}

#[test]
fn c48_delegated_roles_are_stored_after_every_check_and_used_again() {
    let (world, trusted) = world(two());
    assert_eq!(find(&world, &trusted, "b"), Ok("B".into()));
    let stored = world.disk();
    assert_eq!((&stored["%41.json"], &stored["%42.json"]), (&world.sim.branch_file("A"), &world.sim.branch_file("B")));
    // The next process, and the next refresh, ask for neither.
    world.log();
    let again = world.refresh().unwrap();
    assert_eq!(find(&world, &again, "b"), Ok("B".into()));
    assert_eq!(world.log(), ["2.root.json", "timestamp.json"]);
    assert_eq!(world.disk(), stored);
}

#[test]
fn c48_a_refused_delegated_role_leaves_no_file() {
    let file = |change: &dyn Fn(&mut Branch)| {
        let mut branches = two();
        change(&mut branches[0]);
        branches
    };
    for (branches, text) in [
        (file(&|b| b.signers = vec![8]), "1.A.json: A v1: 0 of 1 required signatures are valid (TUF 5.6.3)"),
        (
            file(&|b| b.expires = "2026-06-01T00:00:00Z".into()),
            "1.A.json: A v1: expired at 2026-06-01T00:00:00Z, and the update started at 2026-06-01T00:00:00Z (TUF 5.6.5)",
        ),
    ] {
        let (world, trusted) = world(branches);
        let before = world.disk();
        // B lists it too, and is not asked (C57).
        assert_eq!(find(&world, &trusted, "a"), Err(text.into()));
        assert_eq!(world.log(), ["1.A.json"]);
        assert_eq!(world.disk(), before);
    }
}

#[test]
fn c57_what_cannot_be_fetched_aborts_and_the_next_role_is_not_asked() {
    let url = || "1.A.json".to_owned();
    for (fault, text) in [
        (TransportError::NotFound { url: url() }, "cannot fetch A: 1.A.json: not found"),
        (
            TransportError::Status { url: url(), status: 503 },
            "cannot fetch A: 1.A.json: expected HTTP status 200, found 503",
        ),
    ] {
        let (world, trusted) = world(two());
        let before = world.disk();
        world.sim.served.break_file("1.A.json", fault);
        assert_eq!(find(&world, &trusted, "b"), Err(text.into()));
        assert_eq!((world.log(), world.disk()), (vec![url()], before));
        world.sim.served.heal();
        assert_eq!(find(&world, &trusted, "b"), Ok("B".into()));
    }
}

#[test]
fn c44_a_delegated_role_is_no_other_than_the_snapshot_pins() {
    let (world, trusted) = world(two());
    let before = world.disk();
    let mut file = world.sim.branch_file("A");
    file.push(b' ');
    world.sim.served.put("1.A.json", &file);
    let text = format!("cannot fetch A: 1.A.json: expected at most {} bytes, found more", file.len() - 1);
    assert_eq!(find(&world, &trusted, "a"), Err(text));
    file[0] = b' ';
    file.pop();
    world.sim.served.put("1.A.json", &file);
    let text = "1.A.json: A: the file is not the one that snapshot pins by hash (TUF 5.6.2)";
    assert_eq!(find(&world, &trusted, "a"), Err(text.into()));
    assert_eq!(world.disk(), before);
}

#[test]
fn c46_a_stored_role_of_another_version_is_fetched_again() {
    let (mut world, trusted) = world(two());
    assert_eq!(find(&world, &trusted, "a"), Ok("A".into()));
    let old = world.disk()["%41.json"].clone();
    let mut branches = two();
    branches[0].version = 2;
    world.sim.publish_branches(branches);
    let trusted = world.refresh().unwrap();
    world.log();
    assert_eq!(find(&world, &trusted, "a"), Ok("A".into()));
    assert_eq!(world.log(), ["2.A.json"]);
    assert_eq!(world.disk()["%41.json"], world.sim.branch_file("A"));
    // Put back, the old file is not believed.
    std::fs::write(world.dir.path().join("%41.json"), old).unwrap();
    assert_eq!(find(&world, &world.refresh().unwrap(), "a"), Ok("A".into()));
    assert!(world.log().contains(&"2.A.json".to_owned()));
}

#[test]
fn c51_a_stored_role_answers_to_the_delegator_that_leads_to_it() {
    let mut through_b = branch("B", "D", &["b/*"], &[]);
    through_b.seed = 10;
    let (world, trusted) = world(vec![
        branch("targets", "A", &["a/*"], &[]),
        branch("targets", "B", &["b/*"], &[]),
        branch("A", "D", &["a/*"], &["a/x", "b/x"]),
        through_b,
    ]);
    assert_eq!(find(&world, &trusted, "a/x"), Ok("D".into()));
    let refused = "1.D.json: D v1: 0 of 1 required signatures are valid (TUF 5.6.3)";
    assert_eq!(find(&world, &trusted, "b/x"), Err(refused.into()));
    assert_eq!(find(&world, &world.refresh().unwrap(), "b/x"), Err(refused.into()), "in the next refresh too");
}

#[test]
fn c58_an_unusual_role_name_is_one_request_and_one_file_of_the_cache() {
    for (name, asked, stored) in [
        ("?", "1.%3F.json", "%3f.json"),
        ("#", "1.%23.json", "%23.json"),
        ("/d", "1.%2Fd.json", "%2fd.json"),
        ("../d", "1...%2Fd.json", "%2e.%2fd.json"),
        ("../../.tuffet/state", "1...%2F..%2F.tuffet%2Fstate.json", "%2e.%2f..%2f.tuffet%2fstate.json"),
        ("a\u{e9}", "1.a%C3%A9.json", "a%c3%a9.json"),
    ] {
        let (world, trusted) = world(vec![branch("targets", name, &["*"], &["x"])]);
        let mut expected = world.disk();
        assert!(world.client().find(&trusted, "x").is_ok());
        assert_eq!(world.log(), [asked]);
        expected.insert(stored.into(), world.sim.branch_file(name));
        assert_eq!(world.disk(), expected);
    }
}

#[test]
fn c53_a_role_missing_from_the_snapshot_is_not_fetched() {
    let (mut world, _) = world(two());
    // The targets role still delegates to A; a new snapshot key lists B alone.
    let branches = std::mem::replace(&mut world.sim.branches, two());
    world.sim.publish_targets();
    world.sim.branches = branches[1..].to_vec();
    world.sim.publish_snapshot();
    world.sim.publish_timestamp();
    world.dir = TempDir::new().unwrap();
    let trusted = world.refresh().unwrap();
    world.log();
    let text = "target `b`: expected A in the snapshot, found no entry (TUF 5.6.7)";
    assert_eq!(find(&world, &trusted, "b"), Err(text.into()));
    assert!(world.log().is_empty());
}

#[cfg(feature = "http")]
#[test]
fn c63_a_delegated_roles_name_is_escaped_once_on_the_wire() {
    use crate::server::{Answer, Server};
    use tuffet_client::{HttpConfig, HttpTransport, Transport};
    let server = Server::start(|_| Answer::file(b"role"));
    let transport = HttpTransport::new(&format!("{}tuf", server.url()), HttpConfig::default()).unwrap();
    let through_a_box: Box<dyn Transport> = Box::new(transport);
    for name in ["1...%2Fd.json", "1.%3F.json", "1.targets.json"] {
        assert_eq!(through_a_box.fetch_metadata(name, 9).unwrap(), b"role");
        let asked = server.requests().pop().unwrap();
        assert!(asked.starts_with(&format!("GET /tuf/{name} HTTP/1.1\r\n")), "{asked}");
    }
}
