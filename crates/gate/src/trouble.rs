//! What an edge answers instead of success: the one conversion from refusals and failures to HTTP.
//!
//! A [`Trouble`] holds its sentence in both languages. [`crate::edge`] writes it, once the reader's language and the
//! surface are known: as problem details (RFC 9457) for programs, as a page for people.

use axum::response::{IntoResponse, Response};
use desk::Error;
use domain::refusal::{Refusal, RefusalKind};
use domain::words::{Label, Lang};
use http::StatusCode;
use store::Failure;
use wire::problem::{FieldProblem, Problem};

/// Field name under which a verb refuses an `Idempotency-Key` that was used for another request.
pub(crate) const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// Seconds after which a client may try again when the database did not answer.
const RETRY_AFTER_S: u32 = 2;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $status:literal $code:literal $ja:literal $en:literal),* $(,)?) => {
        /// The kinds of trouble. Codes and statuses are promises to clients.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $name),* }

        impl Kind {
            /// Every kind.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The stable code after `/docs/problems#`.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),* }
            }

            /// The HTTP status.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => match StatusCode::from_u16($status) {
                    Ok(status) => status,
                    Err(_) => panic!("the table below holds statuses"),
                }),* }
            }

            /// The kind in a few words.
            pub const fn title(self) -> Label {
                match self { $(Self::$name => Label::new($ja, $en)),* }
            }
        }
    };
}

kinds! {
    /// A field is missing or wrong.
    Invalid 400 "invalid" "入力に誤りがあります" "The input is wrong",
    /// Nobody is signed in, or the key is unknown, expired or revoked.
    SignIn 401 "sign-in" "サインインが必要です" "Sign in first",
    /// The right is missing.
    Forbidden 403 "forbidden" "権限がありません" "Not allowed",
    /// A form of another site called.
    CrossSite 403 "cross-site" "ほかのサイトからの操作です" "Called from another site",
    /// Absent or foreign; both look the same.
    NotFound 404 "not-found" "見つかりません" "Not found",
    /// The path exists, the method does not.
    MethodNotAllowed 405 "method-not-allowed" "この方法では使えません" "Method not allowed",
    /// The body came too slowly.
    TooSlow 408 "too-slow" "受信が時間内に終わりませんでした" "The body came too slowly",
    /// The record is not in a state where this can be done.
    NotNow 409 "not-now" "今はできません" "Not now",
    /// The record moved on.
    Stale 409 "stale" "内容が更新されています" "The record moved on",
    /// The same request is being worked on at this moment.
    InFlight 409 "in-flight" "同じ要求を処理中です" "The same request is in flight",
    /// The body is too large.
    TooLarge 413 "too-large" "本文が大きすぎます" "The body is too large",
    /// The body's media type is not the one read here.
    WrongType 415 "wrong-type" "本文の形式が違います" "Wrong media type",
    /// An `Idempotency-Key` was used for another request.
    KeyReused 422 "idempotency-key-reused" "Idempotency-Key が別の要求に使われています" "Idempotency-Key was used for another request",
    /// Too many requests.
    TooMany 429 "too-many" "要求が多すぎます" "Too many requests",
    /// Our fault.
    Failed 500 "failed" "こちらの不具合です" "Something broke on our side",
    /// The database does not answer at the moment.
    Unavailable 503 "unavailable" "一時的に利用できません" "Unavailable for a moment",
}

/// A field at fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its path in the body, such as `contacts[2].phone`.
    pub field: String,
    /// The sentence in Japanese.
    pub ja: String,
    /// The sentence in English.
    pub en: String,
}

/// An error on its way to the caller.
#[derive(Clone, Debug)]
pub struct Trouble(Box<Inner>);

#[derive(Clone, Debug)]
struct Inner {
    kind: Kind,
    ja: String,
    en: String,
    faults: Vec<Fault>,
    version: Option<u64>,
    retry_after_s: Option<u32>,
    cause: Option<String>,
}

impl Trouble {
    /// Trouble of a kind, with a sentence that says what to do.
    pub fn new(kind: Kind, ja: impl Into<String>, en: impl Into<String>) -> Self {
        let retry_after_s = matches!(kind, Kind::Unavailable | Kind::TooMany | Kind::InFlight).then_some(RETRY_AFTER_S);
        Self(Box::new(Inner {
            kind,
            ja: ja.into(),
            en: en.into(),
            faults: Vec::new(),
            version: None,
            retry_after_s,
            cause: None,
        }))
    }

    /// A field is missing or wrong.
    pub fn invalid(field: impl Into<String>, ja: impl Into<String>, en: impl Into<String>) -> Self {
        let fault = Fault { field: field.into(), ja: ja.into(), en: en.into() };
        let mut trouble = Self::new(Kind::Invalid, fault.ja.clone(), fault.en.clone());
        trouble.0.faults.push(fault);
        trouble
    }

    /// Absent or foreign: the one 404.
    pub fn not_found() -> Self {
        Refusal::not_found().into()
    }

    /// Nobody is signed in.
    pub fn sign_in() -> Self {
        let (ja, en) = ("サインインするか、有効な API キーを付けてください。", "Sign in, or send a valid API key.");
        Self::new(Kind::SignIn, ja, en)
    }

    /// Too many requests; `after_s` seconds until the next is taken.
    pub fn too_many(after_s: u32) -> Self {
        let ja = format!("{after_s} 秒後にもう一度送ってください。");
        let mut trouble = Self::new(Kind::TooMany, ja, format!("Send it again in {after_s} s."));
        trouble.0.retry_after_s = Some(after_s);
        trouble
    }

    /// The same words as a 503, for senders that drop whatever is answered 4xx.
    #[must_use]
    pub fn as_unavailable(mut self) -> Self {
        self.0.kind = Kind::Unavailable;
        self
    }

    /// Our fault; the cause goes to the log, the caller gets a reference.
    pub fn failed(cause: impl Into<String>) -> Self {
        let (ja, en) = (
            "続くときは、この番号を管理者に伝えてください。",
            "If it happens again, give this reference to your administrator.",
        );
        let mut trouble = Self::new(Kind::Failed, ja, en);
        trouble.0.cause = Some(cause.into());
        trouble
    }

    /// The kind.
    pub const fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The fields at fault.
    pub fn faults(&self) -> &[Fault] {
        &self.0.faults
    }

    /// The sentence in a language.
    pub fn detail(&self, lang: Lang) -> &str {
        match lang {
            Lang::Ja => &self.0.ja,
            Lang::En => &self.0.en,
        }
    }

    pub(crate) const fn retry_after_s(&self) -> Option<u32> {
        self.0.retry_after_s
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }

    /// The problem details of RFC 9457; the reference is shown only where the fault is ours.
    pub fn problem(&self, lang: Lang, reference: &str) -> Problem {
        let it = &self.0;
        let text = |fault: &Fault| if lang == Lang::Ja { fault.ja.clone() } else { fault.en.clone() };
        let errors: Vec<FieldProblem> =
            it.faults.iter().map(|fault| FieldProblem { field: fault.field.clone(), detail: text(fault) }).collect();
        Problem {
            kind: format!("/docs/problems#{}", it.kind.code()),
            title: it.kind.title().in_lang(lang).to_owned(),
            status: it.kind.status().as_u16(),
            detail: self.detail(lang).to_owned(),
            field: errors.first().map(|error| error.field.clone()),
            errors,
            version: it.version,
            reference: it.kind.status().is_server_error().then(|| reference.to_owned()),
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        let Refusal { kind, ja, en } = refusal;
        match kind {
            RefusalKind::Invalid { field: IDEMPOTENCY_KEY } => Self::new(Kind::KeyReused, ja, en),
            RefusalKind::Invalid { field } => Self::invalid(field, ja, en),
            RefusalKind::Unfit { field } => Self::invalid(field, ja, en),
            RefusalKind::NotNow => Self::new(Kind::NotNow, ja, en),
            RefusalKind::Stale { version } => {
                let mut trouble = Self::new(Kind::Stale, ja, en);
                trouble.0.version = Some(version);
                trouble
            }
            RefusalKind::Forbidden => Self::new(Kind::Forbidden, ja, en),
            RefusalKind::NotFound => Self::new(Kind::NotFound, ja, en),
        }
    }
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        if !failure.is_unavailable() {
            return Self::failed(failure.to_string());
        }
        let (ja, en) = (
            "データベースが応答していません。何も変わっていません。少し待ってからもう一度お試しください。",
            "The database does not answer. Nothing was changed. Try again in a moment.",
        );
        let mut trouble = Self::new(Kind::Unavailable, ja, en);
        trouble.0.cause = Some(failure.to_string());
        trouble
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(refusal) => refusal.into(),
            Error::Failed(failure) => failure.into(),
        }
    }
}

/// The status a page answers for an error of the desk, where the page itself shows the sentence.
pub fn status_of(error: &Error) -> StatusCode {
    match error {
        Error::Refused(refusal) => Trouble::from(refusal.clone()).kind().status(),
        Error::Failed(failure) if failure.is_unavailable() => Kind::Unavailable.status(),
        Error::Failed(_) => Kind::Failed.status(),
    }
}

/// Only the status: the body is written by [`crate::edge`], which knows the reader.
impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let mut response = self.kind().status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(refusal: Refusal, status: u16, code: &str) {
        let problem = Trouble::from(refusal).problem(Lang::En, "r1");
        assert_eq!((problem.status, problem.kind), (status, format!("/docs/problems#{code}")));
        assert_eq!(problem.reference, None);
    }

    #[test]
    fn each_code_is_explained_on_the_page_of_problems() {
        let page = include_str!("../../../docs/problems.md");
        for kind in Kind::ALL {
            let (code, status) = (kind.code(), kind.status().as_u16());
            assert!(page.contains(&format!("\n## {code}\n\n{status} ")), "{code}");
        }
    }

    #[test]
    fn each_refusal_has_its_status() {
        check(Refusal::invalid("text", "", ""), 400, "invalid");
        check(Refusal::invalid(IDEMPOTENCY_KEY, "", ""), 422, "idempotency-key-reused");
        check(Refusal::not_now("", ""), 409, "not-now");
        check(Refusal::stale(7), 409, "stale");
        check(Refusal::forbidden(), 403, "forbidden");
        check(Refusal::not_found(), 404, "not-found");
    }

    #[test]
    fn a_stale_request_learns_the_version_and_a_wrong_one_the_field() {
        assert_eq!(Trouble::from(Refusal::stale(7)).problem(Lang::Ja, "r").version, Some(7));
        let wrong = Trouble::from(Refusal::invalid("phone", "電話番号です", "A phone number")).problem(Lang::En, "r");
        assert_eq!((wrong.field.as_deref(), wrong.detail.as_str()), (Some("phone"), "A phone number"));
    }

    #[test]
    fn a_failure_tells_its_cause_to_nobody() {
        let trouble = Trouble::from(Failure::Corrupt("secret table".into()));
        let problem = trouble.problem(Lang::En, "r1");
        assert_eq!((problem.status, problem.reference.as_deref()), (500, Some("r1")));
        assert!(!serde_json::to_string(&problem).unwrap().contains("secret"));
        assert!(trouble.cause().unwrap().contains("secret"));
    }

    #[test]
    fn codes_are_distinct() {
        let mut codes: Vec<&str> = Kind::ALL.iter().map(|kind| kind.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Kind::ALL.len());
    }
}
