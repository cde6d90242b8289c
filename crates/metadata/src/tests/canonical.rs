//! F2: canonical JSON, by vectors written from the rules, and against another implementation.

use crate::json::{Value, canonical, canonical_object, parse};
use proptest::prelude::*;
use serde::Serialize;

fn form(json: &str) -> String {
    String::from_utf8(canonical(&parse(json.as_bytes(), 32).unwrap())).unwrap()
}

/// What olpc-cjson, which the client tough uses, makes of it.
pub(super) fn olpc(value: &serde_json::Value) -> Vec<u8> {
    let mut out = Vec::new();
    let formatter = olpc_cjson::CanonicalFormatter::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut out, formatter)).unwrap();
    out
}

#[test]
fn f2_vectors_of_securesystemslib() {
    for (json, expected) in [
        ("[1,2,3]", "[1,2,3]"),
        ("[ ]", "[]"),
        ("{ }", "{}"),
        (r#"{"A": [99]}"#, r#"{"A":[99]}"#),
        (r#"{"A": true}"#, r#"{"A":true}"#),
        (r#"{"x": 3, "y": 2}"#, r#"{"x":3,"y":2}"#),
        (r#"{"y": null, "x": false}"#, r#"{"x":false,"y":null}"#),
        ("-9223372036854775808", "-9223372036854775808"),
        ("18446744073709551615", "18446744073709551615"),
    ] {
        assert_eq!(form(json), expected);
    }
}

#[test]
fn f2_only_quote_and_backslash_are_escaped() {
    assert_eq!(form(r#""\"\\\/""#), r#""\"\\/""#);
    for code in 0..0x20u8 {
        let raw = [b'"', code, b'"'];
        assert_eq!(form(&format!("\"\\u{code:04x}\"")).as_bytes(), raw, "control characters stand raw");
    }
    assert_eq!(form(r#""\u007f\u00e9\ud83d\ude00\u2028""#), "\"\u{7f}é\u{1f600}\u{2028}\"");
    assert_eq!(form("{\"a\\n\\\"\":1}"), "{\"a\n\\\"\":1}");
}

#[test]
fn f2_names_sort_by_code_point() {
    // UTF-16 has U+1F600 (d83d de00) before U+FF5E; UTF-8 and the code points have it after.
    assert_eq!(form(r#"{"\ud83d\ude00":1,"\uff5e":2,"z":3,"Z":4,"":5}"#), "{\"\":5,\"Z\":4,\"z\":3,\"～\":2,\"😀\":1}");
    assert_eq!(form(r#"{"ab":1,"a":2,"a b":3,"a!":4,"a\"":5}"#), r#"{"a":2,"a b":3,"a!":4,"a\"":5,"ab":1}"#);
}

#[test]
fn f2_text_is_not_normalised() {
    assert_eq!(form("\"e\u{301}\""), "\"e\u{301}\"");
    assert_eq!(form("\"\u{e9}\""), "\"\u{e9}\"");
}

#[test]
fn f2_the_two_canonicalisers_differ_on_names_that_continue_others_and_on_text_that_is_not_nfc() {
    for (json, theirs) in [
        (r#"{"foo":1,"foo bar":2}"#, r#"{"foo bar":2,"foo":1}"#),
        (r#"{"foo":1,"foo!":2}"#, r#"{"foo!":2,"foo":1}"#),
        (r##"{"a\"":1,"a#":2}"##, r##"{"a#":2,"a\"":1}"##),
        ("[\"e\u{301}\"]", "[\"\u{e9}\"]"),
    ] {
        let value: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(String::from_utf8(olpc(&value)).unwrap(), theirs);
        assert_eq!(form(json), json);
    }
}

#[test]
fn canonical_object_is_canonical_of_the_object() {
    let Value::Object(object) = parse(br#"{"b":[{"d":1,"c":2}],"a":null}"#, 32).unwrap() else { panic!() };
    assert_eq!(canonical_object(&object), br#"{"a":null,"b":[{"c":2,"d":1}]}"#);
    assert_eq!(canonical_object(&object), canonical(&Value::Object(object)));
}

/// JSON whose names and texts are of the characters from `#`, where the two implementations agree: a name that
/// continues another with a character below the quote sorts differently there.
fn ascii() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<u64>().prop_map(Into::into),
        "[\\x00-\\x7f]{0,12}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::vec(("[#-\\[\\]-~]{0,8}", inner), 0..6)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn f2_agrees_with_olpc_cjson_on_ascii(value in ascii()) {
        prop_assert_eq!(canonical(&super::strict(&value)), olpc(&value));
    }

    #[test]
    fn f2_different_values_have_different_forms(a in ascii(), b in ascii()) {
        prop_assert_eq!(a == b, canonical(&super::strict(&a)) == canonical(&super::strict(&b)));
    }
}
