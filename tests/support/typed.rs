//! What people type that is wrong: seeded, the same on every machine.
#![allow(dead_code, reason = "each test takes the part of it that it needs")]

/// SplitMix64: the same bytes on every machine, and no crate for it.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub(crate) fn bytes(&mut self, length: u64, byte: impl Fn(u64) -> u8) -> Vec<u8> {
        (0..length).map(|_| byte(self.next() >> 32)).collect()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i as u64 + 1) as usize);
        }
    }

    /// What somebody types in the place of `right`, without the end of the line.
    pub(crate) fn typed(&mut self, kind: usize, right: &str) -> Vec<u8> {
        let length = 1 + self.below(40);
        let any = |n: u64| n as u8;
        match kind % KINDS {
            0 => Vec::new(),
            1 => self.bytes(length, |n| b' ' + (n % 95) as u8),
            2 => self.bytes(length, |n| (n % 32) as u8),
            3 => self.bytes(1 + length * 5, any),
            4 => self.bytes(300 + length * 150, |n| b'!' + (n % 94) as u8),
            5 => self.bytes(300 + length * 150, any),
            6 => "pässwörd ✓ пароль \u{202e}".as_bytes().to_vec(),
            7 => b"\x03".to_vec(),
            8 => b"\x04".to_vec(),
            9 => [right.as_bytes(), b"x"].concat(),
            10 => right.as_bytes()[1..].to_vec(),
            11 => [right.as_bytes(), b"\x03"].concat(),
            12 => [right.as_bytes(), b"\x04\x04"].concat(),
            13 => b"\x1b[A\x1b[200~%n%s\0".to_vec(),
            14 => b"\xff\xfe".to_vec(),
            _ => right.to_uppercase().into_bytes(),
        }
    }
}

pub(crate) const KINDS: usize = 16;

/// As it goes over the line: a line end would be the answer to the next question, Ctrl-S would hold the screen back, and
/// after Ctrl-V neither would be one. After Ctrl-C nobody asks any more.
pub(crate) fn line(typed: &[u8]) -> Vec<u8> {
    let harmless = |byte: &u8| if b"\n\r\x13\x16".contains(byte) { b'?' } else { *byte };
    match typed.iter().position(|byte| *byte == 3) {
        Some(end) => typed[..=end].iter().map(harmless).collect(),
        None => typed.iter().map(harmless).chain([b'\n']).collect(),
    }
}
