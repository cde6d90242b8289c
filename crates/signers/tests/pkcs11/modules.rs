//! What stands between us and a token: the module, and pcscd behind it.

use crate::lying::Lying;
use crate::softhsm::{MODULE, alone, skipped};
use crate::{error, knows, never, new_key, uri};
use std::fs;
use std::path::Path;
use std::process::Command;
use tuffet_keys::Scheme;
use tuffet_signers::{Places, list, open};

const HINT: &str = "name the module in the URI: module-path=/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so";

/// What is said of a URI with this module.
fn refused(module: &Path) -> String {
    let text = format!("pkcs11:object=release?module-path={}", module.display());
    let refused = error(open(&uri(&text), &mut never));
    assert_eq!(refused.hint().as_deref(), Some(HINT));
    let said = refused.to_string();
    let prefix = format!("{text}: {} is not a PKCS#11 module that works here: ", module.display());
    said.strip_prefix(&prefix).unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn x22_what_is_no_module_is_said_before_a_pin_is_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, bytes: &[u8]| {
        let path = dir.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    assert_eq!(refused(&dir.path().join("missing.so")), "No such file or directory (os error 2)");
    assert_eq!(refused(dir.path()), "expected a shared library, found no file");
    assert_eq!(refused(&file("empty.so", b"")), "file too short");
    let text = "not a library, but long enough to have the header of one\n".repeat(20);
    assert_eq!(refused(&file("text.so", text.as_bytes())), "invalid ELF header");
    let Some(libc) = ["/lib/x86_64-linux-gnu/libm.so.6", "/lib64/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6"]
        .map(Path::new)
        .into_iter()
        .find(|path| path.exists())
    else {
        return skipped("libm.so.6");
    };
    assert_eq!(refused(libc), "it has no C_GetFunctionList");
}

#[test]
fn x22_a_module_cut_short_anywhere_is_refused() {
    alone(|hsm| {
        let whole = fs::read(MODULE).unwrap();
        for length in [1, 63, 64, 65, 1000, whole.len() / 4, whole.len() / 2, whole.len() * 9 / 10] {
            let path = hsm.dir().join(format!("cut-{length}.so"));
            fs::write(&path, &whole[..length]).unwrap();
            let reason = refused(&path);
            match length {
                0..64 => assert_eq!(reason, "file too short"),
                64..1000 => assert_eq!(reason, "cannot read file data"),
                _ => {
                    let needs =
                        reason.strip_prefix("cut short: expected ").and_then(|r| r.split_once(" bytes at least, "));
                    let (needs, found) = needs.unwrap_or_else(|| panic!("{length}: {reason}"));
                    assert!(needs.parse::<usize>().unwrap() <= whole.len(), "{reason}");
                    assert_eq!(found, format!("found {length}"));
                }
            }
        }
    });
}

#[test]
fn x22_a_module_that_cannot_start_says_so_in_its_words() {
    alone(|hsm| {
        fs::remove_file(hsm.conf()).unwrap();
        fs::remove_dir(hsm.dir().join("tokens")).unwrap();
        assert_eq!(refused(Path::new(MODULE)), "C_Initialize says CKR_GENERAL_ERROR");
    });
}

#[test]
fn two_modules_of_one_process_do_not_end_each_other() {
    alone(|hsm| {
        let Some(lying) = Lying::module(hsm) else { return };
        hsm.token("alice");
        let first = new_key(&hsm.uri("alice", "release"), Scheme::EcdsaP256);
        // The library behind it is initialised already, and says so.
        let second = open(&uri(&lying.uri("alice", "release")), &mut knows).unwrap();
        assert!(first.sign(b"payload").is_ok() && second.sign(b"payload").is_ok());
        drop(first);
        assert!(second.sign(b"payload").is_ok());
        let link = hsm.dir().join("link.so");
        std::os::unix::fs::symlink(MODULE, &link).unwrap();
        let through = format!("pkcs11:token=alice;object=release?module-path={}", link.display());
        assert!(open(&uri(&through), &mut knows).unwrap().sign(b"payload").is_ok());
    });
}

/// In a namespace in which nothing is under /run: whatever runs on the machine, pcscd does not here.
#[test]
fn x22_pcscd_not_running_is_said_of_a_smart_card_module_and_of_no_other() {
    const TEST: &str = "modules::x22_pcscd_not_running_is_said_of_a_smart_card_module_and_of_no_other";
    if std::env::var_os("TUFFET_NO_PCSCD").is_none() {
        let script = "mount -t tmpfs none /run && exec \"$1\" --exact \"$2\" --nocapture";
        let output = Command::new("unshare")
            .args(["-rm", "sh", "-c", script, "sh"])
            .arg(std::env::current_exe().unwrap())
            .arg(TEST)
            .env("TUFFET_NO_PCSCD", "1")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        if !said.contains("running 1 test") {
            return skipped(&format!("`unshare -rm` and mount: {said}"));
        }
        assert!(output.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let modules = tuffet_signers::usual_modules();
    if modules.is_empty() {
        return skipped("libykcs11 or opensc-pkcs11 (Debian: ykcs11, opensc-pkcs11)");
    }
    for module in &modules {
        let text = format!("pkcs11:object=release?module-path={}", module.display());
        let refused = error(open(&uri(&text), &mut never));
        let reason = "/run/pcscd/pcscd.comm: No such file or directory (os error 2)";
        assert_eq!(refused.to_string(), format!("{text}: pcscd does not answer: {reason}"));
        let hint = "start it with: sudo systemctl start pcscd (or run `pcscd --foreground` as root)";
        assert_eq!(refused.hint().as_deref(), Some(hint));
        let listing = list(&Places { modules: vec![module.clone()], ..Places::default() });
        assert_eq!(listing.tokens, []);
        let said = format!("{}: pcscd does not answer: {reason}", module.display());
        assert_eq!(listing.troubles.iter().map(ToString::to_string).collect::<Vec<_>>(), [said]);
    }
    // The same where the URI leaves the module to us, as `hsm:` does.
    let alias = error(open(&uri("hsm:2?label=YubiKey+PIV+%2315835999"), &mut never)).to_string();
    assert!(alias.starts_with("pkcs11:token=YubiKey%20PIV%20%2315835999;id=%02: pcscd does not answer: "), "{alias}");
}
