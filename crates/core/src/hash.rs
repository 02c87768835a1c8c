//! `quickXorHash`, the checksum that OneDrive for business gives of a file and that sync clients compare.
//!
//! It is a ring of 160 bits. Byte `i` of the content goes in by XOR at bit `11 * i`, and at the end the length, as 64 bits in
//! little-endian order, into the last eight bytes. It finds accidents, not attackers.

use data_encoding::BASE64;

/// The size of a hash in bytes.
pub const QUICK_XOR_HASH_LEN: usize = 20;

/// How many bits further around the ring the next byte goes.
const SHIFT: u32 = 11;

/// After this many bytes the ring has come round to bit 0: 11 and 160 have no common divisor.
const STRIPE: usize = 160;

/// Computes `quickXorHash` over content that arrives in pieces.
///
/// Bytes a stripe apart land on the same bits. So it is enough to XOR the content into one stripe, which the compiler does many
/// bytes at a time, and to turn that around the ring once at the end.
#[derive(Debug, Clone)]
pub struct QuickXorHash {
    stripe: [u8; STRIPE],
    length: u64,
}

impl QuickXorHash {
    /// The hash of nothing so far.
    pub const fn new() -> Self {
        Self { stripe: [0; STRIPE], length: 0 }
    }

    /// Takes the next piece of the content.
    pub fn update(&mut self, content: &[u8]) {
        let begun = self.position();
        let (head, rest) = content.split_at_checked((STRIPE - begun) % STRIPE).unwrap_or((content, &[]));
        xor(self.stripe.iter_mut().skip(begun), head);
        let (stripes, tail) = rest.as_chunks::<STRIPE>();
        for stripe in stripes {
            xor(self.stripe.iter_mut(), stripe);
        }
        xor(self.stripe.iter_mut(), tail);
        self.length = self.length.wrapping_add(content.len() as u64);
    }

    /// The hash of all that was taken.
    pub fn finalize(self) -> [u8; QUICK_XOR_HASH_LEN] {
        let mut ring = self.stripe.iter().rev().fold(Ring::default(), |ring, byte| ring.turned().with(*byte));
        ring.low ^= u128::from(self.length) << 96;
        let [_, _, _, _, high_length @ ..] = self.length.to_le_bytes();
        ring.high ^= u32::from_le_bytes(high_length);
        ring.to_bytes()
    }

    /// How much of the current stripe is filled.
    fn position(&self) -> usize {
        usize::try_from(self.length % STRIPE as u64).unwrap_or_default()
    }
}

impl Default for QuickXorHash {
    fn default() -> Self {
        Self::new()
    }
}

/// The text of a hash in `file.hashes.quickXorHash`: base64 with padding, 28 characters.
pub fn quick_xor_hash_text(hash: &[u8; QUICK_XOR_HASH_LEN]) -> String {
    BASE64.encode(hash)
}

fn xor<'s>(stripe: impl Iterator<Item = &'s mut u8>, content: &[u8]) {
    for (cell, byte) in stripe.zip(content) {
        *cell ^= byte;
    }
}

/// The 160 bits: `low` holds bits 0 to 127, `high` the rest.
#[derive(Default)]
struct Ring {
    low: u128,
    high: u32,
}

impl Ring {
    /// Every bit [`SHIFT`] places further; what leaves at the top comes in at the bottom.
    fn turned(self) -> Self {
        let carried = self.low >> (u128::BITS - SHIFT);
        let wrapped = self.high >> (u32::BITS - SHIFT);
        Self {
            low: (self.low << SHIFT) | u128::from(wrapped),
            high: (self.high << SHIFT) | u32::try_from(carried).unwrap_or_default(),
        }
    }

    fn with(mut self, byte: u8) -> Self {
        self.low ^= u128::from(byte);
        self
    }

    fn to_bytes(&self) -> [u8; QUICK_XOR_HASH_LEN] {
        let mut bytes = [0; QUICK_XOR_HASH_LEN];
        let ordered = self.low.to_le_bytes().into_iter().chain(self.high.to_le_bytes());
        for (place, byte) in bytes.iter_mut().zip(ordered) {
            *place = byte;
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hash(content: &[u8]) -> [u8; 20] {
        let mut hash = QuickXorHash::new();
        hash.update(content);
        hash.finalize()
    }

    /// The definition, bit by bit.
    fn by_definition(content: &[u8]) -> [u8; 20] {
        let mut bits = [false; 160];
        for (i, byte) in content.iter().enumerate() {
            for bit in 0..8 {
                bits[(i * 11 + bit) % 160] ^= byte >> bit & 1 == 1;
            }
        }
        for bit in 0..64 {
            bits[96 + bit] ^= content.len() >> bit & 1 == 1;
        }
        let mut bytes = [0; 20];
        for (i, bit) in bits.into_iter().enumerate() {
            bytes[i / 8] |= u8::from(bit) << (i % 8);
        }
        bytes
    }

    #[test]
    fn nothing_hashes_to_zeros() {
        assert_eq!(hash(b""), [0; 20]);
        assert_eq!(quick_xor_hash_text(&hash(b"")), "AAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    }

    #[test]
    fn two_bytes_by_hand() {
        // 0xff at bit 0; 0xff at bit 11, that is 0x07f8 from byte 1; the length 2 in byte 12.
        let mut expected = [0; 20];
        (expected[0], expected[1], expected[2], expected[12]) = (0xff, 0xf8, 0x07, 2);
        assert_eq!(hash(b"\xff\xff"), expected);
    }

    #[test]
    fn the_ring_closes() {
        // Byte 14 starts at bit 154: six bits at the top, two at the bottom.
        let mut content = [0; 15];
        content[14] = 0xff;
        let mut expected = [0; 20];
        (expected[0], expected[19], expected[12]) = (0b11, 0b1111_1100, 15);
        assert_eq!(hash(&content), expected);
    }

    #[test]
    fn every_length_of_a_few_stripes() {
        let content: Vec<u8> = (0..500_u32).map(|i| u8::try_from(i * 167 % 251).unwrap()).collect();
        for length in 0..content.len() {
            assert_eq!(hash(&content[..length]), by_definition(&content[..length]), "{length}");
        }
    }

    proptest! {
        #[test]
        fn pieces_make_the_whole(pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..400), 0..6)) {
            let mut streamed = QuickXorHash::new();
            for piece in &pieces {
                streamed.update(piece);
            }
            prop_assert_eq!(streamed.finalize(), by_definition(&pieces.concat()));
        }
    }
}
