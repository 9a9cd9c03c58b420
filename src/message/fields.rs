//! Header fields of a mail as they stand in it, for an operator who asks.

use super::structure::Part;

/// Longest value that is shown, in characters.
const LONGEST: usize = 300;

/// The fields of the outermost header that have one of these names, in the order of the names: name and value, on one
/// line and without control characters.
pub fn header_fields(bytes: &[u8], names: &[String]) -> Vec<(String, String)> {
    let head = bytes.get(..bytes.len().min(256 * 1024)).unwrap_or_default();
    let tree = Part::read(head);
    let shown = |value: String| -> String {
        let line: Vec<&str> = value.split_whitespace().collect();
        line.join(" ").chars().filter(|c| !c.is_control()).take(LONGEST).collect()
    };
    names.iter().flat_map(|name| tree.root.headers.raw(name).map(|value| (name.clone(), shown(value)))).collect()
}
