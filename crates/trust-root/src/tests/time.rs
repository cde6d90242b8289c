//! Times as written, and windows.

use super::utc;
use crate::{Window, WrittenTime};

#[test]
fn times_that_published_files_contain_are_kept_as_written() {
    for (text, time) in [
        ("2025-09-23T00:00:00Z", "2025-09-23T00:00:00Z"),
        ("2022-12-31T23:59:59.999Z", "2022-12-31T23:59:59.999Z"),
        ("2021-12-18T13:28:12.99008-06:00", "2021-12-18T19:28:12.99008Z"),
        ("2024-02-29T12:00:00.123456789+02:00", "2024-02-29T10:00:00.123456789Z"),
    ] {
        let written = WrittenTime::parse(text).unwrap();
        assert_eq!(written.as_str(), text);
        assert_eq!(written.time(), utc(time));
    }
}

#[test]
fn times_that_go_would_reject_are_no_times() {
    for text in [
        "",
        "2025-09-04",
        "2025-09-04:00:00Z",
        "2025-09-04 00:00:00Z",
        "2025-09-04t00:00:00Z",
        "2025-09-04T00:00:00z",
        "2025-09-04T00:00:00",
        "2025-09-04T00:00:60Z",
        "2025-09-04T24:00:00Z",
        "2025-02-29T00:00:00Z",
        "2025-09-04T00:00:00.1234567890Z",
        " 2025-09-04T00:00:00Z",
        "2025-09-04T00:00:00Z ",
        "+12025-09-04T00:00:00Z",
    ] {
        assert_eq!(WrittenTime::parse(text), None, "{text}");
    }
}

#[test]
fn tr3_new_times_are_whole_seconds() {
    let new = WrittenTime::from_utc(utc("2026-01-31T10:00:00+02:00")).unwrap();
    assert_eq!(new.to_string(), "2026-01-31T08:00:00Z");
    assert_eq!(WrittenTime::from_utc(utc("2026-01-31T10:00:00.5Z")), None);
    assert_eq!(WrittenTime::from_utc(chrono::DateTime::<chrono::Utc>::MAX_UTC), None);
}

#[test]
fn a_window_is_closed_and_needs_a_start() {
    let time = |text: &str| WrittenTime::parse(text);
    let one_second = Window::new(time("2026-01-01T00:00:00Z"), time("2026-01-01T00:00:00Z")).unwrap();
    assert!(one_second.contains(utc("2026-01-01T00:00:00Z")));
    assert!(!one_second.contains(utc("2025-12-31T23:59:59Z")));
    assert!(!one_second.contains(utc("2026-01-01T00:00:01Z")));
    let open = Window::new(time("2026-01-01T00:00:00Z"), None).unwrap();
    assert!(open.contains(utc("2999-01-01T00:00:00Z")));
    let without_start = Window::new(None, time("2026-01-01T00:00:00Z")).unwrap();
    assert!(!without_start.contains(utc("2025-01-01T00:00:00Z")));
    assert_eq!(Window::new(time("2026-01-01T00:00:01Z"), time("2026-01-01T00:00:00Z")), None);
}
