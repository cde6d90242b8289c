//! moto's server, on a port of its own.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};

pub(crate) struct Moto {
    process: Child,
    address: String,
    /// Held, because a server that cannot write its log ends.
    log: BufReader<ChildStderr>,
}

impl Moto {
    /// Starts it with the Python that `TUFFET_MOTO` names (scripts/test installs one); `None` without, which is a
    /// failure in CI.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(&[])
    }

    /// With this environment.
    #[allow(clippy::print_stderr)]
    pub(crate) fn start_with(environment: &[(&str, &str)]) -> Option<Self> {
        let python = std::env::var_os("TUFFET_MOTO").filter(|python| !python.is_empty());
        let Some(python) = python else {
            assert!(std::env::var_os("CI").is_none(), "needs moto: scripts/test installs it and sets TUFFET_MOTO");
            eprintln!("skipped: needs moto (scripts/test installs it and sets TUFFET_MOTO)");
            return None;
        };
        let mut process = Command::new(python)
            .args(["-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
            .envs(environment.iter().copied())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        // Whole before anything can panic, so that the process ends with it.
        let mut moto = Self { process, address: String::new(), log };
        let mut said = String::new();
        while moto.address.is_empty() {
            let mut line = String::new();
            assert!(moto.log.read_line(&mut line).unwrap() > 0, "moto ended: {said}");
            if let Some((_, address)) = line.split_once("http://") {
                address.trim().clone_into(&mut moto.address);
            }
            said.push_str(&line);
        }
        Some(moto)
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The new key's id and ARN.
    pub(crate) fn create_key(&self, spec: &str, usage: &str) -> (String, String) {
        let made = self.call("CreateKey", &json!({"KeySpec": spec, "KeyUsage": usage}));
        let text = |name: &str| made["KeyMetadata"][name].as_str().unwrap().to_owned();
        (text("KeyId"), text("Arn"))
    }

    /// One call of KMS's protocol.
    pub(crate) fn call(&self, operation: &str, question: &Value) -> Value {
        let body = question.to_string();
        let request = format!(
            "POST / HTTP/1.0\r\nHost: {}\r\nX-Amz-Target: TrentService.{operation}\r\nContent-Type: \
             application/x-amz-json-1.1\r\nContent-Length: {}\r\nAuthorization: AWS4-HMAC-SHA256 \
             Credential=AKIDEXAMPLE/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=0\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200") || head.starts_with("HTTP/1.0 200"), "{operation}: {answer}");
        if body.trim().is_empty() { json!({}) } else { serde_json::from_str(body).unwrap() }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
