//! URIs of keys behind an agent, a program and a service.

use crate::{KeyUri, UriError};

fn parse(text: &str) -> Result<KeyUri, UriError> {
    text.parse()
}

#[test]
fn uris_of_agents_read_back_as_written() {
    for text in [
        "ssh-agent:SHA256:z/fSv0Z0RZS+Lccbc6ZoOWwt/fbj1VFJGSBKQbo4icE",
        "ssh-agent:alice@laptop: first key",
        "ssh-agent:alice?socket=/run/user/1000/ssh agent",
    ] {
        let uri = parse(text).unwrap();
        assert_eq!(uri.to_string(), text);
        assert_eq!(parse(&uri.to_string()).unwrap(), uri);
    }
}

#[test]
fn every_wrong_uri_of_an_agent_says_what_was_expected() {
    for (text, message) in [
        ("ssh-agent:", "ssh-agent: expected a fingerprint `SHA256:...` or a comment"),
        ("ssh-agent:?socket=/s", "ssh-agent: expected a fingerprint `SHA256:...` or a comment"),
        ("ssh-agent:alice?socket=", "ssh-agent: expected a path after `socket=`"),
        ("ssh-agent:alice?socket=/a&socket=/b", "ssh-agent: parameter `socket` is given twice"),
        ("ssh-agent:alice?path=/a", "ssh-agent: unknown parameter `path`: expected socket"),
        (
            "ssh-agent:alice?passphrase=tuesday",
            "ssh-agent: parameter `passphrase` is a secret, which no key URI may hold: it is asked for when needed",
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), message, "{text}");
    }
}

#[test]
fn uris_of_programs_read_back_as_written() {
    for text in [
        "program:/usr/local/bin/sign?key=alice",
        "program:./sign?key=gcpkms://projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1",
        "program:a b/sign?key=x=y?z",
    ] {
        let uri = parse(text).unwrap();
        assert_eq!(uri.to_string(), text);
        assert_eq!(parse(&uri.to_string()).unwrap(), uri);
    }
}

#[test]
fn every_wrong_uri_of_a_program_says_what_was_expected() {
    let path = "program: path: expected a path with a slash in it, as `/usr/local/bin/sign` or `./sign`, found `sign`";
    for (text, message) in [
        ("program:", "program: expected the path of a program"),
        ("program:?key=a", "program: expected the path of a program"),
        ("program:sign?key=a", path),
        ("program:/sign", "program: expected `?key=NAME` after the path"),
        ("program:/sign?key=", "program: expected `?key=NAME` after the path"),
        ("program:/sign?key=a&key=b", "program: parameter `key` is given twice"),
        ("program:/sign?name=a", "program: unknown parameter `name`: expected key"),
        (
            "program:/sign?key=a&pin=123456",
            "program: parameter `pin` is a secret, which no key URI may hold: it is asked for when needed",
        ),
        (
            "gcpkms://projects/p",
            "gcpkms: keys there are used through a program of yours: expected `program:PATH?key=gcpkms:...`",
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), message, "{text}");
    }
    assert_eq!(
        parse("gcpkms://projects/p").unwrap_err().hint().as_deref(),
        Some("an example around `gcloud kms asymmetric-sign` is in crates/signers/docs/programs.md")
    );
}

#[test]
fn uris_of_kms_read_back_as_written() {
    for text in [
        "awskms:1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms:arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "awskms:alias/root_1?region=eu-west-1&endpoint=http://127.0.0.1:5000&scheme=rsassa-pss-sha512",
        "awskms:alias/root?endpoint=https://[::1]:5000",
    ] {
        let uri = parse(text).unwrap();
        assert_eq!(uri.to_string(), text);
        assert_eq!(parse(&uri.to_string()).unwrap(), uri);
    }
}

#[test]
fn every_wrong_uri_of_kms_says_what_was_expected() {
    let endpoint = "awskms: endpoint: expected `https://HOST` or `http://HOST:PORT`, found";
    for (text, message) in [
        ("awskms:", "awskms: expected a key id, an ARN or `alias/NAME`"),
        ("awskms:?region=eu-west-1", "awskms: expected a key id, an ARN or `alias/NAME`"),
        ("awskms:a b", "awskms: key: expected letters, digits and `:/_-`, found `a b`"),
        ("awskms:a?region=", "awskms: region: expected a name as `eu-west-1`, found ``"),
        ("awskms:a?region=EU", "awskms: region: expected a name as `eu-west-1`, found `EU`"),
        ("awskms:a?region=a&region=b", "awskms: parameter `region` is given twice"),
        ("awskms:a?zone=b", "awskms: unknown parameter `zone`: expected region, endpoint or scheme"),
        ("awskms:a?endpoint=ftp://a", &format!("{endpoint} `ftp://a`")),
        ("awskms:a?endpoint=https://", &format!("{endpoint} `https://`")),
        ("awskms:a?endpoint=https://me:tuesday@host", &format!("{endpoint} `a user name or password before the host`")),
        ("awskms:a?scheme=rsa", "awskms: scheme: expected a scheme as `rsassa-pss-sha512`, found `rsa`"),
        (
            "awskms:a?secret_access_key=tuesday",
            "awskms: parameter `secret_access_key` is a secret, which no key URI may hold: it is asked for when needed",
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), message, "{text}");
    }
}
