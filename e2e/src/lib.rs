//! What the end-to-end tests, the faults and the bench share (dev): the real binary, filled and driven from outside.
//!
//! `faults` kills and cuts while a *ledger client* writes down what was acknowledged, then a *checker* looks for it. `bench`
//! measures the release build. Nothing here knows how the desk works inside: all goes through its command line, its HTTP
//! surface and the bytes its peers receive.

pub mod bench;
pub mod client;
pub mod faults;
pub mod figures;
pub mod house;
pub mod knife;
pub mod later;
pub mod ledger;
pub mod load;
pub mod sender;
pub mod staff;

pub use testkit::draw;
