//! A real TLS server on the loopback, with an authority of its own.

use crate::http::over;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;
use tuffet_client::{HttpConfig, HttpTransport, Transport, TransportError};

struct Authority {
    pem: String,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Self { pem, issuer: Issuer::new(params, key) }
    }

    /// A server that answers every request with `{}`, under a certificate for `name`. Ends with the test's process.
    fn serve(&self, name: &str, expired: bool) -> u16 {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = date_time_ymd(2000, 1, 1);
        params.not_after = date_time_ymd(if expired { 2001 } else { 4000 }, 1, 1);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let private = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private).unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = BufReader::new(StreamOwned::new(connection, stream.unwrap()));
                let mut line = String::new();
                while stream.read_line(&mut line).is_ok_and(|read| read > 0) {
                    if line == "\r\n" {
                        let _gone = stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                    }
                    line.clear();
                }
            }
        });
        port
    }
}

fn fetch(port: u16, authority: Option<&Authority>) -> Result<Vec<u8>, TransportError> {
    let ca_pem = authority.map(|authority| authority.pem.clone().into_bytes());
    let config = HttpConfig { ca_pem, ..HttpConfig::default() };
    over(&format!("https://localhost:{port}/"), config).fetch("1.root.json", 9)
}

#[test]
fn x6_an_authority_of_ones_own_is_believed_and_no_other() {
    let authority = Authority::new();
    let port = authority.serve("localhost", false);
    assert_eq!(fetch(port, Some(&authority)).unwrap(), b"{}");
    let url = format!("https://localhost:{port}/1.root.json: no secure connection: ");
    for other in [Some(&Authority::new()), None] {
        let refused = fetch(port, other).unwrap_err();
        assert_eq!(refused.code(), "tls");
        assert!(refused.to_string().starts_with(&url), "{refused}");
    }
}

#[test]
fn x6_an_expired_certificate_and_one_for_another_host_are_refused() {
    let authority = Authority::new();
    for (port, reason) in [
        (authority.serve("localhost", true), "xpired"),
        (authority.serve("other.example", false), "not valid for name"),
    ] {
        let refused = fetch(port, Some(&authority)).unwrap_err();
        assert_eq!(refused.code(), "tls", "{refused}");
        assert!(refused.to_string().contains(reason), "{refused}");
    }
}

#[test]
fn x6_a_file_of_authorities_holds_certificates_and_nothing_else() {
    let key = KeyPair::generate().unwrap().serialize_pem();
    for (pem, problem) in [
        ("", "expected authorities as PEM certificates, found none"),
        ("not PEM", "expected authorities as PEM certificates, found none"),
        ("-----BEGIN CERTIFICATE-----\n%\n-----END CERTIFICATE-----\n", {
            "expected authorities as PEM certificates, found damaged PEM"
        }),
        (&key, "expected certificates only as authorities, found a private key"),
    ] {
        let config = HttpConfig { ca_pem: Some(pem.as_bytes().to_vec()), ..HttpConfig::default() };
        let refused = HttpTransport::new("https://a/", config).unwrap_err();
        assert_eq!(refused.to_string(), format!("https://a/: {problem}"));
    }
}
