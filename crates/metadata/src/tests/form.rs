//! F2, F26: the canonical form made from bytes is that of the parsed value, for every input, and nothing is written
//! where nothing has to be.

use super::writer::values;
use crate::json::{Value, canonical, canonical_form, form, parse, pretty};
use proptest::prelude::*;
use std::borrow::Cow;

/// What the reader of values and the writer of values make of it together.
fn oracle(bytes: &[u8]) -> Option<Vec<u8>> {
    parse(bytes, 32).ok().map(|value| canonical(&value))
}

fn found(bytes: &[u8]) -> Option<Vec<u8>> {
    canonical_form(bytes, 32).ok().map(Cow::into_owned)
}

fn alike(bytes: &[u8]) {
    assert_eq!(found(bytes), oracle(bytes), "{}", String::from_utf8_lossy(bytes));
}

/// Writes `value` with its members in an order that `seed` gives, white space between all tokens, and escapes.
fn shuffled(value: &Value, seed: u64, out: &mut String) {
    let space = |out: &mut String, n: u64| out.push_str(["", " ", "\n\t", "\r\n  "][(n % 4) as usize]);
    let string = |text: &str, out: &mut String| {
        out.push('"');
        for (i, c) in text.chars().enumerate() {
            let escape = (seed >> (i % 48)) & 1 == 1 || c < ' ' || c == '"' || c == '\\';
            if escape {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04X}")));
            } else {
                out.push(c);
            }
        }
        out.push('"');
    };
    space(out, seed);
    match value {
        Value::String(text) => string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (i, item) in items.iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                shuffled(item, seed.rotate_left(7).wrapping_add(i as u64), out);
            }
            space(out, seed >> 2);
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            let mut order: Vec<_> = members.iter().collect();
            order.sort_by_key(|(name, _)| {
                canonical(&Value::from(format!("{seed}{name}")))
                    .iter()
                    .fold(seed, |h, b| h.wrapping_mul(31).wrapping_add(u64::from(*b)).rotate_left(5))
            });
            for (i, (name, item)) in order.into_iter().enumerate() {
                out.push_str(if i > 0 { "," } else { "" });
                space(out, seed >> 4);
                string(name, out);
                space(out, seed >> 6);
                out.push(':');
                shuffled(item, seed.rotate_left(11).wrapping_add(i as u64), out);
            }
            out.push('}');
        }
        plain => out.push_str(std::str::from_utf8(&canonical(plain)).unwrap()),
    }
    space(out, seed >> 8);
}

/// The canonical bytes again, if they are JSON: raw control characters are canonical and no JSON.
fn borrowed(bytes: &[u8]) -> bool {
    match canonical_form(bytes, 32) {
        Ok(Cow::Borrowed(form)) => {
            let inside = bytes.as_ptr_range();
            assert!(inside.contains(&form.as_ptr()) || form.is_empty(), "a range of the input");
            assert_eq!(form, bytes);
            true
        }
        _ => false,
    }
}

#[test]
fn f2_canonical_input_is_borrowed_and_white_space_around_it_does_not_matter() {
    let bytes = br#"{"":[],"\"":{},"a":[1,-2,true,false,null,"x\\y"],"b":{"c":18446744073709551615}}"#;
    assert!(borrowed(bytes));
    let spaced = [b" \n", &bytes[..], b"\r\n"].concat();
    let form = canonical_form(&spaced, 32).unwrap();
    assert!(matches!(form, Cow::Borrowed(_)));
    assert_eq!(*form, bytes[..]);
    for other in [&br#"{"a": 1}"#[..], br#"{"b":1,"a":2}"#, br#"["\u0061"]"#, br#"["\/"]"#, br#"[1 ]"#] {
        assert!(matches!(canonical_form(other, 32), Ok(Cow::Owned(_))));
        alike(other);
    }
}

#[test]
fn f2_names_sort_by_what_they_stand_for() {
    for text in [
        r#"{"foo":1,"foo bar":2}"#,
        r##"{"a\"":1,"a#":2,"a!":3,"a\\":4,"a]":5,"a[":6,"a":7}"##,
        r#"{"\ud83d\ude00":1,"\uff5e":2,"z":3,"Z":4,"":5}"#,
        r#"{"a\u0000":1,"a":2,"a\u0001b":3}"#,
        r#"{"\\":1,"\"":2}"#,
        r#"{"\"":1,"\\":2}"#,
    ] {
        alike(text.as_bytes());
        assert!(found(text.as_bytes()).is_some());
    }
}

#[test]
fn f26_duplicates_are_found_wherever_they_stand() {
    for (text, at) in [
        (r#"{"a":1,"a":1}"#, 7),
        (r#"{"a":1,"\u0061":2}"#, 7),
        (r#"{"b":1,"a":1,"b":2}"#, 13),
        (r#"{"c":1,"b":{"x":1},"a":1,"a":2,"b":2}"#, 25),
        (r#"{"a":1,"c":1,"b":1,"a":2}"#, 19),
        (r#"[{"x":{"a":1,"b":2,"a":3}}]"#, 19),
    ] {
        let error = canonical_form(text.as_bytes(), 32).unwrap_err();
        assert_eq!(error, parse(text.as_bytes(), 32).unwrap_err(), "{text}");
        assert_eq!(error.at, at);
    }
}

#[test]
fn f26_refusals_are_those_of_the_reader_of_values() {
    let long = "9".repeat(30);
    let deep = "[".repeat(33);
    for text in [
        "",
        "   ",
        "{",
        "{,}",
        r#"{"a":1,}"#,
        r#"{"a" 1}"#,
        r#"{"a":1 "b":2}"#,
        "{a:1}",
        "[1,]",
        "[1 2]",
        "[",
        "\"abc",
        "NaN",
        "nul",
        "True",
        "-0",
        "00",
        "01",
        "1.0",
        "1e0",
        "-",
        "--1",
        "+1",
        "18446744073709551616",
        "-9223372036854775809",
        &long,
        &deep,
        r#""\x41""#,
        r#""\u12""#,
        r#""\ud800""#,
        r#""\udc00""#,
        r#""\ud800\u0041""#,
        r#""\U0041""#,
        r#""\"#,
        "\"\\u00é\"",
        "[\"a\nb\"]",
        "[\"a\u{1f}\"]",
        "{} {}",
        "[]]",
        "nullnull",
        "[]\u{feff}",
        "\u{feff}[]",
        "\u{a0}1",
        "{\"a\":1}\0",
        "[\"\u{1}",
    ] {
        let ours = canonical_form(text.as_bytes(), 32).unwrap_err();
        assert_eq!(ours, parse(text.as_bytes(), 32).unwrap_err(), "{text:?}");
    }
    let invalid = b"[\"\xed\xa0\x80\"]";
    assert_eq!(canonical_form(invalid, 32).unwrap_err(), parse(invalid, 32).unwrap_err());
}

#[test]
fn f26_depth_is_counted_alike_in_both_passes() {
    for n in 30..35 {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let inner = if open == "[" { "" } else { "1" };
            let canonical = format!("{}{inner}{}", open.repeat(n), close.repeat(n));
            alike(canonical.as_bytes());
            alike(format!(" {}", canonical.replace(':', " : ")).as_bytes());
            assert_eq!(found(canonical.as_bytes()).is_some(), n <= 32);
        }
    }
}

#[test]
fn f1_the_place_of_signed_is_the_outermost_member() {
    for text in [
        r#"{"signatures":[{"signed":1}],"signed":{"signed":2},"x":3}"#,
        "\n{\"signatures\":[],\"signed\":{\"signed\":2}}\n",
        r#"{"x":1, "signed":{"signed":2},"signatures":{"signed":3}}"#,
        // In order and not canonical, as nearly every file is: what comes before, within and after is not it.
        r#"{ "a":{"signed":1},"signed":{"signed":2},"x":{"signed":3}}"#,
        r#"{ "signatures":[],"signed":{"signed":2},"x":3}"#,
    ] {
        let form = form(text.as_bytes(), 32).unwrap();
        let bytes = form.written.as_deref().unwrap_or(text.as_bytes());
        assert_eq!(&bytes[form.signed.unwrap()], br#"{"signed":2}"#);
    }
    assert_eq!(form(br#"[{"signed":1}]"#, 32).unwrap().signed, None);
    assert_eq!(form(br#"{"a":{"signed":1}}"#, 32).unwrap().signed, None);
}

#[test]
fn x11_a_shuffled_object_is_sorted_once() {
    let members: Vec<String> = (0..40_000u32).map(|i| format!("\"{:08x}\":{i}", i.wrapping_mul(0x9e37_79b1))).collect();
    alike(format!("{{{}}}", members.join(",")).as_bytes());
    let twice = format!("{{{},{}}}", members.join(","), members[7]);
    assert_eq!(canonical_form(twice.as_bytes(), 32), Err(parse(twice.as_bytes(), 32).unwrap_err()));
}

proptest! {
    #[test]
    fn f2_the_form_of_bytes_is_the_form_of_the_value(value in values(), seed in any::<u64>()) {
        let expected = canonical(&value);
        prop_assert_eq!(found(&pretty(&value)), Some(expected.clone()));
        let mut text = String::new();
        shuffled(&value, seed, &mut text);
        prop_assert_eq!(found(text.as_bytes()), Some(expected.clone()));
        let json = !expected.iter().any(|byte| *byte < b' ');
        prop_assert_eq!(borrowed(&expected), json);
        prop_assert_eq!(found(&expected), oracle(&expected));
        prop_assert_eq!(crate::json::Raw::new(&expected).to_value(), value);
    }

    #[test]
    fn f26_truncations_and_flips_are_read_alike(value in values(), seed in any::<u64>(), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let mut text = String::new();
        shuffled(&value, seed, &mut text);
        for mut bytes in [text.into_bytes(), canonical(&value)] {
            let at = at.index(bytes.len());
            alike(&bytes[..at]);
            bytes[at] ^= 1 << bit;
            alike(&bytes);
        }
    }

    #[test]
    fn f26_any_text_is_read_alike(text in r#"[\[\]{}",:\\0-9a-c\-. \n]{0,40}"#) {
        alike(text.as_bytes());
    }

    #[test]
    fn f26_a_raw_value_says_what_it_is(value in values()) {
        let bytes = canonical(&value);
        let raw = crate::json::Raw::new(&bytes);
        prop_assert_eq!(raw.kind(), value.kind());
        prop_assert_eq!(raw.as_u64(), value.as_u64());
        let text = raw.as_str();
        prop_assert_eq!(text.as_deref(), value.as_str());
        let items: Option<Vec<Value>> = raw.items().map(|items| items.into_iter().map(crate::json::Raw::to_value).collect());
        prop_assert_eq!(items.as_deref(), value.as_array());
        for (name, member) in value.as_object().into_iter().flatten() {
            prop_assert_eq!(raw.member(name).map(crate::json::Raw::to_value), Some(member.clone()));
        }
        prop_assert!(raw.member("no such member").is_none() || value.as_object().unwrap().contains_key("no such member"));
    }
}

#[test]
fn f2_short_escapes_stand_for_their_characters() {
    let text = br#"["\b\f\n\r\t\/\"\\"]"#;
    assert_eq!(found(text).unwrap(), b"[\"\x08\x0c\n\r\t/\\\"\\\\\"]");
    alike(text);
}

#[test]
fn f26_two_raw_control_characters_are_refused_as_one_is() {
    for text in ["\"\n\"", "\"\n\n\"", "\"\u{1}\u{2}\"", "[ \"\t\t\"]", "{\"a\r\n\":1}", "{ \"a\":\"\r\n\"}"] {
        assert_eq!(found(text.as_bytes()), None, "{text:?}");
        alike(text.as_bytes());
    }
}
