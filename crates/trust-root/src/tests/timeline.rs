//! The picture: well formed, whole, and nothing of a file in it is markup.

use super::certs::Key;
use super::{GITHUB, PRODUCTION, STAGING, new_log, utc};
use crate::{Compose, LogKind, NewLog, Tolerant, timeline};

const AT: &str = "2026-08-22T00:00:00Z";

fn drawn(json: &str) -> String {
    timeline(&Tolerant::parse(json.as_bytes()).unwrap(), utc(AT), "Whose it is")
}

/// Every tag that opens closes, in order: what a browser refuses to show otherwise.
fn well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    for tag in svg.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').unwrap();
        assert!(!text.contains('&') || text.split('&').skip(1).all(|entity| entity.contains(';')), "{text}");
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split(' ').next().unwrap());
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert_eq!(open, [""; 0]);
    for outside in ["<script", "href", "url(http", "onload", "<foreignObject", "@import"] {
        assert!(!svg.contains(outside), "{outside}");
    }
}

#[test]
fn every_entry_has_its_lane_and_its_words() {
    for (json, lanes) in [(PRODUCTION, 7), (STAGING, 14), (GITHUB, 12)] {
        let root = Tolerant::parse(json.as_bytes()).unwrap();
        let svg = drawn(json);
        well_formed(&svg);
        assert_eq!(root.trusted_root().entries().len(), lanes);
        assert_eq!(svg.matches("<g><title>").count(), lanes);
        assert!(svg.contains("now 2026-08-22</text>"));
        assert_eq!(svg, drawn(json), "one picture for one file and time");
    }
    let svg = drawn(PRODUCTION);
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1280 602\""), "{}", &svg[..120]);
    assert!(svg.contains("role=\"img\" aria-labelledby=\"timeline-title timeline-desc\""));
    assert!(svg.contains("<title id=\"timeline-title\">Whose it is</title>"));
    assert!(svg.contains(
        "<desc id=\"timeline-desc\">As of 2026-08-22. Transparency logs: rekor.sigstore.dev, valid, from 2021-01-12, \
         ECDSA P-256, c0d23d6a; log2025-1.rekor.sigstore.dev, valid, from 2025-09-23, Ed25519, cf119915; \
         Certificate authorities: O=sigstore.dev, CN=sigstore, closed, 2021-03-07 to 2022-12-31, ECDSA P-384, 03a38ffb, \
         certificate expires 2031-02-23;"
    ));
    assert!(!svg.contains("class=\"gap\""), "production has none");
}

#[test]
fn an_open_bar_runs_to_the_edge_and_stops_where_its_chain_expires() {
    let svg = drawn(PRODUCTION);
    let paths: Vec<&str> = svg.lines().filter(|line| line.starts_with("<path class=\"valid\"")).collect();
    assert_eq!(paths.len(), 4, "two logs, a CT log, and the TSA whose certificate expires beyond the edge");
    assert!(paths.iter().all(|path| path.contains("L1250.0 ")), "{paths:#?}");
    assert_eq!(svg.matches("<path class=\"after\"").count(), 1, "the CA");
    assert_eq!(svg.matches("<path class=\"expiry\"").count(), 2, "both CAs");
    assert!(svg.contains("certificate expires 2035-04-06</text>"), "beyond the edge, in words");
}

#[test]
fn a_gap_between_successors_is_marked_and_named() {
    let (first, second, third) = (Key::ed25519(1).pem(), Key::ed25519(2).pem(), Key::ed25519(3).pem());
    let (url, end) = ("https://log.example.org", Some(utc("2026-02-01T00:00:00Z")));
    let new = NewLog { end, ..new_log(LogKind::RekorV1, &first, url) };
    let next = NewLog { start: utc("2026-02-20T00:00:00Z"), ..new_log(LogKind::RekorV1, &second, url) };
    let later = NewLog { start: utc("2027-02-20T00:00:00Z"), ..new_log(LogKind::RekorV1, &third, url) };
    let root = Compose::new().log(&new).and_then(|c| c.log(&next)).and_then(|c| c.log(&later)).unwrap().finish();
    let svg = drawn(&root.to_json());
    well_formed(&svg);
    assert_eq!(svg.matches("<rect class=\"gap\"").count(), 1);
    assert!(svg.contains(">no transparency log valid</text>"));
    assert!(svg.contains(">gap 2026-02-01 to 2026-02-20, 19 days</text>"));
    assert!(svg.contains("gap: no transparency log valid from 2026-02-01 to 2026-02-20.</desc>"));
    assert!(svg.contains(">not yet, from 2027-02-20, Ed25519, "));
    assert!(svg.contains("<path class=\"future\""));
}

#[test]
fn nothing_in_a_file_is_markup() {
    let json = PRODUCTION.replace("https://rekor.sigstore.dev", "https://<script>&\\\"");
    let root = Tolerant::parse(json.as_bytes()).unwrap();
    let svg = timeline(&root, utc(AT), "<b>\u{202e}&");
    well_formed(&svg);
    assert!(svg.contains("&lt;script&gt;&amp;&quot;"), "{svg}");
    assert!(svg.contains("&lt;b&gt;\\u{202e}&amp;"), "{svg}");
}

#[test]
fn what_is_set_aside_or_never_valid_has_a_lane_without_a_bar() {
    let json = PRODUCTION.replace("PKIX_ED25519", "PKIX_TOMORROW").replace("\"start\": \"2022-10-20T00:00:00Z\"", "");
    let svg = drawn(&json);
    well_formed(&svg);
    assert_eq!(svg.matches("<g><title>").count(), 7);
    assert!(svg.contains(">set aside: this version cannot read it</text>"));
    assert!(svg.contains(">never valid, no start, ECDSA P-256, dd3d306a</text>"));
    let empty = drawn("{\"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}");
    well_formed(&empty);
}
