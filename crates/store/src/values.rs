//! What goes into a placeholder and what comes out of a column.

use domain::access::Role;
use domain::ids::{
    BlobId, DelegationId, KeyId, MembershipId, MessageId, PersonId, ProjectKey, RecordKey, TenantId, WebhookId,
};
use domain::time::Instant;
use domain::words::Lang;

/// A value bound to a placeholder.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Val {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

macro_rules! val_from {
    ($($source:ty => |$v:ident| $val:expr),* $(,)?) => {$(
        impl From<$source> for Val {
            fn from($v: $source) -> Self { $val }
        }
    )*};
}
val_from! {
    i64 => |v| Val::Int(Some(v)),
    Option<i64> => |v| Val::Int(v),
    // Counters and limits: SQL integers end at 2^63, where none of them comes.
    u64 => |v| Val::Int(Some(i64::try_from(v).unwrap_or(i64::MAX))),
    Option<u64> => |v| Val::Int(v.map(|v| i64::try_from(v).unwrap_or(i64::MAX))),
    usize => |v| Val::Int(Some(i64::try_from(v).unwrap_or(i64::MAX))),
    u32 => |v| Val::Int(Some(v.into())),
    Option<u32> => |v| Val::Int(v.map(i64::from)),
    u16 => |v| Val::Int(Some(v.into())),
    &str => |v| Val::Text(Some(v.to_owned())),
    String => |v| Val::Text(Some(v)),
    &String => |v| Val::Text(Some(v.clone())),
    Option<String> => |v| Val::Text(v),
    Option<&str> => |v| Val::Text(v.map(str::to_owned)),
    Vec<u8> => |v| Val::Bytes(Some(v)),
    &[u8] => |v| Val::Bytes(Some(v.to_owned())),
    Option<Vec<u8>> => |v| Val::Bytes(v),
    Instant => |v| Val::Int(Some(v.ms())),
    Option<Instant> => |v| Val::Int(v.map(Instant::ms)),
    Role => |v| Val::Text(Some(v.code().to_owned())),
    Lang => |v| Val::Text(Some(v.tag().to_owned())),
}

/// A list of values to bind, each through [`Val::from`].
macro_rules! vals {
    ($($value:expr),* $(,)?) => { vec![$($crate::values::Val::from($value)),*] };
}
pub(crate) use vals;

/// A type read from a column: from which plain type, and how.
pub(crate) trait Read: Sized {
    type Raw;

    fn read(raw: Self::Raw) -> Result<Self, String>;
}

macro_rules! plain {
    ($($name:ty),* $(,)?) => {$(
        impl Read for $name {
            type Raw = Self;
            fn read(raw: Self) -> Result<Self, String> { Ok(raw) }
        }
    )*};
}
plain!(i64, String, Vec<u8>, Option<i64>, Option<String>, Option<Vec<u8>>);

macro_rules! ids {
    ($($name:ident),* $(,)?) => {$(
        impl From<&$name> for Val {
            fn from(id: &$name) -> Self { Val::Text(Some(id.as_str().to_owned())) }
        }
        impl From<Option<&$name>> for Val {
            fn from(id: Option<&$name>) -> Self { Val::Text(id.map(|id| id.as_str().to_owned())) }
        }
        impl Read for $name {
            type Raw = String;
            fn read(raw: String) -> Result<Self, String> { Ok(Self::new(raw)) }
        }
        impl Read for Option<$name> {
            type Raw = Option<String>;
            fn read(raw: Option<String>) -> Result<Self, String> { Ok(raw.map($name::new)) }
        }
    )*};
}
ids!(BlobId, DelegationId, KeyId, MembershipId, MessageId, PersonId, ProjectKey, RecordKey, TenantId, WebhookId);

macro_rules! numbers {
    ($($name:ty),*) => {$(
        impl Read for $name {
            type Raw = i64;
            fn read(raw: i64) -> Result<Self, String> {
                Self::try_from(raw).map_err(|_| format!("{raw} is out of range"))
            }
        }
        impl Read for Option<$name> {
            type Raw = Option<i64>;
            fn read(raw: Option<i64>) -> Result<Self, String> { raw.map(<$name>::read).transpose() }
        }
    )*};
}
numbers!(u64, u32, u16);

impl Read for Instant {
    type Raw = i64;

    fn read(raw: i64) -> Result<Self, String> {
        Ok(Self::from_ms(raw))
    }
}

impl Read for Option<Instant> {
    type Raw = Option<i64>;

    fn read(raw: Option<i64>) -> Result<Self, String> {
        Ok(raw.map(Instant::from_ms))
    }
}

impl Read for Role {
    type Raw = String;

    fn read(raw: String) -> Result<Self, String> {
        Self::from_code(&raw).ok_or_else(|| format!("'{raw}' is no role"))
    }
}

impl Read for Lang {
    type Raw = String;

    fn read(raw: String) -> Result<Self, String> {
        Self::from_tag(&raw).ok_or_else(|| format!("'{raw}' is no language of the desk"))
    }
}

/// A struct whose fields are the columns of a query, read by name from a row of either database.
macro_rules! row {
    ($(#[$outer:meta])* pub struct $name:ident { $($(#[$inner:meta])* pub $field:ident: $kind:ty,)* }) => {
        $(#[$outer])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$inner])* pub $field: $kind,)* }

        impl<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow> for $name {
            fn from_row(row: &'r sqlx::postgres::PgRow) -> Result<Self, sqlx::Error> {
                use sqlx::Row as _;
                Ok(Self { $($field: {
                    let name = stringify!($field);
                    let wrong = |fault: String| sqlx::Error::ColumnDecode { index: name.to_owned(), source: fault.into() };
                    <$kind as $crate::values::Read>::read(row.try_get(name)?).map_err(wrong)?
                },)* })
            }
        }

        impl $crate::db::sqlite::FromSqlite for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),*];

            fn from_sqlite(row: &rusqlite::Row<'_>, places: &[usize]) -> rusqlite::Result<Self> {
                let mut places = places.iter().copied();
                Ok(Self { $($field: $crate::db::sqlite::column::<$kind>(row, &mut places)?,)* })
            }
        }
    };
}
pub(crate) use row;
