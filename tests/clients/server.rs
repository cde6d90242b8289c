//! Repositories on the loopback, each below its name.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Serves until the test ends.
pub(crate) struct Server {
    url: String,
    folders: Arc<Mutex<BTreeMap<String, PathBuf>>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let server = tiny_http::Server::http("127.0.0.1:0").unwrap();
        let url = format!("http://{}", server.server_addr());
        let folders = Arc::new(Mutex::new(BTreeMap::<String, PathBuf>::new()));
        let served = Arc::clone(&folders);
        std::thread::spawn(move || {
            for request in server.incoming_requests() {
                let path = request.url().trim_start_matches('/').to_owned();
                let (name, file) = path.split_once('/').unwrap_or((&path, ""));
                let folder = served.lock().unwrap().get(name).cloned();
                let bytes = folder.filter(|_| is_plain(file)).and_then(|folder| std::fs::read(folder.join(file)).ok());
                let found = bytes.is_some();
                let response = tiny_http::Response::from_data(bytes.unwrap_or_default());
                let _ = request.respond(response.with_status_code(if found { 200 } else { 404 }));
            }
        });
        Self { url, folders }
    }

    pub(crate) fn serve(&mut self, name: &str, folder: PathBuf) {
        self.folders.lock().unwrap().insert(name.to_owned(), folder);
    }

    pub(crate) fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }
}

fn is_plain(file: &str) -> bool {
    Path::new(file).components().all(|part| matches!(part, Component::Normal(_)))
}
