//! x
use super::output::Failure;
pub(super) fn demo(_f: Option<&std::path::Path>) -> Result<(), Failure> {
    Ok(())
}
