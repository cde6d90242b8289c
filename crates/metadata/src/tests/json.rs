//! F26: the strict reader.

use crate::json::{JsonError, JsonProblem, Value, parse};

fn refusal(text: impl AsRef<[u8]>) -> String {
    parse(text.as_ref(), 32).unwrap_err().to_string()
}

#[test]
fn f26_duplicate_members_are_refused_however_they_are_spelled() {
    for (text, expected) in [
        (r#"{"a":1,"a":1}"#, "byte 7: duplicate member `a` (F26)"),
        (r#"{"a":1,"\u0061":2}"#, "byte 7: duplicate member `a` (F26)"),
        (r#"[{"x":{"a":1,"b":2,"a":3}}]"#, "byte 19: duplicate member `a` (F26)"),
        (r#"{"\n":1,"\u000a":2}"#, r"byte 8: duplicate member `\n` (F26)"),
    ] {
        assert_eq!(refusal(text), expected, "{text}");
    }
    assert!(
        parse("{\"a\":1,\"A\":2,\"\u{e1}\":3,\"a\u{301}\":4}".as_bytes(), 32).is_ok(),
        "neither case nor form is folded"
    );
}

#[test]
fn f26_only_utf8_without_a_byte_order_mark() {
    for (bytes, at) in [
        (&b"\xef\xbb\xbf{}"[..], 0),
        (b"\xff\xfe{\0}\0", 0),
        (b"[\"\xc3\"]", 2),
        (b"[\"\xc0\x80\"]", 2),
        (b"[\"\xed\xa0\x80\"]", 2),
        (b"[\"\xf4\x90\x80\x80\"]", 2),
    ] {
        assert_eq!(refusal(bytes), format!("byte {at}: expected UTF-8 without a byte order mark (F26)"));
    }
    assert_eq!(refusal("[]\u{feff}"), "byte 2: expected the end of the file, found more bytes (F26)");
}

#[test]
fn f26_lone_surrogates_are_refused() {
    for text in [
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800x""#,
        r#""\ud800\n""#,
        r#""\ud800\ud800""#,
        r#""\udc00\ud800""#,
        r#""\ud800\u0041""#,
    ] {
        assert_eq!(refusal(text), "byte 1: invalid escape in a string (F26)", "{text}");
    }
    assert_eq!(parse(br#""\ud83d\uDE00""#, 32), Ok(Value::from("\u{1f600}")));
}

#[test]
fn f26_escapes_are_those_of_json() {
    let all = r#""\"\\\/\b\f\n\r\t\u0041\u0000""#;
    assert_eq!(parse(all.as_bytes(), 32), Ok(Value::from("\"\\/\u{8}\u{c}\n\r\tA\0")));
    for text in [r#""\x41""#, r#""\'""#, r#""\u12""#, r#""\u+041""#, r#""\U0041""#, r#""\"#, r#""\u00e""#, "\"\\u00é\""]
    {
        assert_eq!(refusal(text), "byte 1: invalid escape in a string (F26)", "{text}");
    }
}

#[test]
fn f26_control_characters_are_escaped_or_refused() {
    for c in '\0'..' ' {
        assert_eq!(refusal(format!("[\"a{c}\"]")), "byte 3: raw control character in a string (F26)");
    }
    let raw = "\u{7f}\u{80}\u{2028}";
    assert_eq!(parse(format!("\"{raw}\"").as_bytes(), 32), Ok(Value::from(raw)));
}

#[test]
fn f26_nesting_has_a_limit() {
    let nested = |open: &str, close: &str, n: usize| format!("{}{}", open.repeat(n), close.repeat(n));
    assert!(parse(nested("[", "]", 32).as_bytes(), 32).is_ok());
    assert_eq!(refusal(nested("[", "]", 33)), "byte 32: nested deeper than 32 (F26)");
    assert_eq!(refusal("[".repeat(1_000_000)), "byte 32: nested deeper than 32 (F26)");
    assert_eq!(refusal("{\"a\":".repeat(1_000_000)), "byte 160: nested deeper than 32 (F26)");
    let wide = format!("[{}[]]", "[],".repeat(100_000));
    assert!(parse(wide.as_bytes(), 2).is_ok(), "siblings are no depth");
    assert!(parse(b"7", 0).is_ok());
    assert_eq!(parse(b"[]", 0).unwrap_err(), JsonError { at: 0, problem: JsonProblem::Depth(0) });
}

#[test]
fn f26_nothing_follows_the_value() {
    for (text, at) in [("{}x", 2), ("{} {}", 3), ("[]]", 2), ("1 2", 2), ("{}\0", 2), ("nullnull", 4), ("{},", 2)] {
        assert_eq!(refusal(text), format!("byte {at}: expected the end of the file, found more bytes (F26)"));
    }
    assert!(parse(b" \t\r\n{ } \n", 32).is_ok());
}

#[test]
fn f26_the_grammar_is_that_of_json() {
    for (text, expected) in [
        ("", "byte 0: expected a JSON value, found the end of the file (F26)"),
        ("   ", "byte 3: expected a JSON value, found the end of the file (F26)"),
        ("{", "byte 1: expected a member name, found the end of the file (F26)"),
        ("{,}", "byte 1: expected a member name, found `,` (F26)"),
        (r#"{"a":1,}"#, "byte 7: expected a member name, found `}` (F26)"),
        (r#"{"a" 1}"#, "byte 5: expected `:`, found `1` (F26)"),
        (r#"{"a":1 "b":2}"#, "byte 7: expected `,` or `}`, found `\\\"` (F26)"),
        (r#"{a:1}"#, "byte 1: expected a member name, found `a` (F26)"),
        ("{'a':1}", r"byte 1: expected a member name, found `\'` (F26)"),
        ("[1,]", "byte 3: expected a JSON value, found `]` (F26)"),
        ("[1 2]", "byte 3: expected `,` or `]`, found `2` (F26)"),
        ("[", "byte 1: expected a JSON value, found the end of the file (F26)"),
        ("\"abc", "byte 4: expected `\"`, found the end of the file (F26)"),
        ("NaN", "byte 0: expected a JSON value, found `N` (F26)"),
        ("Infinity", "byte 0: expected a JSON value, found `I` (F26)"),
        ("True", "byte 0: expected a JSON value, found `T` (F26)"),
        ("nul", "byte 0: expected a JSON value, found `n` (F26)"),
        ("// x\n1", "byte 0: expected a JSON value, found `/` (F26)"),
        ("\u{a0}1", r"byte 0: expected a JSON value, found `\u{a0}` (F26)"),
        ("\u{1b}", r"byte 0: expected a JSON value, found `\u{1b}` (F26)"),
    ] {
        assert_eq!(refusal(text), expected, "{text:?}");
    }
}

#[test]
fn f26_numbers_are_exact_integers_of_64_bits() {
    for (text, number) in [
        ("0", 0),
        ("7", 7),
        ("-1", -1),
        ("9007199254740993", (1i128 << 53) + 1),
        ("9223372036854775808", 1 << 63),
        ("18446744073709551615", (1 << 64) - 1),
        ("-9223372036854775808", -(1 << 63)),
    ] {
        assert_eq!(parse(text.as_bytes(), 32), Ok(Value::Integer(number)), "{text}");
    }
    let long = "9".repeat(1_000_000);
    for text in [
        "-0",
        "00",
        "01",
        "-01",
        "1.0",
        "1e0",
        "1E0",
        "1e+2",
        "0.5",
        ".5x",
        "1.",
        "-",
        "--1",
        "1-1",
        "+1",
        "18446744073709551616",
        "-9223372036854775809",
        "100000000000000000000000000000000000000000",
        &long,
    ] {
        let error = parse(text.as_bytes(), 32).unwrap_err();
        let expected = match text {
            "+1" | ".5x" => format!("byte 0: expected a JSON value, found `{}` (F26)", &text[..1]),
            _ => "byte 0: expected an integer from -2^63 to 2^64-1, without fraction, exponent or leading zero (F26)"
                .to_owned(),
        };
        assert_eq!(error.to_string(), expected, "{text:.40}");
    }
}

#[test]
fn f26_every_truncation_is_refused() {
    let text = "{\"a\":[1,-2,true,null,{\"b\\u00e9\":\"\\ud83d\\ude00é\"}],\"c\":{}}";
    assert!(parse(text.as_bytes(), 32).is_ok());
    for end in 0..text.len() {
        assert!(parse(&text.as_bytes()[..end], 32).is_err(), "{end} bytes");
    }
}

#[test]
fn values_say_what_they_are() {
    for (text, kind) in [
        ("null", "null"),
        ("true", "true"),
        ("-7", "-7"),
        (r#""\u001b[2J""#, r"`\u{1b}[2J`"),
        ("[1]", "an array"),
        ("{}", "an object"),
    ] {
        assert_eq!(parse(text.as_bytes(), 32).unwrap().kind(), kind);
    }
    assert_eq!(Value::from("x".repeat(40)).kind(), format!("`{}`", "x".repeat(40)));
    assert_eq!(Value::from("x".repeat(41)).kind(), "a long string");
    assert_eq!(Value::Integer(-1).as_u64(), None);
    assert_eq!(Value::Integer(u64::MAX.into()).as_u64(), Some(u64::MAX));
    let seven = parse(b"7", 1).unwrap();
    assert_eq!((seven.as_str(), seven.as_array(), seven.as_object()), (None, None, None));
    let members = crate::json::object([("a", seven)]);
    assert_eq!(Value::from(members.clone()).as_object(), Some(&members));
}
