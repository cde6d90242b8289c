//! Versions, signatures and pins: L18 to L33.

lints! {
    VERSION_REUSED = "L18" "version-reused", Error "R12":
        "one version of a role has one content",
        since "2022-02, 2022-07 and 2026-01: metadata of Sigstore was edited or issued anew under a version that was out";
        "publish the new content under the next version"
    VERSION_DECREASED = "L19" "version-decreased", Error "C38":
        "the version of a role never goes down",
        since "2022-04: a revert in git published snapshot and timestamp 23 after 24, and then another 24";
        "go forward: publish what is wanted under the next version"
    BYTES_CHANGED = "L20" "bytes-changed", Warning "R5":
        "a published file keeps its bytes",
        since "2022-06: root 3 of Sigstore lost its last newline; 2024-09: root 9 was written anew on import";
        "put the published bytes back"
    TWO_ROOTS_ONE_VERSION = "L21" "two-roots-one-version", Error "T24":
        "there is one valid root of each version",
        since "2021-10 and 2022-10: roots 2 and 5 of Sigstore were signed in full, given up and made anew; the first ones \
               stayed valid until they expired";
        "record the one that was given up; where it is abused, only its expiry and a witness help"
    ROOT_VERSION = "L22" "root-version", Error "R3":
        "the next root has the next version";
        "draft again from the newest root"
    ROLE_REMOVED = "L23" "role-removed", Error "R15":
        "a name the snapshot has listed stays listed until the snapshot's key changes",
        since "2022-10: taking targets away took delegations with them";
        "list it again, or rotate the snapshot key in the same change"
    DEAD_SNAPSHOT_ENTRY = "L24" "dead-snapshot-entry", Note "D6":
        "every file the snapshot lists is a role's",
        since "since 2022 the snapshot of Sigstore lists `root.json`, `rekor.json`, `staging.json` and `revocation.json`";
        "leave it: dropping it is a rollback for clients until the snapshot key rotates"
    CONSISTENT_SNAPSHOT = "L25" "consistent-snapshot", Error "R9":
        "consistent_snapshot stays true";
        "leave consistent_snapshot as it is"
    NOT_CONSISTENT = "L26" "not-consistent", Warning "R6":
        "consistent_snapshot is true",
        since "2022-04: a cache served snapshot.json of yesterday to clients whose timestamp was of today";
        "set it to true in the next root and publish every file under its version too"
    EMPTY_SIGNATURE = "L27" "empty-signature", Warning "F5":
        "a file that is published has no placeholders for signatures",
        since "2025-02: roots 12, 13 and 14 of Sigstore carry empty signatures";
        "leave out the entries of those who did not sign"
    WRONG_SIGNATURE = "L28" "wrong-signature", Warning "F4":
        "every signature by a key of the role is valid";
        "leave the entry out and ask its holder what was signed"
    STRANGER_SIGNATURE = "L29" "stranger-signature", Note "F4":
        "every signature is by a key of the role";
        "leave the entry out: no reader counts it"
    UNDER_SIGNED = "L30" "under-signed", Error "R20":
        "a published file has its threshold of valid signatures",
        since "2022-05: metadata was signed and timestamped before its keyholders had signed";
        "publish no file before its threshold is met"
    UNPINNED = "L31" "unpinned", Warning "R12":
        "timestamp and snapshot pin length and sha256 of what they list",
        since "2024-05: a tool that pins versions alone broke a Rust client; whoever steals one offline role's keys may then \
               serve another file of the same version";
        "write length and hashes into timestamp and snapshot"
    PIN_DIFFERS = "L32" "pin-differs", Error "C44":
        "a file is what timestamp or snapshot pin: version, length, hashes",
        since "2022-04: `unexpected file size (expected 1655, got 1659)` for snapshot.json of Sigstore";
        "publish the file that is pinned, or the next version of snapshot and timestamp"
    NO_SHA256 = "L33" "no-sha256", Warning "TR8":
        "whatever is pinned by hash is pinned by sha256",
        since "2021-11: the first metadata of Sigstore had sha512 alone; a Rust client could not read it";
        "add sha256"
}
