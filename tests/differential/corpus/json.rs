//! Bytes that two JSON readers may read as two values (F26). None is signed again: the signatures are those of the
//! value that the last of two members, or the text without what was added, would have.

use super::{accepted, refused};
use crate::case::Case;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    vec![
        accepted("f26-white-space-and-escapes", |f| f.text("timestamp", "\"timestamp\"", "\n\t \"\\u0074imestamp\"")),
        refused("f26-version-twice", "malformed", |f| {
            f.text("timestamp", "\"version\": 1\n", "\"version\": 9, \"version\": 1\n");
        }),
        refused("f26-signed-twice", "malformed", |f| f.text("timestamp", "\"signed\"", "\"signed\": {}, \"signed\"")),
        refused("f26-unknown-member-twice", "malformed", |f| f.text("timestamp", "{", "{\"x\": 1, \"x\": 1,")),
        refused("f7-keyid-twice-in-keys", "pinned-root", |f| {
            let keyid = crate::signer::ed25519(1).keyid;
            f.text("root", &format!("\"{keyid}\": {{"), &format!("\"{keyid}\": {{}}, \"{keyid}\": {{"));
        }),
        refused("f26-target-twice", "malformed", |f| f.text("targets", "\"a.txt\"", "\"a.txt\": {}, \"a.txt\"")),
        refused("f26-bytes-after-the-end", "malformed", |f| f.bytes("timestamp", |b| b.extend(b"\n{}"))),
        refused("f26-byte-order-mark", "malformed", |f| {
            f.bytes("timestamp", |b| drop(b.splice(..0, *b"\xef\xbb\xbf")));
        }),
        refused("f26-lone-surrogate", "malformed", |f| f.text("timestamp", "{", "{\"x\": \"\\ud800\",")),
        refused("f26-no-utf-8", "malformed", |f| {
            f.bytes("timestamp", |b| drop(b.splice(..1, *b"{\"x\": \"\xff\",")));
        }),
        refused("f26-not-a-number", "malformed", |f| f.text("timestamp", "{", "{\"x\": NaN,")),
        refused("f26-a-comma-too-many", "malformed", |f| f.text("timestamp", "\"version\": 1\n", "\"version\": 1,\n")),
        refused("f26-a-comment", "malformed", |f| f.text("timestamp", "{", "{ // what it is\n")),
        refused("f26-cut-off", "malformed", |f| f.bytes("timestamp", |b| b.truncate(b.len() - 1))),
        refused("f26-empty", "malformed", |f| f.bytes("timestamp", Vec::clear)),
        refused("f26-a-list", "malformed", |f| f.bytes("timestamp", |b| *b = b"[]".to_vec())),
        refused("f26-deeper-than-the-limit", "malformed", |f| {
            let mut deep = json!(1);
            (0..60).for_each(|_| deep = json!([deep]));
            f.edit("timestamp", |t: &mut Value| t["x-more"] = deep);
        }),
        refused("f13-version-with-a-fraction", "malformed", |f| {
            f.text("timestamp", "\"version\": 1\n", "\"version\": 1.0\n");
        }),
        refused("f13-version-with-an-exponent", "malformed", |f| {
            f.text("timestamp", "\"version\": 1\n", "\"version\": 1e0\n");
        }),
        refused("f2-minus-zero", "malformed", |f| {
            f.edit("timestamp", |t| t["x-more"] = 0.into());
            f.text("timestamp", "\"x-more\": 0", "\"x-more\": -0");
        }),
    ]
}
