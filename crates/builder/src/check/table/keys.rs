//! Keys and thresholds: L1 to L17.

lints! {
    KEYID_NOT_HASH = "L1" "keyid-not-hash", Error "F6":
        "a keyid is the SHA-256 of its whole key object",
        since "2025-02: root 11 of Sigstore changed a key's URI and left its keyid; strict clients failed for three days";
        "give the changed key the keyid its content has: it is another key object"
    KEYID_OF_CORE = "L2" "keyid-of-core", Warning "F6":
        "a keyid covers every field of its key, not keytype, scheme and keyval alone",
        since "2024-07: roots 5 to 8 of Sigstore's staging repository; clients had to start at root 9";
        "write new keys with the hash of the whole object"
    ONE_KEY_TWO_HOLDERS = "L3" "one-key-two-holders", Error "F8":
        "a key is listed once: one key under two keyids would let one person fill two seats";
        "give each person a key of their own"
    SIGNED_UNDER_TWO_KEYIDS = "L4" "signed-under-two-keyids", Note "D5":
        "a key signs once; where it stands under two keyids it counts once",
        since "2022-10: root 5 of Sigstore, and 9 and 10 later, carry each signature under an old and a new keyid";
        "nothing: readers count keys. Drop the second entry once no supported root lists its keyid"
    KEY_CHANGED_UNDER_KEYID = "L5" "key-changed-under-keyid", Error "F7":
        "a key object never changes under its keyid",
        since "2025-02: the owner's URI of Sigstore's online key was edited under keyid 7247f0db";
        "give the changed key the keyid its content has"
    KEYTYPE_CHANGED = "L6" "keytype-changed", Warning "D4":
        "a key that stays keeps its keytype and its encoding",
        since "2024-03: root 9 of Sigstore wrote `ecdsa` for keys that were `ecdsa-sha2-nistp256`; two Rust clients failed";
        "ask `tuffet check --clients` who reads the new form, and wait for those who do not"
    LEGACY_KEYTYPE = "L7" "legacy-keytype", Note "D4":
        "an ECDSA key has the keytype `ecdsa`";
        "write the next key of this person with keytype `ecdsa`"
    HEX_POINT = "L8" "hex-point", Warning "D4":
        "an ECDSA key is written as PEM",
        since "2021-11: root 1 of Sigstore writes keys as hex points; one Rust client cannot read it to this day";
        "write the next key of this person as PEM"
    UNUSABLE_KEY = "L9" "unusable-key", Warning "F17":
        "every key that is listed can be used";
        "replace the key, or ask its holder for one of a known type"
    KEYID_WITHOUT_KEY = "L10" "keyid-without-key", Warning "F11":
        "every keyid a role lists has a key";
        "take the keyid out of the role, or put its key in"
    ONLINE_KEY_OFFLINE_ROLE = "L11" "online-key-offline-role", Error "R1":
        "a key that signs online signs nothing that clients ultimately trust";
        "use another key for the online roles"
    P384_ONLINE = "L12" "p384-online", Warning "R1":
        "the online key is P-256 or Ed25519",
        since "2024-01: the online key of Sigstore's staging repository was P-384; released clients could not parse it, and \
               the repository's history was thrown away";
        "use a P-256 key online"
    KMS_URI = "L13" "kms-uri", Error "R20":
        "the URI of a Google KMS key is `gcpkms:projects/…/cryptoKeyVersions/N`, without `//` and with the version",
        since "2024-08: online signing failed after the merge, because the URI had `gcpkms://` and no version; the repair by \
               hand in 2025-02 broke the keyid";
        "write the URI anew, and give the key the keyid its content then has"
    THRESHOLD_UNREACHABLE = "L14" "threshold-unreachable", Error "F10":
        "a role has at least as many distinct keys as its threshold";
        "lower the threshold or add a keyholder"
    THRESHOLD_ONE = "L15" "threshold-one", Warning "R16":
        "an offline role needs at least two signatures";
        "raise the threshold"
    THRESHOLD_ALL = "L16" "threshold-all", Warning "R16":
        "a role has more keys than it needs";
        "add a keyholder or lower the threshold"
    TOO_FEW_OLD_KEYS = "L17" "too-few-old-keys", Warning "R2":
        "the keyholders who stay can carry the new root by themselves";
        "replace fewer keys in one ceremony"
}
