//! Agents that lie, dawdle and break the protocol, over a real socket.

use super::error;
use crate::ssh_agent::{AgentKey, Patience};
use crate::{KeyUri, TokenError, TokenProblem};
use ed25519_dalek::{Signer, SigningKey};
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::time::Duration;
use tuffet_keys::{Sign, SignError};

/// An agent that answers every message as `answer` says, on a socket in a folder of its own.
struct Agent {
    _folder: tempfile::TempDir,
    socket: PathBuf,
}

impl Agent {
    fn start(answer: impl Fn(&[u8]) -> Option<Vec<u8>> + Send + 'static) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("agent");
        let listener = UnixListener::bind(&socket).unwrap();
        std::thread::spawn(move || {
            let mut open = Vec::new();
            for mut stream in listener.incoming().flatten() {
                let mut length = [0; 4];
                if stream.read_exact(&mut length).is_err() {
                    continue;
                }
                let mut request = vec![0; u32::from_be_bytes(length) as usize];
                stream.read_exact(&mut request).unwrap();
                match answer(&request) {
                    Some(answer) => drop(stream.write_all(&answer)),
                    // Neither an answer nor the end of the connection.
                    None => open.push(stream),
                }
            }
        });
        Self { _folder: folder, socket }
    }

    fn open(&self, key: &str) -> Result<AgentKey, TokenError> {
        self.open_within(key, Patience::USUAL)
    }

    fn open_within(&self, key: &str, patience: Patience) -> Result<AgentKey, TokenError> {
        let uri = format!("ssh-agent:{key}?socket={}", self.socket.display());
        match uri.parse().unwrap() {
            KeyUri::SshAgent(agent) => AgentKey::open_within(&agent, patience),
            other => panic!("not an agent: {other}"),
        }
    }
}

fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    string(&[&[kind], body].concat())
}

fn alice() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn blob(key: &SigningKey) -> Vec<u8> {
    [string(b"ssh-ed25519"), string(key.verifying_key().as_bytes())].concat()
}

/// IDENTITIES_ANSWER with these keys and comments.
fn shown(keys: &[(Vec<u8>, &str)]) -> Vec<u8> {
    let mut body = u32::try_from(keys.len()).unwrap().to_be_bytes().to_vec();
    for (blob, comment) in keys {
        body.extend([string(blob), string(comment.as_bytes())].concat());
    }
    message(12, &body)
}

/// SIGN_RESPONSE
fn signed(algorithm: &[u8], signature: &[u8]) -> Vec<u8> {
    message(14, &string(&[string(algorithm), string(signature)].concat()))
}

/// Shows alice's key, and answers a request to sign with `answer`.
fn signing(answer: Option<Vec<u8>>) -> Agent {
    Agent::start(
        move |request| if request[0] == 11 { Some(shown(&[(blob(&alice()), "alice")])) } else { answer.clone() },
    )
}

fn refused_to_sign(agent: &Agent) -> String {
    agent.open("alice").unwrap().sign(b"payload").unwrap_err().to_string()
}

#[test]
fn k11_the_signature_of_another_key_is_dropped() {
    let other = SigningKey::from_bytes(&[8; 32]);
    let agent = signing(Some(signed(b"ssh-ed25519", &other.sign(b"payload").to_bytes())));
    let key = agent.open("alice").unwrap();
    assert_eq!(key.sign(b"payload"), Err(SignError::Wrong { signer: key.describe() }));
    let agent = signing(Some(signed(b"ssh-ed25519", &alice().sign(b"payload").to_bytes())));
    assert_eq!(agent.open("alice").unwrap().sign(b"payload").unwrap(), alice().sign(b"payload").to_bytes());
}

#[test]
fn x22_answers_that_make_no_sense_are_typed_errors() {
    let name = "ssh-agent key SHA256:z/fSv0Z0RZS+Lccbc6ZoOWwt/fbj1VFJGSBKQbo4icE alice";
    let point = [string(&[1; 32]), string(&[1; 32])].concat();
    for (answer, text) in [
        (message(6, b""), "an answer that makes no sense: expected the answer to the question, found that to another"),
        (message(99, b""), "an answer that makes no sense: expected an answer, found a message 99"),
        (message(14, b""), "an answer that makes no sense: length field is too short"),
        (b"".to_vec(), "ssh-agent does not answer: it closed the connection before it answered"),
        (b"\0\0\0\x09\x0e".to_vec(), "ssh-agent does not answer: it closed the connection before it answered"),
        (
            b"\xff\xff\xff\xff\x0e".to_vec(),
            "an answer that makes no sense: Refusing to read message with size larger than 1048576",
        ),
        (
            signed(b"ssh-ed25519", &[0; 63]),
            "an answer that makes no sense: expected a key or signature of SSH: length invalid",
        ),
        (
            signed(b"ecdsa-sha2-nistp256", &point),
            "an answer that makes no sense: expected a signature of ssh-ed25519, found one of ecdsa-sha2-nistp256",
        ),
        (
            signed(b"rsa-sha2-512", &[0; 256]),
            "an answer that makes no sense: expected a signature of ssh-ed25519, found one of rsa-sha2-512",
        ),
        (
            message(5, b""),
            "refused: the agent is locked (ssh-add -X unlocks it), or the key was taken out of it, or its use was not \
             confirmed",
        ),
    ] {
        assert_eq!(refused_to_sign(&signing(Some(answer))), format!("{name}: {text}"));
    }
}

#[test]
fn x22_no_cut_or_changed_byte_of_an_answer_makes_a_wrong_signature_or_a_panic() {
    let good = signed(b"ssh-ed25519", &alice().sign(b"payload").to_bytes());
    let agent = {
        let (good, turn) = (good.clone(), std::sync::atomic::AtomicUsize::new(0));
        Agent::start(move |request| {
            if request[0] == 11 {
                return Some(shown(&[(blob(&alice()), "alice")]));
            }
            let turn = turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let mut answer = good.clone();
            if turn < good.len() {
                answer.truncate(turn);
            } else {
                answer[turn - good.len()] ^= 0x10;
            }
            Some(answer)
        })
    };
    let key = agent.open("alice").unwrap();
    for turn in 0..2 * good.len() {
        assert!(key.sign(b"payload").is_err(), "answer {turn}");
    }
}

#[test]
fn x22_no_cut_or_changed_byte_of_a_list_makes_another_key_or_a_panic() {
    let good = shown(&[(blob(&alice()), "alice")]);
    let expected = signing(None).open("alice").unwrap().public_key().clone();
    let agent = {
        let (good, turn) = (good.clone(), std::sync::atomic::AtomicUsize::new(0));
        Agent::start(move |_| {
            let turn = turn.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            let mut answer = good.clone();
            if turn < good.len() {
                answer.truncate(turn);
            } else {
                answer[turn - good.len()] ^= 0x10;
            }
            Some(answer)
        })
    };
    let fingerprint = "SHA256:z/fSv0Z0RZS+Lccbc6ZoOWwt/fbj1VFJGSBKQbo4icE";
    for turn in 0..2 * good.len() {
        if let Ok(key) = agent.open(fingerprint) {
            assert_eq!(*key.public_key(), expected, "answer {turn}");
        }
    }
}

#[test]
fn x22_a_silent_agent_is_slow_and_not_waited_for() {
    let soon = Duration::from_millis(50);
    let silent = Agent::start(|_| None);
    let slow = error(silent.open_within("alice", Patience { list: soon, ..Patience::USUAL }));
    assert_eq!(slow.problem, TokenProblem::Slow { seconds: 0 });
    let agent = signing(None);
    let key = agent.open_within("alice", Patience { sign: soon, ..Patience::USUAL }).unwrap();
    assert_eq!(
        key.sign(b"payload").unwrap_err().to_string(),
        format!("{}: no answer within 0 seconds: nothing was signed", key.describe())
    );
}

#[test]
fn x22_an_agent_that_sends_a_byte_at_a_time_does_not_outlast_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("agent");
    let listener = UnixListener::bind(&socket).unwrap();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let agent = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut sent = 0;
        let head = message(12, &[0; 100_000]);
        while stopped.recv_timeout(Duration::from_millis(10)).is_err() && stream.write_all(&head[sent..=sent]).is_ok() {
            sent += 1;
        }
        sent
    });
    let patience = Patience { list: Duration::from_millis(200), ..Patience::USUAL };
    let agent_and_folder = Agent { _folder: folder, socket };
    let slow = error(agent_and_folder.open_within("alice", patience));
    assert_eq!(slow.problem, TokenProblem::Slow { seconds: 0 });
    let _ = stop.send(());
    assert!(agent.join().unwrap() >= 2, "bytes arrived all the while");
}

#[test]
fn a_comment_that_looks_like_a_fingerprint_names_no_key() {
    let mallory = SigningKey::from_bytes(&[8; 32]);
    let comment = "SHA256:z/fSv0Z0RZS+Lccbc6ZoOWwt/fbj1VFJGSBKQbo4icE";
    let agent = Agent::start(move |_| Some(shown(&[(blob(&mallory), comment)])));
    let missing = error(agent.open(comment));
    assert!(matches!(missing.problem, TokenProblem::NoKey { .. }), "{missing}");
}

#[test]
fn what_an_agent_shows_cannot_move_the_cursor() {
    let agent = Agent::start(move |_| Some(shown(&[(blob(&alice()), "al\x1b[2Jice\r\n")])));
    let key = agent.open("SHA256:z/fSv0Z0RZS+Lccbc6ZoOWwt/fbj1VFJGSBKQbo4icE").unwrap();
    assert_eq!(key.describe(), "ssh-agent key SHA256:z/fSv0Z0RZS+Lccbc6ZoOWwt/fbj1VFJGSBKQbo4icE al [2Jice");
}

#[test]
fn fido_keys_are_refused_with_the_reason() {
    let point = [&[4], &[7; 64][..]].concat();
    let ed25519 = [string(b"sk-ssh-ed25519@openssh.com"), string(&[7; 32]), string(b"ssh:")].concat();
    let p256 =
        [string(b"sk-ecdsa-sha2-nistp256@openssh.com"), string(b"nistp256"), string(&point), string(b"ssh:")].concat();
    let agent = Agent::start(move |_| Some(shown(&[(ed25519.clone(), "first"), (p256.clone(), "second")])));
    for (comment, kind) in [("first", "sk-ssh-ed25519@openssh.com"), ("second", "sk-ecdsa-sha2-nistp256@openssh.com")] {
        let refused = error(agent.open(comment)).problem;
        assert_eq!(
            refused.to_string(),
            format!(
                "cannot do {kind} keys: a FIDO key signs a counter and its application's name too, which no TUF client \
                 reads; take the token's PIV key"
            )
        );
    }
}
