//! お知らせ: the notice board of a project, beside the threads of its tickets (R-5.4.1-3). Each change is a version.

use crate::paper::Paper;
use crate::refusal::Refusal;
use crate::words::Label;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Notices on one board at most.
const POSTS_MAX: usize = 100;

/// The board, the newest notice first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeBoard {
    /// The notices.
    pub posts: Vec<Post>,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Its title.
    pub title: String,
    /// Its text.
    pub text: String,
    /// The day it was posted.
    pub posted: Date,
    /// The last day on which it is shown; none for as long as it stands.
    #[serde(default)]
    pub until: Option<Date>,
}

impl NoticeBoard {
    /// What is shown on a day.
    pub fn on(&self, day: Date) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(move |post| post.until.is_none_or(|until| day <= until))
    }
}

impl Paper for NoticeBoard {
    const KIND: &'static str = "notice_board";
    const LABEL: Label = Label::new("お知らせ", "Notice board");

    fn validate(&self) -> Result<(), Refusal> {
        let too_many = Refusal::invalid(
            "title",
            "お知らせは100件までです。古いものを外してください。",
            "At most 100 notices. Take old ones down.",
        );
        if self.posts.len() > POSTS_MAX {
            return Err(too_many);
        }
        for post in &self.posts {
            if !(1..=200).contains(&post.title.trim().chars().count()) {
                return Err(Refusal::invalid(
                    "title",
                    "件名を200文字までで入力してください。",
                    "Give a title of at most 200 characters.",
                ));
            }
            if !(1..=10_000).contains(&post.text.trim().chars().count()) {
                return Err(Refusal::invalid(
                    "text",
                    "本文を10000文字までで入力してください。",
                    "Give a text of at most 10,000 characters.",
                ));
            }
            if post.until.is_some_and(|until| until < post.posted) {
                return Err(Refusal::invalid(
                    "until",
                    "掲載終了日は掲載日以降で入力してください。",
                    "The last day is the day of posting or later.",
                ));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn post(title: &str, text: &str, until: Option<Date>) -> Post {
        Post { title: title.into(), text: text.into(), posted: date(2026, 11, 24), until }
    }

    #[test]
    fn a_notice_is_shown_until_its_last_day() {
        let board = NoticeBoard { posts: vec![post("a", "x", Some(date(2026, 11, 30))), post("b", "y", None)] };
        let titles = |day| board.on(day).map(|post| post.title.as_str()).collect::<Vec<_>>();
        assert_eq!(titles(date(2026, 11, 30)), ["a", "b"]);
        assert_eq!(titles(date(2026, 12, 1)), ["b"]);
    }

    #[test]
    fn what_cannot_be_is_refused_at_its_field() {
        let cases = [
            (post("", "x", None), Some("title")),
            (post(&"字".repeat(201), "x", None), Some("title")),
            (post("a", " ", None), Some("text")),
            (post("a", &"字".repeat(10_001), None), Some("text")),
            (post("a", "x", Some(date(2026, 11, 23))), Some("until")),
            (post("a", "x", Some(date(2026, 11, 24))), None),
        ];
        for (post, field) in cases {
            let refused = NoticeBoard { posts: vec![post.clone()] }.validate();
            assert_eq!(refused.err().and_then(|refusal| refusal.field()), field, "{post:?}");
        }
        let many = NoticeBoard { posts: vec![post("a", "x", None); 101] };
        assert_eq!(many.validate().unwrap_err().field(), Some("title"));
    }
}
