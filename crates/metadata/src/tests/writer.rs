//! interop.md, Must write 1: the bytes of Python's `json.dumps`.

use crate::json::{Object, Value, canonical, object, parse, pretty};
use proptest::prelude::*;
use tuffet_keys::KeyId;

fn written(value: &Value) -> String {
    String::from_utf8(pretty(value)).unwrap()
}

#[test]
fn the_writer_lays_out_as_python_does() {
    let value = parse(br#"{"b":{"y":[1,{"k":null}],"x":[]},"a":{},"c":[[],[[true]],{}],"n":-9223372036854775808}"#, 32)
        .unwrap();
    // json.dumps(value, indent=1, sort_keys=True, separators=(",", ": "))
    let expected = r#"{
 "a": {},
 "b": {
  "x": [],
  "y": [
   1,
   {
    "k": null
   }
  ]
 },
 "c": [
  [],
  [
   [
    true
   ]
  ],
  {}
 ],
 "n": -9223372036854775808
}"#;
    assert_eq!(written(&value), expected);
}

#[test]
fn the_writer_escapes_as_python_does() {
    // >>> print(json.dumps('…'))
    for (text, expected) in [
        ("é", r#""\u00e9""#),
        ("\u{1f600}", r#""\ud83d\ude00""#),
        ("\u{10ffff}", r#""\udbff\udfff""#),
        ("\u{ffff}\u{2028}", r#""\uffff\u2028""#),
        ("\"\\/", r#""\"\\/""#),
        ("\n\r\t\u{8}\u{c}", r#""\n\r\t\b\f""#),
        ("\0\u{1}\u{b}\u{1f}", r#""\u0000\u0001\u000b\u001f""#),
        (" ~\u{7f}\u{80}", r#"" ~\u007f\u0080""#),
        ("<>&'", r#""<>&'""#),
        ("", r#""""#),
    ] {
        assert_eq!(written(&text.into()), expected);
        let named = written(&object([(text, 1u64.into())]).into());
        assert_eq!(named, format!("{{\n {expected}: 1\n}}"));
    }
}

#[test]
fn the_writer_sorts_by_code_point_as_python_does() {
    // >>> sorted(["\U0001f600", "\uff5e", "a b", "a", "B"])
    let value = parse(r#"{"😀":1,"～":2,"a b":3,"a":4,"B":5}"#.as_bytes(), 32).unwrap();
    let expected = "{\n \"B\": 5,\n \"a\": 4,\n \"a b\": 3,\n \"\\uff5e\": 2,\n \"\\ud83d\\ude00\": 1\n}";
    assert_eq!(written(&value), expected);
}

#[test]
fn a_file_is_written_with_its_signatures_in_the_given_order() {
    let signed = object([("version", 7u64.into())]).into();
    let signatures = [(KeyId::new("b"), vec![0xAB, 1]), (KeyId::new("a"), vec![])];
    let expected = r#"{
 "signatures": [
  {
   "keyid": "b",
   "sig": "ab01"
  },
  {
   "keyid": "a",
   "sig": ""
  }
 ],
 "signed": {
  "version": 7
 }
}"#;
    assert_eq!(String::from_utf8(crate::write_file(&signed, &signatures)).unwrap(), expected);
    let none = crate::write_file(&signed, &[]);
    assert_eq!(none, b"{\n \"signatures\": [],\n \"signed\": {\n  \"version\": 7\n }\n}");
}

pub(super) fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (i128::from(i64::MIN)..=i128::from(u64::MAX)).prop_map(Value::Integer),
        any::<String>().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Array),
            prop::collection::btree_map(any::<String>(), inner, 0..5).prop_map(|map: Object| Value::Object(map)),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back_and_is_written_alike(value in values()) {
        let bytes = pretty(&value);
        prop_assert!(bytes.iter().all(|b| (b' '..=b'~').contains(b) || *b == b'\n'));
        let read = parse(&bytes, 32).unwrap();
        prop_assert_eq!(&read, &value);
        prop_assert_eq!(pretty(&read), bytes);
        prop_assert_eq!(canonical(&read), canonical(&value));
    }

    #[test]
    fn any_bytes_parse_or_fail_and_what_parses_is_stable(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = parse(&bytes, 8) {
            prop_assert_eq!(parse(&pretty(&value), 8), Ok(value));
        }
    }

    #[test]
    fn any_json_like_text_parses_or_fails(text in "[\\[\\]{}\",:0-9eE.+\\-a\\\\u \n]{0,40}") {
        if let Ok(value) = parse(text.as_bytes(), 8) {
            prop_assert_eq!(parse(&pretty(&value), 8), Ok(value));
            prop_assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "another parser agrees");
        }
    }
}
