//! The proof away from the desk: on a machine that holds none of its keys, and on a database that is no desk's.

use crate::on_both;
use anyhow::Result;
use e2e::client::Connection;
use e2e::house::{self, Ground, House};
use e2e::sender;
use testkit::wait;

on_both! {
    away_from_its_keys => the_key_is_asked_for();
    no_desk => a_foreign_database_is_refused();
}

async fn the_key_is_asked_for(ground: &Ground) -> Result<()> {
    let mut house = House::open(ground, &[]).await?;
    let customer = house.add_customer("○○商事", "ACME").await?;
    Connection::open(house.desk.port).await?.send(&sender::events_v2(&customer.intake_key, "web01")).await?;
    let (notes, signed) = (house.desk.data().join("checkpoints.txt"), format!("madoguchi/{}\n", customer.tenant));
    wait::until("a checkpoint of the customer", wait::LIMIT, async || {
        Ok(std::fs::read_to_string(&notes).is_ok_and(|notes| notes.contains(&signed)).then_some(()))
    })
    .await?;
    house.desk.sigterm()?;
    let database = match &house.options.database {
        Some(address) => address.clone(),
        None => format!("sqlite://{}", house.desk.data().join("madoguchi.db").display()),
    };
    let away = tempfile::tempdir()?;
    let verify =
        async |more: &[&str]| house::run(&[&["verify"], more].concat(), Some(&database), away.path(), &[]).await;

    let asked = verify(&[]).await?;
    assert_eq!(asked.status, Some(1), "{}", asked.said);
    assert!(asked.said.contains("--checkpoint-key KEY") && asked.said.contains("--unsigned"), "{}", asked.said);
    let garbled = verify(&["--checkpoint-key", "nonsense"]).await?;
    assert_eq!(garbled.status, Some(1), "{}", garbled.said);
    assert!(garbled.said.contains("--checkpoint-key 'nonsense'"), "{}", garbled.said);
    let unsigned = verify(&["--unsigned"]).await?;
    assert_eq!(unsigned.status, Some(0), "{}", unsigned.said);

    let doctor = house.run(&["doctor"]).await?.said;
    let key = doctor.lines().find_map(|line| line.strip_prefix("ok   checkpoint key: ")).unwrap_or_default().to_owned();
    let proved = verify(&["--checkpoint-key", &key]).await?;
    assert_eq!(proved.status, Some(0), "{}", proved.said);

    let other = House::open(ground, &[]).await?;
    let doctor = other.run(&["doctor"]).await?.said;
    let foreign = doctor.lines().find_map(|line| line.strip_prefix("ok   checkpoint key: ")).unwrap_or_default();
    let forged = verify(&["--checkpoint-key", foreign]).await?;
    assert_eq!(forged.status, Some(1), "{}", forged.said);
    assert!(forged.said.contains("checkpoint"), "{}", forged.said);
    assert_eq!(std::fs::read_dir(away.path())?.count(), 0, "a proof leaves nothing behind");
    Ok(())
}

async fn a_foreign_database_is_refused(ground: &Ground) -> Result<()> {
    let away = tempfile::tempdir()?;
    let database = match ground.database().await? {
        Some(address) => address,
        None => {
            let file = away.path().join("empty.db");
            std::fs::write(&file, "")?;
            format!("sqlite://{}", file.display())
        }
    };
    let refused = house::run(&["verify", "--unsigned"], Some(&database), away.path(), &[]).await?;
    assert_eq!(refused.status, Some(1), "{}", refused.said);
    assert!(refused.said.contains("holds no desk"), "{}", refused.said);
    Ok(())
}
