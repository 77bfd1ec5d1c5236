//! Where a customer's chain stands.

use crate::answers;

answers! {
    /// What a bundle is compared with.
    Proof {
        /// The customer's name.
        customer: String,
        /// The last fact.
        seq: u64,
        /// The chain's hash there, in hexadecimal digits.
        hash: String,
        /// The last fact that a signed checkpoint covers; 0 before the first.
        covered: u64,
        /// The chain's hash at that fact; null before the first.
        covered_hash: Option<String>,
        /// The key that checkpoints are signed with, for `verify --bundle --checkpoint-key`; null where this desk does not sign.
        checkpoint_key: Option<String>,
    }
}
