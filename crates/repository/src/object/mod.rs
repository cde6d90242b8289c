//! A place in an object store: S3 and what speaks its protocol, Google Cloud Storage, Azure.

mod open;
mod said;

use crate::headers::Headers;
use crate::place::{Created, Found, Place, PlaceError, PlaceErrorKind, Replaced, Tag};
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, Error, ObjectStore, ObjectStoreExt, PutMode, PutOptions, PutPayload, UpdateVersion,
};
use std::future::Future;
use tokio::runtime::Runtime;

/// A bucket or container, or what lies below a prefix in one.
#[derive(Debug)]
pub struct ObjectPlace {
    store: Box<dyn ObjectStore>,
    prefix: String,
    location: String,
    /// What is asked here is asked one by one; the store's own tasks run while somebody waits.
    runtime: Runtime,
}

impl ObjectPlace {
    fn path(&self, file: &str) -> Result<Path, PlaceError> {
        // A client asks for a role's file by a name that is escaped already, `1.a%2Fb.json`; what stores call the object that
        // such a request comes to is its name without escapes. Below `targets/` clients escape names as they are.
        let name = if file.contains('/') { file.to_owned() } else { unescaped(file) };
        let below = if self.prefix.is_empty() { name } else { format!("{}/{name}", self.prefix) };
        Path::parse(below).map_err(|_| PlaceError {
            place: self.location.clone(),
            file: file.to_owned(),
            reason: "no object can have this name".to_owned(),
            kind: PlaceErrorKind::Other,
        })
    }

    fn wait<T>(&self, request: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        self.runtime.block_on(request)
    }

    fn failed(&self, file: &str, error: &Error) -> PlaceError {
        let (reason, kind) = said::what(error);
        PlaceError { place: self.location.clone(), file: file.to_owned(), reason, kind }
    }

    fn put(&self, file: &str, bytes: &[u8], mode: PutMode) -> Result<Result<(), Error>, PlaceError> {
        let path = self.path(file)?;
        let headers = Headers::of(file);
        let attributes = Attributes::from_iter([
            (Attribute::CacheControl, headers.cache_control),
            (Attribute::ContentType, headers.content_type),
        ]);
        let options = PutOptions { mode, attributes, ..PutOptions::default() };
        let payload = PutPayload::from(bytes.to_vec());
        Ok(self.wait(self.store.put_opts(&path, payload, options)).map(|_| ()))
    }
}

impl Place for ObjectPlace {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        let path = self.path(file)?;
        let found = self.wait(async {
            let found = self.store.get(&path).await?;
            let (e_tag, version) = (found.meta.e_tag.clone(), found.meta.version.clone());
            Ok((tag(e_tag, version), found.bytes().await?))
        });
        match found {
            Ok((tag, bytes)) => Ok(Some(Found { bytes: bytes.to_vec(), tag })),
            // Without the bucket nothing is said of the file.
            Err(ref error @ Error::NotFound { .. }) if !said::no_container(error) => Ok(None),
            Err(error) => Err(self.failed(file, &error)),
        }
    }

    fn names(&self) -> Result<Vec<String>, PlaceError> {
        let prefix = Path::parse(&self.prefix).unwrap_or_default();
        let found = self.wait(self.store.list_with_delimiter(Some(&prefix)));
        let found = found.map_err(|error| self.failed(".", &error))?;
        Ok(found.objects.iter().filter_map(|object| object.location.filename().map(str::to_owned)).collect())
    }

    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        match self.put(file, bytes, PutMode::Create)? {
            Ok(()) => Ok(Created::New),
            Err(Error::AlreadyExists { .. }) => Ok(Created::Exists),
            Err(error) => Err(self.failed(file, &error)),
        }
    }

    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        let mode = seen.map_or(PutMode::Create, |tag| PutMode::Update(update_of(tag)));
        match self.put(file, bytes, mode)? {
            Ok(()) => Ok(Replaced::Done),
            Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => {
                // A request whose answer was lost is sent again, and then finds what it wrote itself.
                let ours = self.read(file)?.is_some_and(|there| there.bytes == bytes);
                Ok(if ours { Replaced::Done } else { Replaced::Changed })
            }
            Err(error) => Err(self.failed(file, &error)),
        }
    }

    fn describe(&self) -> String {
        self.location.clone()
    }
}

/// S3 and Azure know a state by its ETag, Google by its generation.
fn tag(e_tag: Option<String>, version: Option<String>) -> Tag {
    let named = |kind: &str, value: Option<String>| value.map(|value| format!("{kind}={value}"));
    Tag([named("etag", e_tag), named("version", version)].into_iter().flatten().collect())
}

fn update_of(tag: &Tag) -> UpdateVersion {
    let named = |kind: &str| tag.0.iter().find_map(|part| part.strip_prefix(kind)).map(str::to_owned);
    UpdateVersion { e_tag: named("etag="), version: named("version=") }
}

/// Without percent escapes, where they are of UTF-8.
fn unescaped(name: &str) -> String {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(b'%'));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).unwrap_or_else(|_| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c62_an_object_has_the_name_that_a_clients_request_comes_to() {
        for (file, expected) in
            [("1.a%2Fb.json", "1.a/b.json"), ("1.100%25.json", "1.100%.json"), ("1.%zz%.json", "1.%zz%.json")]
        {
            assert_eq!(unescaped(file), expected);
        }
        assert_eq!(unescaped("1.%ff.json"), "1.%ff.json", "no UTF-8");
    }

    #[test]
    fn a_tag_is_what_the_store_is_asked_to_compare() {
        for (e_tag, version) in [(Some("\"a\""), None), (None, Some("17")), (Some("e"), Some("17"))] {
            let update = update_of(&tag(e_tag.map(str::to_owned), version.map(str::to_owned)));
            assert_eq!((update.e_tag.as_deref(), update.version.as_deref()), (e_tag, version));
        }
    }
}
