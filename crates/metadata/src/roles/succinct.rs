//! `succinct_roles`: delegation to 2^n bins that share their keys (TAP 15, F23).

use super::RoleKeys;
use super::delegations::{NAME_BYTES, refuse_name};
use crate::json::Raw;
use crate::reading::{Node, Path, Reading};
use crate::{Problem, TargetPath};

/// Bins by the first bits of SHA-256(path). They are computed, never listed, and never terminating: TAP 15 leaves
/// that to the delegation above them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuccinctRoles {
    /// Who signs each bin.
    pub keys: RoleKeys,
    bit_length: u32,
    name_prefix: String,
}

impl SuccinctRoles {
    /// Bits of the hash that choose the bin, 1 to 32.
    #[must_use]
    pub fn bit_length(&self) -> u32 {
        self.bit_length
    }

    /// What the bins' names begin with.
    #[must_use]
    pub fn name_prefix(&self) -> &str {
        &self.name_prefix
    }

    /// The number of bins, 2 to 2^32.
    #[must_use]
    pub fn bins(&self) -> u64 {
        1_u64.checked_shl(self.bit_length).unwrap_or(0)
    }

    /// The name of the bin that `path` belongs to.
    #[must_use]
    pub fn bin_of(&self, path: &TargetPath) -> String {
        let [a, b, c, d, ..] = *path.sha256().as_bytes();
        let unused = 32_u32.saturating_sub(self.bit_length);
        self.bin(u32::from_be_bytes([a, b, c, d]).checked_shr(unused).unwrap_or(0))
    }

    /// `PREFIX-NUMBER`, in lower-case hex, padded so that all names have one length.
    #[must_use]
    pub fn bin(&self, number: u32) -> String {
        format!("{}-{number:0width$x}", self.name_prefix, width = self.digits())
    }

    /// Whether `name` is a bin's: of this prefix, of this number of digits, in range.
    #[must_use]
    pub fn has_bin(&self, name: &str) -> bool {
        let number = name.strip_prefix(&self.name_prefix).and_then(|rest| rest.strip_prefix('-'));
        // A sign parses too; the comparison with the name it should have does not let it pass.
        let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        number.is_some_and(|number| u64::from(number) < self.bins() && self.bin(number) == name)
    }

    fn digits(&self) -> usize {
        usize::try_from(self.bit_length.div_ceil(4)).unwrap_or(8)
    }

    pub(super) fn read(path: Path<'_>, raw: Raw<'_>, reading: &Reading<'_>) -> Result<Self, Problem> {
        let node = Node::new(path, raw, "F23", ["bit_length", "keyids", "name_prefix", "threshold"])?;
        let bits = node.positive("bit_length", "F23")?;
        let bit_length = u32::try_from(bits).ok().filter(|bits| *bits <= 32);
        let bit_length = bit_length
            .ok_or_else(|| Problem::shape(node.at("bit_length"), "an integer from 1 to 32", bits.to_string(), "F23"))?;
        let name_prefix = node.string("name_prefix", "F23")?.into_owned();
        let this = Self { keys: RoleKeys::read(&node, reading)?, bit_length, name_prefix };
        let longest = this.bin(0);
        if longest.len() > NAME_BYTES {
            return Err(refuse_name(node.at("name_prefix"), &longest));
        }
        Ok(this)
    }
}
