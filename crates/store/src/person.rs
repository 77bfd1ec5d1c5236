//! People: global, one sign-in each.

use crate::scope::list;
use crate::values::{Val, row, vals};
use crate::{Failure, SystemScope, Write};
use domain::ids::PersonId;
use domain::time::Instant;
use domain::words::Lang;
use std::collections::HashMap;

row! {
    /// A person.
    pub struct PersonRow {
        /// The id.
        pub id: PersonId,
        /// The address to sign in with, in lower case.
        pub email: String,
        /// The name.
        pub name: String,
        /// How the name is read (よみ); may be empty.
        pub reading: String,
        /// The language the desk speaks to them.
        pub lang: Lang,
        /// Argon2id in PHC form; none while no password is set.
        pub password: Option<String>,
        /// When the person was added.
        pub created: Instant,
        /// Since when the person may not sign in.
        pub disabled: Option<Instant>,
    }
}

const PERSON: &str = "SELECT id, email, name, reading, lang, password, created, disabled FROM people";

const ADD: &str = "INSERT INTO people (id, email, name, reading, lang, password, created, disabled)";

impl PersonRow {
    fn vals(&self) -> Vec<Val> {
        let Self { id, email, name, reading, lang, password, created, disabled } = self;
        vals![id, email.to_lowercase(), name, reading, *lang, password.as_deref(), *created, *disabled]
    }
}

impl Write {
    /// People by id, in any order; those that are not there are left out.
    ///
    /// # Errors
    /// The database fails.
    pub async fn people(&mut self, ids: &[PersonId]) -> Result<Vec<PersonRow>, Failure> {
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let (places, vals) = list(0, ids);
        let (tx, _) = self.parts();
        tx.all(&format!("{PERSON} WHERE id IN {places}"), vals).await
    }

    /// Adds the first person of the desk; false, and nothing is added, where there is somebody already.
    ///
    /// # Errors
    /// The database fails.
    pub async fn add_first_person(&mut self, person: &PersonRow) -> Result<bool, Failure> {
        let sql = format!("{ADD} SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE NOT EXISTS (SELECT 1 FROM people)");
        Ok(self.run(&sql, person.vals()).await? == 1)
    }
}

impl SystemScope<'_> {
    /// A person by id.
    ///
    /// # Errors
    /// The database fails.
    pub async fn person(&self, id: &PersonId) -> Result<Option<PersonRow>, Failure> {
        self.db().first(&format!("{PERSON} WHERE id = $1"), vals![id]).await
    }

    /// A person by address, whatever its case.
    ///
    /// # Errors
    /// The database fails.
    pub async fn person_by_email(&self, email: &str) -> Result<Option<PersonRow>, Failure> {
        self.db().first(&format!("{PERSON} WHERE email = $1"), vals![email.to_lowercase()]).await
    }

    /// Everybody by name.
    ///
    /// # Errors
    /// The database fails.
    pub async fn people(&self) -> Result<Vec<PersonRow>, Failure> {
        self.db().all(&format!("{PERSON} ORDER BY name, id"), vec![]).await
    }

    /// These people by id; unknown ids are left out.
    ///
    /// # Errors
    /// The database fails.
    pub async fn people_of(&self, ids: &[PersonId]) -> Result<HashMap<PersonId, PersonRow>, Failure> {
        let mut people = HashMap::new();
        for ids in ids.chunks(500) {
            let (places, vals) = list(0, ids);
            let rows: Vec<PersonRow> = self.db().all(&format!("{PERSON} WHERE id IN {places}"), vals).await?;
            people.extend(rows.into_iter().map(|person| (person.id.clone(), person)));
        }
        Ok(people)
    }

    /// How many people there are; 0 means that nobody has set up the desk yet.
    ///
    /// # Errors
    /// The database fails.
    pub async fn people_count(&self) -> Result<u64, Failure> {
        let count: Option<(i64,)> = self.db().first("SELECT COUNT(*) FROM people", vec![]).await?;
        Ok(count.and_then(|(count,)| u64::try_from(count).ok()).unwrap_or(0))
    }

    /// Adds a person.
    ///
    /// # Errors
    /// The database fails, or the address is taken ([`Failure::Conflict`]).
    pub async fn add_person(&self, person: &PersonRow) -> Result<(), Failure> {
        let sql = format!("{ADD} VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
        self.db().run(&sql, person.vals()).await.map(drop)
    }

    /// Sets a person's password hash, or removes it.
    ///
    /// # Errors
    /// The database fails.
    pub async fn set_password(&self, id: &PersonId, hash: Option<&str>) -> Result<(), Failure> {
        self.db().run("UPDATE people SET password = $2 WHERE id = $1", vals![id, hash]).await.map(drop)
    }

    /// Sets the language the desk speaks to a person.
    ///
    /// # Errors
    /// The database fails.
    pub async fn set_lang(&self, id: &PersonId, lang: Lang) -> Result<(), Failure> {
        self.db().run("UPDATE people SET lang = $2 WHERE id = $1", vals![id, lang]).await.map(drop)
    }

    /// Keeps a person from signing in since an instant and ends their sessions, or lets them in again with none.
    ///
    /// # Errors
    /// The database fails.
    pub async fn disable_person(&self, id: &PersonId, since: Option<Instant>) -> Result<(), Failure> {
        let mut tx = self.db().begin().await?;
        tx.run("UPDATE people SET disabled = $2 WHERE id = $1", vals![id, since]).await?;
        if since.is_some() {
            tx.run("DELETE FROM sessions WHERE person = $1", vals![id]).await?;
        }
        tx.commit().await
    }
}
