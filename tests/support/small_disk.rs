//! A small disk in memory, so that a disk can be full or read-only in a test.

use std::path::Path;
use std::process::Command;

/// A disk of 4 MiB; unmounted at the end.
pub struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    /// Mounts it; a test that can not is no test, so that fails.
    pub fn mount() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"]).arg(folder.path()).output();
        let words = "a real full disk is a small one mounted for this test, which needs root: run tests/run as root";
        assert!(mounted.is_ok_and(|done| done.status.success()), "{words}");
        Self(folder)
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Changes it under whoever uses it, as `size=64m` or `ro`.
    pub fn remount(&self, option: &str) {
        let done = Command::new("mount").args(["-o", &format!("remount,{option}")]).arg(self.path()).status().unwrap();
        assert!(done.success(), "remounting with {option}");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.path()).status());
    }
}
