//! The instances that are known in the open: which logs and authorities are whose (TR9).
//!
//! Facts that each instance publishes, by log id and by SHA-256 of each certificate. A test compares them with what its
//! packages ship. An instance that is not here is recognised by `--foreign`.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::json::Json;
use crate::rest;
use crate::shown;

/// An instance and what is its own, in lower-case hex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownInstance {
    /// What it is called.
    pub name: &'static str,
    /// The word by which a command names it.
    pub short: &'static str,
    /// The ids of its logs.
    pub logs: &'static [&'static str],
    /// SHA-256 of the certificates of its authorities.
    pub certificates: &'static [&'static str],
}

impl KnownInstance {
    /// Every known instance.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &KNOWN
    }
}

/// The logs and certificates of one trust root: what each is called there, by its id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Material {
    logs: BTreeMap<String, String>,
    certificates: BTreeMap<String, String>,
}

impl Material {
    /// Of a trusted_root.json. What does not read is passed over: another rule tells of it.
    #[must_use]
    pub fn of(trusted_root: &[u8]) -> Self {
        let mut material = Self::default();
        let Ok(root) = Json::parse(trusted_root) else { return material };
        for name in ["tlogs", "ctlogs"] {
            for log in items(&root, name) {
                let id = bytes(log, &["logId", "keyId"]);
                let url = text(log, &["baseUrl"]).unwrap_or(name);
                material.logs.extend(id.map(|id| (hex::encode(id), url.to_owned())));
            }
        }
        for name in ["certificateAuthorities", "timestampAuthorities"] {
            for authority in items(&root, name) {
                let subject = text(authority, &["subject", "commonName"]).unwrap_or(name);
                for certificate in member(authority, "certChain").map(|c| items(c, "certificates")).unwrap_or_default()
                {
                    let der = bytes(certificate, &["rawBytes"]);
                    material.certificates.extend(der.map(|der| (shown::sha256(&der), subject.to_owned())));
                }
            }
        }
        material
    }

    /// The ids of its logs, and of its certificates.
    #[must_use]
    pub fn ids(&self) -> (Vec<&str>, Vec<&str>) {
        (self.logs.keys().map(String::as_str).collect(), self.certificates.keys().map(String::as_str).collect())
    }

    /// What both hold, in the words of this one.
    #[must_use]
    pub fn shared(&self, other: &Self) -> Vec<String> {
        self.names(|id| other.logs.contains_key(id) || other.certificates.contains_key(id))
    }

    /// What of it is this instance's.
    #[must_use]
    pub fn of_instance(&self, instance: &KnownInstance) -> Vec<String> {
        self.names(|id| instance.logs.contains(&id) || instance.certificates.contains(&id))
    }

    /// Each name once: a chain has several certificates.
    fn names(&self, is: impl Fn(&str) -> bool) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for (_, name) in self.logs.iter().chain(&self.certificates).filter(|(id, _)| is(id)) {
            if !names.contains(name) {
                names.push(name.clone());
            }
        }
        names
    }
}

fn member<'a>(json: &'a Json, name: &str) -> Option<&'a Json> {
    match json {
        Json::Map(members) => rest::member(members, name),
        _ => None,
    }
}

fn items<'a>(json: &'a Json, name: &str) -> &'a [Json] {
    match member(json, name) {
        Some(Json::List(items)) => items,
        _ => &[],
    }
}

fn text<'a>(json: &'a Json, path: &[&str]) -> Option<&'a str> {
    match path.iter().try_fold(json, |json, name| member(json, name))? {
        Json::Text(text) => Some(text),
        _ => None,
    }
}

fn bytes(json: &Json, path: &[&str]) -> Option<Vec<u8>> {
    STANDARD.decode(text(json, path)?).ok()
}

static KNOWN: [KnownInstance; 3] = [
    KnownInstance {
        name: "Sigstore's production instance",
        short: "production",
        logs: &[
            "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d",
            "cf1199155bddd051268d1f16ac5c0c75c009f6fb5a63f4177f8e18d7051e3fa0",
            "086092f02852ff6845d1d16b27849c456718ac163dc338d26de6bc2206366f72",
            "dd3d306ac6c7113263191e1c99673702a24a5eb8de3cadff878a72802f29ee8e",
        ],
        certificates: &[
            "03a38ffb1f450100c2596d1d10b900ac4d504058006dda58199576bbeb9c73d0",
            "15d795348226b4649f750f5802592c393bee7cc53c3b86982175b7ad087efe47",
            "3ba7b6cc4e95469d4d334b49cb257ad8537076fa84b0ca87ff4ecfe6a54680c1",
            "85f927bc07ab62cac3b44356c10efc81b2c6883fda7ab9e6d870d9d13acd05b7",
            "2aca8fea5d3ce48b01cc77076293c280e6c23ffe44034757ee7833ca9f45d633",
        ],
    },
    KnownInstance {
        name: "Sigstore's staging instance",
        short: "staging",
        logs: &[
            "d32f30a3c32d639c2b762205a21c7bb07788e68283a4ae6f42118723a1bea496",
            "f30d5a999d92e662484244263f174cb8eacbfe8264bc583d32741799e3825dc9",
            "29f4a2497da244bca12bad925152f8eef55caaa471fd101ec292899bc21d653a",
            "d3d3a70ca130eff8696626153e84d1cd16e0947934b3296c528bde8274549496",
            "3a727147529b84ce59f97dc4f7b610e0457cffcb785b74ef81e86664bc310246",
            "1b7c142a4e992ba7df1e1fc5742454136c157a4cb31c4108a521b8b1abe7bf4c",
            "fbe24a38c42ded2277ca75079c27e70e170a3fcff9f09e13b9e32a5ee9371e60",
            "2b30bcdc6888c9e2e1d826295e741f4839319602f29c33cb5e4340feb2ac867a",
            "3e607153746e1892e090b236b14976272f67b44d6f92ce6f77114ab722a0a6b6",
            "1638fb664e48d34e2799bf37594c876ac68232850ee1fb939c5c9bb52c5ebc87",
        ],
        certificates: &[
            "66e08b3881fc311194779aeaad11b70677c316985bf847b6ca2c83d8c5700565",
            "bca21d3cc62c9d6a52be9989e6a705f99e91a39d9114890990789ef75d382b39",
            "3149dfe2b1ca9e767ae43ea2c8f8fcf05cb2439cdd9efe551d0c060a3e38cf7a",
            "d1d5b2d3b62517917e190ee3aab2987871ae4297b7502e71798121e8106b4486",
            "06f4ffe047feb35999b733b0d7a323501cfc18e4c03366a845d77536e74b2744",
            "81d9ef485ec4572a6511d2d99aca787e0e9b331383454c94f8d678c246a35acc",
            "92668a86002c8bd81ac7fa5fc775642d9150052b7b2f1817d1d75a1f8f1ff1b0",
            "bf5b8b5d5367c0424e88bf2ed8315ec783edadb3c98627ffa9e3f285615c1df2",
        ],
    },
    KnownInstance {
        name: "GitHub's instance",
        short: "github",
        logs: &[],
        certificates: &[
            "f2fddca75fa1338a86059edcb4db13d1a8dc4117033c636908020a1cc5bc2f70",
            "b4fbed2859cb16ceaf3a41f055319f4ed2446e1ab85f45d080d4580a5643a324",
            "dc64d3af9fd46dd840486935c903986d06edd35788769696d2f145d38b7f7887",
            "795eadb86cf9edce371bacf7084894bc82a3a33ddefe63479b1224837d63fe1f",
            "d3f51b271202a6796686af117623c493f83bc578e3e9e930295c0e1519a11b7c",
            "4e16509e3dd3a6d22c7824509c8c47a68f546a874f9806292692dfce4e7c1c1f",
            "c3444f18fbb1a2811d8fa494208dc7c1612f78c193284125b86a04730e31bcce",
            "5e32fc622543a4d4b9db64bbc58fc6a67e67e4bbd09ed32c19a080ef213f09af",
            "2e17ebb7b3578ab438579c9e4454031eac5518dbfd0ea7658cb471f31f1ca801",
            "4e0f064a5faf69bf1e4672ce947bd425b5ac899985adb8013ea449814cc7cb02",
            "7948f226a97ec3d336fc02a106e9d516aa9ae7d4347abb31b274091959091b07",
            "7b884ac292ca226d9611a34fe4724beb5843b8b008cb0c0931a6cf634adc3ec3",
            "af777e7300e35f62358a5c092f04b488de7af305e86f776f2829b6f5cc099265",
            "acf3e6c83c165214348a79f7fd81c47f8ff0165cb1a923bf78efb380281c7a69",
            "4416c8ae73146a63a137c2e55be8de70e3c9af3073bf398baabaa8db0817ced7",
        ],
    },
];
