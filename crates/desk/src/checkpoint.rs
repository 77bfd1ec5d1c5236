//! Checkpoints: signed notes of where each chain stood, kept where somebody who owns the database cannot reach (F27).
//!
//! A note is a C2SP signed note (<https://c2sp.org/signed-note>) whose text is a checkpoint (<https://c2sp.org/tlog-checkpoint>):
//! origin, size, root hash. Our chain is a list, not a tree: the size is the last fact's seq and the root its chain hash.

use crate::{Answer, Desk};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use domain::fact::{Hash, sha256};
use domain::ids::TenantId;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use std::sync::Arc;
use store::{CheckpointRow, Failure, HeadRow};

/// A chain with news gets a checkpoint this long after the last one, in milliseconds.
pub const CHECKPOINT_MS: i64 = 60_000;
/// And at once after so many facts.
pub const CHECKPOINT_FACTS: u64 = 1_000;

/// The name of every key of ours in notes.
const KEY_NAME: &str = "madoguchi";
/// What origins begin with; the tenant's id follows.
const ORIGIN: &str = "madoguchi/";
/// The kind of an Ed25519 signature in a signed note.
const ED25519_KIND: u8 = 1;

/// A checkpoint as it was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose chain.
    pub tenant: TenantId,
    /// The last fact it covers.
    pub seq: u64,
    /// The chain's hash there.
    pub hash: Hash,
    /// The note, ending with a line end.
    pub note: String,
}

/// A note that is none of ours.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACheckpoint {
    /// Its lines are not those of a checkpoint.
    #[error("the note is no checkpoint")]
    Form,
    /// No signature is by a key that is trusted.
    #[error("the note is not signed by a trusted key")]
    Unknown,
    /// The signature is not one over this text.
    #[error("the signature of the note is wrong")]
    Signature,
}

/// The key checkpoints are signed with.
#[derive(Clone)]
pub struct CheckpointKey {
    pair: Arc<Ed25519KeyPair>,
    public: CheckpointVerifier,
}

impl std::fmt::Debug for CheckpointKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CheckpointKey({})", self.public)
    }
}

/// The public half: whoever has it can check a note. Its text is a C2SP verifier key, `name+hash+key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointVerifier {
    public: Vec<u8>,
}

impl CheckpointKey {
    /// The key of a seed of 32 random bytes.
    #[expect(clippy::expect_used, reason = "every 32 bytes are a seed of Ed25519 (RFC 8032, 5.1.5)")]
    pub fn from_seed(seed: [u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("32 bytes are a seed");
        let public = CheckpointVerifier { public: pair.public_key().as_ref().to_vec() };
        Self { pair: Arc::new(pair), public }
    }

    /// The public half.
    pub const fn verifier(&self) -> &CheckpointVerifier {
        &self.public
    }

    /// Signs where a chain stands.
    pub fn sign(&self, tenant: &TenantId, seq: u64, hash: &Hash) -> Checkpoint {
        let text = format!("{ORIGIN}{tenant}\n{seq}\n{}\n", STANDARD.encode(bytes_of(hash)));
        let mut signature = self.public.key_hash().to_vec();
        signature.extend_from_slice(self.pair.sign(text.as_bytes()).as_ref());
        let note = format!("{text}\n— {KEY_NAME} {}\n", STANDARD.encode(signature));
        Checkpoint { tenant: tenant.clone(), seq, hash: hash.clone(), note }
    }
}

impl CheckpointVerifier {
    /// Reads a verifier key as [`CheckpointVerifier`] writes it.
    ///
    /// # Errors
    /// The text is none, or its hash is not that of its key.
    pub fn parse(text: &str) -> Result<Self, NotACheckpoint> {
        let (name, rest) = text.trim().split_once('+').ok_or(NotACheckpoint::Form)?;
        let (hash, key) = rest.split_once('+').ok_or(NotACheckpoint::Form)?;
        let key = STANDARD.decode(key).map_err(|_| NotACheckpoint::Form)?;
        let Some((&ED25519_KIND, public)) = key.split_first() else { return Err(NotACheckpoint::Form) };
        let verifier = Self { public: public.to_vec() };
        if name != KEY_NAME || public.len() != 32 || hex(&verifier.key_hash()) != hash {
            return Err(NotACheckpoint::Form);
        }
        Ok(verifier)
    }

    /// SHA-256 over name, line end, kind and key: its first four bytes.
    fn key_hash(&self) -> [u8; 4] {
        let hash = sha256(&[KEY_NAME.as_bytes(), b"\n", &[ED25519_KIND], &self.public]);
        let bytes = bytes_of(&hash);
        [bytes[0], bytes[1], bytes[2], bytes[3]]
    }
}

impl std::fmt::Display for CheckpointVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let key = [&[ED25519_KIND], self.public.as_slice()].concat();
        write!(f, "{KEY_NAME}+{}+{}", hex(&self.key_hash()), STANDARD.encode(key))
    }
}

impl Checkpoint {
    /// Reads a note without looking at its signatures.
    ///
    /// # Errors
    /// Its lines are not those of a checkpoint.
    pub fn parse(note: &str) -> Result<Self, NotACheckpoint> {
        let (text, _) = note.split_once("\n\n").ok_or(NotACheckpoint::Form)?;
        let [origin, size, root] = text.split('\n').collect::<Vec<_>>()[..] else { return Err(NotACheckpoint::Form) };
        let tenant = origin.strip_prefix(ORIGIN).ok_or(NotACheckpoint::Form)?;
        let seq: u64 = size.parse().map_err(|_| NotACheckpoint::Form)?;
        let root = STANDARD.decode(root).map_err(|_| NotACheckpoint::Form)?;
        if root.len() != 32 || seq.to_string() != size {
            return Err(NotACheckpoint::Form);
        }
        Ok(Self { tenant: TenantId::new(tenant), seq, hash: hex(&root), note: note.to_owned() })
    }

    /// Reads a file of notes, one after the other with an empty line between. A last note that was not written to its end is
    /// left out.
    ///
    /// # Errors
    /// Something else stands in the file.
    pub fn parse_all(file: &str) -> Result<Vec<Self>, NotACheckpoint> {
        let mut notes = vec![];
        let mut rest = file.trim_start_matches('\n');
        while !rest.is_empty() {
            let signatures = rest.find("\n\n— ").map(|end| end + 2);
            let end = signatures.and_then(|from| Some(from + rest[from..].find('\n')? + 1));
            let Some(mut end) = end else { break };
            while let Some(more) = rest[end..].strip_prefix("— ") {
                let Some(line) = more.find('\n') else { break };
                end += "— ".len() + line + 1;
            }
            notes.push(Self::parse(&rest[..end])?);
            rest = rest[end..].trim_start_matches('\n');
        }
        Ok(notes)
    }

    /// Checks that one of the keys signed the note.
    ///
    /// # Errors
    /// None did, or a signature by one of them is wrong.
    pub fn check(&self, keys: &[CheckpointVerifier]) -> Result<(), NotACheckpoint> {
        let (text, signatures) = self.note.split_once("\n\n").ok_or(NotACheckpoint::Form)?;
        let text = format!("{text}\n");
        for line in signatures.lines() {
            let signed = line.strip_prefix("— ").and_then(|line| line.split_once(' '));
            let (name, signature) = signed.ok_or(NotACheckpoint::Form)?;
            let signature = STANDARD.decode(signature).map_err(|_| NotACheckpoint::Form)?;
            let Some((hash, signature)) = signature.split_at_checked(4) else { return Err(NotACheckpoint::Form) };
            if let Some(key) = keys.iter().find(|key| name == KEY_NAME && key.key_hash() == hash) {
                let public = UnparsedPublicKey::new(&ED25519, &key.public);
                return public.verify(text.as_bytes(), signature).map_err(|_| NotACheckpoint::Signature);
            }
        }
        Err(NotACheckpoint::Unknown)
    }
}

impl Desk {
    /// Signs each chain that has news since its last checkpoint, at the earliest [`CHECKPOINT_MS`] after it or
    /// [`CHECKPOINT_FACTS`] further on. Whoever calls puts the notes outside the database and only then gives them to
    /// [`Desk::keep_checkpoints`]: until then they are owed.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn sign_heads(&self, key: &CheckpointKey) -> Answer<Vec<Checkpoint>> {
        let now = self.now().await?;
        let owed = |head: &HeadRow| {
            let covered = head.covered_seq.unwrap_or(0);
            let waited = head.covered_at.is_none_or(|at| now.since_ms(at) >= CHECKPOINT_MS || now < at);
            head.seq > covered && (waited || head.seq - covered >= CHECKPOINT_FACTS)
        };
        let heads = self.store.system().heads().await?.into_iter().filter(owed);
        Ok(heads.map(|head| key.sign(&head.tenant, head.seq, &head.hash)).collect())
    }

    /// Keeps notes in the database. A checkpoint is no fact.
    ///
    /// # Errors
    /// The database does not take one of them; the others are kept, and that one is signed again.
    pub async fn keep_checkpoints(&self, signed: &[Checkpoint]) -> Answer<()> {
        let now = self.now().await?;
        let mut result = Ok(());
        for Checkpoint { tenant, seq, note, .. } in signed {
            let row = CheckpointRow { seq: *seq, instant: now, note: note.clone() };
            if let Err(error) = self.store.tenant(tenant).add_checkpoint(&row).await {
                tracing::warn!(%tenant, seq, %error, "a checkpoint could not be kept in the database");
                result = Err(error.into());
            }
        }
        result
    }
}

/// The bytes behind hexadecimal digits; what is no digit counts as 0, and the chain's hashes have none such.
fn bytes_of(hash: &str) -> Vec<u8> {
    let digit = |byte: u8| u8::try_from(char::from(byte).to_digit(16).unwrap_or(0)).unwrap_or(0);
    hash.as_bytes().chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl From<NotACheckpoint> for Failure {
    fn from(fault: NotACheckpoint) -> Self {
        Self::Corrupt(fault.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> (CheckpointKey, Checkpoint) {
        let key = CheckpointKey::from_seed([7; 32]);
        let checkpoint = key.sign(&TenantId::new("acme"), 42, &sha256(&[b"chain"]));
        (key, checkpoint)
    }

    #[test]
    fn a_note_is_read_back_and_checked() {
        let (key, checkpoint) = signed();
        let read = Checkpoint::parse(&checkpoint.note).unwrap();
        assert_eq!(read, checkpoint);
        let public = CheckpointVerifier::parse(&key.verifier().to_string()).unwrap();
        assert_eq!(read.check(&[public]), Ok(()));
        let other = CheckpointKey::from_seed([8; 32]);
        assert_eq!(read.check(&[other.verifier().clone()]), Err(NotACheckpoint::Unknown));
    }

    #[test]
    fn a_changed_note_is_seen() {
        let (key, checkpoint) = signed();
        let changed = Checkpoint::parse(&checkpoint.note.replace("\n42\n", "\n43\n")).unwrap();
        assert_eq!(changed.check(&[key.verifier().clone()]), Err(NotACheckpoint::Signature));
        assert_eq!(Checkpoint::parse("madoguchi/acme\n042\nAA==\n\n— x y\n"), Err(NotACheckpoint::Form));
    }

    #[test]
    fn a_file_of_notes_is_read_and_a_torn_end_is_left_out() {
        let (_, checkpoint) = signed();
        let file = format!("{0}\n{0}\n", checkpoint.note);
        assert_eq!(Checkpoint::parse_all(&file).unwrap().len(), 2);
        assert_eq!(Checkpoint::parse_all(&file[..file.len() - 20]).unwrap().len(), 1);
        assert_eq!(Checkpoint::parse_all("").unwrap(), vec![]);
        assert!(Checkpoint::parse_all(&format!("hello\n\n{file}")).is_err());
    }
}
