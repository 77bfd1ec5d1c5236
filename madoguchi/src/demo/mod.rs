//! `serve --demo`: an invented Japanese provider with three customers, a year of routine and forty days and nights of history.
//!
//! The history is played, not written: real verbs of the desk under a clock moved by hand. So every reminder, miss, delivery
//! and verdict in it is what the desk would have done, and `verify` proves it like any other.

mod acts;
mod alarm;
mod errands;
mod folder;
mod haisha;
mod live;
mod logins;
mod papers;
mod people;
mod portal;
mod reports;
mod runbooks;
mod setting;
mod shop;
mod stage;
mod stock;
mod story;
#[cfg(test)]
mod tests;
mod year;

pub(crate) use folder::{FOLDER, check_folder};
pub(crate) use live::live;
pub(crate) use logins::Logins;

use anyhow::bail;
use domain::calendar::Calendar;
use domain::time::Instant;
use people::{PEOPLE, PROVIDER, Who};
use stage::Stage;
use store::{Clock, Store};
use story::{Scene, Tale, local};
use tracing::instrument::WithSubscriber;
use tracing::subscriber::NoSubscriber;

/// The last night has ended so many hours ago at least.
const SINCE_LAST_NIGHT_MS: i64 = 9 * domain::time::HOUR_MS;

/// A tale, how many days ago it begins, and at what time in Tokyo.
type Dated = (i32, (i8, i8, i8), Tale);

/// Fills an empty database with the provider, the customers and their history; leaves a filled one as it is.
///
/// # Errors
/// The database belongs to somebody else, was left half filled by an interrupted start, or cannot be written.
pub(crate) async fn fill(url: &str, settings: desk::Settings) -> anyhow::Result<Logins> {
    if let Some(now) = time_of_empty(url).await? {
        // What passed in the history was told in its time; the log is about today.
        fill_as_of(url, settings, now).with_subscriber(NoSubscriber::default()).await?;
    }
    Ok(Logins::all())
}

/// Plays the history that ends shortly before an instant.
async fn fill_as_of(url: &str, settings: desk::Settings, now: Instant) -> anyhow::Result<()> {
    let calendar = Calendar::tokyo([]);
    let last_night = calendar.date_of(now.plus_ms(-SINCE_LAST_NIGHT_MS));
    let day = |days_ago: i32| anyhow::Ok(last_night.checked_sub(jiff::Span::new().days(days_ago))?);
    let began = year::began(last_night);
    let mut stage = Stage::open(url, settings, local(began, (10, 0, 0), &calendar)?).await?;
    stage.set_up(began.year()).await?;
    let closures = stage.calendar().await?;
    let mut scenes = year::scenes(last_night, &closures)?;
    for (days_ago, time, tale) in
        [shop::tales(), stock::tales(), haisha::tales(), portal::tales()].into_iter().flatten()
    {
        scenes.push(Scene { start: local(day(days_ago)?, time, &calendar)?, tale });
    }
    for (days_ago, time, tale) in errands::tales() {
        let day = errands::office_day(day(days_ago)?, &closures)?;
        scenes.push(Scene { start: local(day, time, &closures)?, tale });
    }
    scenes.extend(errands::freezing(last_night, &closures)?);
    let end = now.plus_ms(-domain::time::HOUR_MS);
    stage.play(&scenes, end).await?;
    stage.until(end).await?;
    stage.complete().await?;
    stage.close().await;
    Ok(())
}

/// The instant now if the database is empty; none if it is the demo's.
async fn time_of_empty(url: &str) -> anyhow::Result<Option<Instant>> {
    let store = Store::open(url, Clock::Real).await?;
    let now = store.now().await?;
    let provider = store.system().provider().await?;
    let is_empty = store.system().people_count().await? == 0;
    let is_complete = match PEOPLE.iter().find(|person| person.who == Who::Makoto) {
        Some(auditor) => store.system().person_by_email(auditor.email).await?.is_some(),
        None => true,
    };
    store.close().await;
    match provider {
        Some(provider) if provider.name != PROVIDER => {
            bail!("this database belongs to {}, not to the demo; give --demo an empty one", provider.name)
        }
        _ if is_empty => Ok(Some(now)),
        _ if is_complete => Ok(None),
        _ => bail!(
            "the demo was interrupted while it was being filled; remove its folder or empty its database and start again"
        ),
    }
}
