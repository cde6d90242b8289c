//! A program that answers like a cloud.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

/// A server on a port of this machine, until it is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
}

impl Server {
    /// The program that `variable` names, if scripts/test could install it; without, a failure in CI.
    pub(crate) fn program(variable: &str, what: &str) -> Option<std::ffi::OsString> {
        let program = std::env::var_os(variable).filter(|program| !program.is_empty());
        if program.is_none() {
            assert!(std::env::var_os("CI").is_none(), "needs {what}: scripts/test installs it and sets {variable}");
            eprintln!("skipped: needs {what} (scripts/test installs it and sets {variable})");
        }
        program
    }

    /// Starts it, and waits until it says where it listens.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (said, listens) = std::sync::mpsc::channel();
        let pipes: [Box<dyn Read + Send>; 2] =
            [Box::new(process.stdout.take().unwrap()), Box::new(process.stderr.take().unwrap())];
        // Both are read to their end: a server that cannot write its log waits for ever.
        for pipe in pipes {
            let said = said.clone();
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    let _ = said.send(line);
                }
            });
        }
        drop(said);
        // Whole before anything can panic, so that the process ends with it.
        let mut server = Self { process, address: String::new() };
        let mut log = String::new();
        while server.address.is_empty() {
            let line = listens.recv().unwrap_or_else(|_| panic!("the server ended: {log}"));
            if let Some((_, address)) = line.split_once("http://") {
                server.address = address.trim().trim_end_matches(['"', '/']).to_owned();
            }
            log.push_str(&line);
        }
        server
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
