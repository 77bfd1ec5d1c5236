//! The demo's own folder: told by a marker file, so that the demo never writes beside real records.

use anyhow::{Context, bail};
use std::path::Path;

/// The folder the demo uses unless another is given.
pub(crate) const FOLDER: &str = "madoguchi-demo";

const MARKER: &str = "DEMO";
const DATABASE: &str = "madoguchi.db";

/// Makes the folder a demo's, or says why it cannot be one.
///
/// # Errors
/// It holds a database that is no demo's, or it cannot be written.
pub(crate) fn check_folder(dir: &Path) -> anyhow::Result<()> {
    let marker = dir.join(MARKER);
    if marker.exists() {
        return Ok(());
    }
    if dir.join(DATABASE).exists() {
        bail!(
            "{} holds a database that is not a demo's, so the demo will not touch it. \
             Give --demo a folder of its own with --data DIR, or start without --demo.",
            dir.display()
        );
    }
    std::fs::create_dir_all(dir).with_context(|| format!("making the demo's folder {}", dir.display()))?;
    let note = "This folder belongs to `madoguchi serve --demo`. Remove it to begin anew.\n";
    std::fs::write(&marker, note).with_context(|| format!("writing {}", marker.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_folder_becomes_a_demos_and_stays_one() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("a/b");
        check_folder(&dir).unwrap();
        std::fs::write(dir.join(DATABASE), "").unwrap();
        check_folder(&dir).unwrap();
    }

    #[test]
    fn a_folder_with_a_real_database_is_refused_and_left_alone() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join(DATABASE), "real").unwrap();
        let refused = check_folder(home.path()).unwrap_err().to_string();
        assert!(refused.contains("--data"), "{refused}");
        assert!(!home.path().join(MARKER).exists());
    }
}
