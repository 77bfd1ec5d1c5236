//! The folder of packs, meant as a mount of another machine. A pack is whole or not there; the last ones stay.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// How the names of packs begin.
pub(super) const PREFIX: &str = "madoguchi-pack-";
/// How they end.
pub(super) const SUFFIX: &str = ".html";
/// How the name of one ends that is not whole yet.
const UNFINISHED: &str = ".html.part";

/// A folder that is there already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// The folder. It is never made by us: a mount that is gone must not become a folder on this machine.
    pub dir: PathBuf,
    /// How many packs stay, the newest ones; at least 1.
    pub keep: usize,
}

/// Why nothing can be written there.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct NotAFolder(#[from] io::Error);

impl Folder {
    /// Writes a file and takes it away again, for `doctor`.
    ///
    /// # Errors
    /// The folder is not there or takes no file.
    pub fn probe(&self) -> Result<(), NotAFolder> {
        let file = self.dir.join(format!("{PREFIX}doctor{UNFINISHED}"));
        create(&file)?.sync_all()?;
        Ok(fs::remove_file(file)?)
    }

    /// Writes a pack as a whole, then takes away all but the newest ones.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let (unfinished, finished) = (self.dir.join(name.replace(SUFFIX, UNFINISHED)), self.dir.join(name));
        let mut file = create(&unfinished)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&unfinished, &finished)?;
        // The name too must outlive a power cut.
        File::open(&self.dir)?.sync_all()?;
        self.forget_older()
    }

    /// Only our own files are touched: whole packs beyond the newest ones, and what a crash left half written.
    fn forget_older(&self) -> io::Result<()> {
        let (mut packs, mut halves) = (vec![], vec![]);
        for entry in fs::read_dir(&self.dir)? {
            let name = entry?.file_name();
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
            if name.ends_with(SUFFIX) {
                packs.push(name.to_owned());
            } else if name.ends_with(UNFINISHED) {
                halves.push(name.to_owned());
            }
        }
        packs.sort_unstable();
        packs.truncate(packs.len().saturating_sub(self.keep.max(1)));
        packs.iter().chain(&halves).try_for_each(|name| fs::remove_file(self.dir.join(name)))
    }
}

/// A new or emptied file that its owner alone may read.
fn create(file: &PathBuf) -> io::Result<File> {
    OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Folder) -> Vec<String> {
        let entries = fs::read_dir(&folder.dir).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<String> = entries.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn the_last_ones_stay_and_nothing_foreign_is_touched() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Folder { dir: dir.path().to_owned(), keep: 2 };
        for foreign in ["notes.html", "madoguchi-pack-readme.txt"] {
            fs::write(dir.path().join(foreign), "").unwrap();
        }
        fs::write(dir.path().join("madoguchi-pack-20261121T000000Z.html.part"), "half").unwrap();
        for minute in ["00", "15", "30"] {
            folder.write(&format!("madoguchi-pack-20261122T03{minute}00Z.html"), minute.as_bytes()).unwrap();
        }
        let (second, third) = ("madoguchi-pack-20261122T031500Z.html", "madoguchi-pack-20261122T033000Z.html");
        assert_eq!(names(&folder), [second, third, "madoguchi-pack-readme.txt", "notes.html"]);
        assert_eq!(fs::read_to_string(dir.path().join(third)).unwrap(), "30");
        folder.write(third, b"again").unwrap();
        assert_eq!(fs::read_to_string(dir.path().join(third)).unwrap(), "again");
        folder.probe().unwrap();
        assert_eq!(names(&folder).len(), 4, "a probe leaves nothing");
    }

    #[test]
    fn a_pack_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        Folder { dir: dir.path().to_owned(), keep: 1 }.write("madoguchi-pack-a.html", b"x").unwrap();
        let mode = fs::metadata(dir.path().join("madoguchi-pack-a.html")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_mount_that_is_gone_is_not_made_anew() {
        let dir = tempfile::tempdir().unwrap();
        let gone = Folder { dir: dir.path().join("gone"), keep: 1 };
        assert_eq!(gone.write("madoguchi-pack-a.html", b"x").unwrap_err().kind(), io::ErrorKind::NotFound);
        assert!(gone.probe().is_err());
        assert!(!gone.dir.exists());
    }
}
