//! Canonical bytes with some members changed: what nobody touches is copied as it stands.

use super::{Cursor, Value, canonical, compare_decoded};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// What becomes of the member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// It has this value, whether it was there or not.
    Put(Value),
    /// It is not there.
    Remove,
    /// It stays, and these of its own members change. Where there is no object, one with these members is put.
    Within(Edits),
}

/// Changes to an object by the names of its members.
pub type Edits = BTreeMap<String, Edit>;

/// The object in canonical form at `bytes`, with `edits`: canonical again. One pass over the members, and a copy of
/// them in as many pieces as there are edits; no tree of what stays.
pub(crate) fn edited(bytes: &[u8], edits: &Edits) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len().saturating_add(edits.len().saturating_mul(64)));
    write(&mut Cursor::new(bytes), edits, &mut out);
    out
}

fn write(cursor: &mut Cursor<'_>, edits: &Edits, out: &mut Vec<u8>) {
    let all = cursor.all();
    let mut edits = edits.iter().peekable();
    let mut object = Writer { all, out, kept: 0..0, empty: true };
    object.out.push(b'{');
    let is_object = cursor.members(|written, cursor| {
        // Back over the colon, both quotes and the name.
        let start = cursor.at().saturating_sub(written.len()).saturating_sub(3);
        let order = |name: &String| compare_decoded(written, name);
        while let Some((name, edit)) = edits.next_if(|(name, _)| order(name) == Ordering::Greater) {
            object.edit(name, edit, None);
        }
        if let Some((name, edit)) = edits.next_if(|(name, _)| order(name) == Ordering::Equal) {
            let mut value = cursor.clone();
            cursor.skip();
            object.edit(name, edit, Some(&mut value));
        } else {
            cursor.skip();
            object.keep(start..cursor.at());
        }
        Ok::<(), ()>(())
    });
    // What is no object gives its place to one.
    if is_object == Ok(false) {
        cursor.skip();
    }
    edits.for_each(|(name, edit)| object.edit(name, edit, None));
    object.flush();
    out.push(b'}');
}

struct Writer<'a> {
    all: &'a [u8],
    out: &'a mut Vec<u8>,
    /// Members that stay, side by side, not copied yet.
    kept: std::ops::Range<usize>,
    empty: bool,
}

impl Writer<'_> {
    fn keep(&mut self, member: std::ops::Range<usize>) {
        // One comma between, as in the object they come from.
        if self.kept.is_empty() || self.kept.end.checked_add(1) != Some(member.start) {
            self.flush();
            self.kept = member;
        } else {
            self.kept.end = member.end;
        }
    }

    fn flush(&mut self) {
        if !self.kept.is_empty() {
            self.comma();
            self.out.extend_from_slice(self.all.get(self.kept.clone()).unwrap_or(&[]));
            self.kept = 0..0;
        }
    }

    fn comma(&mut self) {
        if !self.empty {
            self.out.push(b',');
        }
        self.empty = false;
    }

    fn edit(&mut self, name: &str, edit: &Edit, value: Option<&mut Cursor<'_>>) {
        self.flush();
        if *edit == Edit::Remove {
            return;
        }
        self.comma();
        self.out.extend_from_slice(&canonical(&Value::from(name)));
        self.out.push(b':');
        match (edit, value) {
            (Edit::Put(new), _) => self.out.extend_from_slice(&canonical(new)),
            (Edit::Within(edits), Some(value)) => write(value, edits, self.out),
            (Edit::Within(edits), None) => write(&mut Cursor::new(b"{}"), edits, self.out),
            (Edit::Remove, _) => {}
        }
    }
}
