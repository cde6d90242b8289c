//! Times, delegations and what targets say: L49 to L70.

lints! {
    EXPIRED = "L49" "expired", Error "R18":
        "nothing has expired",
        since "2021-12: timestamp of Sigstore expired 89 minutes before the next; 2022-05: for 4.85 days";
        "set a later expiry in the plan"
    EXPIRY_TOO_FAR = "L50" "expiry-too-far", Warning "R18":
        "an expiry is no years off: it ends a freeze";
        "set an earlier expiry in the plan"
    EXPIRES_SOON = "L51" "expires-soon", Warning "R18":
        "an offline role has time left for a ceremony",
        since "2024-03: root 9 of Sigstore came with 6.5 days left; 2022-11: probers paged over a holiday";
        "hold the ceremony now"
    EXPIRY_WITHOUT_OVERLAP = "L52" "expiry-without-overlap", Warning "R18":
        "a root's successor is there well before it expires",
        since "2022-05: root 3 of Sigstore came 16.7 hours before root 2 expired; 2024-03: root 9 with 6.5 days left";
        "start the next ceremony earlier, and give root more time"
    DELEGATION_EXPIRES_FIRST = "L53" "delegation-expires-first", Warning "R18":
        "a delegated role lives until its delegator is signed again",
        since "2022-02: a delegation of Sigstore expired, the snapshot's job failed without a word, and the timestamp \
               expired for 17.7 hours";
        "sign the delegated role with a later expiry, and watch it by itself"
    FAILED_RUNS = "L54" "failed-runs", Warning "R19":
        "an online role outlives at least 3 failed daily runs",
        since "2022-02 and 2022-05: signing jobs failed unseen until metadata had expired";
        "sign earlier: a longer signing period, and an expiry period beyond it"
    LEGACY_EXPIRES = "L55" "legacy-expires", Warning "D2":
        "expires is written YYYY-MM-DDTHH:MM:SSZ";
        "write whole seconds and `Z`"
    SHORT_SPEC_VERSION = "L56" "short-spec-version", Note "D3":
        "spec_version has three numbers";
        "leave it in a repository that exists; write three in a new one"
    NULL_DELEGATIONS = "L57" "null-delegations", Warning "F19":
        "delegations is an object, or is not there",
        since "2022-10: a tool wrote `null` for no delegations";
        "leave the member out"
    NOT_IN_SNAPSHOT = "L58" "not-in-snapshot", Error "F25":
        "the snapshot lists every delegated role";
        "sign the role's first version, and take it into the snapshot"
    HIDDEN_DELEGATION = "L59" "hidden-delegation", Warning "C54":
        "a delegation is reached: no earlier terminating one covers all its paths";
        "move it before the one that covers it, or take it out"
    OVERLAPPING_DELEGATIONS = "L60" "overlapping-delegations", Note "C49":
        "a path belongs to one delegation";
        "make the first of the two terminating, if the second shall never answer for its paths"
    NO_PATHS = "L61" "no-paths", Warning "F19":
        "a delegation has paths or path_hash_prefixes";
        "give it paths: with neither it covers nothing"
    UNCOMMON_PATTERN = "L62" "uncommon-pattern", Warning "F20":
        "a path pattern uses `*` and `?` alone, which every client reads alike";
        "list several plain patterns instead"
    FOREIGN_INSTANCE = "L63" "foreign-instance", Error "TR9":
        "a trust root holds logs and authorities of one instance",
        since "2025-04 to 06: production timestamp authorities were signed into Sigstore's staging trust root";
        "take the entry out, or compose the trust root again from its own instance's material"
    UNKNOWN_FIELD = "L64" "unknown-field", Error "TR6":
        "a published format gets no new field: Go's reader refuses a field it does not know",
        since "2025-05: `operator` in Sigstore's staging trust root, taken out again";
        "put it into a file of a new name, such as trusted_root.v0.2.json"
    UNREADABLE_DATE = "L65" "unreadable-date", Error "TR3":
        "every time in a trust root or signing config is RFC 3339",
        since "2025-08: `\"end\": \"2025-09-04:00:00Z\"` was signed by a threshold of Sigstore's staging, merged and \
               signed online";
        "write YYYY-MM-DDTHH:MM:SSZ"
    TRUST_ROOT_REFUSED = "L66" "trust-root-refused", Error "TR6":
        "trust roots and signing configs read: keys, ids, chains and windows",
        since "2023-08: a wrong log id, certificates in the wrong order and a missing end in Sigstore's staging trust root";
        "compose it again with `tuffet trust-root compose`"
    CLIENT_REFUSES = "L67" "client-refuses", Error "R21":
        "a client that starts at the pinned root accepts the repository",
        since "2022-04, 2022-07 and 2025-02: what clients would say was learnt from their users";
        "read what it refuses; `tuffet audit` shows the whole chain"
    UNPORTABLE_NAME = "L68" "unportable-name", Warning "C62":
        "a target's path is a file's name on every system, and the same one in every URL";
        "use letters, digits, `.`, `_` and `-`"
    HISTORY_LOST = "L69" "history-lost", Error "TR4":
        "a trust root keeps every entry of the one before; windows may end, and end earlier";
        "add and close with `tuffet trust-root add` and `close`; to take trust back, waive TR4 in the plan with the reason"
    SERVICE_WITHOUT_TRUST = "L70" "service-without-trust", Error "TR7":
        "a service that clients are told to sign with has a trust entry while it is";
        "add the entry with `tuffet trust-root add` first, and publish it before the signing config"
}
