//! W6: canonical JSON, MB/s over 2.8 MB: written from the usual layout, and found to be canonical already.
//!
//! `cargo bench -p tuffet-metadata --bench w6`
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, clippy::print_stdout, reason = "a bench has a clock")]

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Instant;
use tuffet_metadata::json::{canonical, canonical_form, parse, pretty};

fn main() {
    let mut text = String::from("{");
    for number in 0..10_000u64 {
        let comma = if number > 0 { "," } else { "" };
        let hex = format!("{:064x}", u128::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834));
        let hashes = format!("{{\"sha256\":\"{hex}\",\"sha512\":\"{hex}{hex}\"}}");
        write!(text, "{comma}\"packages/{number:07}-1.0.tar.gz\":{{\"hashes\":{hashes},\"length\":{number}}}").unwrap();
    }
    text.push('}');
    let form = text.into_bytes();
    let value = parse(&form, 32).unwrap();
    let usual = pretty(&value);
    assert!(matches!(canonical_form(&form, 32), Ok(Cow::Borrowed(_))));
    assert_eq!(canonical_form(&usual, 32).unwrap(), form);
    measure("check: is it canonical", form.len(), || canonical_form(&form, 32).unwrap().len());
    measure("write from the usual layout", usual.len(), || canonical_form(&usual, 32).unwrap().len());
    measure("write from a tree of values", form.len(), || canonical(&value).len());
    measure("parse into a tree of values", form.len(), || usize::from(parse(&form, 32).is_ok()));
}

fn measure(what: &str, bytes: usize, mut work: impl FnMut() -> usize) {
    let mut times: Vec<f64> = (0..41)
        .map(|_| {
            let start = Instant::now();
            std::hint::black_box(work());
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{what:<30} {:>8.0} MB/s of {:.1} MB", bytes as f64 / 1e6 / times[times.len() / 2], bytes as f64 / 1e6);
}
