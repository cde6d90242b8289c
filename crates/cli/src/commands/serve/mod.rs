//! `tuffet serve`: a folder on the loopback, as a web server would hand it out. For trials: no TLS, no other interface.

mod site;

use crate::{CliError, Context, Outcome, outcome};
use clap::Args;
use serde_json::json;
use site::{Request, Site};
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;
use tiny_http::{Header, Response, Server, StatusCode};

/// Arguments of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The repository
    #[arg(value_name = "DIR")]
    pub dir: PathBuf,
    /// The port on 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
}

pub(crate) fn run(command: &Serve, context: &Context<'_>) -> Result<Outcome, CliError> {
    let site = Arc::new(Site::open(&command.dir)?);
    // The loopback and nothing else: who wants others to come has a web server.
    let server = Server::http(("127.0.0.1", command.port)).map_err(|e| {
        let message = format!("127.0.0.1:{}: cannot listen: {e}", command.port);
        CliError::new("io", message).hint("give another --port, or none for a free one")
    })?;
    let url = server.server_addr().to_ip().map_or_else(String::new, |address| format!("http://{address}/"));
    let root = command.dir.join("1.root.json").display().to_string();
    if !command.dir.join("timestamp.json").is_file() {
        outcome::warn("there is no timestamp.json in it: clients will not take it for a repository");
    }
    let text = format!(
        "{url}\ntuffet client init --cache cache --root {root}\ntuffet client refresh --cache cache --url {url}"
    );
    outcome::line(&text, &json!({"schema": "tuffet-serve-v1", "url": url, "dir": command.dir}), context.json);
    let server = Arc::new(server);
    let threads: Vec<_> = (0..THREADS)
        .map(|_| {
            let (server, site) = (Arc::clone(&server), Arc::clone(&site));
            std::thread::spawn(move || {
                for request in server.incoming_requests() {
                    let reply = site.reply(&Request {
                        method: request.method().as_str(),
                        target: request.url(),
                        if_none_match: header(&request, "If-None-Match"),
                    });
                    let headers = reply
                        .headers
                        .iter()
                        .filter_map(|(name, value)| Header::from_bytes(name.as_bytes(), value.as_bytes()).ok());
                    let length = Some(reply.body.len());
                    let status = StatusCode(reply.status);
                    let response = Response::new(status, headers.collect(), Cursor::new(reply.body), length, None);
                    // Who went away is told nothing.
                    let _ = request.respond(response);
                }
            })
        })
        .collect();
    for thread in threads {
        let _ = thread.join();
    }
    Ok(Outcome::silent())
}

fn header(request: &tiny_http::Request, name: &'static str) -> Option<String> {
    let found = request.headers().iter().find(|header| header.field.equiv(name));
    found.map(|header| header.value.as_str().to_owned())
}

const THREADS: usize = 4;
