//! Tags, lengths and values as smart cards write them.

/// `tag`, of one byte or two, with `value`.
pub(crate) fn tlv(tag: u16, value: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = tag.to_be_bytes().into_iter().skip_while(|b| *b == 0).collect();
    match value.len() {
        short @ 0..=0x7f => out.push(short as u8),
        byte @ 0x80..=0xff => out.extend([0x81, byte as u8]),
        long => out.extend([0x82, (long >> 8) as u8, long as u8]),
    }
    out.extend_from_slice(value);
    out
}

/// Every tag of one byte in `data` with its value; `None` where that is not what stands there.
pub(crate) fn read(mut data: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut all = Vec::new();
    while let [tag, rest @ ..] = data {
        let (length, rest) = match rest {
            [short @ 0..=0x7f, rest @ ..] => (usize::from(*short), rest),
            [0x81, byte, rest @ ..] => (usize::from(*byte), rest),
            [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
            _ => return None,
        };
        all.push((*tag, rest.get(..length)?));
        data = &rest[length..];
    }
    Some(all)
}

/// The value of `tag` in what [`read`] found.
pub(crate) fn value<'a>(all: &[(u8, &'a [u8])], tag: u8) -> Option<&'a [u8]> {
    all.iter().find(|(found, _)| *found == tag).map(|(_, value)| *value)
}
