//! A static web server on the loopback interface: what a repository needs, and no more.

use crate::CliError;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tiny_http::{Response, Server};

/// Serves one folder at a time.
pub(super) struct Web {
    server: Arc<Server>,
    folder: Arc<Mutex<PathBuf>>,
    thread: Option<JoinHandle<()>>,
}

impl Web {
    /// Serves `folder` on a free port of 127.0.0.1.
    pub(super) fn start(folder: &Path) -> Result<Self, CliError> {
        let server = Server::http("127.0.0.1:0").map_err(|e| CliError::new("io", format!("loopback server: {e}")))?;
        let (server, folder) = (Arc::new(server), Arc::new(Mutex::new(folder.to_owned())));
        let (ours, theirs) = (Arc::clone(&server), Arc::clone(&folder));
        let thread = std::thread::spawn(move || {
            for request in ours.incoming_requests() {
                let base = theirs.lock().unwrap_or_else(PoisonError::into_inner).clone();
                // Plain names only: a browser's `..` never leaves the folder.
                let path = request.url().trim_start_matches('/').to_owned();
                let plain = path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
                let bytes = plain.then(|| std::fs::read(base.join(&path)).ok()).flatten();
                let _ = match bytes {
                    Some(bytes) => request.respond(Response::from_data(bytes)),
                    None => request.respond(Response::empty(404)),
                };
            }
        });
        Ok(Self { server, folder, thread: Some(thread) })
    }

    /// The base URL.
    pub(super) fn url(&self) -> String {
        self.server.server_addr().to_ip().map_or_else(String::new, |address| format!("http://{address}/"))
    }

    /// Serves another folder from now on.
    pub(super) fn switch(&self, folder: &Path) {
        *self.folder.lock().unwrap_or_else(PoisonError::into_inner) = folder.to_owned();
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
