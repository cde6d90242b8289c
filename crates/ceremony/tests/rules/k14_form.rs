//! K14: a bundle has one form; whatever else is in the file is refused.

use crate::k14_out::{packed, read, rewritten, said};
use crate::table::drafted;
use tuffet_ceremony::{Bundle, BundleLimits};

/// A change of a bundle's members.
type Edit<'a> = &'a dyn Fn(&mut Vec<(String, Vec<u8>)>);

#[test]
fn k14_a_member_more_or_less_or_elsewhere_is_refused() {
    let whole = packed(&drafted()).to_bytes().unwrap();
    let refused = |edit: Edit<'_>| said(read(&rewritten(&whole, edit)));
    let payload =
        |members: &Vec<(String, Vec<u8>)>| members.iter().position(|(name, _)| name == "payload/root.json").unwrap();
    assert_eq!(
        refused(&|members| {
            members.remove(payload(members));
        }),
        "bundle: expected member `payload/root.json`, found `payload/targets.json`"
    );
    assert_eq!(
        refused(&|members| members.push(("x\u{1b}[2J".into(), Vec::new()))),
        "bundle: expected member the end, found `x\\u{1b}[2J`"
    );
    assert_eq!(
        refused(&|members| members.swap(0, 1)),
        format!("bundle: expected member `manifest.json`, found `{}`", read(&whole).unwrap().paths().next().unwrap())
    );
    for name in ["../payload/root.json", "/etc/passwd", "assembled/root.json", "signatures/root/a.json"] {
        let renamed = |members: &mut Vec<(String, Vec<u8>)>| {
            let text = String::from_utf8(members[0].1.clone()).unwrap();
            members[0].1 = text.replace("payload/root.json", name).into_bytes();
        };
        assert_eq!(refused(&renamed), format!("bundle: expected a file that goes out, found `{name}`"));
    }
    let manifest = |from: &str, to: &str| {
        refused(&|members| {
            let text = String::from_utf8(members[0].1.clone()).unwrap();
            assert!(text.contains(from), "{text}");
            members[0].1 = text.replace(from, to).into_bytes();
        })
    };
    let form = "bundle: manifest.json: expected its one form: sorted members, none unknown, one space a level";
    assert_eq!(manifest("\"kind\"", "\"king\": 1,\n \"kind\""), form);
    assert_eq!(
        manifest("carry-v1", "carry-v2"),
        "bundle: manifest.json: schema: expected `tuffet-carry-v1`, found `tuffet-carry-v2`"
    );
    assert_eq!(manifest("\"out\"", "\"up\""), "bundle: manifest.json: kind: expected `out` or `back`, found `up`");
    assert_eq!(
        manifest("2026-12-01-initial", "../x"),
        "bundle: manifest.json: ceremony: expected letters, digits and hyphens, found `../x`"
    );
    let limits = BundleLimits { bytes: 100, files: 1 };
    let found = whole.len();
    assert_eq!(said(Bundle::read(&whole, limits)), format!("bundle: expected at most 100 bytes, found {found}"));
    let limits = BundleLimits { files: 3, ..BundleLimits::default() };
    assert_eq!(said(Bundle::read(&whole, limits)), "bundle: expected at most 3 files, found 11");
}

#[test]
fn k14_no_flipped_byte_and_no_cut_is_taken() {
    let laid = drafted();
    let bundle = packed(&laid);
    let whole = bundle.to_bytes().unwrap();
    let place = tempfile::tempdir().unwrap();
    for at in 0..whole.len() {
        assert!(read(&whole[..at]).is_err(), "cut at {at}");
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        // Almost all are refused by their form; what is not is a bundle whose manifest says something else.
        if let Ok(other) = read(&flipped) {
            assert_ne!(other, bundle, "byte {at}");
            assert!(other.lay(place.path()).is_err(), "byte {at}");
        }
    }
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing is left");
    bundle.lay(place.path()).unwrap();
}
