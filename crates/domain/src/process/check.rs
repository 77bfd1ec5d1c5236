//! The rules that a process file can name. Each stands in Rust, beside the record it looks at.

use crate::words::Label;

/// A rule, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Check {
    /// A rule of a process that has its own.
    Rule(Rule),
    /// `another_than VERB`: a person, and not the one who did that verb last. Separation of duties is checked on persons.
    AnotherThan(String),
}

macro_rules! rules {
    ($($(#[$doc:meta])* $rule:ident $name:literal $ja:literal $en:literal;)*) => {
        /// A rule of a process that has its own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Rule { $($(#[$doc])* $rule,)* }

        impl Rule {
            /// All.
            pub const ALL: &[Self] = &[$(Self::$rule,)*];

            /// As a file names it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$rule => $name,)* }
            }

            /// As people read it.
            pub const fn label(self) -> Label {
                match self { $(Self::$rule => Label::new($ja, $en),)* }
            }
        }
    };
}

rules! {
    /// The work affects the service.
    Affects "affects" "サービスに影響する作業である" "the work affects the service";
    /// The side that approves has not yet.
    ApprovalOpen "approval_open" "その側の承認がまだである" "that side has not approved yet";
    /// Our side's approval comes from another person than the plan.
    NotThePlanner "not_the_planner" "提供者側は計画した本人ではない" "on our side it is not the planner";
    /// Whoever must approve has.
    Approved "approved" "影響する作業なら、双方が承認している" "both sides approved what affects the service";
    /// A question waits for the customer.
    QuestionOpen "question_open" "お客様の回答を待つ質問がある" "a question waits for the customer";
    /// None does.
    NoQuestionOpen "no_question_open" "回答を待つ質問がない" "no question waits for the customer";
    /// An offered date waits for a word.
    OfferOpen "offer_open" "返答を待つ日程がある" "an offered date waits for a word";
    /// The due was not missed.
    NotMissed "not_missed" "期限を過ぎていない" "the due has not passed";
    /// It was.
    Missed "missed" "期限を過ぎた" "the due was missed";
    /// A miss was explained to the customer.
    MissExplained "miss_explained" "期限を過ぎたなら、理由をお客様に伝えた" "a miss was explained to the customer";
    /// What affects the service has its state before and after and a second person's check.
    Evidenced "evidenced" "影響する作業なら、前後の状態と別の担当者の確認がある" "what affects the service has its states and a second person's check";
    /// The state after the work was recorded.
    AfterRecorded "after_recorded" "作業後の状態を残した" "the state after is recorded";
    /// Another person than the one who works.
    NotTheWorker "not_the_worker" "作業した本人ではない" "it is not whoever did the work";
    /// The development team has it.
    Handed "handed" "開発チームに引き継いでいる" "the development team has it";
    /// It has not.
    NotHanded "not_handed" "開発チームに引き継いでいない" "the development team does not have it";
    /// A judgement waits for a second person.
    SecondAwaited "second_awaited" "別の人の確認を待つ判定がある" "a judgement waits for a second person";
    /// Another person than the one who judged.
    NotTheJudge "not_the_judge" "判定した本人ではない" "it is not whoever judged";
    /// A false alarm waits for the head of desk's word.
    AlarmAwaited "alarm_awaited" "確認を待つ誤検知がある" "a false alarm waits for its review";
    /// Another person than the one who declared it.
    NotTheDeclarer "not_the_declarer" "誤検知とした本人ではない" "it is not whoever declared it";
    /// It is a major incident.
    Major "major" "重大な障害である" "it is a major incident";
    /// It is none yet.
    NotMajor "not_major" "まだ重大な障害ではない" "it is not a major incident yet";
    /// It is not urgent yet.
    NotUrgent "not_urgent" "まだ緊急ではない" "it is not urgent yet";
}

impl Rule {
    /// Code of the process whose records it looks at: no other can name it.
    pub const fn process(self) -> &'static str {
        match self {
            Self::SecondAwaited
            | Self::NotTheJudge
            | Self::AlarmAwaited
            | Self::NotTheDeclarer
            | Self::Major
            | Self::NotMajor => "incident",
            _ => "request",
        }
    }
}

impl Check {
    /// The rule of a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        if let Some(verb) = name.strip_prefix("another_than ") {
            return Some(Self::AnotherThan(verb.to_owned()));
        }
        Rule::ALL.iter().find(|rule| rule.name() == name).copied().map(Self::Rule)
    }
}
