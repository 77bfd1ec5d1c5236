//! Attached files stand in a bundle as files, under their own names, so that anybody can open them.

use super::{BundleError, Reader, Sketch};
use crate::verify::{Facts, fault};
use domain::fact::{Body, Fact};
use domain::ids::{BlobId, RecordKey, TenantId};
use std::collections::HashMap;

/// What the names of these parts begin with.
pub(crate) const FILES: &str = "files/";

/// One attached file as its fact tells of it.
#[derive(Clone, Debug)]
pub(crate) struct Filed {
    pub(crate) record: RecordKey,
    pub(crate) seq: u64,
    pub(crate) name: BlobId,
    pub(crate) file: BlobId,
}

impl Filed {
    /// The file that a fact attached.
    pub(crate) fn of(fact: &Fact) -> Option<Self> {
        let Body::FileAttached(it) = &fact.body else { return None };
        let record = fact.record.clone()?;
        Some(Self { record, seq: fact.seq, name: it.name.clone(), file: it.file.clone() })
    }

    /// The name of its part: its ticket, the number of its fact, and its own name as far as every system can store it.
    pub(crate) fn path(&self, names: &HashMap<BlobId, String>) -> String {
        let name = names.get(&self.name).map_or("", String::as_str);
        let kept = |c: char| if c.is_control() || "<>:\"|?*/\\".contains(c) { '_' } else { c };
        let name: String = name.chars().map(kept).collect();
        let (record, seq) = (&self.record, self.seq);
        match name.trim_end_matches(['.', ' ']) {
            "" => format!("{FILES}{record}/{seq}"),
            name => format!("{FILES}{record}/{seq}-{name}"),
        }
    }
}

/// Each file that is there stands under the name that its fact gives it, and none stands there without a fact.
///
/// # Errors
/// The first one that does not, by its fact.
pub(crate) async fn check(reader: &mut Reader, tenant: &TenantId, sketch: &Sketch) -> Result<(), BundleError> {
    let named: Vec<&BlobId> = sketch.files.iter().map(|it| &it.name).collect();
    let names = reader.texts(tenant, &named).await?;
    for it in &sketch.files {
        let path = it.path(&names);
        match reader.claimed.remove(&it.file) {
            Some(claimed) if claimed == path => {}
            Some(claimed) => {
                return Err(fault(tenant, it.seq, format!("its file stands as {claimed} and not as {path}")).into());
            }
            None if reader.texts(tenant, &[&it.file]).await?.is_empty() => {}
            None => return Err(fault(tenant, it.seq, format!("its file does not stand as {path}")).into()),
        }
    }
    if let Some((_, path)) = reader.claimed.iter().min() {
        return Err(fault(tenant, reader.manifest.head.seq, format!("no fact attached {path}")).into());
    }
    match reader.unclaimed() {
        None => Ok(()),
        Some(path) => Err(fault(tenant, reader.manifest.head.seq, format!("no fact attached {path}")).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_keeps_its_name_as_far_as_every_system_can_store_it() {
        let filed = Filed {
            record: RecordKey::new("NGS-1"),
            seq: 14,
            name: BlobId::new("sha256:n"),
            file: BlobId::new("sha256:f"),
        };
        for (name, path) in [
            (Some("画面.png"), "files/NGS-1/14-画面.png"),
            (Some("a:b?*\"<>|.txt. "), "files/NGS-1/14-a_b______.txt"),
            (Some("..\\..\\x"), "files/NGS-1/14-.._.._x"),
            (Some("..."), "files/NGS-1/14"),
            (None, "files/NGS-1/14"),
        ] {
            let names = name.map(|name| (filed.name.clone(), name.to_owned())).into_iter().collect();
            assert_eq!(filed.path(&names), path);
        }
    }
}
