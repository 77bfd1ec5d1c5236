//! Parts on their way into the file: kept on disk, however long they are.

use domain::fact::Hash;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};

/// A part being written to a file that has no name.
pub(crate) struct Spool(BufWriter<File>);

impl Spool {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(BufWriter::with_capacity(1 << 16, tempfile::tempfile()?)))
    }

    pub(crate) fn line(&mut self, line: &str) -> io::Result<()> {
        self.0.write_all(line.as_bytes())?;
        self.0.write_all(b"\n")
    }

    /// The file, to be read from its beginning.
    pub(crate) fn done(self) -> io::Result<File> {
        let mut file = self.0.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Bytes with the sum over them.
pub(crate) struct Summed {
    sum: ring::digest::Context,
    pub(crate) bytes: u64,
}

impl Summed {
    pub(crate) fn new() -> Self {
        Self { sum: ring::digest::Context::new(&ring::digest::SHA256), bytes: 0 }
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.sum.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    pub(crate) fn sha256(self) -> Hash {
        self.sum.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Copies all of `from` and sums it up.
pub(crate) fn copy(from: &mut impl Read, to: &mut impl Write) -> io::Result<Summed> {
    let mut summed = Summed::new();
    let mut piece = vec![0; 1 << 16];
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            return Ok(summed);
        }
        summed.add(&piece[..read]);
        to.write_all(&piece[..read])?;
    }
}
