//! UIDs as a sequence set (RFC 9051 section 9), short enough for one command line.

/// The longest set in one command; RFC 7162 section 4 advises clients to keep lines under 8192 octets.
const LONGEST: usize = 8000;

/// Joins UIDs into as few sets as fit. Only neighbours become a range: a range over a gap could take in a
/// mail that was never handed out.
pub(super) fn uid_sets(uids: &[u32]) -> Vec<String> {
    let mut sorted = uids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for uid in sorted {
        match ranges.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(uid) => *last = uid,
            _ => ranges.push((uid, uid)),
        }
    }
    let mut sets: Vec<String> = Vec::new();
    for (first, last) in ranges {
        let range = if first == last { first.to_string() } else { format!("{first}:{last}") };
        match sets.last_mut() {
            Some(set) if set.len() + range.len() < LONGEST => {
                set.push(',');
                set.push_str(&range);
            }
            _ => sets.push(range),
        }
    }
    sets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_become_ranges_and_gaps_stay_gaps() {
        assert_eq!(uid_sets(&[7, 1, 2, 3, 5, 3]), ["1:3,5,7"]);
        assert_eq!(uid_sets(&[u32::MAX, u32::MAX - 1]), ["4294967294:4294967295"]);
        assert!(uid_sets(&[]).is_empty());
    }

    #[test]
    fn a_scattered_set_is_split_into_lines_a_server_accepts() {
        let scattered: Vec<u32> = (0..5000).map(|n| 1_000_000 + n * 2).collect();
        let sets = uid_sets(&scattered);
        assert!(sets.len() > 1 && sets.iter().all(|set| set.len() <= LONGEST));
        assert_eq!(sets.join(",").split(',').count(), scattered.len());
    }
}
