//! Signatures by another program: made once with OpenSSL 3.0.19 over the bytes `payload`; the private keys are gone.
//! The RSA ones by `openssl dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest -sign`.

use super::*;

fn bytes(hex: &str) -> Vec<u8> {
    ::hex::decode(hex).unwrap()
}

fn rsa(scheme: &str) -> PublicKey {
    PublicKey::from_tuf("rsa", scheme, RSA_2048).unwrap()
}

#[test]
fn f18_rsa_pss_verifies_under_the_scheme_of_the_key_object_alone() {
    let vectors =
        [("rsassa-pss-sha256", PSS_SHA256), ("rsassa-pss-sha384", PSS_SHA384), ("rsassa-pss-sha512", PSS_SHA512)];
    for (scheme, _) in vectors {
        let key = rsa(scheme);
        assert_eq!(key.scheme().name(), scheme);
        for (made_by, signature) in vectors {
            let expected = if made_by == scheme { Ok(()) } else { Err(SignatureInvalid) };
            assert_eq!(key.verify(b"payload", &bytes(signature)), expected, "{made_by} under {scheme}");
        }
        assert_eq!(key.verify(b"payloae", &bytes(PSS_SHA256)), Err(SignatureInvalid));
    }
}

#[test]
fn f18_pkcs1_v15_and_other_salt_lengths_are_no_rsa_pss() {
    for signature in [PKCS1, PSS_LONGEST_SALT] {
        assert_eq!(rsa("rsassa-pss-sha256").verify(b"payload", &bytes(signature)), Err(SignatureInvalid));
    }
    let error = PublicKey::from_tuf("rsa", "rsa-pkcs1v15-sha256", RSA_2048).unwrap_err();
    assert_eq!(error.to_string(), "keytype `rsa` with scheme `rsa-pkcs1v15-sha256` is not supported (F18)");
}

#[test]
fn f8_one_rsa_key_has_one_fingerprint_under_every_scheme() {
    let [first, second, third] = ["rsassa-pss-sha256", "rsassa-pss-sha384", "rsassa-pss-sha512"].map(rsa);
    assert_eq!(first.fingerprint(), second.fingerprint());
    assert_eq!(first.fingerprint(), third.fingerprint());
    assert_ne!(first, second, "the scheme is part of the key, not of which key it is");
    assert_eq!(first.to_pem(), RSA_2048);
    assert_eq!(PublicKey::from_pem(RSA_2048).unwrap(), first);
}

#[test]
fn ecdsa_signatures_verify_with_high_and_with_low_s() {
    let key = PublicKey::from_tuf("ecdsa", "ecdsa-sha2-nistp256", P256).unwrap();
    assert_eq!(key.verify(b"payload", &bytes(HIGH_S)), Ok(()), "42 of Sigstore's 81 root signatures are such");
    assert_eq!(key.verify(b"payload", &bytes(LOW_S)), Ok(()));
    assert_eq!(key.verify(b"payloae", &bytes(HIGH_S)), Err(SignatureInvalid));
}

#[test]
fn f17_points_are_uncompressed_or_refused() {
    let error = PublicKey::from_pem(P256_COMPRESSED).unwrap_err();
    assert_eq!(error.to_string(), "expected an uncompressed point, found a compressed one (F17)");
    let point = bytes(POINT);
    for (first, length, text) in [
        (7, 65, "the key is not a DER SubjectPublicKeyInfo: the point is not in uncompressed form"),
        (5, 65, "the key is not a DER SubjectPublicKeyInfo: the point is not in uncompressed form"),
        (0, 1, "ECDSA P-256: expected 65 bytes of key, found 1 (F17)"),
        (4, 64, "ECDSA P-256: expected 65 bytes of key, found 64 (F17)"),
    ] {
        let mut raw = point[..length].to_vec();
        raw[0] = first;
        assert_eq!(PublicKey::from_raw(Scheme::EcdsaP256, &raw).unwrap_err().to_string(), text);
    }
}

#[test]
fn f17_a_point_off_the_curve_verifies_nothing() {
    let mut raw = PublicKey::from_pem(P256).unwrap().spki_der()[26..].to_vec();
    assert_eq!(PublicKey::from_raw(Scheme::EcdsaP256, &raw).unwrap().verify(b"payload", &bytes(HIGH_S)), Ok(()));
    raw[64] ^= 1;
    let key = PublicKey::from_raw(Scheme::EcdsaP256, &raw).unwrap();
    assert_eq!(key.verify(b"payload", &bytes(HIGH_S)), Err(SignatureInvalid));
}

#[test]
fn f17_a_key_given_to_another_curve_is_refused() {
    let error = PublicKey::from_tuf("ecdsa", "ecdsa-sha2-nistp384", P256).unwrap_err();
    assert_eq!(error.to_string(), "expected a key for ECDSA P-384, found one for ECDSA P-256 (F18)");
    assert_eq!(PublicKey::from_tuf("ed25519", "ed25519", P256).unwrap_err().to_string(), KeyError::Hex.to_string());
    assert_eq!(KeyError::Hex.to_string(), "expected hex, found a character that is not");
}

#[test]
fn a_strangers_words_cannot_steer_a_terminal() {
    let error = PublicKey::from_tuf("\u{1b}[2J", "\r", "").unwrap_err();
    assert_eq!(error.to_string(), r"keytype `\u{1b}[2J` with scheme `\r` is not supported (F18)");
    for (keyid, short) in
        [("0123456789abcdef", "01234567"), ("abc", "abc"), ("", ""), ("ab\u{1b}[2J", "ab"), ("\u{e9}\u{e9}", "")]
    {
        assert_eq!(KeyId::new(keyid).short(), short);
        assert_eq!(KeyId::new(keyid).as_str(), keyid);
    }
}

const RSA_2048: &str = "-----BEGIN PUBLIC KEY-----\n\
     MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA5x/iopH4f5JBi5LjGFOF\n\
     f3n08sC7TPYb/Yerto5WFURTuB+t67+kQl2QmkP7fckuG6y43oPQFG3lBJQiAbT0\n\
     a5oOHTOo2zm8k8S4bteoGb0sT8h0e2Xyo7zdRQ91hL6K1K1kbf9FV++n1njOikpC\n\
     Am1HUgbMErzBfv5XcBm9Wbl2ykZyWXtREvD9rE91Lq7lWf+6Mhd4Uz8DnFO6hsJk\n\
     OCtSr6VKYTUC4Uvr+2Abc3Dw9ihYP15balmpM6AywcEvnjsjkuoaSe37URVMIrDv\n\
     qIwk6YneJWHjesZpolyUMyG+xyUgzQdgaLXdivq1sxshtKKmV8imr8FlETELKuS2\n\
     mwIDAQAB\n\
     -----END PUBLIC KEY-----\n";
const P256: &str = "-----BEGIN PUBLIC KEY-----\n\
     MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEC5m6YY7Z5Qg1HAjkIPQG4q+Ifubi\n\
     RJEttfn977vEy+h/JoFSg4oh1hYf2ZNNTjfVZtFnLOJRcyk/dMv0j2ccmQ==\n\
     -----END PUBLIC KEY-----\n";
const P256_COMPRESSED: &str = "-----BEGIN PUBLIC KEY-----\n\
     MDkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDIgADC5m6YY7Z5Qg1HAjkIPQG4q+Ifubi\n\
     RJEttfn977vEy+g=\n\
     -----END PUBLIC KEY-----\n";
const PSS_SHA256: &str = "1c358fc0ce22c8688149c827a61c9cf453f6567317ca7b76eea81afed5b0c3dffa78d58ef37412fc127770f6a2b30e1e\
     106bcba4de092ba86252450240ee69ae1f7d3d56032cbd554664eb8049b58739fe48179f1908f7965ce142e45494b692\
     b3ef3e8a041d8342cc542c2120bd4bd621ad192476705245399176d8d41ae3987fb1347ef945ddbfecaf0f22e802e99f\
     16d035313d7819ffb3b3fb986ce741e5a28d1566e4bebf43fe17f6655a8e92464b411fd7ce1b279795583c332eaef5fb\
     e1e768b9b13cfd3c06d2bc2078c71935ee972a8da65fcad90493626dc200da01a48984e0e9921d418d3ec2b98b6603e8\
     2fd306da031292aba829b6a85aad6420";
const PSS_SHA384: &str = "27006083d64baa7baaebac7b8fbf5eab579d52102188e91e28a9aed1abf5f5ab8d9bb4d4fd75c4fc69a0c2b8b164748f\
     3b981e344bb247622bf6dbfc132cce2647010efab487581ab387eda8a769e2220e73ed5c13f93ed2e6807c7d1c3e7866\
     995bc377b9561ba6b1282d701c660ef2538e1d6530e7fd56ef25841bd87c583325f31411d29022ba3d0424dc37b015cb\
     200c1ba79ff2527c6ae988700a7cddc984e63b5fed9f677314f4a19f2cac8fe7bc8f1711e029c884fa9f7ba512ed2d91\
     b589ccb94b55b686b7aba84b512114e911d16cc516fb30fa43140b284decaf2808a69860f79c9869a4077dcfb144478b\
     ed802cfe2f3421c06d682edb9bf73689";
const PSS_SHA512: &str = "78c71e53328b283f6ac2e9e475815e7d73cc68375909059edc6ce8afc6fcfb1f2d798a874abfafae82980cd0ffdc44f1\
     0571faa531bc0a2ff2148570a833f6a327536183383fedcbd15c6cd32c06501120b7b307f1efaef9ced0257da11a1392\
     66e4300b8e8632c65ab5729cf55024dce332e292eb9284558859b408418cad304398defc8fc831a37b16df658c02982f\
     b9ea742ced3381197f2b112cd32d2f1dec0306ba7f0186a07cc40e3e98beb045dd55368ed62f76f4858b76ec4df1875e\
     39ccc753024f565dcac11d5b18dab8417e77c17258a213fd3101dfa418fbca192312c1b8bacb4b203caee5ade4ce90f2\
     d1ba09f7d65f1d46c77655156a6154f9";
const PSS_LONGEST_SALT: &str = "c8bd8a63805a95baa3bc620961b41dfcc73aacb5e261ef75d6102b5aa09f163a471fc1b2b5ab8b6f0fd7a438f165d1a9\
     007a272ff5d53647e8ce0db9fbfd9ce4528c19e1a101cc7d10db81687f6bc7b19e2ec6bc9e60d71d527bb155a565099a\
     fd7d2c9ff07eaba9d9e1f46c004eef06fc028093c0f22e5c1552806a1c138bba301c1eb1bee9f85e5d5d975702113a23\
     9fc9a27bc38a98b1e085da8acebeb4d95d7ea33c1fe91964a5c607005d4c32e5e82c528cbd4a36876ff3d133ae2f66bb\
     43fbce2525771422d97d65fc0295cc32f9a3cb43cfb95faf5a1b47cbd99d90f9696d9aea615406052a83ab3b406963d9\
     1eb82adc625f9d2a827c2bbe1101f442";
const PKCS1: &str = "cb3eb6dccc0c299c97d83ae27f7b09e506c7f778f8eacca89b52b72a0ea5442b757fb50c97907584383ce541da9690d1\
     1c022653e68376aa3cdd15c747e0e81336a7a5713cff90fbb9d69a58e76856341f3cdc824834f88cfb75df22e42511b0\
     ae015cfa841dac3d86e66ab808243397f8cf2af6a78dbb04af2ea29fea573a38cbb8b64e34bb3aa2421403ad00825f0c\
     f3272d316f409e67d6d4cbae2528659de123238db602cf7863ea979912cfdc8456701c7f880711647acae74d8230f057\
     c9c44df814429947be21741e6f7f735ce886b155ce384ed8aef813d3a54ae3da9c718ef6b3c0366c0916160c68ecaa27\
     381a7a1ac2210845ee6ca5716770d922";
const HIGH_S: &str = "3046022100b9d7c555758325c282dbf67df09b2ba266d497260139a66abd16514b9204e4c0022100d14be52b3feb5c3e\
     bcd5990d15f343895be28f46bae6fa9c24667699743c6d2b";
const LOW_S: &str = "3045022100b9d7c555758325c282dbf67df09b2ba266d497260139a66abd16514b9204e4c002202eb41ad3c014a3c243\
     2a66f2ea0cbc7661046b66ec30a3e8cf5354298826b826";

#[test]
fn f17_the_fixed_forms_of_der_are_those_of_the_der_reader() {
    use der::Encode;
    let p384 = "04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7\
                3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";
    let p256 = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    for (scheme, raw) in
        [(Scheme::Ed25519, "d7".repeat(32)), (Scheme::EcdsaP256, p256.into()), (Scheme::EcdsaP384, p384.into())]
    {
        let key = PublicKey::from_raw(scheme, &hex::decode(&raw).unwrap()).unwrap();
        let read = spki::SubjectPublicKeyInfoRef::try_from(key.spki_der()).unwrap();
        assert_eq!(read.to_der().unwrap(), key.spki_der(), "{scheme}");
        assert_eq!(PublicKey::from_spki_der(key.spki_der()), Ok(key.clone()));
        // One byte more, one less, or another in the frame: never another key.
        for at in 0..key.spki_der().len() - raw.len() / 2 {
            let mut bad = key.spki_der().to_vec();
            bad[at] ^= 1;
            assert_ne!(PublicKey::from_spki_der(&bad).ok().as_ref(), Some(&key), "{scheme} byte {at}");
        }
        assert!(PublicKey::from_spki_der(&[key.spki_der(), b"\0"].concat()).is_err());
        assert!(PublicKey::from_spki_der(&key.spki_der()[..key.spki_der().len() - 1]).is_err());
    }
}
