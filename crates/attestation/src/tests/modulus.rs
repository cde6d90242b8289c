//! ROCA: what the weak generator leaves behind.

use crate::modulus::has_mark;

/// 65537^a, for the largest a that fits: a number with the mark, of so many bits rounded down to a power.
pub(crate) fn marked(bits: usize) -> Vec<u8> {
    let mut number = vec![1u8];
    loop {
        // Times 65537 is itself, shifted by two bytes, plus itself.
        let mut next = vec![0; number.len() + 2];
        let mut carry = 0;
        for (index, byte) in next.iter_mut().enumerate() {
            let low = number.get(index).copied().unwrap_or(0);
            let high = index.checked_sub(2).and_then(|i| number.get(i)).copied().unwrap_or(0);
            let sum = u16::from(low) + u16::from(high) + carry;
            *byte = sum.to_le_bytes()[0];
            carry = sum >> 8;
        }
        while next.last() == Some(&0) {
            next.pop();
        }
        if next.len() * 8 > bits + 8 {
            number.reverse();
            return number;
        }
        number = next;
    }
}

/// An RSA key with this modulus and the exponent 65537, as PKCS#1 has it.
pub(crate) fn pkcs1(modulus: &[u8]) -> Vec<u8> {
    let tlv = |tag: u8, body: &[u8]| {
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        let length = match length {
            [0, n @ 0..=127] => vec![n],
            [0, n] => vec![0x81, n],
            [high, low] => vec![0x82, high, low],
        };
        [&[tag], length.as_slice(), body].concat()
    };
    let unsigned = if modulus[0] >= 0x80 { [&[0], modulus].concat() } else { modulus.to_vec() };
    tlv(0x30, &[tlv(2, &unsigned), tlv(2, &[1, 0, 1])].concat())
}

#[test]
fn at13_powers_of_the_generator_have_the_mark() {
    for bits in [512, 1024, 2048, 4096] {
        let mut number = marked(bits);
        assert!(has_mark(&number), "{bits}");
        let last = number.len() - 1;
        number[last] ^= 4;
        assert!(!has_mark(&number), "{bits}");
    }
}

#[test]
fn at13_sound_moduli_do_not() {
    // The modulus of Yubico's own root, and numbers without structure.
    let root = include_str!("../anchors/yubico-piv-root-263751.pem");
    let root = tuffet_certificates::Certificate::from_der(pem::parse(root).unwrap().contents()).unwrap();
    assert!(!crate::modulus::is_weak(root.key()));
    let mut word = 1u32;
    for _ in 0..2000 {
        let number: Vec<u8> = std::iter::repeat_with(|| {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            word.to_be_bytes()[0]
        })
        .take(256)
        .collect();
        assert!(!has_mark(&number));
    }
}
