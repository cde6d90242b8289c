//! What Sigstore really changed, in our sentences.

use super::{REKOR, changes};

#[path = "../../../../../tests/support/folder.rs"]
mod folder;

#[allow(clippy::disallowed_methods, reason = "a test reads its data")]
fn epoch(data: &std::path::Path, epoch: &str, hash: &str) -> String {
    std::fs::read_to_string(data.join(format!("epochs/{epoch}/targets/{hash}.trusted_root.json"))).unwrap()
}

/// From the time of root 11 to that of root 15, as a keyholder would have read it.
#[test]
fn k2_what_really_changed_from_root_11_to_root_15() {
    let Some(data) = folder::data("trust roots of two epochs") else { return };
    let old = epoch(&data, "11/last", "f44a1b88128e55ebfb62189becbc0fa48d4ec9915c65ac54ba0e46a008b12d5b");
    let new = epoch(&data, "15/last", "6494e21ea73fa7ee769f85f57d5a3e6a08725eae1e38c755fc3517c9e6bc0b66");
    let found = changes(&old, &new);
    let start = |what: &str, name: &str, time: &str| {
        format!("writes the start of {what} {name} as {time}Z instead of {time}.000Z, the same moment")
    };
    let ca = "O=sigstore.dev, CN=sigstore at https://fulcio.sigstore.dev (first certificate ";
    let (tsa, anchor) = (
        "85f927bc07ab62cac3b44356c10efc81b2c6883fda7ab9e6d870d9d13acd05b7",
        "2aca8fea5d3ce48b01cc77076293c280e6c23ffe44034757ee7833ca9f45d633",
    );
    let valid = "valid 2025-04-08T06:59:43Z to 2035-04-06T06:59:43Z";
    assert_eq!(
        found,
        [
            "adds transparency log https://log2025-1.rekor.sigstore.dev, Ed25519, from 2025-09-23T00:00:00Z, no end, id \
             cf1199155bddd051268d1f16ac5c0c75c009f6fb5a63f4177f8e18d7051e3fa0, SHA-256 of its key \
             b54813cb63d8859870a5e78500cc6adcfdf59723edae93ee8d25faf2475a0690, PKIX_ED25519, SHA2_256"
                .to_owned(),
            start(REKOR, "", "2021-01-12T11:53:27").replace("  ", " "),
            start("certificate authority", &format!("{ca}03a38ffb 1f450100)"), "2021-03-07T03:20:29"),
            start("certificate authority", &format!("{ca}15d79534 8226b464)"), "2022-04-13T20:06:15"),
            start("CT log", "https://ctfe.sigstore.dev/test (id 086092f0 2852ff68)", "2021-03-14T00:00:00"),
            start("CT log", "https://ctfe.sigstore.dev/2022 (id dd3d306a c6c71132)", "2022-10-20T00:00:00"),
            format!(
                "adds timestamp authority O=sigstore.dev, CN=sigstore-tsa-selfsigned at \
                 https://timestamp.sigstore.dev/api/v1/timestamp, ECDSA P-384, from 2025-07-04T00:00:00Z, no end, \
                 certificate 1 CN=sigstore-tsa,O=sigstore.dev (ECDSA P-384, SHA-256 {tsa}, {valid}), certificate 2 \
                 CN=sigstore-tsa-selfsigned,O=sigstore.dev (ECDSA P-384, SHA-256 {anchor}, {valid})"
            ),
            "removes nothing".to_owned(),
        ]
    );
}

/// The first trusted_root.json had a chain in the wrong order, and the second a timestamp authority that was not to stay.
#[test]
fn k2_what_the_first_published_trust_roots_changed() {
    let Some(data) = folder::data("the first trust roots") else { return };
    let first = epoch(&data, "9/last", "cec894ad77f79b1cb324150f6363012bcef7492954f3ab9134f932e6aa2e2e20");
    let second = epoch(&data, "9/last", "4364d7724c04cc912ce2a6c45ed2610e8d8d1c4dc857fb500292738d4d9c8d2c");
    let third = epoch(&data, "11/last", "f44a1b88128e55ebfb62189becbc0fa48d4ec9915c65ac54ba0e46a008b12d5b");
    let found = changes(&first, &second);
    assert_eq!(
        found[2],
        "WARNING: the certificate authority at https://fulcio.sigstore.dev has another first certificate: ECDSA P-384 \
         3ba7b6cc 4e95469d goes, ECDSA P-384 15d79534 8226b464 comes"
    );
    assert_eq!(
        changes(&second, &third),
        [
            "WARNING: removes timestamp authority O=GitHub, Inc., CN=Internal Services Root, no address (first certificate \
          495bc2bf 6519d230): what it vouched for is trusted no more"
        ]
    );
}
