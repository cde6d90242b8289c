//! The calendar, read back as RFC 5545 says and not otherwise.

use crate::{OWN, own};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// One event's properties.
type Event = BTreeMap<String, String>;

/// Reads a calendar: CRLF, lines of 75 octets, folds, escapes; properties once each.
fn parse(text: &str) -> Vec<Event> {
    assert!(text.ends_with("\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']), "CRLF and nothing else");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "75 octets");
    let unfolded = text.replace("\r\n ", "");
    let mut lines = unfolded.trim_end().split("\r\n").peekable();
    assert_eq!(lines.next(), Some("BEGIN:VCALENDAR"));
    let mut head = BTreeMap::new();
    while let Some(line) = lines.next_if(|line| *line != "BEGIN:VEVENT" && *line != "END:VCALENDAR") {
        let (name, value) = line.split_once(':').unwrap();
        assert!(head.insert(name, value).is_none(), "{name} twice");
    }
    let expected = [("CALSCALE", "GREGORIAN"), ("PRODID", "-//tuffet//drill//EN"), ("VERSION", "2.0")];
    assert_eq!(head.into_iter().collect::<Vec<_>>(), expected);
    let mut events = Vec::new();
    while lines.next_if(|line| *line == "BEGIN:VEVENT").is_some() {
        let mut event = Event::new();
        loop {
            let line = lines.next().expect("END:VEVENT");
            if line == "END:VEVENT" {
                break;
            }
            let (name, value) = line.split_once(':').unwrap();
            assert!(event.insert(name.to_owned(), unescape(value)).is_none(), "{name} twice");
        }
        events.push(event);
    }
    assert_eq!(lines.next(), Some("END:VCALENDAR"));
    assert_eq!(lines.next(), None);
    events
}

fn unescape(value: &str) -> String {
    let (mut out, mut chars) = (String::new(), value.chars());
    while let Some(c) = chars.next() {
        assert!(!c.is_control() && c != ',' && c != ';', "unescaped {c:?} in {value}");
        match c {
            '\\' => out.push(match chars.next().unwrap() {
                'n' => '\n',
                c @ ('\\' | ';' | ',') => c,
                c => panic!("\\{c} in {value}"),
            }),
            c => out.push(c),
        }
    }
    out
}

fn written(at: &str) -> Vec<Event> {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("dates.ics");
    own(&["--only", "time", "--ical", path.to_str().unwrap(), "--at", at]).done();
    parse(&fs::read_to_string(path).unwrap())
}

#[test]
fn r18_the_calendar_reads_back_and_has_every_date_to_come() {
    let scratch = tempfile::tempdir().unwrap();
    let path = scratch.path().join("dates.ics");
    let report = own(&["--only", "time", "--ical", path.to_str().unwrap(), "--json"]).done().json();
    let events = parse(&fs::read_to_string(&path).unwrap());
    let times = report["time"]["events"].as_array().unwrap();
    let to_come: Vec<_> = times.iter().filter(|event| event["days"].as_i64().unwrap() >= 0).collect();
    assert_eq!(events.len(), to_come.len());
    let stamp: String = OWN.chars().filter(|c| !"-:".contains(*c)).collect();
    for (event, data) in events.iter().zip(to_come) {
        let names: Vec<&str> = event.keys().map(String::as_str).collect();
        assert_eq!(names, ["DESCRIPTION", "DTSTAMP", "DTSTART", "SEQUENCE", "SUMMARY", "TRANSP", "UID"]);
        let start: String = data["at"].as_str().unwrap().chars().filter(|c| !"-:".contains(*c)).collect();
        assert_eq!((&event["DTSTAMP"], &event["DTSTART"]), (&stamp, &start));
        assert_eq!(event["SUMMARY"], data["breaks"].as_str().unwrap());
        assert_eq!(event["SEQUENCE"], data["version"].to_string());
    }
    let uids: BTreeSet<&String> = events.iter().map(|event| &event["UID"]).collect();
    assert_eq!(uids.len(), events.len(), "each its own");
}

#[test]
fn r18_an_event_keeps_its_uid_and_what_is_over_goes() {
    let (first, later) = (written(OWN), written("2026-12-05T00:00:00Z"));
    assert!(later.len() <= first.len());
    let before: BTreeMap<&String, &String> = first.iter().map(|event| (&event["UID"], &event["DTSTART"])).collect();
    assert!(later.iter().all(|event| before.get(&event["UID"]) == Some(&&event["DTSTART"])));
}
