//! The chain of a device's log, on the entries in Yubico's own documentation of `audit get`.

use crate::{DeviceLog, LogEntry, LogError, verify_log};

/// From <https://developers.yubico.com/YubiHSM2/Commands/Get_Log_Entries.html>, as a real device gave them.
const PRINTED: &str = include_str!("audit-get.txt");

fn entries() -> Vec<LogEntry> {
    DeviceLog::from_shell(PRINTED).unwrap().entries
}

#[test]
fn the_log_in_yubicos_documentation_is_whole() {
    let log = DeviceLog::from_shell(PRINTED).unwrap();
    assert_eq!((log.unlogged_boots, log.unlogged_logins, log.entries.len()), (0, 0, 6));
    assert_eq!(log.entries[0].target_key, 0xcf94);
    assert_eq!(verify_log(&log.entries, None), Ok(()));
    // The later readings of one log are tied to the digest noted at the earlier.
    for at in 1..6 {
        assert_eq!(verify_log(&log.entries[at..], Some(log.entries[at - 1].digest)), Ok(()));
    }
    assert_eq!(verify_log(&[], None), Ok(()));
}

#[test]
fn a_dropped_entry_is_detected() {
    for at in 1..5 {
        let mut entries = entries();
        let dropped = entries.remove(at);
        let expected = LogError::Order { expected: dropped.item, found: dropped.item + 1 };
        assert_eq!(verify_log(&entries, None), Err(expected));
        // Numbered anew, the digests betray it.
        entries[at..].iter_mut().for_each(|entry| entry.item -= 1);
        assert!(matches!(verify_log(&entries, None), Err(LogError::Digest { .. })), "{at}");
    }
    let before = entries()[0].digest;
    assert!(verify_log(&entries()[2..], Some(before)).is_err(), "dropped between two readings");
}

#[test]
fn entries_in_another_order_or_twice_are_detected() {
    for at in 0..5 {
        let mut swapped = entries();
        swapped.swap(at, at + 1);
        assert!(verify_log(&swapped, None).is_err(), "{at}");
        let mut twice = entries();
        twice.insert(at, twice[at]);
        let item = twice[at].item;
        assert_eq!(verify_log(&twice, None), Err(LogError::Order { expected: item + 1, found: item }));
    }
}

#[test]
fn every_changed_number_is_detected() {
    let edits: [fn(&mut LogEntry); 9] = [
        |e| e.item ^= 1,
        |e| e.command ^= 1,
        |e| e.length ^= 1,
        |e| e.session_key ^= 1,
        |e| e.target_key ^= 1,
        |e| e.second_key ^= 1,
        |e| e.result ^= 1,
        |e| e.tick ^= 1,
        |e| e.digest[15] ^= 1,
    ];
    let first = entries()[0].digest;
    for at in 1..6 {
        for (number, edit) in edits.iter().enumerate() {
            let mut changed = entries();
            edit(&mut changed[at]);
            assert!(verify_log(&changed, None).is_err(), "number {number} of entry {at}");
            assert!(verify_log(&changed[1..], Some(first)).is_err(), "number {number} of entry {at}, tied");
        }
    }
}

#[test]
fn messages_name_the_entry() {
    let mut changed = entries();
    changed[3].target_key = 7;
    let said = verify_log(&changed, None).unwrap_err().to_string();
    assert_eq!(
        said,
        format!(
            "entry 49: expected digest {}, found b20a8f25c025e693a8e869b433294a20: this entry or the one before it was \
             changed",
            changed[3].digest_after(changed[2].digest).iter().map(|b| format!("{b:02x}")).collect::<String>()
        )
    );
    changed.remove(3);
    assert_eq!(
        verify_log(&changed, None).unwrap_err().to_string(),
        "expected entry 49, found entry 50: an entry is missing or moved"
    );
}

#[test]
fn a_text_that_is_no_log_is_named_by_line_and_part() {
    let line = "item: 1 -- cmd: 0x03 -- length: 10 -- session key: 0xffff -- target key: 0x0001 -- second key: 0xffff \
                -- result: 0x83 -- tick: 139 -- hash: b20a8f25c025e693a8e869b433294a20";
    assert_eq!(DeviceLog::from_shell(line).unwrap().entries.len(), 1);
    for (text, part) in [
        (line.replace("item: 1 ", "item: 65536 "), "item"),
        (line.replace("item: 1 ", "item: -1 "), "item"),
        (line.replace("0x03", "0x103"), "cmd"),
        (line.replace("0x03", "0x+3"), "cmd"),
        (line.replace("length: 10 -- ", ""), "length"),
        (line.replace("0x0001", "0x"), "target key"),
        (line.replace("0x83", "yes"), "result"),
        (line.replace("139", "4294967296"), "tick"),
        (line.replace("b20a", "b20"), "hash"),
        (line.replace("b20a", "+20a"), "hash"),
        (format!("{line} -- more: 1"), "the end"),
        ("hello".to_owned(), "item"),
    ] {
        let said = DeviceLog::from_shell(&format!("\n{text}\n")).unwrap_err().to_string();
        assert_eq!(said, format!("line 2: expected {part} of an entry as `yubihsm-shell` prints it"));
    }
    let fewer = DeviceLog::from_shell(&format!("Found 2 items\n{line}\n"));
    assert_eq!(fewer.unwrap_err().to_string(), "expected 2 entries, found 1");
    let boots = DeviceLog::from_shell("3 unlogged boots found\n4 unlogged authentications found\n").unwrap();
    assert_eq!((boots.unlogged_boots, boots.unlogged_logins), (3, 4));
    assert!(DeviceLog::from_shell("x unlogged boots found").is_err());
}

#[test]
fn no_cut_or_changed_byte_of_a_log_makes_it_another_that_is_whole() {
    let good = DeviceLog::from_shell(PRINTED).unwrap();
    let first_hash = PRINTED.find("415f").unwrap();
    for at in 0..PRINTED.len() {
        for text in [PRINTED[..at].to_owned(), PRINTED[..at].to_owned() + "7" + &PRINTED[at + 1..]] {
            let Ok(log) = DeviceLog::from_shell(&text) else { continue };
            // What is announced, and the first entry, which nothing before it ties down.
            let announced = log.entries == good.entries || log.entries.is_empty();
            let first = at < first_hash + 32 && log.entries.get(1..) == good.entries.get(1..);
            assert!(announced || first || verify_log(&log.entries, None).is_err(), "{at}: {text}");
        }
    }
}

#[cfg(feature = "simulator")]
#[test]
fn a_simulated_device_keeps_no_log() {
    let device = crate::simulator::Simulator::start().unwrap();
    let crate::KeyUri::YubiHsm(uri) = device.uri(7).unwrap() else { panic!("not a YubiHSM") };
    let mut password = |_: &str| Ok::<_, crate::AskError>(super::secret(crate::simulator::Simulator::PASSWORD));
    assert_eq!(crate::device_log(&uri, &mut password), Ok(DeviceLog::default()));
    device.unplug(true);
    assert!(matches!(crate::device_log(&uri, &mut password), Err(crate::OpenError::Unreachable { .. })));
}
