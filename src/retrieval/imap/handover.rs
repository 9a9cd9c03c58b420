//! How an answer goes over to async-imap, piece by piece.

use tokio::io::ReadBuf;

use super::frames::Frames;

/// How the answer that async-imap reads as a search begins.
const SEARCH: &[u8] = b"* SEARCH";

/// What is being handed over.
#[derive(Debug)]
pub(super) enum Handover {
    /// The answer at the front, of which this much is left.
    Front(usize),
    /// Words in its place.
    Words(Vec<u8>),
}

impl Handover {
    /// Gives what fits, and tells what is left.
    pub fn give(self, frames: &mut Frames, out: &mut ReadBuf<'_>) -> Option<Self> {
        match self {
            Self::Words(mut words) => {
                let fits = words.len().min(out.remaining());
                out.put_slice(words.drain(..fits).as_slice());
                (!words.is_empty()).then_some(Self::Words(words))
            }
            Self::Front(left) => {
                let given = give_part(frames.peek(left), out);
                if given < left {
                    frames.take_part(given);
                    Some(Self::Front(left - given))
                } else {
                    frames.take(given);
                    None
                }
            }
        }
    }
}

/// Gives a part of an answer and tells how long it was.
///
/// A long search answer goes over as many short ones: async-imap has room for 4 kB and reads a longer line from
/// its beginning after each further 4 kB, which a folder of 200,000 mails would feel (M174).
fn give_part(front: &mut [u8], out: &mut ReadBuf<'_>) -> usize {
    let fits = front.len().min(out.remaining());
    let is_search = front.get(..SEARCH.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(SEARCH));
    if fits < front.len() && is_search {
        let part = front.get(..fits.saturating_sub(2)).unwrap_or_default();
        let end = part.iter().rposition(|byte| *byte == b' ').unwrap_or_default();
        let numbers = part.get(SEARCH.len()..end).unwrap_or_default();
        if !numbers.is_empty() && numbers.iter().all(|byte| byte.is_ascii_digit() || *byte == b' ') {
            out.put_slice(part.get(..end).unwrap_or_default());
            out.put_slice(b"\r\n");
            // The next part begins with these words, in the place of numbers that are over there already.
            let resumes = end - SEARCH.len();
            if let Some(place) = front.get_mut(resumes..end) {
                place.copy_from_slice(SEARCH);
            }
            return resumes;
        }
    }
    out.put_slice(front.get(..fits).unwrap_or_default());
    fits
}
