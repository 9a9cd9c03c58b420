//! Originals and letters at rest: zstd, level 1, which costs less time than writing what it saves.

use std::cell::RefCell;
use std::io;

use zstd::bulk::Compressor;

/// zstd level: the fastest of the regular ones; mail is mostly text or already compressed.
const LEVEL: i32 = 1;

thread_local! {
    /// A compressor owns about a megabyte of tables; making one for each mail costs more than the mail.
    static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
}

/// Room from which on giving it back is worth a copy, in bytes.
const LARGE: usize = 1 << 20;

/// Compresses an original or a letter for keeping.
pub fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packed = COMPRESSOR.with_borrow_mut(|kept| match kept {
        Some(compressor) => compressor.compress(bytes),
        None => kept.insert(Compressor::new(LEVEL)?).compress(bytes),
    })?;
    // It was given room for the worst case, which is more than the mail itself: a large one does not wait in it.
    if packed.capacity() > LARGE {
        packed.shrink_to_fit();
    }
    Ok(packed)
}

/// Gives the original back.
pub fn decompress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    zstd::stream::decode_all(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_compressed_comes_back_byte_for_byte() {
        let large = b"Geachte mevrouw,\r\n".repeat(10_000);
        for original in [b"".as_slice(), b"a", &[0, 255, 13, 10], &large] {
            assert_eq!(decompress(&compress(original).unwrap()).unwrap(), original);
        }
        assert!(compress(&large).unwrap().len() < large.len() / 10);
    }
}
