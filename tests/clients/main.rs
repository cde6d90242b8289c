//! Real clients as the judge: the repository that our own ceremony made is served on the loopback, and Sigstore's clients in
//! four languages verify real bundles by what they find there. matrix.toml says what each of them does; what is not as it
//! says fails, success too.
//!
//! These clients take the time from the machine: so does this test, and it alone. It asks the clock once.

#[path = "../support/bundles.rs"]
mod bundles;
mod case;
mod clients;
mod installed;
mod matrix;
mod server;
#[path = "../support/terminal.rs"]
mod terminal;
mod world;

use case::Case;
use clients::Client;
use installed::Installed;
use matrix::{Answers, Phase};
use server::Server;
use std::sync::Mutex;
use std::thread;
use world::World;

#[test]
fn tr10_every_client_does_what_the_matrix_says() {
    let Some(installed) = Installed::find() else { return };
    let world = World::begin(&installed);
    let mut server = Server::start();
    for name in ["production", "staging", "private"] {
        server.serve(name, world.repository(name));
    }
    let clients = Client::all(&installed, &world, &server);
    let mut answers = Answers::new();
    // Their caches stay: what was refreshed before the rotation is what they go on from.
    ask(&clients, &world.cases(Phase::Before), &mut answers);
    world.rotate();
    ask(&clients, &world.cases(Phase::After), &mut answers);
    matrix::compare(&answers);
}

/// Two clients at a time: one client runs its cases one after another, over its own cache.
fn ask(clients: &[Client], cases: &[Case], answers: &mut Answers) {
    let (waiting, said) = (Mutex::new(clients.iter()), Mutex::new(answers));
    let work = || {
        loop {
            let next = waiting.lock().unwrap().next();
            let Some(client) = next else { break };
            for case in cases.iter().filter(|case| !case.left_out.contains(&client.name())) {
                let code = client.verify(case);
                said.lock().unwrap().insert((case.name.clone(), client.name()), code);
            }
        }
    };
    thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
}
