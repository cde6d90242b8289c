//! Running services: asked over HTTP, believed only where the answer was pinned.

use crate::base::{done, folder, names, refused};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

/// The three services that say who they are, on the loopback.
struct Services {
    server: Arc<tiny_http::Server>,
    thread: Option<JoinHandle<()>>,
}

impl Services {
    fn of(trust: &Path) -> Self {
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let file = |name: &str| fs::read_to_string(trust.join(name)).unwrap();
        let (old, new) = (file("ca-chain.pem"), file("ca-2-chain.pem"));
        let split = |chain: &str| -> Vec<String> {
            let ends = chain.split_inclusive("-----END CERTIFICATE-----\n");
            ends.map(str::to_owned).collect()
        };
        let bundle = serde_json::json!({"chains": [{"certificates": split(&old)}, {"certificates": split(&new)}]});
        let answers = [
            ("/ca/api/v2/trustBundle", bundle.to_string()),
            ("/log/api/v1/log/publicKey", file("ctlog.pem")),
            ("/tsa/api/v1/timestamp/certchain", file("tsa-chain.pem")),
            ("/odd/api/v2/trustBundle", r#"{"chains": [{"certificates": [1]}]}"#.to_owned()),
        ];
        let shared = Arc::clone(&server);
        let thread = std::thread::spawn(move || {
            while let Ok(request) = shared.recv() {
                let found = answers.iter().find(|(path, _)| *path == request.url());
                let done = match found {
                    Some((_, body)) => request.respond(tiny_http::Response::from_string(body.clone())),
                    None => request.respond(tiny_http::Response::from_string("").with_status_code(404)),
                };
                drop(done);
            }
        });
        Self { server, thread: Some(thread) }
    }

    fn url(&self) -> String {
        format!("http://{}", self.server.server_addr())
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        self.server.unblock();
        self.thread.take().map(JoinHandle::join);
    }
}

const START: &str = "start=2026-12-01T00:00:00Z";

/// SHA-256 as the operator would say it.
fn pins(folder: &Path) -> [String; 3] {
    let first = "openssl x509 -outform der -in";
    let said = done(
        folder,
        &format!(
            "{first} trust/ca-2-chain.pem | sha256sum
            openssl pkey -pubin -in trust/ctlog.pem -outform der | sha256sum
            {first} trust/tsa-chain.pem | sha256sum"
        ),
    );
    let mut digests = said.lines().map(|line| line[..64].to_owned());
    std::array::from_fn(|_| digests.next().unwrap())
}

#[test]
fn tr5_a_pinned_service_gives_the_entry_that_its_file_gives() {
    let folder = folder();
    let services = Services::of(&folder.path().join("trust"));
    let (url, [ca, log, tsa]) = (services.url(), pins(folder.path()));
    done(
        folder.path(),
        &format!(
            "tuffet trust-root compose --out asked.json \
            --log kind=rekor-v1,service={url}/log,sha256={log},url=https://log.example.org,{START} \
            --ca service={url}/ca,sha256={},uri=https://ca.example.org,{START} \
            --tsa service={url}/tsa/api/v1/timestamp,sha256={tsa},uri=https://tsa.example.org/api/v1/timestamp,{START}
            tuffet trust-root compose --out filed.json \
            --log kind=rekor-v1,key=trust/ctlog.pem,sha256={log},url=https://log.example.org,{START} \
            --ca chain=trust/ca-2-chain.pem,sha256={ca},uri=https://ca.example.org,{START} \
            --tsa chain=trust/tsa-chain.pem,sha256={tsa},uri=https://tsa.example.org/api/v1/timestamp,{START}
            cmp asked.json filed.json",
            ca.to_uppercase()
        ),
    );
}

#[test]
fn tr5_a_service_that_nobody_vouched_for_is_shown_and_refused() {
    let folder = folder();
    let services = Services::of(&folder.path().join("trust"));
    let (url, [ca, log, _]) = (services.url(), pins(folder.path()));
    let before = names(folder.path());
    let hint = "tuffet: hint: compare it with what the operator says by another way, such as the telephone, and give sha256= \
                only then\n";
    let compose = "tuffet trust-root compose --out x.json";
    assert_eq!(
        refused(folder.path(), 1, &format!("{compose} --log kind=rekor-v1,service={url}/log,{START}")),
        format!("tuffet: error: {url}/log: expected sha256=… beside `service=`, found {log} (TR5)\n{hint}")
    );
    let other = "0".repeat(64);
    let said = refused(folder.path(), 1, &format!("{compose} --ca service={url}/ca,sha256={other},{START}"));
    assert!(said.starts_with(&format!("tuffet: error: {url}/ca: expected SHA-256 {other}, found ")), "{said}");
    assert!(said.contains(&format!(", {ca} (TR5)\n")), "each chain that the CA has is shown: {said}");
    assert_eq!(
        refused(folder.path(), 1, &format!("{compose} --ca service={url}/odd,sha256={other},{START}")),
        format!(
            "tuffet: error: {url}/odd/api/v2/trustBundle: chains[0].certificates[0]: expected a string, found a number \
             (TR6)\n"
        )
    );
    let said = refused(folder.path(), 1, &format!("{compose} --tsa service={url}/none,sha256={other},{START}"));
    assert!(said.contains("/none/api/v1/timestamp/certchain: not found"), "{said}");
    let said = refused(folder.path(), 2, &format!("{compose} --ct service={url}/log,sha256={other},{START}"));
    assert!(
        said.starts_with("tuffet: error: --ct: expected `key=`: such a log has no address that gives out its key"),
        "{said}"
    );
    assert_eq!(names(folder.path()), before, "no file is left");
}
