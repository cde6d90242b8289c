//! A server on the loopback that hands out a folder, answers otherwise where it is told to, and notes what is posted.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use tiny_http::{Header, Method, Response};

/// What it does, until a test changes it.
#[derive(Default)]
pub(crate) struct Ways {
    pub(crate) folder: PathBuf,
    /// Statuses by path; where it is 200 the body is a page.
    pub(crate) statuses: BTreeMap<String, u16>,
    /// The status for what is not there.
    pub(crate) absent: u16,
    /// Headers by path.
    pub(crate) headers: BTreeMap<String, Vec<(&'static str, String)>>,
    /// The status for what is posted.
    pub(crate) posted: u16,
    pub(crate) posts: Vec<serde_json::Value>,
    pub(crate) requests: Vec<String>,
}

pub(crate) struct Server {
    server: Arc<tiny_http::Server>,
    ways: Arc<Mutex<Ways>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Over a folder, as it should be: 404, short lifetimes for the timestamp.
    pub(crate) fn over(folder: &Path) -> Self {
        let short = vec![("Cache-Control", "max-age=60".to_owned())];
        let ways = Ways {
            folder: folder.to_owned(),
            absent: 404,
            posted: 200,
            headers: [("timestamp.json".to_owned(), short)].into(),
            ..Ways::default()
        };
        let server = Arc::new(tiny_http::Server::http("127.0.0.1:0").unwrap());
        let ways = Arc::new(Mutex::new(ways));
        let (serving, told) = (Arc::clone(&server), Arc::clone(&ways));
        let thread = std::thread::spawn(move || {
            for request in serving.incoming_requests() {
                answer(request, &mut told.lock().unwrap());
            }
        });
        Self { server, ways, thread: Some(thread) }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/", self.server.server_addr())
    }

    pub(crate) fn ways(&self) -> MutexGuard<'_, Ways> {
        self.ways.lock().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut request: tiny_http::Request, ways: &mut Ways) {
    let path = request.url().trim_start_matches('/').to_owned();
    if *request.method() == Method::Post {
        let mut body = String::new();
        let _ = request.as_reader().read_to_string(&mut body);
        ways.posts.push(serde_json::from_str(&body).unwrap());
        let _ = request.respond(Response::empty(ways.posted));
        return;
    }
    ways.requests.push(path.clone());
    let plain = Path::new(&path).components().all(|part| matches!(part, Component::Normal(_)));
    let file = plain.then(|| std::fs::read(ways.folder.join(&path)).ok()).flatten();
    let (status, body) = match (ways.statuses.get(&path), file) {
        (Some(status), _) => (*status, b"<html>a page</html>".to_vec()),
        (None, Some(bytes)) => (200, bytes),
        (None, None) => (ways.absent, b"<html>not here</html>".to_vec()),
    };
    let mut response = Response::from_data(body).with_status_code(status);
    for (name, value) in ways.headers.get(&path).into_iter().flatten() {
        response.add_header(Header::from_bytes(name.as_bytes(), value.as_bytes()).unwrap());
    }
    let _ = request.respond(response);
}
