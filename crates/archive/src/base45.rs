//! Base45 (RFC 9285): bytes in the 45 characters that QR codes hold most cheaply, two bytes in three of them.

/// The text of `bytes`.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut out = String::new();
    for pair in bytes.chunks(2) {
        let (number, digits) = match *pair {
            [high, low] => (u32::from(high).wrapping_shl(8) | u32::from(low), 3),
            [one] => (u32::from(one), 2),
            _ => continue,
        };
        let mut rest = number;
        for _ in 0..digits {
            let digit = usize::try_from(rest.checked_rem(BASE).unwrap_or_default()).unwrap_or_default();
            out.extend(ALPHABET.get(digit).map(|byte| char::from(*byte)));
            rest = rest.checked_div(BASE).unwrap_or_default();
        }
    }
    out
}

/// The bytes of `text`, which is in the one form [`encode`] writes; `None` for any other.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for group in text.as_bytes().chunks(3) {
        let mut number = 0u32;
        for byte in group.iter().rev() {
            let digit = ALPHABET.iter().position(|known| known == byte)?;
            number = number.checked_mul(BASE)?.checked_add(u32::try_from(digit).ok()?)?;
        }
        match group.len() {
            3 => out.extend(u16::try_from(number).ok()?.to_be_bytes()),
            2 => out.push(u8::try_from(number).ok()?),
            _ => return None,
        }
    }
    Some(out)
}

/// The most bytes that fit into so many characters.
pub(crate) fn capacity(characters: usize) -> usize {
    let odd = usize::from(characters.checked_rem(3) == Some(2));
    characters.checked_div(3).unwrap_or_default().saturating_mul(2).saturating_add(odd)
}

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const BASE: u32 = 45;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_9285_read_as_published_and_back() {
        for (bytes, text) in
            [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0"), ("", "")]
        {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text), Some(bytes.as_bytes().to_vec()));
        }
    }

    #[test]
    fn what_no_bytes_give_is_refused() {
        // Too large for two bytes, for one byte, of a length no bytes give, of no digits.
        for text in ["GGW", ":::", "V5", "::", "A", "BB8A", "bb8", "BB,", "B\u{e9}"] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode("FGW"), Some(vec![0xff, 0xff]));
    }

    #[test]
    fn every_pair_of_bytes_reads_back_and_fits_what_was_promised() {
        for number in 0..=u16::MAX {
            assert_eq!(decode(&encode(&number.to_be_bytes())), Some(number.to_be_bytes().to_vec()));
        }
        for length in 0..200 {
            let characters = encode(&vec![7; length]).len();
            assert!(
                capacity(characters) == length && capacity(characters - usize::from(characters > 0)) < length.max(1)
            );
        }
    }
}
