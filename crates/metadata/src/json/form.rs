//! From the bytes of a file to their canonical form: strict, in one pass, written only where it has to be.

use super::check::{Outer, is_canonical};
use super::raw::Cursor;
use super::scan::Scan;
use super::text::{compare, plain, text};
use super::{JsonError, JsonProblem};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::ops::Range;

/// The canonical form of the one JSON value that fills `bytes`: the bytes themselves where they are canonical, white
/// space around them aside, else written anew. Accepts what [`parse`](super::parse) accepts, with the same limit of
/// depth, and gives what [`canonical`](super::canonical) gives.
///
/// # Errors
/// [`JsonError`]. A duplicate member is found where its object ends.
pub fn canonical_form(bytes: &[u8], depth: usize) -> Result<Cow<'_, [u8]>, JsonError> {
    form(bytes, depth).map(|form| match form.written {
        Some(written) => Cow::Owned(written),
        None => Cow::Borrowed(bytes.get(form.value).unwrap_or(&[])),
    })
}

/// Where the canonical form of a file is.
pub(crate) struct Form {
    /// The form, where the file is not canonical.
    pub(crate) written: Option<Vec<u8>>,
    /// The range of the value in the file, or in what was written.
    pub(crate) value: Range<usize>,
    /// The range of the outermost member `signed`.
    pub(crate) signed: Option<Range<usize>>,
}

pub(crate) fn form(bytes: &[u8], depth: usize) -> Result<Form, JsonError> {
    let space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let start = bytes.iter().take_while(space).count();
    let end = bytes.len().saturating_sub(bytes.iter().rev().take_while(space).count());
    let inner = bytes.get(start..end).unwrap_or(&[]);
    if let Some(Outer { signed }) = is_canonical(inner, depth) {
        let shift = |range: Range<usize>| range.start.saturating_add(start)..range.end.saturating_add(start);
        return Ok(Form { written: None, value: start..end, signed: signed.map(shift) });
    }
    let (mut written, mut signed) = write(bytes, depth)?;
    written.shrink_to_fit();
    if signed.is_none() {
        signed = find_signed(&written);
    }
    let value = 0..written.len();
    Ok(Form { written: Some(written), value, signed })
}

/// Where the outermost `signed` stands in canonical bytes, by going through them.
fn find_signed(written: &[u8]) -> Option<Range<usize>> {
    let mut signed = None;
    let _ = Cursor::new(written).members(|name, cursor| {
        let from = cursor.at();
        cursor.skip();
        if name == b"signed" {
            signed = Some(from..cursor.at());
        }
        Ok::<(), ()>(())
    });
    signed
}

/// The canonical form, and where the outermost `signed` stands in it, if that is where it was written first.
fn write(bytes: &[u8], depth: usize) -> Result<(Vec<u8>, Option<Range<usize>>), JsonError> {
    let scan = Scan::start(bytes, depth)?;
    let mut writer = Writer { scan, out: Vec::with_capacity(bytes.len()), signed: None };
    writer.value()?;
    writer.scan.end()?;
    Ok((writer.out, writer.signed))
}

struct Writer<'a> {
    scan: Scan<'a>,
    out: Vec<u8>,
    signed: Option<Range<usize>>,
}

/// A member in what is written: its name without quotes, its end, and where it stands in the file.
struct Member {
    name: Range<usize>,
    end: usize,
    at: usize,
}

impl Writer<'_> {
    fn value(&mut self) -> Result<(), JsonError> {
        match self.scan.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string().map(|_| ()),
            Some(b'-' | b'0'..=b'9') => {
                let literal = self.scan.integer()?;
                self.out.extend_from_slice(literal);
                Ok(())
            }
            _ => {
                let rest = self.scan.rest();
                let word = ["true", "false", "null"].into_iter().find(|word| rest.starts_with(word));
                let word = word.ok_or_else(|| self.scan.unexpected("a JSON value"))?;
                self.out.extend_from_slice(word.as_bytes());
                self.scan.advance(word.len());
                Ok(())
            }
        }
    }

    fn nested(&mut self, write: fn(&mut Self) -> Result<(), JsonError>) -> Result<(), JsonError> {
        self.scan.enter()?;
        write(self)?;
        self.scan.leave();
        Ok(())
    }

    fn array(&mut self) -> Result<(), JsonError> {
        self.out.push(b'[');
        self.scan.space();
        if self.scan.peek() != Some(b']') {
            loop {
                self.scan.space();
                self.value()?;
                self.scan.space();
                if self.scan.peek() != Some(b',') {
                    break;
                }
                self.scan.advance(1);
                self.out.push(b',');
            }
        }
        self.scan.expect(b']', "`,` or `]`")?;
        self.out.push(b']');
        Ok(())
    }

    fn object(&mut self) -> Result<(), JsonError> {
        let start = self.out.len();
        self.out.push(b'{');
        self.scan.space();
        let mut before: Option<Range<usize>> = None;
        // Kept from the first member out of order on: a sorted object of a million members keeps nothing.
        let mut unsorted: Option<Vec<Member>> = None;
        if self.scan.peek() != Some(b'}') {
            loop {
                self.scan.space();
                let at = self.scan.at;
                if self.scan.peek() != Some(b'"') {
                    return Err(self.scan.unexpected("a member name"));
                }
                let first = self.out.len();
                let name = self.string()?;
                self.scan.space();
                self.scan.expect(b':', "`:`")?;
                self.scan.space();
                if unsorted.is_none() {
                    match before.as_ref().map(|before| compare(self.written(before), self.written(&name))) {
                        None | Some(Ordering::Less) => {}
                        Some(Ordering::Equal) => return Err(self.duplicate(&name, at)),
                        Some(Ordering::Greater) => unsorted = Some(members(&self.out, start, first.saturating_sub(1))),
                    }
                }
                self.out.push(b':');
                let value = self.out.len();
                self.value()?;
                if self.scan.is_outermost() && self.written(&name) == b"signed" {
                    self.signed = Some(value..self.out.len());
                }
                if let Some(unsorted) = &mut unsorted {
                    unsorted.push(Member { name: name.clone(), end: self.out.len(), at });
                }
                before = Some(name);
                self.scan.space();
                if self.scan.peek() != Some(b',') {
                    break;
                }
                self.scan.advance(1);
                self.out.push(b',');
            }
        }
        self.scan.expect(b'}', "`,` or `}`")?;
        self.out.push(b'}');
        unsorted.map_or(Ok(()), |members| self.sort(start, members))
    }

    fn written(&self, name: &Range<usize>) -> &[u8] {
        self.out.get(name.clone()).unwrap_or(&[])
    }

    fn duplicate(&self, name: &Range<usize>, at: usize) -> JsonError {
        JsonError { at, problem: JsonProblem::Duplicate(text(self.written(name)).into_owned()) }
    }

    /// Puts the members of the object written from `start` on in order. Equal names are neighbours then.
    fn sort(&mut self, start: usize, mut members: Vec<Member>) -> Result<(), JsonError> {
        members.sort_by(|a, b| compare(self.written(&a.name), self.written(&b.name)));
        let same = members.windows(2).filter_map(|pair| match pair {
            [a, b] if self.written(&a.name) == self.written(&b.name) => Some(b),
            _ => None,
        });
        if let Some(again) = same.min_by_key(|member| member.at) {
            return Err(self.duplicate(&again.name, again.at));
        }
        let object = self.out.split_off(start);
        if start == 0 {
            // The outermost members move.
            self.signed = None;
        }
        self.out.push(b'{');
        for (i, member) in members.iter().enumerate() {
            if i > 0 {
                self.out.push(b',');
            }
            // The quote before the name belongs to it.
            let from = member.name.start.saturating_sub(start).saturating_sub(1);
            let to = member.end.saturating_sub(start);
            self.out.extend_from_slice(object.get(from..to).unwrap_or(&[]));
        }
        self.out.push(b'}');
        Ok(())
    }

    /// Writes a string; gives the range of its text, without the quotes.
    fn string(&mut self) -> Result<Range<usize>, JsonError> {
        self.scan.advance(1);
        self.out.push(b'"');
        let start = self.out.len();
        let bytes = self.scan.text().as_bytes();
        loop {
            let rest = bytes.get(self.scan.at..).unwrap_or(&[]);
            let run = rest.get(..plain(bytes, self.scan.at).unwrap_or(rest.len())).unwrap_or(rest);
            if run.iter().fold(false, |seen, byte| seen | (*byte < b' ')) {
                self.scan.advance(run.iter().take_while(|byte| **byte >= b' ').count());
                return Err(self.scan.error(JsonProblem::Control));
            }
            self.out.extend_from_slice(run);
            self.scan.advance(run.len());
            match self.scan.peek() {
                Some(b'"') => {
                    self.scan.advance(1);
                    let end = self.out.len();
                    self.out.push(b'"');
                    return Ok(start..end);
                }
                Some(_) => self.escape()?,
                None => return Err(self.scan.error(JsonProblem::End("`\"`"))),
            }
        }
    }

    fn escape(&mut self) -> Result<(), JsonError> {
        let c = self.scan.escape()?;
        if c == '"' || c == '\\' {
            self.out.push(b'\\');
        }
        self.out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        Ok(())
    }
}

/// The members written from the object at `start` up to the comma before `end`. They are sorted, so none of them is the
/// second of its name, and where they stand in the file is not asked.
fn members(out: &[u8], start: usize, end: usize) -> Vec<Member> {
    let mut members = Vec::new();
    let mut cursor = Cursor::new(out.get(..end).unwrap_or(&[]));
    cursor.jump(start);
    let _ = cursor.members(|written, cursor| {
        // The cursor stands behind the colon.
        let name_end = cursor.at().saturating_sub(2);
        let name = name_end.saturating_sub(written.len())..name_end;
        cursor.skip();
        members.push(Member { name, end: cursor.at(), at: 0 });
        Ok::<(), ()>(())
    });
    members
}
