//! Which fields a letter may name.

use serde_json::Value;

use super::tag::{Block, Tag, Tags};
use crate::composition::TemplateFault;

/// Every field in every branch exists in at least one of the sample facts. Strict rendering alone would
/// not see a wrong name in a branch that no sample takes, or in a condition.
pub fn check_fields(file: &str, tags: &Tags, facts: &[Value], faults: &mut Vec<TemplateFault>) {
    let mut scopes: Vec<Vec<&Value>> = vec![facts.iter().collect()];
    for tag in tags.iter() {
        let (Tag::Field(path) | Tag::Open(_, path)) = tag else {
            if let Tag::Close(Block::Each) = tag {
                scopes.pop();
            }
            continue;
        };
        let scope = scopes.last().map_or(&[][..], Vec::as_slice);
        let found: Vec<&Value> = scope.iter().filter_map(|value| at(value, path)).collect();
        if found.is_empty() {
            let hint = format!("known here: {}", known_fields(scope, path).join(", "));
            faults.push(TemplateFault::of_field(file, path, format!("unknown field {{{{{path}}}}}"), hint));
        }
        if let Tag::Open(Block::Each, _) = tag {
            scopes.push(found.into_iter().filter_map(Value::as_array).flatten().collect());
        }
    }
}

fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    if path == "this" {
        return Some(value);
    }
    path.split('.').try_fold(value, |value, step| value.get(step))
}

/// The fields beside the one that is missing.
fn known_fields(scope: &[&Value], path: &str) -> Vec<String> {
    let parent = path.rsplit_once('.').map(|(parent, _)| parent).filter(|parent| scope.iter().any(|v| at(v, parent).is_some()));
    let objects = scope.iter().filter_map(|value| parent.map_or(Some(*value), |parent| at(value, parent)));
    let mut names: Vec<String> = objects.filter_map(Value::as_object).flat_map(|object| object.keys().cloned()).collect();
    names.sort();
    names.dedup();
    match parent {
        Some(parent) => names.into_iter().map(|name| format!("{parent}.{name}")).collect(),
        None => names,
    }
}
