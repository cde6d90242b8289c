//! F14, D2: `expires`.

use super::*;
use crate::{Expires, format_time, parse_time};

fn with(text: &str) -> Value {
    let mut signed = root(1);
    signed["expires"] = json!(text);
    signed
}

#[test]
fn f14_expires_has_one_form() {
    for text in ["2030-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2028-02-29T12:00:00Z"] {
        accepted::<Root>(&with(text));
        assert_eq!(format_time(parse_time(text).unwrap()), text);
    }
    for text in [
        "",
        "2030-01-01",
        "2030-01-01T00:00:00",
        "2030-01-01t00:00:00Z",
        "2030-01-01T00:00:00z",
        "2030-01-01 00:00:00Z",
        "2030-01-01T24:00:00Z",
        "2030-01-01T00:60:00Z",
        "2030-01-01T00:00:60Z",
        "2016-12-31T23:59:60Z",
        "2030-02-29T00:00:00Z",
        "2030-00-01T00:00:00Z",
        "2030-13-01T00:00:00Z",
        "2030-01-00T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "+2030-01-01T00:00:00Z",
        "-2030-01-01T00:00:00Z",
        "2030-1-01T00:00:00Z",
        "2030-01-01T00:00Z",
        " 2030-01-01T00:00:00Z",
        "2030-01-01T00:00:00Z ",
        "2030-01-01T00:00:00ZZ",
        "٢٠٣٠-01-01T00:00:00Z",
        "2030-01-01T00:00:00+0000",
        "2030-01-01T00:00:00\u{2212}06:00",
        "2030-01-01T00:00:00.Z",
        "2030-01-01T00:00:00,5Z",
        "1893456000",
    ] {
        assert_eq!(Expires::strict(text), None, "{text}");
        assert_eq!(Expires::rfc3339(text), None, "{text}");
        let [strict, deployed] = both::<Root>(&with(text)).map(Result::unwrap_err);
        assert_eq!(strict, format!("root v1: signed.expires: expected YYYY-MM-DDTHH:MM:SSZ, found `{text}` (F14)"));
        assert_eq!(deployed, format!("root v1: signed.expires: expected an RFC 3339 time, found `{text}` (F14)"));
    }
    assert_eq!(Expires::strict("0000-01-01T00:00:00Z"), None);
}

#[test]
fn d2_rfc3339_is_a_deviation_that_keeps_its_text() {
    for (text, same) in [
        ("2021-12-18T13:28:12.99008-06:00", "2021-12-18T19:28:12Z"),
        ("2022-05-11T19:09:02.663975009Z", "2022-05-11T19:09:02Z"),
        ("2030-01-01T00:00:00+00:00", "2030-01-01T00:00:00Z"),
        ("2030-01-01T05:30:00+05:30", "2030-01-01T00:00:00Z"),
    ] {
        let [strict, deployed] = both::<Root>(&with(text));
        let finding = format!("expires `{text}` is not of the form YYYY-MM-DDTHH:MM:SSZ");
        assert_eq!(strict.unwrap_err(), format!("root v1: {finding} (D2, strict profile)"));
        assert_eq!(deployed, Ok(vec![finding]));
        let expires = Expires::rfc3339(text).unwrap();
        assert_eq!((expires.to_string(), format_time(expires.time())), (text.to_owned(), same.to_owned()));
    }
}

#[test]
fn c17_valid_means_strictly_later() {
    let expires = Expires::rfc3339("2030-01-01T00:00:00.5Z").unwrap();
    let at = |nanos| expires.time() + chrono::TimeDelta::nanoseconds(nanos);
    assert_eq!([at(-1), at(0), at(1)].map(|now| expires.is_past(now)), [false, true, true]);
}
