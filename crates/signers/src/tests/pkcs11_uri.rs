use crate::{KeyUri, UriError};
use proptest::prelude::*;

fn parse(text: &str) -> Result<KeyUri, UriError> {
    text.parse()
}

#[test]
fn pkcs11_uris_read_back_as_written() {
    for (text, written) in [
        ("pkcs11:", "pkcs11:"),
        ("pkcs11:token=alice;object=release", "pkcs11:token=alice;object=release"),
        ("pkcs11:object=a;type=private;token=b", "pkcs11:token=b;object=a"),
        ("pkcs11:id=%01%fF", "pkcs11:id=%01%ff"),
        ("pkcs11:id=ab", "pkcs11:id=%61%62"),
        ("pkcs11:token=My%20token%20(1)", "pkcs11:token=My%20token%20%281%29"),
        ("pkcs11:token=%3B%3f%c3%a4", "pkcs11:token=%3B%3F%C3%A4"),
        ("pkcs11:slot-id=007;library-version=3", "pkcs11:slot-id=7;library-version=3.0"),
        (
            "pkcs11:library-version=2.40;library-manufacturer=a;library-description=b;slot-id=1;slot-manufacturer=c;\
             slot-description=d;serial=e;model=f;manufacturer=g;token=h",
            "pkcs11:token=h;manufacturer=g;model=f;serial=e;slot-description=d;slot-manufacturer=c;slot-id=1;\
             library-description=b;library-manufacturer=a;library-version=2.40",
        ),
        (
            "pkcs11:token=a?module-path=/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
            "pkcs11:token=a?module-path=/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
        ),
        ("pkcs11:?scheme=rsassa-pss-sha512&module-name=ykcs11", "pkcs11:?module-name=ykcs11&scheme=rsassa-pss-sha512"),
        // As securesystemslib writes them.
        ("hsm:", "pkcs11:id=%02"),
        ("hsm:2?label=YubiKey+PIV+%2315835999", "pkcs11:token=YubiKey%20PIV%20%2315835999;id=%02"),
        (
            "hsm:3?serialNumber=15835999&model=YubiKey+YK5&manufacturerID=Yubico+%28www.yubico.com%29",
            "pkcs11:manufacturer=Yubico%20%28www.yubico.com%29;model=YubiKey%20YK5;serial=15835999;id=%03",
        ),
    ] {
        let uri = parse(text).unwrap_or_else(|e| panic!("{text}: {e}"));
        assert_eq!(uri.to_string(), written);
        assert_eq!(parse(written).unwrap(), uri, "{written}");
        assert!(!uri.is_key_file());
    }
}

const PATH: &str = "token, serial, model, manufacturer, object, id, type, slot-... or library-...";
const QUERY: &str = "module-path, module-name or scheme";
const CHARACTERS: &str = "one or more characters, each letter, digit or sign of RFC 7512 or %XX";

#[test]
fn every_part_of_a_pkcs11_uri_that_is_wrong_says_what_was_expected() {
    for (text, message) in [
        ("pkcs11:object=", format!("object: expected {CHARACTERS}, found ``")),
        ("pkcs11:id=", format!("id: expected {CHARACTERS}, found ``")),
        ("pkcs11:token", format!("token: expected {CHARACTERS}, found ``")),
        ("pkcs11:object=my key", format!("object: expected {CHARACTERS}, found `my key`")),
        ("pkcs11:object=a#b", format!("object: expected {CHARACTERS}, found `a#b`")),
        ("pkcs11:object=ä", format!("object: expected {CHARACTERS}, found `ä`")),
        ("pkcs11:id=%1", format!("id: expected {CHARACTERS}, found `%1`")),
        ("pkcs11:id=%", format!("id: expected {CHARACTERS}, found `%`")),
        ("pkcs11:id=%0g", format!("id: expected {CHARACTERS}, found `%0g`")),
        ("pkcs11:id=%+1", format!("id: expected {CHARACTERS}, found `%+1`")),
        ("pkcs11:token=%ff", "token: expected text in UTF-8, percent-encoded, found `%ff`".to_owned()),
        ("pkcs11:type=cert", "type: expected private, or no type, found `cert`".to_owned()),
        ("pkcs11:type=", "type: expected private, or no type, found ``".to_owned()),
        ("pkcs11:slot-id=x", "slot-id: expected a decimal number, found `x`".to_owned()),
        ("pkcs11:slot-id=-1", "slot-id: expected a decimal number, found `-1`".to_owned()),
        ("pkcs11:slot-id=+1", "slot-id: expected a decimal number, found `+1`".to_owned()),
        (
            "pkcs11:slot-id=18446744073709551616",
            "slot-id: expected a decimal number, found `18446744073709551616`".to_owned(),
        ),
        ("pkcs11:library-version=2.", "library-version: expected a version such as 2.40, found `2.`".to_owned()),
        ("pkcs11:library-version=2.4.0", "library-version: expected a version such as 2.40, found `2.4.0`".to_owned()),
        ("pkcs11:colour=red", format!("unknown parameter `colour`: expected {PATH}")),
        ("pkcs11:Token=a", format!("unknown parameter `Token`: expected {PATH}")),
        ("pkcs11:token=a;", format!("unknown parameter ``: expected {PATH}")),
        ("pkcs11:token=a;;id=%01", format!("unknown parameter ``: expected {PATH}")),
        ("pkcs11:module-path=/a.so", format!("unknown parameter `module-path`: expected {PATH}")),
        ("pkcs11:?token=a", format!("unknown parameter `token`: expected {QUERY}")),
        ("pkcs11:?x-vendor=1", format!("unknown parameter `x-vendor`: expected {QUERY}")),
        ("pkcs11:?module-path=a.so", "module-path: expected an absolute path, found `a.so`".to_owned()),
        ("pkcs11:?module-path=", format!("module-path: expected {CHARACTERS}, found ``")),
        (
            "pkcs11:?module-name=../evil",
            "module-name: expected a name without folder, `lib` and `.so`, found `../evil`".to_owned(),
        ),
        (
            "pkcs11:?module-name=libykcs11.so",
            "module-name: expected a name without folder, `lib` and `.so`, found `libykcs11.so`".to_owned(),
        ),
        (
            "pkcs11:?module-path=/a.so&module-name=a",
            "module-name: expected no module-path beside it, found `a`".to_owned(),
        ),
        (
            "pkcs11:?scheme=ed25519",
            "scheme: expected rsassa-pss-sha256, rsassa-pss-sha384 or rsassa-pss-sha512, found `ed25519`".to_owned(),
        ),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), format!("pkcs11: {message}"), "{text}");
    }
}

#[test]
fn every_part_of_a_pkcs11_uri_given_twice_is_refused() {
    let path = "token=a;manufacturer=a;model=a;serial=a;slot-description=a;slot-manufacturer=a;slot-id=1;\
                library-description=a;library-manufacturer=a;library-version=1;object=a;id=a;type=private";
    let parts: Vec<(&str, String)> = path.split(';').map(|part| (part, format!("pkcs11:{part};{part}"))).collect();
    let queries = ["module-path=/a", "module-name=a", "scheme=rsassa-pss-sha256"];
    let queries = queries.map(|part| (part, format!("pkcs11:token=a?{part}&{part}")));
    assert_eq!(parts.len(), 13);
    for (part, text) in parts.into_iter().chain(queries) {
        let name = part.split_once('=').unwrap().0;
        assert_eq!(parse(&text).unwrap_err().to_string(), format!("pkcs11: parameter `{name}` is given twice"));
    }
}

#[test]
fn every_wrong_part_of_an_hsm_uri_says_what_was_expected() {
    let known = "label, manufacturerID, model or serialNumber";
    for (text, message) in [
        ("hsm:256", "key id: expected a number from 0 to 255, found `256`".to_owned()),
        ("hsm:x", "key id: expected a number from 0 to 255, found `x`".to_owned()),
        ("hsm:+2", "key id: expected a number from 0 to 255, found `+2`".to_owned()),
        ("hsm:2?label=", "label: expected text, encoded as in a web form, found ``".to_owned()),
        ("hsm:2?label=%zz", "label: expected text, encoded as in a web form, found `%zz`".to_owned()),
        ("hsm:2?label=a&label=b", "parameter `label` is given twice".to_owned()),
        ("hsm:2?slot=1", format!("unknown parameter `slot`: expected {known}")),
    ] {
        assert_eq!(parse(text).unwrap_err().to_string(), format!("hsm: {message}"), "{text}");
    }
}

#[test]
fn k7_a_pin_in_a_pkcs11_uri_is_refused_first_and_not_repeated() {
    for (text, scheme, name) in [
        ("pkcs11:token=a?pin-value=tuesday", "pkcs11", "pin-value"),
        ("pkcs11:token=a?pin-source=file:/etc/tuesday", "pkcs11", "pin-source"),
        ("pkcs11:nonsense=1;pin-value=tuesday?also=nonsense", "pkcs11", "pin-value"),
        ("pkcs11:token=a;token=b?PIN-VALUE=tuesday", "pkcs11", "pin-value"),
        // In RFC 7512 this is a label that holds `&`.
        ("pkcs11:token=a&pin-value=tuesday", "pkcs11", "pin-value"),
        ("pkcs11:token=a?module-path=/a.so?pin-value=tuesday", "pkcs11", "pin-value"),
        ("pkcs11:token=a;password=tuesday", "pkcs11", "password"),
        ("pkcs11:token=a?PIN=tuesday", "pkcs11", "PIN"),
        ("hsm:2?label=a&pin=tuesday", "hsm", "pin"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error, UriError::SecretInUri { scheme, name: name.to_owned() }, "{text}");
        assert!(!format!("{error} {error:?} {:?}", error.hint()).contains("tuesday"), "{text}");
    }
}

fn value() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 1..12).prop_map(|chars| chars.into_iter().collect())
}

fn percent(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02x}")).collect()
}

proptest! {
    #[test]
    fn any_pkcs11_uri_reads_back_equal(
        texts in proptest::collection::btree_map(0..9_usize, value(), 0..9),
        id in proptest::option::of(proptest::collection::vec(any::<u8>(), 1..20)),
        slot in proptest::option::of(any::<u64>()),
        module in proptest::option::of(value()),
        shuffled in any::<bool>(),
    ) {
        const NAMES: [&str; 9] = ["token", "manufacturer", "model", "serial", "slot-description", "slot-manufacturer",
            "library-description", "library-manufacturer", "object"];
        let mut parts: Vec<String> =
            texts.iter().map(|(index, text)| format!("{}={}", NAMES[*index], percent(text.as_bytes()))).collect();
        parts.extend(id.as_ref().map(|id| format!("id={}", percent(id))));
        parts.extend(slot.map(|slot| format!("slot-id={slot}")));
        if shuffled {
            parts.reverse();
        }
        let query = module.map_or_else(String::new, |path| format!("?module-path=/{}", percent(path.as_bytes())));
        let uri = parse(&format!("pkcs11:{}{query}", parts.join(";"))).unwrap();
        let written = uri.to_string();
        prop_assert_eq!(parse(&written).unwrap(), uri);
        prop_assert!(written.is_ascii() && !written.contains(|c: char| c.is_ascii_control() || c == ' '));
    }

    #[test]
    fn no_text_breaks_the_reader_of_pkcs11_uris(scheme in "pkcs11|hsm", rest in "[a-z0-9=;&?%+/#-]{0,60}|\\PC{0,30}") {
        if let Ok(uri) = parse(&format!("{scheme}:{rest}")) {
            prop_assert_eq!(parse(&uri.to_string()).unwrap(), uri);
        }
    }
}
