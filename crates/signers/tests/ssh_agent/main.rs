//! OpenSSH's agent, its keys and its refusals.

#![cfg(unix)]

mod agent;

use agent::{Agent, printed, refusal};
use std::os::unix::process::CommandExt;
use std::process::Command;
use tuffet_keys::Scheme;
use tuffet_signers::{KeyUri, NewKey, Places, TokenProblem, generate, list, open, public_key};

fn never(prompt: &str) -> Result<tuffet_signers::Secret, tuffet_signers::AskError> {
    panic!("asked: {prompt}")
}

#[test]
fn keys_of_three_schemes_sign_by_fingerprint_and_by_comment() {
    let Some(agent) = Agent::start(&[]) else { return };
    for (kind, bits, scheme) in
        [("ed25519", "256", Scheme::Ed25519), ("ecdsa", "256", Scheme::EcdsaP256), ("ecdsa", "384", Scheme::EcdsaP384)]
    {
        let comment = format!("alice {kind} {bits}");
        let fingerprint = agent.add_new(kind, bits, &comment, &[]);
        let by_comment = open(&agent.uri(&comment), &mut never).unwrap();
        let by_fingerprint = open(&agent.uri(&fingerprint), &mut never).unwrap();
        assert_eq!(by_comment.public_key(), by_fingerprint.public_key());
        assert_eq!(public_key(&agent.uri(&comment), &mut never).unwrap(), *by_comment.public_key());
        assert_eq!(by_comment.public_key().scheme(), scheme);
        assert_eq!(by_comment.describe(), format!("ssh-agent key {fingerprint} {comment}"));
        assert_eq!(by_comment.holder().to_string(), format!("ssh-agent, {fingerprint}"));
        assert_eq!((by_comment.action(), by_comment.evidence()), (None, Ok(None)));
        // ECDSA numbers have 31 to 33 bytes (47 to 49), by chance: often enough to meet the short and the long.
        for round in 0..100 {
            let payload = format!("payload {round}");
            let signature = by_comment.sign(payload.as_bytes()).unwrap();
            assert_eq!(by_fingerprint.public_key().verify(payload.as_bytes(), &signature), Ok(()), "{comment} {round}");
        }
        assert!(by_comment.sign(&vec![b'x'; 200_000]).is_ok(), "a payload longer than any root");
    }
}

#[test]
fn the_list_names_every_key_and_why_some_cannot_sign() {
    let Some(agent) = Agent::start(&[]) else { return };
    let alice = agent.add_new("ed25519", "256", "alice", &[]);
    let rsa = agent.add_new("rsa", "2048", "old", &[]);
    let p521 = agent.add_new("ecdsa", "521", "long", &[]);
    let listing = list(&Places { agent: Some(agent.socket()), ..Places::default() });
    assert_eq!(listing.troubles, []);
    let [token] = listing.tokens.as_slice() else { panic!("{:?}", listing.tokens) };
    assert_eq!(token.name, format!("ssh-agent at {}", agent.socket().display()));
    let seen: Vec<(String, Option<&str>, Option<&str>)> = token
        .keys
        .iter()
        .map(|key| (key.uri.to_string(), key.label.as_deref(), key.public.as_ref().err().map(String::as_str)))
        .collect();
    let uri = |fingerprint: &str| agent.uri(fingerprint).to_string();
    assert_eq!(
        seen,
        [
            (uri(&alice), Some("alice"), None),
            (uri(&rsa), Some("old"), Some("cannot do ssh-rsa keys: agents sign with PKCS#1 v1.5, TUF wants PSS")),
            (uri(&p521), Some("long"), Some("cannot do ecdsa-sha2-nistp521 keys: TUF has no scheme for P-521")),
        ]
    );
    assert!(open(&token.keys[0].uri, &mut never).unwrap().sign(b"payload").is_ok(), "what is listed can be typed");
}

#[test]
fn keys_that_cannot_sign_for_tuf_are_refused_with_the_reason() {
    let Some(agent) = Agent::start(&[]) else { return };
    agent.add_new("rsa", "2048", "old", &[]);
    let uri = agent.uri("old");
    let refused = refusal(open(&uri, &mut never));
    assert_eq!(
        refused.to_string(),
        format!("{uri}: cannot do ssh-rsa keys: agents sign with PKCS#1 v1.5, TUF wants PSS")
    );
    assert_eq!(refused.problem.hint().as_deref(), Some("take another algorithm, or a token that can"));
}

#[test]
fn a_comment_that_two_keys_have_names_neither() {
    let Some(agent) = Agent::start(&[]) else { return };
    let first = agent.add_new("ed25519", "256", "alice", &[]);
    let second = agent.add_new("ecdsa", "256", "alice", &[]);
    let uri = agent.uri("alice");
    let both = refusal(open(&uri, &mut never));
    assert_eq!(both.to_string(), format!("{uri}: expected one, found 2: {first}, {second}"));
    assert_eq!(both.problem.hint().as_deref(), Some("say which: ssh-agent:SHA256:FINGERPRINT"));
    assert!(open(&agent.uri(&second), &mut never).is_ok());
}

#[test]
fn a_key_that_is_not_there_is_told_from_an_agent_without_any() {
    let Some(agent) = Agent::start(&[]) else { return };
    let uri = agent.uri("bob");
    let nothing =
        "it shows no key: none was added (ssh-add PATH adds one), or the agent is locked (ssh-add -X unlocks it)";
    assert_eq!(refusal(open(&uri, &mut never)).to_string(), format!("{uri}: refused: {nothing}"));
    let alice = agent.add_new("ed25519", "256", "alice", &[]);
    let missing = refusal(open(&uri, &mut never));
    assert_eq!(missing.to_string(), format!("{uri}: there is no such key on it (found {alice} alice)"));
    assert_eq!(missing.problem.hint().as_deref(), Some("`tuffet key list` shows the keys that are there"));
}

#[test]
fn a_locked_agent_refuses_and_signs_again_when_it_is_unlocked() {
    let Some(agent) = Agent::start(&[]) else { return };
    agent.add_new("ed25519", "256", "alice", &[]);
    let uri = agent.uri("alice");
    let key = open(&uri, &mut never).unwrap();
    agent.lock(true);
    let refused = "refused: the agent is locked (ssh-add -X unlocks it), or the key was taken out of it, or its use was \
                   not confirmed";
    assert_eq!(key.sign(b"payload").unwrap_err().to_string(), format!("{}: {refused}", key.describe()));
    assert!(matches!(refusal(open(&uri, &mut never)).problem, TokenProblem::Refused { .. }));
    agent.lock(false);
    assert!(key.sign(b"payload").is_ok());
    agent.remove_all();
    assert_eq!(key.sign(b"payload").unwrap_err().to_string(), format!("{}: {refused}", key.describe()));
}

#[test]
fn a_use_that_nobody_confirms_is_refused() {
    for (asks, confirmed) in [("/bin/true", true), ("/bin/false", false)] {
        let Some(agent) = Agent::start(&[("SSH_ASKPASS", asks), ("SSH_ASKPASS_REQUIRE", "force")]) else { return };
        agent.add_new("ed25519", "256", "alice", &["-c"]);
        let key = open(&agent.uri("alice"), &mut never).unwrap();
        assert_eq!(key.sign(b"payload").is_ok(), confirmed, "{asks}");
    }
}

#[test]
fn an_agent_that_is_gone_says_how_to_start_one() {
    let Some(agent) = Agent::start(&[]) else { return };
    agent.add_new("ed25519", "256", "alice", &[]);
    let (uri, socket) = (agent.uri("alice"), agent.socket());
    let key = open(&uri, &mut never).unwrap();
    agent.stop();
    let gone = refusal(open(&uri, &mut never));
    let reason = format!("ssh-agent does not answer: nobody listens at {}", socket.display());
    // An agent that ends in order takes its socket along, one that is killed leaves it.
    let other = format!("ssh-agent does not answer: there is no socket {}", socket.display());
    let said = gone.to_string();
    assert!(said == format!("{uri}: {reason}") || said == format!("{uri}: {other}"), "{said}");
    assert_eq!(
        gone.problem.hint().as_deref(),
        Some("start one with: eval \"$(ssh-agent)\", and add the key with: ssh-add PATH")
    );
    assert!(key.sign(b"payload").unwrap_err().to_string().starts_with(&key.describe()));
    let listing = list(&Places { agent: Some(socket), ..Places::default() });
    assert_eq!((listing.tokens.len(), listing.troubles.len()), (0, 1));
}

#[test]
fn keys_are_not_made_in_an_agent() {
    let uri: KeyUri = "ssh-agent:alice".parse().unwrap();
    let Err(refused) = generate(&uri, &NewKey::new(Scheme::Ed25519, "alice"), &mut never) else { panic!("made") };
    assert_eq!(refused.to_string(), "ssh-agent:alice: this program makes no keys there");
    assert_eq!(
        refused.hint().as_deref(),
        Some("make one with: ssh-keygen -t ed25519 -f PATH, and hand it to the agent with: ssh-add PATH")
    );
}

/// Run by the tests below in a process with another environment or user, and without effect else.
#[test]
fn another_process() {
    if let Some(uri) = std::env::var_os("TUFFET_TEST_OPENS") {
        let uri: KeyUri = uri.to_str().unwrap().parse().unwrap();
        let said = match open(&uri, &mut never) {
            Ok(key) => key.describe(),
            Err(error) => error.to_string(),
        };
        assert_eq!(said, std::env::var("TUFFET_TEST_EXPECTS").unwrap());
    }
}

fn elsewhere(uri: &str, expected: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "another_process", "--quiet"]).env_remove("SSH_AUTH_SOCK");
    command.env("TUFFET_TEST_OPENS", uri).env("TUFFET_TEST_EXPECTS", expected);
    command
}

#[test]
fn k14_the_agent_of_the_environment_is_asked_unless_the_uri_names_one() {
    let (Some(agent), Some(other)) = (Agent::start(&[]), Agent::start(&[])) else { return };
    let fingerprint = agent.add_new("ed25519", "256", "alice", &[]);
    let elsewhere_fingerprint = other.add_new("ed25519", "256", "alice", &[]);
    let run = |mut command: Command| {
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    };
    let found = format!("ssh-agent key {fingerprint} alice");
    let mut environment = elsewhere("ssh-agent:alice", &found);
    environment.env("SSH_AUTH_SOCK", agent.socket());
    run(environment);
    let named = format!("ssh-agent key {elsewhere_fingerprint} alice");
    let mut both = elsewhere(&other.uri("alice").to_string(), &named);
    both.env("SSH_AUTH_SOCK", agent.socket());
    run(both);
    let unset = "ssh-agent:alice: ssh-agent does not answer: SSH_AUTH_SOCK is not set";
    run(elsewhere("ssh-agent:alice", unset));
    let mut empty = elsewhere("ssh-agent:alice", unset);
    empty.env("SSH_AUTH_SOCK", "");
    run(empty);
}

#[test]
fn the_agent_of_somebody_else_is_not_a_missing_one() {
    let Some(agent) = Agent::start(&[]) else { return };
    let uri = agent.uri("alice");
    let socket = agent.socket();
    let expected = format!("{uri}: no permission: the socket {} belongs to somebody else", socket.display());
    let mut command = elsewhere(&uri.to_string(), &expected);
    // Root is refused nothing: where the test runs as root, the other process is somebody else.
    if printed(&["id", "-u"]) == "0" {
        command.uid(65534).gid(65534);
    } else {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o000);
        std::fs::set_permissions(&socket, mode).unwrap();
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
