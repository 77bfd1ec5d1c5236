//! The catalogue as the service description has it (4.1.3, 4.1.4, 4.3; R-A1-*, C-06): row, standard days, and what affects the
//! service.

use super::super::table::ROWS;
use super::super::world::Tenant;
use domain::time::Instant;

/// Code of each entry, its row in appendix 5 (from 0), its standard days.
const ENTRIES: [(&str, usize, u16); 24] = [
    ("account", 0, 1),
    ("backup", 1, 1),
    ("restore", 2, 1),
    ("monitoring", 3, 1),
    ("server", 4, 1),
    ("security_group", 5, 1),
    ("software_settings", 6, 5),
    ("software_patch", 7, 5),
    ("software_update", 8, 5),
    ("instance_type", 9, 5),
    ("disk", 10, 5),
    ("aws_other", 11, 5),
    ("aws_limit", 12, 5),
    ("runbook_change", 13, 5),
    ("consultation", 14, 5),
    ("advisory", 15, 5),
    ("runbook_consultation", 13, 5),
    ("improvement", 16, 5),
    ("capacity", 17, 5),
    ("study_session", 18, 5),
    ("meeting", 19, 5),
    ("performance", 20, 5),
    ("bottleneck", 21, 5),
    ("new_features", 22, 5),
];

/// Entries whose work affects the service whatever is filled in.
const AFFECTING: [&str; 7] =
    ["restore", "software_settings", "software_patch", "software_update", "disk", "instance_type", "aws_other"];

/// The row of an entry, and its standard days for a customer at an instant.
pub(super) fn entry(tenant: &Tenant, code: &str, at: Instant) -> Option<(&'static str, u16)> {
    let (_, row, days) = ENTRIES.iter().find(|(known, ..)| *known == code)?;
    let version = tenant.own_days.iter().map(|(from, ..)| *from).filter(|from| *from <= at).max();
    let own = tenant.own_days.iter().find(|(from, of, _)| Some(*from) == version && of == code);
    Some((ROWS[*row], own.map_or(*days, |(.., days)| *days)))
}

/// Whether the work of an entry affects the service as it was asked for.
pub(super) fn affects(code: &str, work: Option<&str>) -> bool {
    AFFECTING.contains(&code) || (code == "server" && matches!(work, Some("stop" | "restart" | "remove")))
}
