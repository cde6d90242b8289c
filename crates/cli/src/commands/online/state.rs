//! What others see of a running service, over HTTP.

use super::metrics;
use crate::CliError;
use chrono::{DateTime, Utc};
use std::io::Cursor;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use tiny_http::{Header, Method, Response, Server};
use tuffet_repository::OnlineState;

/// Answers until it is dropped.
pub(super) struct StateServer {
    server: Arc<Server>,
    thread: Option<JoinHandle<()>>,
}

impl StateServer {
    pub(super) fn start(
        address: SocketAddr,
        state: Arc<Mutex<OnlineState>>,
        clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    ) -> Result<Self, CliError> {
        let server = Server::http(address)
            .map_err(|e| CliError::new("io", format!("{address}: {e}")).hint("name another address with --listen"))?;
        let server = Arc::new(server);
        if let Some(address) = server.server_addr().to_ip() {
            eprintln!("tuffet: state at http://{address}/readyz, /healthz and /metrics");
        }
        let requests = Arc::clone(&server);
        let thread = std::thread::spawn(move || {
            for request in requests.incoming_requests() {
                let state = state.lock().unwrap_or_else(PoisonError::into_inner).clone();
                let answer = answer(request.method(), request.url(), &state, clock());
                // Who asked and went away needs no answer.
                let _ = request.respond(answer);
            }
        });
        Ok(Self { server, thread: Some(thread) })
    }
}

impl Drop for StateServer {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(method: &Method, path: &str, state: &OnlineState, now: DateTime<Utc>) -> Response<Cursor<Vec<u8>>> {
    let (code, body) = if !matches!(method, Method::Get | Method::Head) {
        (405, "GET or HEAD\n".to_owned())
    } else {
        match path {
            "/healthz" if state.is_alive(now) => (200, "alive\n".to_owned()),
            "/healthz" => (503, "no round has ended for too long\n".to_owned()),
            "/readyz" => match state.is_ready(now) {
                Ok(()) => (200, "ready\n".to_owned()),
                Err(reason) => (503, format!("{reason}\n")),
            },
            "/metrics" => (200, metrics::render(state, now)),
            _ => (404, "/healthz, /readyz or /metrics\n".to_owned()),
        }
    };
    let response = Response::from_string(body).with_status_code(code);
    match Header::from_bytes("Content-Type", "text/plain; version=0.0.4; charset=utf-8") {
        Ok(kind) => response.with_header(kind),
        Err(()) => response,
    }
}
