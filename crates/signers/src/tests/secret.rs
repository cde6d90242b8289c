//! Secrets as they are typed.

use crate::Secret;
use std::io::{self, Read};

fn read(bytes: &[u8]) -> io::Result<Option<Vec<u8>>> {
    Ok(Secret::read_line(&mut &bytes[..])?.map(|secret| secret.expose().to_vec()))
}

#[test]
fn k7_a_secret_is_the_line_byte_for_byte() {
    assert_eq!(read(b"correct horse\nnext").unwrap().unwrap(), b"correct horse");
    // OpenSSL reads it so too: what is typed opens the same file there.
    assert_eq!(read(b" \t\xffpass\x1b[A\0\r\n").unwrap().unwrap(), b" \t\xffpass\x1b[A\0\r");
    assert_eq!(read(b"\n").unwrap().unwrap(), b"");
}

#[test]
fn the_end_of_the_input_and_ctrl_c_are_no_secret() {
    for bytes in [&b""[..], b"begun", b"\x03", b"begun\x03", b"begun\x03\n"] {
        assert_eq!(read(bytes).unwrap(), None, "{bytes:?}");
    }
}

#[test]
fn a_line_longer_than_a_terminal_has_is_refused() {
    let line = [&[b'x'; 4096][..], b"\n"].concat();
    assert_eq!(read(&line).unwrap().unwrap(), line[..4096]);
    let refused = read(&[b"y", &line[..]].concat()).unwrap_err();
    assert_eq!(refused.to_string(), "expected a line of at most 4096 bytes, found a longer one");
}

#[test]
fn a_terminal_that_is_interrupted_is_asked_again() {
    struct Once(bool);
    impl Read for Once {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            let kind = if std::mem::take(&mut self.0) { io::ErrorKind::Interrupted } else { io::ErrorKind::TimedOut };
            Err(kind.into())
        }
    }
    let refused = Secret::read_line(&mut Once(true)).map(drop).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::TimedOut);
}
