//! A root that lists a post-quantum key beside its classical ones (T35).

use crate::simulator::{Simulator, key, signing_key};
use aws_lc_rs::signature::{KeyPair, ML_DSA_44_SIGNING, PqdsaKeyPair};
use ed25519_dalek::Signer;
use tuffet_keys::{KeyId, PublicKey, Scheme};
use tuffet_metadata::json::{Value, canonical};
use tuffet_metadata::{Key, write_file};

/// The repository's post-quantum root key.
fn lattice() -> (PqdsaKeyPair, Key) {
    let pair = PqdsaKeyPair::from_seed(&ML_DSA_44_SIGNING, &[200; 32]).unwrap();
    let public = PublicKey::from_raw(Scheme::MlDsa44, pair.public_key().as_ref()).unwrap();
    (pair, Key::compose(&public, None, None))
}

/// The root that the simulator would write, with the post-quantum key among root's, threshold as it is; signed by these
/// classical keys, and by the post-quantum one where asked.
pub(crate) fn root(sim: &Simulator, seeds: &[u8], with_lattice: bool) -> Vec<u8> {
    let (pair, own) = lattice();
    let mut signed = sim.root();
    if let Some(Value::Object(keys)) = signed.get_mut("keys") {
        keys.insert(own.keyid().to_string(), own.object().into());
    }
    if let Some(Value::Object(roles)) = signed.get_mut("roles")
        && let Some(Value::Object(root)) = roles.get_mut("root")
        && let Some(Value::Array(keyids)) = root.get_mut("keyids")
    {
        keyids.push(own.keyid().as_str().into());
    }
    let signed = Value::from(signed);
    let payload = canonical(&signed);
    let classical = |seed: &u8| (key(*seed).keyid().clone(), signing_key(*seed).sign(&payload).to_bytes().to_vec());
    let mut signatures: Vec<(KeyId, Vec<u8>)> = seeds.iter().map(classical).collect();
    if with_lattice {
        let mut signature = vec![0; ML_DSA_44_SIGNING.signature_len()];
        pair.sign(&Scheme::MlDsa44.message(&payload), &mut signature).unwrap();
        signatures.push((own.keyid().clone(), signature));
    }
    write_file(&signed, &signatures)
}
