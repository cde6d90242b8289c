//! Known answers of canonical JSON (ceremony.md K17): what a text's one form is, by us and by olpc-cjson, and where the
//! two are known to differ, so that nothing such is signed.

use crate::payload::{agree, theirs};
use tuffet_metadata::json::{canonical, parse};

/// A form that is not the known one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KnownForm {
    /// One of the two canonicalisers errs.
    #[error("the form of {json}: expected {expected}, {whose} is {found}")]
    Form {
        /// What was read.
        json: &'static str,
        /// Its form.
        expected: &'static str,
        /// Whose form it is.
        whose: &'static str,
        /// The form.
        found: String,
    },
    /// The two agree where they are known to differ.
    #[error("the forms of {json}: expected two, found one")]
    Agree {
        /// What was read.
        json: &'static str,
    },
}

/// Asks for every known form; how many there were.
///
/// # Errors
/// [`KnownForm`] at the first that is another.
pub fn known_forms() -> Result<usize, KnownForm> {
    ask(&FORMS, &DIFFERENT)
}

fn ask(forms: &[(&'static str, &'static str)], different: &[&'static str]) -> Result<usize, KnownForm> {
    for (json, expected) in forms {
        let value = parse(json.as_bytes(), 32).ok();
        let ours = value.as_ref().map(canonical).unwrap_or_default();
        let theirs = value.as_ref().and_then(theirs).unwrap_or_default();
        for (whose, found) in [("ours", ours), ("olpc-cjson's", theirs)] {
            if found != expected.as_bytes() {
                let found = String::from_utf8_lossy(&found).escape_debug().to_string();
                return Err(KnownForm::Form { json, expected, whose, found });
            }
        }
    }
    for json in different {
        let differs = parse(json.as_bytes(), 32).is_ok_and(|value| agree(&value, "value").is_err());
        if !differs {
            return Err(KnownForm::Agree { json });
        }
    }
    Ok(forms.len().saturating_add(different.len()))
}

/// The vectors of securesystemslib, and one for each rule.
const FORMS: [(&str, &str); 14] = [
    ("[1,2,3]", "[1,2,3]"),
    ("[ ]", "[]"),
    ("{ }", "{}"),
    (r#"{"A": [99]}"#, r#"{"A":[99]}"#),
    (r#"{"A": true}"#, r#"{"A":true}"#),
    (r#"{"x": 3, "y": 2}"#, r#"{"x":3,"y":2}"#),
    (r#"{"y": null, "x": false}"#, r#"{"x":false,"y":null}"#),
    ("-9223372036854775808", "-9223372036854775808"),
    ("18446744073709551615", "18446744073709551615"),
    (r#""\"\\\/""#, r#""\"\\/""#),
    (r#""\u0007\n\u007f""#, "\"\u{7}\n\u{7f}\""),
    (r#""\u00e9\ud83d\ude00""#, "\"\u{e9}\u{1f600}\""),
    (r#"{"b": {"d": 1, "c": 2}, "a": []}"#, r#"{"a":[],"b":{"c":2,"d":1}}"#),
    (r#"{"z": 3, "Z": 4, "": 5}"#, r#"{"":5,"Z":4,"z":3}"#),
];

/// A name that continues another with a character below the quote, and text that is not NFC.
const DIFFERENT: [&str; 3] = [r#"{"foo":1,"foo bar":2}"#, r#"{"foo":1,"foo!":2}"#, r#"["e\u0301"]"#];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn k17_a_form_that_is_another_is_noticed() {
        assert_eq!(known_forms(), Ok(17));
        let error = ask(&[("[ ]", "[ ]")], &[]).unwrap_err();
        assert_eq!(error.to_string(), "the form of [ ]: expected [ ], ours is []");
        let error = ask(&[(r#"{"foo":1,"foo bar":2}"#, r#"{"foo":1,"foo bar":2}"#)], &[]).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"the form of {"foo":1,"foo bar":2}: expected {"foo":1,"foo bar":2}, olpc-cjson's is {\"foo bar\":2,\"foo\":1}"#
        );
        assert_eq!(ask(&[], &["[]"]).unwrap_err().to_string(), "the forms of []: expected two, found one");
        assert!(ask(&[("nothing", "nothing")], &[]).is_err());
    }
}
