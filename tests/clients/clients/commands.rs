//! Clients that are programs. They know no home but their own, and reach the loopback alone: everything else is asked of a
//! proxy that is not there.

use super::From;
use crate::case::Case;
use sigstore_verify::SubjectAltName;
use std::fs;
use std::path::Path;
use std::process::Command;

/// `sigstore` in Python: the instance is trusted once for its cache.
pub(super) fn python(program: &Path, from: &From<'_>, case: &Case) -> (i32, String) {
    let sigstore =
        |words: &[&str]| run(command(program, from).args(["-m", "sigstore", "--instance", from.url]).args(words));
    let known = from.home.join("trusted");
    if !known.exists() {
        let (code, said) = sigstore(&["trust-instance", text(from.pin)]);
        if code != 0 {
            return (code, said);
        }
        fs::write(known, "").unwrap();
    }
    let (identity, issuer) = (case.signer.identity.as_str(), case.signer.issuer.as_str());
    let words = ["verify", "identity", "--bundle", text(&case.bundle), "--cert-identity", identity];
    sigstore(&[words.as_slice(), &["--cert-oidc-issuer", issuer, text(&case.artifact)]].concat())
}

/// `@sigstore/cli`.
pub(super) fn javascript(program: &Path, from: &From<'_>, case: &Case) -> (i32, String) {
    let identity = match &case.signer.identity {
        SubjectAltName::Email(_) => "--certificate-identity-email",
        _ => "--certificate-identity-uri",
    };
    let mut sigstore = command(program, from);
    sigstore.arg("verify").arg(&case.bundle).args(["--tuf-mirror-url", from.url, "--tuf-root-path", text(from.pin)]);
    sigstore.arg("--tuf-cache-path").arg(from.home.join("tuf")).args([identity, case.signer.identity.as_str()]);
    sigstore.args(["--certificate-issuer", &case.signer.issuer, "--blob-file"]).arg(&case.artifact);
    run(&mut sigstore)
}

/// `gh attestation`: the trusted root by TUF, then the bundle by that.
pub(super) fn go(program: &Path, from: &From<'_>, case: &Case) -> (i32, String) {
    let mut gh = command(program, from);
    let got = gh.args(["attestation", "trusted-root", "--tuf-url", from.url, "--tuf-root"]).arg(from.pin).output();
    let got = got.unwrap();
    if !got.status.success() {
        return (got.status.code().unwrap(), String::from_utf8_lossy(&got.stderr).into_owned());
    }
    let roots = from.home.join("trusted_root.jsonl");
    fs::write(&roots, got.stdout).unwrap();
    let mut gh = command(program, from);
    gh.args(["attestation", "verify"]).arg(&case.artifact).arg("--bundle").arg(&case.bundle);
    gh.arg("--custom-trusted-root").arg(roots).args(["--cert-identity", case.signer.identity.as_str()]);
    gh.args(["--cert-oidc-issuer", &case.signer.issuer]);
    match case.signer.repository() {
        Some(repository) => gh.args(["--repo", &repository]),
        None => gh.args(["--owner", "nobody"]),
    };
    if let Some(predicate) = &case.signer.predicate {
        gh.args(["--predicate-type", predicate]);
    }
    run(&mut gh)
}

fn command(program: &Path, from: &From<'_>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for home in ["HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "GH_CONFIG_DIR"] {
        command.env(home, from.home);
    }
    for proxy in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
        command.env(proxy, "http://127.0.0.1:9");
    }
    for proxy in ["no_proxy", "NO_PROXY"] {
        command.env(proxy, "127.0.0.1");
    }
    command.env("NO_COLOR", "1").env("GH_NO_UPDATE_NOTIFIER", "1").env("DO_NOT_TRACK", "1");
    command.current_dir(from.home);
    command
}

fn run(command: &mut Command) -> (i32, String) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.code().unwrap(), said)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
