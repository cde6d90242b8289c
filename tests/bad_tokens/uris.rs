//! Key URIs with parts that are missing, doubled or wrong: refused before anything is opened or asked.

use std::process::Command;

fn tuffet(words: &[&str]) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_tuffet")).args(words).current_dir(folder.path()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn every_part_that_is_missing_doubled_or_wrong_is_named() {
    for (uri, message) in WRONG {
        let (code, stdout, stderr) = tuffet(&["key", "show", uri]);
        let (said, _hint) = stderr.split_once('\n').unwrap();
        assert_eq!((code, stdout.as_str(), said), (2, "", format!("tuffet: error: {message}").as_str()), "{uri}");
    }
}

#[test]
fn k7_what_looks_like_a_secret_is_refused_by_its_name_and_not_repeated() {
    for (uri, scheme, name) in SECRET {
        let expected = format!(
            "tuffet: error: {scheme}: parameter `{name}` is a secret, which no key URI may hold: it is asked for when \
             needed\ntuffet: hint: leave it out, and change it if the command line was recorded anywhere\n"
        );
        for words in [&["key", "show", uri][..], &["key", "generate", uri], &["key", "backup", uri, "--out", "b"]] {
            let (code, stdout, stderr) = tuffet(words);
            assert_eq!((code, stdout.as_str(), stderr.as_str()), (2, "", expected.as_str()), "{words:?}");
        }
        let (code, stdout, stderr) = tuffet(&["--json", "key", "show", uri]);
        let error: serde_json::Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!((code, &error["code"], &error["schema"]), (2, &"key-uri".into(), &"tuffet-error-v1".into()));
        assert!(!stdout.contains("TUESDAY") && !stderr.contains("TUESDAY"), "{stdout}{stderr}");
    }
    for uri in ["yubihsm:7?connector=http://me:TUESDAY@127.0.0.1:12345", "awskms:a?endpoint=https://me:TUESDAY@a"] {
        let (code, stdout, stderr) = tuffet(&["--json", "key", "show", uri]);
        assert!(code == 2 && !stdout.contains("TUESDAY") && !stderr.contains("TUESDAY"), "{stdout}{stderr}");
    }
    // Nor is what stands behind an option that does not exist.
    for option in ["--pin=TUESDAY", "--password=TUESDAY", "--passphrase=TUESDAY"] {
        let (code, stdout, stderr) = tuffet(&["--json", "key", "show", "yubihsm:7?serial=0012345678", option]);
        assert!(code == 2 && !stdout.contains("TUESDAY") && !stderr.contains("TUESDAY"), "{stdout}{stderr}");
    }
}

#[test]
fn hints_say_what_to_write_instead() {
    for (uri, hint) in HINTS {
        let (code, _, stderr) = tuffet(&["key", "show", uri]);
        let (_, said) = stderr.split_once('\n').unwrap();
        assert_eq!((code, said), (2, format!("tuffet: hint: {hint}\n").as_str()), "{uri}");
    }
}

/// A URI and the message.
const WRONG: &[(&str, &str)] = &[
    ("file:", "file: expected a path"),
    ("file:a.pem?", "file: unknown parameter ``: expected none"),
    ("file:a.pem?mode=1", "file: unknown parameter `mode`: expected none"),
    ("yubihsm:", "yubihsm: object id: expected an id from 1 to 65534, found ``"),
    ("yubihsm:7", "yubihsm: expected `connector=` or `serial=` to say which device"),
    ("yubihsm:7?", "yubihsm: expected `connector=` or `serial=` to say which device"),
    ("yubihsm:7?connector=", "yubihsm: connector: expected `http://HOST:PORT`, found ``"),
    ("yubihsm:7?connector", "yubihsm: connector: expected `http://HOST:PORT`, found ``"),
    ("yubihsm:7?serial=", "yubihsm: serial: expected 10 digits, found ``"),
    ("yubihsm:7?serial=0012345678&auth=", "yubihsm: auth: expected an id from 1 to 65534, found ``"),
    ("yubihsm:?connector=http://127.0.0.1:12345", "yubihsm: object id: expected an id from 1 to 65534, found ``"),
    (
        "yubihsm:7?connector=http://127.0.0.1:12345&connector=http://127.0.0.1:12345",
        "yubihsm: parameter `connector` is given twice",
    ),
    ("yubihsm:7?serial=0012345678&serial=0012345678", "yubihsm: parameter `serial` is given twice"),
    ("yubihsm:7?connector=http://127.0.0.1:12345&auth=1&auth=1", "yubihsm: parameter `auth` is given twice"),
    ("yubihsm:7:7?connector=http://127.0.0.1:12345", "yubihsm: object id: expected an id from 1 to 65534, found `7:7`"),
    (
        "yubihsm:7?connector=http://127.0.0.1",
        "yubihsm: connector: expected `http://HOST:PORT`, found `http://127.0.0.1`",
    ),
    ("yubihsm:7?connector=http://:12345", "yubihsm: connector: expected `http://HOST:PORT`, found `http://:12345`"),
    ("yubihsm:7?connector=127.0.0.1:12345", "yubihsm: connector: expected `http://HOST:PORT`, found `127.0.0.1:12345`"),
    (
        "yubihsm:7?connector=http://me:TUESDAY@127.0.0.1:12345",
        "yubihsm: connector: expected `http://HOST:PORT`, found a user name or password before the host",
    ),
    (
        "pkcs11:token=",
        "pkcs11: token: expected one or more characters, each letter, digit or sign of RFC 7512 or %XX, found ``",
    ),
    (
        "pkcs11:token",
        "pkcs11: token: expected one or more characters, each letter, digit or sign of RFC 7512 or %XX, found ``",
    ),
    (
        "pkcs11:object=",
        "pkcs11: object: expected one or more characters, each letter, digit or sign of RFC 7512 or %XX, found ``",
    ),
    (
        "pkcs11:id=",
        "pkcs11: id: expected one or more characters, each letter, digit or sign of RFC 7512 or %XX, found ``",
    ),
    (
        "pkcs11:serial=",
        "pkcs11: serial: expected one or more characters, each letter, digit or sign of RFC 7512 or %XX, found ``",
    ),
    ("pkcs11:slot-id=", "pkcs11: slot-id: expected a decimal number, found ``"),
    ("pkcs11:library-version=", "pkcs11: library-version: expected a version such as 2.40, found ``"),
    (
        "pkcs11:token=alice;object=release?module-path=",
        "pkcs11: module-path: expected one or more characters, each letter, digit or sign of RFC 7512 or %XX, found ``",
    ),
    (
        "pkcs11:token=alice;object=release?module-name=",
        "pkcs11: module-name: expected one or more characters, each letter, digit or sign of RFC 7512 or %XX, found ``",
    ),
    (
        "pkcs11:token=alice;object=release?scheme=",
        "pkcs11: scheme: expected rsassa-pss-sha256, rsassa-pss-sha384 or rsassa-pss-sha512, found ``",
    ),
    ("pkcs11:token=alice;token=alice", "pkcs11: parameter `token` is given twice"),
    ("pkcs11:object=a;object=a", "pkcs11: parameter `object` is given twice"),
    ("pkcs11:id=%01;id=%01", "pkcs11: parameter `id` is given twice"),
    ("pkcs11:type=private;type=private", "pkcs11: parameter `type` is given twice"),
    ("pkcs11:type=public", "pkcs11: type: expected private, or no type, found `public`"),
    ("pkcs11:token=alice?module-path=/a.so&module-path=/a.so", "pkcs11: parameter `module-path` is given twice"),
    (
        "pkcs11:token=alice?module-path=/a.so&module-name=a",
        "pkcs11: module-name: expected no module-path beside it, found `a`",
    ),
    ("pkcs11:token=alice?module-path=a.so", "pkcs11: module-path: expected an absolute path, found `a.so`"),
    (
        "pkcs11:token=alice?module-name=liba.so",
        "pkcs11: module-name: expected a name without folder, `lib` and `.so`, found `liba.so`",
    ),
    ("pkcs11:token=alice?scheme=a&scheme=a", "pkcs11: parameter `scheme` is given twice"),
    (
        "pkcs11:token=alice;;object=a",
        "pkcs11: unknown parameter ``: expected token, serial, model, manufacturer, object, id, type, slot-... or library-...",
    ),
    (
        "pkcs11:token=alice;object=%0",
        "pkcs11: object: expected one or more characters, each letter, digit or sign of RFC 7512 or %XX, found `%0`",
    ),
    ("pkcs11:token=alice;object=%ff", "pkcs11: object: expected text in UTF-8, percent-encoded, found `%ff`"),
    (
        "pkcs11:token=alice;object=release#TUESDAY",
        "pkcs11: object: expected one or more characters, each letter, digit or sign of RFC 7512 or %XX, found `release#TUESDAY`",
    ),
    ("hsm:2?label=", "hsm: label: expected text, encoded as in a web form, found ``"),
    ("hsm:2?label=a&label=a", "hsm: parameter `label` is given twice"),
    ("hsm:256", "hsm: key id: expected a number from 0 to 255, found `256`"),
    ("hsm:x", "hsm: key id: expected a number from 0 to 255, found `x`"),
    ("piv:", "piv: slot: expected 9a, 9c, 9d, 9e, or 82 to 95, found ``"),
    ("piv:9b", "piv: slot: expected 9a, 9c, 9d, 9e, or 82 to 95, found `9b`"),
    ("piv:9c?serial=", "piv: serial: expected decimal digits, found ``"),
    ("piv:9c?serial=1&serial=1", "piv: parameter `serial` is given twice"),
    ("piv:9c?slot=9c", "piv: unknown parameter `slot`: expected serial"),
    ("piv:9c?management-key=TUESDAY", "piv: unknown parameter `management-key`: expected serial"),
    ("ssh-agent:", "ssh-agent: expected a fingerprint `SHA256:...` or a comment"),
    ("ssh-agent:alice?socket=", "ssh-agent: expected a path after `socket=`"),
    ("ssh-agent:alice?socket=/a&socket=/a", "ssh-agent: parameter `socket` is given twice"),
    ("ssh-agent:?socket=/a", "ssh-agent: expected a fingerprint `SHA256:...` or a comment"),
    ("ssh-agent:alice?host=b", "ssh-agent: unknown parameter `host`: expected socket"),
    ("awskms:", "awskms: expected a key id, an ARN or `alias/NAME`"),
    ("awskms:?region=eu-west-1", "awskms: expected a key id, an ARN or `alias/NAME`"),
    ("awskms:a?region=", "awskms: region: expected a name as `eu-west-1`, found ``"),
    ("awskms:a?region=a&region=a", "awskms: parameter `region` is given twice"),
    ("awskms:a?endpoint=", "awskms: endpoint: expected `https://HOST` or `http://HOST:PORT`, found ``"),
    ("awskms:a?endpoint=https://a&endpoint=https://a", "awskms: parameter `endpoint` is given twice"),
    ("awskms:a?scheme=", "awskms: scheme: expected a scheme as `rsassa-pss-sha512`, found ``"),
    ("awskms:a?scheme=a&scheme=a", "awskms: parameter `scheme` is given twice"),
    (
        "awskms:a?endpoint=https://me:TUESDAY@a",
        "awskms: endpoint: expected `https://HOST` or `http://HOST:PORT`, found `a user name or password before the host`",
    ),
    ("program:", "program: expected the path of a program"),
    ("program:/bin/sign", "program: expected `?key=NAME` after the path"),
    ("program:/bin/sign?", "program: expected `?key=NAME` after the path"),
    ("program:/bin/sign?key", "program: expected `?key=NAME` after the path"),
    ("program:/bin/sign?key=", "program: expected `?key=NAME` after the path"),
    ("program:?key=a", "program: expected the path of a program"),
    (
        "program:sign?key=a",
        "program: path: expected a path with a slash in it, as `/usr/local/bin/sign` or `./sign`, found `sign`",
    ),
    ("program:/bin/sign?key=a&key=a", "program: parameter `key` is given twice"),
    ("program:/bin/sign?key=a&arg=b", "program: unknown parameter `arg`: expected key"),
    ("gcpkms:", "gcpkms: keys there are used through a program of yours: expected `program:PATH?key=gcpkms:...`"),
    ("azurekms:", "azurekms: keys there are used through a program of yours: expected `program:PATH?key=azurekms:...`"),
    (
        "floppy:",
        "key URI scheme `floppy`: expected `file` or `yubihsm`, `pkcs11`, `piv`, `ssh-agent`, `awskms`, `program`",
    ),
    (
        "floppy:1",
        "key URI scheme `floppy`: expected `file` or `yubihsm`, `pkcs11`, `piv`, `ssh-agent`, `awskms`, `program`",
    ),
    (":", "key URI scheme ``: expected `file` or `yubihsm`, `pkcs11`, `piv`, `ssh-agent`, `awskms`, `program`"),
    (
        "alice.pem",
        "`alice.pem` is not a key URI: expected `file:PATH` or `yubihsm`, `pkcs11`, `piv`, `ssh-agent`, `awskms`, `program` and a colon",
    ),
];

/// A URI, the scheme it is refused under, and the parameter's name.
const SECRET: &[(&str, &str, &str)] = &[
    ("file:a.pem?passphrase=TUESDAY", "file", "passphrase"),
    ("yubihsm:7?connector=http://127.0.0.1:12345&password=TUESDAY", "yubihsm", "password"),
    ("yubihsm:7;password=TUESDAY?connector=http://127.0.0.1:12345", "yubihsm", "password"),
    ("yubihsm:7?connector=http://127.0.0.1:12345?password=TUESDAY", "yubihsm", "password"),
    ("pkcs11:token=alice;pin-value=TUESDAY", "pkcs11", "pin-value"),
    ("pkcs11:token=alice?pin-value=TUESDAY", "pkcs11", "pin-value"),
    ("pkcs11:token=alice?pin-source=/TUESDAY", "pkcs11", "pin-source"),
    ("pkcs11:token=alice&pin-value=TUESDAY", "pkcs11", "pin-value"),
    ("pkcs11:token=alice&pin=TUESDAY", "pkcs11", "pin"),
    ("pkcs11:token=alice?module-path=/a.so?pin=TUESDAY", "pkcs11", "pin"),
    ("hsm:2?pin=TUESDAY", "hsm", "pin"),
    ("hsm:2?token=a", "hsm", "token"),
    ("hsm:2;pin=TUESDAY", "hsm", "pin"),
    ("piv:9c?pin=TUESDAY", "piv", "pin"),
    ("piv:9c;pin=TUESDAY", "piv", "pin"),
    ("ssh-agent:alice?passphrase=TUESDAY", "ssh-agent", "passphrase"),
    ("ssh-agent:alice;passphrase=TUESDAY", "ssh-agent", "passphrase"),
    ("awskms:a?secret_access_key=TUESDAY", "awskms", "secret_access_key"),
    ("awskms:a?session-token=TUESDAY", "awskms", "session-token"),
    ("awskms:a?endpoint=https://a?password=TUESDAY", "awskms", "password"),
    ("program:/bin/sign?key=a&pin=TUESDAY", "program", "pin"),
    ("program:/bin/sign?key=a;pin=TUESDAY", "program", "pin"),
    ("gcpkms:projects/p?pin=TUESDAY", "key URI", "pin"),
    ("pin=TUESDAY", "key URI", "pin"),
];

const HINTS: &[(&str, &str)] = &[
    ("yubihsm:7", "for yubihsm-connector on this machine add ?connector=http://127.0.0.1:12345"),
    ("gcpkms:", "an example around `gcloud kms asymmetric-sign` is in crates/signers/docs/programs.md"),
    ("alice.pem", "for a key file write: file:alice.pem"),
];
