//! The test vectors of `docs/chain.md` are computed again from its own text.

use desk::{Checkpoint, CheckpointVerifier};
use domain::fact::{Fact, genesis, link};
use domain::ids::TenantId;

/// The text of the fenced block that follows a heading.
fn block(heading: &str) -> String {
    let doc = include_str!("../../../../../docs/chain.md");
    let after = doc.split_once(&format!("{heading}\n")).unwrap().1;
    let fenced = after.split_once("```text\n").unwrap().1;
    fenced.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_chain_of_the_document_is_the_chain_we_compute() {
    let tenant = TenantId::new("abcdefghijklmnop");
    let text = block("### Vectors: chain");
    let mut lines = text.lines();
    let mut hash = genesis(&tenant, 0);
    assert_eq!(lines.next(), Some(hash.as_str()));
    for seq in 1..=2 {
        let json = lines.next().unwrap();
        let fact = Fact::parse(json).unwrap();
        assert_eq!((fact.seq, &fact.tenant, fact.canonical().as_str()), (seq, &tenant, json));
        hash = link(&hash, json);
        assert_eq!(lines.next(), Some(hash.as_str()));
    }
    assert_eq!(lines.next(), None);
}

#[test]
fn the_checkpoint_of_the_document_covers_that_chain() {
    let hash = block("### Vectors: chain").lines().last().unwrap().to_owned();
    let note = Checkpoint::parse(&block("### Vectors: checkpoint")).unwrap();
    assert_eq!((note.tenant.as_str(), note.seq, &note.hash), ("abcdefghijklmnop", 2, &hash));
    let public = CheckpointVerifier::parse(&block("### Vectors: verifier key")).unwrap();
    assert_eq!(note.check(std::slice::from_ref(&public)), Ok(()));
    let key = desk::CheckpointKey::from_seed([7; 32]);
    assert_eq!(key.verifier(), &public);
    assert_eq!(key.sign(&note.tenant, note.seq, &hash), note);
}
