//! Who plays in the demo: an invented provider, three invented customers, and the people who sign in.
//!
//! Names, addresses and numbers are nobody's: mail under example.jp, telephone numbers of zeros.

use domain::access::Role;
use domain::words::Lang;

/// The provider.
pub(super) const PROVIDER: &str = "みなもクラウド株式会社";
/// Its telephone number.
pub(super) const PHONE: &str = "03-0000-0000";
/// The one password of everybody.
pub(super) const PASSWORD: &str = "madoguchi-demo";

/// A customer and its projects.
pub(super) struct Customer {
    /// Its name.
    pub(super) name: &'static str,
    /// Key and name of each project.
    pub(super) projects: [(&'static str, &'static str); 3],
}

/// The customers.
pub(super) static CUSTOMERS: [Customer; 3] = [
    Customer {
        name: "株式会社こもれび百貨",
        projects: [("SHOP", "こもれび通販サイト"), ("STOCK", "在庫・受注連携"), ("KOMO", "全社共通")],
    },
    Customer {
        name: "ひなた野運輸株式会社",
        projects: [("HAISHA", "配車・動態管理システム"), ("EDI", "取引先EDI"), ("HINATA", "全社共通")],
    },
    Customer {
        name: "学校法人つむぎ野学園",
        projects: [("PORTAL", "学習ポータル"), ("LIBRARY", "図書館システム"), ("TSUMUGI", "学園共通")],
    },
];

/// Customer of a project, and the project's name.
pub(super) fn project(key: &str) -> Option<(&'static Customer, &'static str)> {
    let named = |customer: &'static Customer| {
        customer.projects.iter().find(|(own, _)| *own == key).map(|(_, name)| (customer, *name))
    };
    CUSTOMERS.iter().find_map(named)
}

/// Somebody who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    /// Shift leader of the monitoring centre; at night she decides for the head of desk.
    Hikari,
    /// Operator of the monitoring centre.
    Kengo,
    /// Operator of the monitoring centre who reads English.
    Emma,
    /// Support centre.
    Naoto,
    /// Head of desk.
    Yukiko,
    /// Account manager of all three customers.
    Taku,
    /// Sales.
    Chihiro,
    /// Administrator.
    Shizuka,
    /// System owner of the shop.
    Aki,
    /// The shop's second contact.
    Sho,
    /// System owner of the haulier.
    Masaru,
    /// System owner of the school.
    Mayu,
    /// Management representative.
    Osamu,
    /// Top management.
    Ritsuko,
    /// Auditor; added when the history is complete.
    Makoto,
    /// A monitoring tool.
    Tool,
}

/// A person with a sign-in.
pub(super) struct Person {
    /// As which character of the history.
    pub(super) who: Who,
    /// Name.
    pub(super) name: &'static str,
    /// 読み
    pub(super) reading: &'static str,
    /// Address to sign in with.
    pub(super) email: &'static str,
    /// Role.
    pub(super) role: Role,
    /// Which customer's, by place in [`CUSTOMERS`]; none for the provider's own staff.
    pub(super) customer: Option<usize>,
    /// Language.
    pub(super) lang: Lang,
}

const fn person(who: Who, name: &'static str, reading: &'static str, email: &'static str, role: Role) -> Person {
    Person { who, name, reading, email, role, customer: None, lang: Lang::Ja }
}

/// Everybody with a sign-in; the administrator first, because she adds the others, the auditor last.
pub(super) static PEOPLE: [Person; 15] = [
    person(Who::Shizuka, "平岡 静香", "ひらおか しずか", "shizuka@example.jp", Role::Ad),
    person(Who::Hikari, "佐藤 ひかり", "さとう ひかり", "hikari@example.jp", Role::Mo),
    person(Who::Kengo, "大西 健吾", "おおにし けんご", "kengo@example.jp", Role::Mo),
    Person {
        lang: Lang::En, ..person(Who::Emma, "Emma Wilson", "エマ ウィルソン", "emma@example.jp", Role::Mo)
    },
    person(Who::Naoto, "森下 直人", "もりした なおと", "naoto@example.jp", Role::Su),
    person(Who::Yukiko, "藤原 由紀子", "ふじわら ゆきこ", "yukiko@example.jp", Role::Dh),
    person(Who::Taku, "小野寺 拓", "おのでら たく", "taku@example.jp", Role::Rm),
    person(Who::Chihiro, "岸本 千尋", "きしもと ちひろ", "chihiro@example.jp", Role::Sa),
    Person {
        customer: Some(0), ..person(Who::Aki, "菅野 亜紀", "かんの あき", "aki@shop.example.jp", Role::Ca)
    },
    Person {
        customer: Some(0), ..person(Who::Sho, "三宅 翔", "みやけ しょう", "sho@shop.example.jp", Role::Cu)
    },
    Person {
        customer: Some(1),
        ..person(Who::Masaru, "野口 勝", "のぐち まさる", "masaru@haisha.example.jp", Role::Ca)
    },
    Person {
        customer: Some(2), ..person(Who::Mayu, "栗田 真由", "くりた まゆ", "mayu@portal.example.jp", Role::Ca)
    },
    person(Who::Osamu, "北川 修", "きたがわ おさむ", "osamu@example.jp", Role::Mr),
    person(Who::Ritsuko, "本間 律子", "ほんま りつこ", "ritsuko@example.jp", Role::Tm),
    person(Who::Makoto, "堀内 誠", "ほりうち まこと", "makoto@example.jp", Role::Au),
];

impl Who {
    /// The person; none for a tool.
    pub(super) fn person(self) -> Option<&'static Person> {
        PEOPLE.iter().find(|person| person.who == self)
    }
}

/// The fixed intake key of a project: 32 letters and digits, so that it is a valid `routing_key` too.
pub(super) fn intake_secret(project: &str) -> String {
    format!("{:0<32}", format!("DEMO{project}"))
}
