//! 責任共有モデル: who protects which part of a system (R-2.2.1-1).
//!
//! Each part has one party. A configuration item takes the party of its part unless somebody says otherwise.

use crate::words::Label;

/// Who protects a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// お客様
    Customer,
    /// The provider of the desk.
    Provider,
    /// AWS
    Aws,
}

impl Party {
    /// All of them, from the top of a system to its foot.
    pub const ALL: [Self; 3] = [Self::Customer, Self::Provider, Self::Aws];

    /// What falls to it, as the service description says it.
    pub const fn duty(self) -> Label {
        match self {
            Self::Customer => Label::new(
                "構築されたシステム上で運用する業務アプリケーションとデータのセキュリティ",
                "The security of the business applications and data on the system",
            ),
            Self::Provider => Label::new(
                "AWS インフラストラクチャ上に構築したシステムのセキュリティ",
                "The security of the system built on the AWS infrastructure",
            ),
            Self::Aws => Label::new(
                "ホストのオペレーティングシステムと仮想レイヤーから、施設の物理セキュリティまで",
                "From the host's operating system and the virtual layer to the physical security of the facility",
            ),
        }
    }
}

/// A part of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// データ
    Data,
    /// 業務アプリケーション
    Application,
    /// 構築したシステムのオペレーティングシステムとミドルウェア
    System,
    /// 構築: network, firewall, accounts and settings as the provider built them
    Build,
    /// 仮想レイヤーとホストのオペレーティングシステム
    Host,
    /// 施設
    Facility,
}

impl Part {
    /// All of them, from the top of a system to its foot.
    pub const ALL: [Self; 6] = [Self::Data, Self::Application, Self::System, Self::Build, Self::Host, Self::Facility];

    /// Who protects it unless it was agreed otherwise.
    pub const fn party(self) -> Party {
        match self {
            Self::Data | Self::Application => Party::Customer,
            Self::System | Self::Build => Party::Provider,
            Self::Host | Self::Facility => Party::Aws,
        }
    }

    /// As people say it.
    pub const fn label(self) -> Label {
        match self {
            Self::Data => Label::new("データ", "Data"),
            Self::Application => Label::new("業務アプリケーション", "Business applications"),
            Self::System => Label::new("オペレーティングシステム、ミドルウェア", "Operating system and middleware"),
            Self::Build => {
                Label::new("構築 (ネットワーク、アクセス制限、設定)", "The build (network, access limits, settings)")
            }
            Self::Host => Label::new(
                "ホストのオペレーティングシステム、仮想レイヤー",
                "The host's operating system and the virtual layer",
            ),
            Self::Facility => Label::new("施設、機器の物理セキュリティ", "Facility and hardware"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R-2.2.1-1: application and data fall to the customer, system and build to the provider, host and facility to AWS.
    #[test]
    fn each_part_has_the_party_of_the_service_description() {
        use Party::*;
        let parties: Vec<Party> = Part::ALL.into_iter().map(Part::party).collect();
        assert_eq!(parties, [Customer, Customer, Provider, Provider, Aws, Aws]);
        assert!(parties.is_sorted(), "from the top to the foot");
    }
}
