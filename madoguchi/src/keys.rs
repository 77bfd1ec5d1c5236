//! Key files: 32 random bytes as base64, made at the first start, readable by the owner only.

use anyhow::{Context, anyhow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Reads a key file; makes it where it does not exist.
pub(crate) fn read_or_make(file: &Path) -> anyhow::Result<[u8; 32]> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut made) => {
            let key = store::random::bytes::<32>();
            made.write_all(STANDARD.encode(key).as_bytes()).and_then(|()| made.sync_all())?;
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => read(file),
        Err(error) => Err(error).with_context(|| format!("making the key file {}", file.display())),
    }
}

/// Reads a key file.
pub(crate) fn read(file: &Path) -> anyhow::Result<[u8; 32]> {
    let text = std::fs::read_to_string(file).with_context(|| format!("reading the key file {}", file.display()))?;
    let bytes = STANDARD.decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| anyhow!("{} holds no key: 32 bytes in base64 are expected", file.display()))
}
